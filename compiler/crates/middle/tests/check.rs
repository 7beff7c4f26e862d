//! Names that mean nothing.

mod common;

use common::{App, known};
use expect_test::{Expect, expect};
use puremix_diag::Span;
use puremix_ir::app::{PageTable, ScopeName};

fn check(files: &[(&str, &str)], expected: Expect) {
    let mut app = App::new(files);
    app.link();
    let found = puremix_middle::check(&app.program, &known, &app.program.ids());
    expected.assert_eq(&app.render(&found));
}

#[test]
fn unknown_names_suggest_imports_and_slips() {
    check(
        &[
            (
                "app/routes/login.js",
                "const session = 1;\nexport function load() {\n  getSession(); getSession();\n  consol.log(sesion);\n  undeclared = 1;\n  if (typeof window !== 'undefined') window.x;\n  return totallyUnknown;\n}",
            ),
            ("app/lib/auth.js", "export function getSession() {}"),
        ],
        expect![[r#"
            warning[PMX0501]: `getSession` is not declared
             --> app/routes/login.js:3:3
              |
            3 |   getSession(); getSession();
              |   ^^^^^^^^^^ a ReferenceError when reached, here and at 1 place more
              |
              = help: add `import { getSession } from '../lib/auth'`
            warning[PMX0501]: `consol` is not declared
             --> app/routes/login.js:4:3
              |
            4 |   consol.log(sesion);
              |   ^^^^^^ a ReferenceError when reached
              |
              = help: did you mean `console`?
            warning[PMX0501]: `sesion` is not declared
             --> app/routes/login.js:4:14
              |
            4 |   consol.log(sesion);
              |              ^^^^^^ a ReferenceError when reached
              |
              = help: did you mean `session`?
            warning[PMX0501]: `undeclared` is not declared
             --> app/routes/login.js:5:3
              |
            5 |   undeclared = 1;
              |   ^^^^^^^^^^^^^^ a ReferenceError when reached
            warning[PMX0501]: `totallyUnknown` is not declared
             --> app/routes/login.js:7:10
              |
            7 |   return totallyUnknown;
              |          ^^^^^^^^^^^^^^ a ReferenceError when reached
        "#]],
    );
}

#[test]
fn template_names() {
    let mut app = App::new(&[("page.js", "const products = [];\n// title prodcts xyz")]);
    app.link();
    let file = app.program.modules[0].file;
    let at = |start| Span::new(file, start, start + 5);
    app.program.modules[0].page = Some(PageTable {
        render_scope: vec![ScopeName::Loader("items".into()), ScopeName::Params],
        unknown_names: vec![("itmes".into(), at(26)), ("prodcts".into(), at(32)), ("xyzzy".into(), at(38)), ("xyzzy".into(), at(38))],
        ..PageTable::default()
    });
    let found = puremix_middle::check(&app.program, &known, &app.program.ids());
    expect![[r#"
        warning[PMX0503]: `itmes` is not a name of this template
         --> page.js:2:6
          |
        2 | // title prodcts xyz
          |      ^^^^^ renders nothing
          |
          = help: did you mean `items`?
        warning[PMX0503]: `prodcts` is not a name of this template
         --> page.js:2:12
          |
        2 | // title prodcts xyz
          |            ^^^^^ renders nothing
          |
          = help: did you mean `products`?
        warning[PMX0503]: `xyzzy` is not a name of this template
         --> page.js:2:18
          |
        2 | // title prodcts xyz
          |                  ^^^ renders nothing
          |
          = help: it knows `items`, `params`
    "#]].assert_eq(&app.render(&found));
}
