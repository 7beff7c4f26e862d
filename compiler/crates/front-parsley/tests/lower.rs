//! Source and IR side by side.

use expect_test::{Expect, expect};
use puremix_diag::{SourceMap, render_text};
use puremix_front_parsley::lower_handler;
use puremix_ir::print::print_module;

fn check(source: &str, expected: Expect) {
    let mut files = SourceMap::default();
    let file = files.add("page.pars", source);
    let (module, diagnostics) = lower_handler(file, "page.pars", source, "data.db");
    let mut text: String = diagnostics.iter().map(|d| render_text(d, &files, false) + "\n").collect();
    if let Some(module) = module {
        text.push_str(&print_module(&module));
    }
    expected.assert_eq(&text);
}

#[test]
fn a_loop_writes_its_body() {
    check("let xs = [1, 2]\n<ul>{for (x in xs) { <li class=\"a {x}\">{x}</li> }}</ul>", expect![[r#"
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (%0) in fn0 {
          let basil%1 = rt.parsley_basil(%0, rt.parsley_database("data.db"))
          let %2 = null
          let xs%3 = null
          (xs%3 = [parsley: 1, 2])
          (%2 = markup {
            write "<ul"
            write ">"
            for '1 x%4 of rt.parsley_values(xs%3) {
              write "<li"
              write " class=\""
              write "a "
              write.attr_double rt.parsley_text(x%4)
              write "\""
              write ">"
              write.text rt.parsley_text(x%4)
              write "</li>"
            }
            write "</ul>"
          })
          return rt.parsley_response(%2)
        }
    "#]]);
}

#[test]
fn a_block_collects_its_values() {
    check("let f = fn(x) { if (x) { \"yes\" } else { \"no\" } \"and\" }\nf(true)", expect![[r#"
        module page.pars (parsley)

        init fn0 "" () {}

        function fn1 "handler" (%0) in fn0 {
          let basil%1 = rt.parsley_basil(%0, rt.parsley_database("data.db"))
          let %2 = null
          let f%3 = null
          (f%3 = closure fn2)
          (%2 = f%3(true))
          return rt.parsley_response(%2)
        }

        function fn2 "" (x%4) in fn1 {
          let %5 = [parsley: ]
          if.parsley x%4 {
            rt.parsley_push(%5, "yes")
          } else {
            rt.parsley_push(%5, "no")
          }
          rt.parsley_push(%5, "and")
          return rt.parsley_collapse(%5)
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

        function fn1 "handler" (%0) in fn0 {
          let basil%1 = rt.parsley_basil(%0, rt.parsley_database("data.db"))
          let %2 = null
          let value%3 = null
          let problems%4 = null
          let %5 = rt.parsley_unknown("check")()
          (value%3 = rt.parsley_get(%5, "value"))
          (problems%4 = rt.parsley_get(%5, "errors"))
          (%2 = (problems%4 ??parsley value%3))
          return rt.parsley_response(%2)
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

        function fn1 "handler" (%0) in fn0 {
          let basil%1 = rt.parsley_basil(%0, rt.parsley_database("data.db"))
          let %2 = null
          (%2 = markup {
            write "<p"
            write ">"
            write "<b"
            write ">"
            write "x"
            write "</b>"
            write "</p>"
          })
          return rt.parsley_response(%2)
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
    let brackets = [
        ("[", "1", "]"), ("f(", "1", ")"), ("{a: ", "1", "}"), ("<b>", "x", "</b>"), ("<p>", "", ""), ("if (a) {", "1", "}"), ("if (a) 1 else ", "1", ""),
        ("if (a) ", "1", ""), ("fn(x) {", "x", "}"), ("<b a={", "1", "}/>"), ("`{", "a", "}`"),
    ];
    // The parser reads these to their end before they are refused, which takes a debug build seconds for 100,000.
    let chains = [
        ("!", "a", ""), ("-", "1", ""), ("not ", "a", ""), ("1 + ", "1", ""), ("a ++ ", "1", ""), ("a ?? ", "1", ""), ("a and ", "1", ""), ("a", ".b", ".b"),
        ("a", "(1)", "(1)"),
    ];
    let nests = brackets.map(|nest| (100_000, nest)).into_iter().chain(chains.map(|nest| (5_000, nest)));
    for (count, (open, middle, close)) in nests {
        let source = format!("{}{middle}{}", open.repeat(count), close.repeat(count));
        let found = on_big_stack(move || {
            let (module, diagnostics) = lower_handler(puremix_diag::FileId(0), "deep.pars", &source, "");
            (module.is_some(), diagnostics.first().map(|d| d.code))
        });
        assert_eq!(found, (false, Some(puremix_diag::codes::PARSLEY_TOO_DEEP)), "{open}");
    }
}

/// The compiler's own thread has such a stack.
fn on_big_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 << 20).spawn(work).unwrap().join().unwrap()
}
