//! Source and IR side by side.

use expect_test::{Expect, expect};
use puremix_diag::{SourceMap, render_text};
use puremix_front_parsley::lower_handler;
use puremix_ir::print::print_module;

fn check(source: &str, expected: Expect) {
    let mut files = SourceMap::default();
    let file = files.add("page.pars", source);
    let (module, diagnostics) = lower_handler(file, "page.pars", source);
    let mut text: String = diagnostics.iter().map(|d| render_text(d, &files, false) + "\n").collect();
    if let Some((module, _)) = module {
        text.push_str(&print_module(&module));
    }
    expected.assert_eq(&text);
}

#[test]
fn a_loop_writes_its_body() {
    check("let xs = [1, 2]\n<ul>{for (x in xs) { <li class=\"a {x}\">{x}</li> }}</ul>", expect![[r#"
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (basil%0) in fn0 {
          let xs%1 = null
          (xs%1 = [parsley: 1, 2])
          return markup {
            write "<ul"
            write ">"
            for '1 x%2 of rt.parsley_values(xs%1) {
              write "<li"
              write " class=\""
              write "a "
              write.attr_double rt.parsley_text(x%2)
              write "\""
              write ">"
              write.text rt.parsley_text(x%2)
              write "</li>"
            }
            write "</ul>"
          }
        }
    "#]]);
}

#[test]
fn a_block_collects_its_values() {
    check("let f = fn(x) { if (x) { \"yes\" } else { \"no\" } \"and\" }\nf(true)", expect![[r#"
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (basil%0) in fn0 {
          let f%1 = null
          (f%1 = closure fn2)
          return f%1(true)
        }

        function fn2 "" (x%2) in fn1 {
          let %3 = [parsley: ]
          if.parsley x%2 {
            rt.parsley_push(%3, "yes")
          } else {
            rt.parsley_push(%3, "no")
          }
          rt.parsley_push(%3, "and")
          return rt.parsley_collapse(%3)
        }
    "#]]);
}

#[test]
fn destructuring_asks_for_members() {
    check("let {value, errors as problems} = check()\nproblems ?? value", expect![[r#"
        warning[PMX0203]: nothing is called `check` here
         --> page.pars:1:35
          |
        1 | let {value, errors as problems} = check()
          |                                   ^^^^^ fails when it is reached
          |
          = help: declare it with `let`, or check the spelling
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (basil%0) in fn0 {
          let value%1 = null
          let problems%2 = null
          let %3 = rt.parsley_unknown("check")()
          (value%1 = rt.parsley_get(%3, "value"))
          (problems%2 = rt.parsley_get(%3, "errors"))
          return (problems%2 ??parsley value%1)
        }
    "#]]);
}

#[test]
fn tags_must_match() {
    check("<p><b>x</p></p>", expect![[r#"
        error[PMX0204]: `</p>` closes `<b>`
         --> page.pars:1:8
          |
        1 | <p><b>x</p></p>
          |    ----^^^^
          |    |
          |    opened here
          |
          = help: write `</b>`
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (basil%0) in fn0 {
          return markup {
            write "<p"
            write ">"
            write "<b"
            write ">"
            write "x"
            write "</b>"
            write "</p>"
          }
        }
    "#]]);
}

#[test]
fn syntax_errors_have_a_place() {
    check("let x = (1 + \n<p>{x}</p>", expect![[r#"
        error[PMX0201]: the file ends inside an expression
         --> page.pars:2:11
          |
        2 | <p>{x}</p>
          |           ^
          |
          = help: check the brackets, quotes and closing tags before this place
    "#]]);
}

#[test]
fn deep_nesting_is_refused() {
    let source = "[".repeat(100_000);
    let (module, diagnostics) = lower_handler(puremix_diag::FileId(0), "deep.pars", &source);
    assert!(module.is_none() && diagnostics[0].code == puremix_diag::codes::PARSLEY_TOO_DEEP);
}
