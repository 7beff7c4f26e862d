//! Names that mean nothing, or not what they should.

use super::check;
use expect_test::expect;

#[test]
fn unknown_name_with_a_suggested_import() {
    check(
        &[
            ("app/routes/index.puremix", "<loader>\n  function load(request) { return { data: getSession(request) } }\n</loader>\n<p>{load.data}</p>\n"),
            ("app/routes/other.js", "import { getSession } from '../lib/auth.js';\nexport default getSession;\n"),
            ("app/lib/auth.js", "export function getSession(r) { return r; }\n"),
        ],
        expect![[r#"
            warning[PMX0501]: `getSession` is not declared
             --> app/routes/index.puremix:2:43
              |
            2 |   function load(request) { return { data: getSession(request) } }
              |                                           ^^^^^^^^^^ a ReferenceError when reached
              |
              = help: add `import { getSession } from '../lib/auth'`
        "#]],
    );
}

#[test]
fn unknown_export() {
    check(
        &[
            ("app/routes/index.js", "import { getUsr } from '../lib/users.js';\nexport default getUsr;\n"),
            ("app/lib/users.js", "export function getUser() {}\n"),
        ],
        expect![[r#"
            error[PMX0502]: `../lib/users.js` has no export `getUsr`
             --> app/routes/index.js:1:10
              |
            1 | import { getUsr } from '../lib/users.js';
              |          ^^^^^^
              |
              = help: did you mean `getUser`?
        "#]],
    );
}

#[test]
fn export_cycle() {
    check(
        &[
            ("app/routes/index.js", "import { x } from '../lib/a.js';\nexport default function () { return x; }\n"),
            ("app/lib/a.js", "export { x } from './b.js';\n"),
            ("app/lib/b.js", "export { x } from './a.js';\n"),
        ],
        expect![[r#"
            error[PMX0504]: the export `x` of `../lib/a.js` leads back to itself
             --> app/routes/index.js:1:10
              |
            1 | import { x } from '../lib/a.js';
              |          ^
              |
              = help: one of the modules must declare it

            error[PMX0504]: the export `x` of `./b.js` leads back to itself
             --> app/lib/a.js:1:10
              |
            1 | export { x } from './b.js';
              |          ^
              |
              = help: one of the modules must declare it

            error[PMX0504]: the export `x` of `./a.js` leads back to itself
             --> app/lib/b.js:1:10
              |
            1 | export { x } from './a.js';
              |          ^
              |
              = help: one of the modules must declare it
        "#]],
    );
}
