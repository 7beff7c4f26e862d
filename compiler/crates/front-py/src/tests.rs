//! Sources and what is made of them, side by side.

use crate::{Source, Use, lower_module, module_name};
use expect_test::{Expect, expect};
use puremix_diag::{FileId, SourceMap, render_text};
use puremix_ir::{ParameterKind, print_module, verify_module};

/// The outline, one fact a line, then what was found.
fn outline(text: &str, expected: Expect) {
    let source = Source::of_file(FileId(0), text);
    let (module, found) = lower_module(&source, "app.services.a", "app/services/a.py", &["app", "services"], Use::Module);
    let python = module.python.as_ref().unwrap();
    let mut out = String::new();
    for f in &python.functions {
        let parameters = f.parameters.as_ref().map(|list| {
            let one = |p: &puremix_ir::PythonParameter| {
                let stars = match p.kind {
                    ParameterKind::Positional => "",
                    ParameterKind::Keyword => "named ",
                    ParameterKind::Rest => "*",
                    ParameterKind::KeywordRest => "**",
                };
                let annotation = p.annotation.as_ref().map_or_else(String::new, |a| format!(": {a}"));
                format!("{stars}{}{annotation}{}", p.name, if p.has_default { " = …" } else { "" })
            };
            format!("({})", list.iter().map(one).collect::<Vec<_>>().join(", "))
        });
        out.push_str(if f.is_async { "async " } else { "" });
        out.push_str(&format!("{}{}", f.name, parameters.as_deref().unwrap_or("?")));
        out.push_str(&f.returns.as_ref().map_or_else(String::new, |r| format!(" -> {r}")));
        out.push_str(if f.is_imported { " imported" } else { "" });
        out.push_str(if f.is_decorated { " decorated" } else { "" });
        out.push_str(if f.global.is_some() { "" } else { " private" });
        out.push_str(&f.doc.as_ref().map_or_else(String::new, |d| format!(" {d:?}")));
        out.push_str(&format!(" at {:?}\n", &text[f.span.start as usize..f.span.end as usize]));
    }
    for class in &python.classes {
        out.push_str(&format!("class {class}\n"));
    }
    for i in &python.imports {
        let name = i.name.as_ref().map_or_else(String::new, |n| format!(" {n}"));
        out.push_str(&format!("import {}{}{name}{}\n", ".".repeat(i.level as usize), i.module, if i.is_guarded { " guarded" } else { "" }));
    }
    let mut sources = SourceMap::default();
    sources.add("app/services/a.py", text);
    out.extend(found.iter().map(|d| render_text(d, &sources, false) + "\n"));
    assert_eq!(verify_module(&module), []);
    expected.assert_eq(&out);
}

/// The IR of a use.
fn lowered(text: &str, used_as: Use, expected: Expect) {
    let (module, found) = lower_module(&Source::of_file(FileId(0), text), "app.x", "app/x.py", &[], used_as);
    assert_eq!(verify_module(&module), []);
    let found: String = found.iter().map(|d| format!("{} {}\n", d.code, d.message)).collect();
    expected.assert_eq(&(print_module(&module) + &found));
}

/// What CPython reads of a page whose blocks are between `<py>` and `</py>`, line by line.
fn page(text: &str, expected: Expect) {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("<py>") {
        let start = at + open + "<py>".len();
        let end = start + text[start..].find("</py>").unwrap();
        blocks.push(start..end);
        at = end;
    }
    let source = Source::of_blocks(FileId(0), text, &blocks);
    // Whatever stands in the text is the file's own, at the same line.
    for (number, (made, own)) in source.text().split('\n').zip(text.split('\n')).enumerate() {
        assert!(own.contains(made.trim()), "line {}: {made:?} in {own:?}", number + 1);
    }
    expected.assert_eq(&source.text().split('\n').map(|line| format!("|{}\n", line.replace('\r', "␍"))).collect::<String>());
}

