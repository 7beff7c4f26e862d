//! Mistakes in JavaScript and TypeScript.

use super::{check, module, page};
use expect_test::expect;

#[test]
fn syntax_error_in_a_loader() {
    page("<loader>\n  async function load() {\n    const x = ;\n  }\n</loader>\n<p>x</p>\n", expect![[r#"
        error[PMX0301]: Unexpected token
         --> app/routes/index.puremix:3:15
          |
        3 |     const x = ;
          |               ^
    "#]]);
}

#[test]
fn js_syntax() {
    module("export const x = (1;\n", expect![[r#"
        error[PMX0301]: Expected `,` or `)` but found `;`
         --> app/lib/a.js:1:20
          |
        1 | export const x = (1;
          |                  - ^ `,` or `)` expected
          |                  |
          |                  Opened here
    "#]]);
}

#[test]
fn js_eval() {
    module("export const x = eval('1');\n", expect![[r#"
        error[PMX0303]: `eval` cannot be compiled
         --> app/lib/a.js:1:18
          |
        1 | export const x = eval('1');
          |                  ^^^^^^^^^ the program is compiled before it runs
          |
          = help: use `JSON.parse` for data; for computed member names write `object[name]`
    "#]]);
}

#[test]
fn js_new_function() {
    module("export const x = new Function('return 1');\n", expect![[r#"
        error[PMX0314]: code made at run time cannot be compiled
         --> app/lib/a.js:1:18
          |
        1 | export const x = new Function('return 1');
          |                  ^^^^^^^^^^^^^^^^^^^^^^^^ `Function` compiles a string
          |
          = help: write the function itself, or pick one of several from an object by name
    "#]]);
}

#[test]
fn js_with() {
    module("export function x(o) { with (o) { return a; } }\n", expect![[r#"
        error[PMX0304]: 'with' statements are not allowed
         --> app/lib/a.js:1:24
          |
        1 | export function x(o) { with (o) { return a; } }
          |                        ^^^^
    "#]]);
}

#[test]
fn js_assign_to_const() {
    module("const x = 1;\nexport function f() { x = 2; }\nexport { x };\n", expect![[r#"
        error[PMX0305]: `x` is a constant and cannot be assigned
         --> app/lib/a.js:2:23
          |
        1 | const x = 1;
          |       - declared here
        2 | export function f() { x = 2; }
          |                       ^
          |
          = help: declare it with `let` if it must change
    "#]]);
}

#[test]
fn js_duplicate_declaration() {
    module("const x = 1;\nconst x = 2;\nexport { x };\n", expect![[r#"
        error[PMX0306]: Identifier `x` has already been declared
         --> app/lib/a.js:1:7
          |
        1 | const x = 1;
          |       ^ `x` has already been declared here
        2 | const x = 2;
          |       - It can not be redeclared here
    "#]]);
}

#[test]
fn js_bad_regex() {
    module("export const x = /(/;\n", expect![[r#"
        error[PMX0307]: this regular expression is not valid
         --> app/lib/a.js:1:18
          |
        1 | export const x = /(/;
          |                  ^^^ Unbalanced parenthesis
          |
          = help: escape characters that are meant literally with `\`
    "#]]);
}

#[test]
fn js_await_outside_async() {
    module("export function x() { await 1; }\n", expect![[r#"
        error[PMX0309]: `await` is only allowed within async functions and at the top levels of modules
         --> app/lib/a.js:1:23
          |
        1 | export function x() { await 1; }
          |                       ^^^^^
          |
          = help: Either remove this `await` or add the `async` keyword to the enclosing function
    "#]]);
}

#[test]
fn js_duplicate_export() {
    module("export const x = 1;\nconst y = 2;\nexport { y as x };\n", expect![[r#"
        error[PMX0310]: Duplicated export 'x'
         --> app/lib/a.js:1:14
          |
        1 | export const x = 1;
          |              ^ Export has already been declared here
        2 | const y = 2;
        3 | export { y as x };
          |               - It cannot be redeclared here
    "#]]);
}

#[test]
fn js_bad_break() {
    module("export function x() { break; }\n", expect![[r#"
        error[PMX0311]: Illegal break statement
         --> app/lib/a.js:1:23
          |
        1 | export function x() { break; }
          |                       ^^^^^^
          |
          = help: A `break` statement can only be used within an enclosing iteration or switch statement.
    "#]]);
}

#[test]
fn js_assign_to_import() {
    check(
        &[
            ("app/routes/index.js", "import { n } from '../lib/n.js';\nexport default function (request, response) { n = 2; }\n"),
            ("app/lib/n.js", "export let n = 1;\n"),
        ],
        expect![[r#"
            error[PMX0312]: the import `n` cannot be assigned
             --> app/routes/index.js:2:47
              |
            1 | import { n } from '../lib/n.js';
              |          - imported here
            2 | export default function (request, response) { n = 2; }
              |                                               ^
              |
              = help: copy it into a variable of this module: `let copy = …`
        "#]],
    );
}

#[test]
fn js_decorator() {
    module("function log() {}\nexport class x { @log m() {} }\n", expect![[r#"
        error[PMX0313]: decorators cannot be compiled
         --> app/lib/a.js:2:18
          |
        2 | export class x { @log m() {} }
          |                  ^^^^
          |
          = help: call the function yourself: `const Service = decorate(class { … })`
    "#]]);
}

#[test]
fn js_too_deep() {
    module(&format!("export const x =\n{}1{};\n", "(".repeat(3000), ")".repeat(3000)), expect![[r#"
        error[PMX0308]: this code is nested too deeply to compile
         --> app/lib/a.js:2:501
          |
        2 | ...((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((...
          |                                                       ^ the limit is reached here
          |
          = help: split the expression into variables or functions; data of this depth belongs into a JSON file
    "#]]);
}