#[test]
fn functions_with_their_signatures() {
    outline(
        "import json\n\ndef f(data, js_context=None):\n    \"\"\"What it does\"\"\"\n    def nested(): pass\n    return data\n\nasync def g(a: int, /, b: 'list[str]' = [], *rest, c, d=1, **more) -> dict[str, int]:\n    import pandas as pd\n\ndef _private(): pass\ndef init(): pass\n\nh = lambda x, y=2: x\n\n@cache\ndef decorated(x): return x\n",
        expect![[r#"
            f(data, js_context = …) "What it does" at "f"
            async g(a: int, b: 'list[str]' = …, *rest, named c, named d = …, **more) -> dict[str, int] at "g"
            _private() private at "_private"
            init() private at "init"
            h(x, y = …) at "h"
            decorated(x) decorated at "decorated"
            import json
            import pandas
        "#]],
    );
}

#[test]
fn the_later_of_two_declarations_counts() {
    outline("try:\n    import numpy\n    def f(a): pass\nexcept ImportError:\n    def f(a, b): pass\nif True:\n    def g(): pass\nelse:\n    with x:\n        def h(): pass\nclass C:\n    def method(self): pass\n", expect![[r#"
        f(a, b) at "f"
        g() at "g"
        h() at "h"
        class C
        import numpy guarded
    "#]]);
}

#[test]
fn imports_of_the_app_are_exports_too() {
    outline("from .stats import mean, median as middle\nfrom services.a import *\nfrom app.lib import b\nfrom math import sqrt\nfrom . import sibling\nimport os.path, numpy as np\n", expect![[r#"
        mean? imported at "mean"
        middle? imported at "middle"
        b? imported at "b"
        import .stats mean
        import .stats median
        import services.a
        import app.lib b
        import math sqrt
        import . sibling
        import os.path
        import numpy
    "#]]);
}

#[test]
fn what_is_no_python_is_said_with_its_place() {
    outline("def f(:\n    pass\n", expect![[r#"
        f() at "f"
        error[PMX0401]: this is not Python: expected a parameter or the end of the parameter list
         --> app/services/a.py:1:7
          |
        1 | def f(:
          |       ^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file
    "#]]);
    outline("def f():\n  if x:\n  return 1\n", expect![[r#"
        f() at "f"
        error[PMX0401]: this is not Python: expected an indented block after `if` statement
         --> app/services/a.py:3:3
          |
        3 |   return 1
          |   ^^^^^^
          |
          = help: the lines of a block of code begin with the same spaces or tabs; a `<script server lang="python">` as a whole may be indented
    "#]]);
    outline("def f():\n    return 'text\n", expect![[r#"
        f() at "f"
        error[PMX0401]: this is not Python: missing closing quote in string literal
         --> app/services/a.py:2:12
          |
        2 |     return 'text
          |            ^^^^^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file
    "#]]);
}

#[test]
fn a_module_exports_functions_that_call_python() {
    lowered("def f(data): pass\ndef _g(): pass\n", Use::Module, expect![[r#"
        module app/x.py (py)
        request 0 "puremix:python/native" static -> ?
        import call#0 = call of 0 -> ?
        global f@0 = fn1
        export f = f@0

        init fn0 "" () {
          (f@0 = closure fn1)
        }

        arrow fn1 "f" (...args%0) in fn0 {
          return call#0("app.x", "f", args%0)
        }
    "#]]);
}

#[test]
fn a_pages_functions_are_actions_too() {
    lowered("def f(data): pass\n@cache\ndef g(a, b): pass\ndef h(): pass\n", Use::Page, expect![[r#"
        module app/x.py (py)
        request 0 "puremix:python/native" static -> ?
        import call#0 = call of 0 -> ?
        import action#1 = action of 0 -> ?
        global f@0 = fn1
        global g@1 = fn3
        global h@2 = fn5

        init fn0 "" () {
          (f@0 = closure fn1)
          (g@1 = closure fn3)
          (h@2 = closure fn5)
        }

        arrow fn1 "f" (...args%0) in fn0 {
          return call#0("app.x", "f", args%0)
        }

        arrow fn2 "f" (data%1, request%2) in fn0 {
          return action#1("app.x", "f", data%1, request%2, false)
        }

        arrow fn3 "g" (...args%3) in fn0 {
          return call#0("app.x", "g", args%3)
        }

        arrow fn4 "g" (data%4, request%5) in fn0 {
          return action#1("app.x", "g", data%4, request%5, true)
        }

        arrow fn5 "h" (...args%6) in fn0 {
          return call#0("app.x", "h", args%6)
        }

        arrow fn6 "h" (data%7, request%8) in fn0 {
          return call#0("app.x", "h", [])
        }
    "#]]);
}

#[test]
fn a_route_has_one_handler() {
    lowered("def helper(): pass\ndef main(context): pass\n", Use::Route, expect![[r#"
        module app/x.py (py)
        request 0 "puremix:python/native" static -> ?
        import route#0 = route of 0 -> ?
        global main@0 = fn1
        export default = main@0

        init fn0 "" () {
          (main@0 = closure fn1)
        }

        arrow fn1 "main" (request%0, response%1) in fn0 {
          return route#0("app.x", request%0, response%1)
        }
    "#]]);
    lowered("def helper(): pass\n", Use::Route, expect![[r#"
        module app/x.py (py)

        init fn0 "" () {}
        PMX0610 the API route `app/x.py` has no function `main`
    "#]]);
}

#[test]
fn blocks_keep_their_lines() {
    page("<p>\n<py>\ndef f():\n    return 1\n</py>\n<p>\n<py>def g(): return 2</py>\n", expect![[r#"
        |
        |
        |def f():
        |    return 1
        |
        |
        |def g(): return 2
    "#]]);
}

#[test]
fn blocks_on_one_line_are_lines_of_their_own() {
    let text = "def f(): return 1|x = 1|\n\n|def g(): return 2";
    let ends: Vec<usize> = text.match_indices('|').map(|(at, _)| at).collect();
    let source = Source::of_blocks(FileId(0), text, &[0..ends[0], ends[0] + 1..ends[1], ends[2] + 1..text.len()]);
    assert_eq!(source.text(), "def f(): return 1\nx = 1\ndef g(): return 2");
}

#[test]
fn indented_blocks_are_dedented() {
    page("<py>\n    import os\n\n    def f():\n        return '''\n  text\n        '''\n# comment\n  </py>", expect![[r#"
        |
        |import os
        |
        |def f():
        |    return '''
        |  text
        |    '''
        |# comment
    "#]]);
    page("<py>\r\n\tdef f():\r\n\t\treturn 1\r\n</py>", expect![[r#"
        |
        |def f():␍
        |	return 1
    "#]]);
}

#[test]
fn places_in_blocks_are_the_files_own() {
    let text = "<h1>\n<py>\n    def f(:\n        pass\n</py>";
    let start = text.find("<py>").unwrap() + 4;
    let source = Source::of_blocks(FileId(0), text, &[start..text.find("</py>").unwrap()]);
    let (_, found) = lower_module(&source, "p", "p.puremix", &[], Use::Page);
    let mut sources = SourceMap::default();
    sources.add("p.puremix", text);
    expect![[r#"
        error[PMX0401]: this is not Python: expected a parameter or the end of the parameter list
         --> p.puremix:3:11
          |
        3 |     def f(:
          |           ^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file"#]].assert_eq(&render_text(&found[0], &sources, false));
}

#[test]
fn names_of_modules() {
    assert_eq!(module_name("app/services/analytics.py"), "app.services.analytics");
    assert_eq!(module_name("app/services/__init__.py"), "app.services");
    assert_eq!(module_name("app/routes/api/[id].py"), "app.routes.api.[id]");
    assert_eq!(module_name("app/routes/[...path].py"), "app.routes.[@@@path]");
    assert_eq!(module_name("app/routes/index.puremix"), "app.routes.index@puremix");
}

#[test]
fn hostile_nesting_is_survived() {
    for (open, close) in [("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("lambda: ", "")] {
        let text = format!("x = {}1{}\n", open.repeat(20_000), close.repeat(20_000));
        lower_module(&Source::of_file(FileId(0), &text), "x", "x.py", &[], Use::Module);
    }
    let nested: String = (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    lower_module(&Source::of_file(FileId(0), &(nested + &" ".repeat(2_000) + "pass\n")), "x", "x.py", &[], Use::Module);
}
