//! What cannot be compiled, and what the author reads about it.

use super::diagnostics;
use expect_test::{Expect, expect};
use puremix_ir::ScriptLang;

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&diagnostics(source, ScriptLang::Js));
}

fn check_typescript(source: &str, expected: Expect) {
    expected.assert_eq(&diagnostics(source, ScriptLang::Ts));
}

#[test]
fn syntax_errors_have_a_place() {
    check("const x = ;", expect![[r#"
        error[PMX0301]: Unexpected token
         --> test.js:1:11
          |
        1 | const x = ;
          |           ^
    "#]]);
    check("function f( { return 1 }", expect![[r#"
        error[PMX0301]: Expected `:` but found `decimal`
         --> test.js:1:22
          |
        1 | function f( { return 1 }
          |                      ^ `:` expected
    "#]]);
    check("if (true) {", expect![[r#"
        error[PMX0301]: Expected `}` but found `EOF`
         --> test.js:1:12
          |
        1 | if (true) {
          |           -^ `}` expected
          |           |
          |           Opened here
    "#]]);
    check("let 1x = 2;", expect![[r#"
        error[PMX0301]: Invalid characters after number
         --> test.js:1:6
          |
        1 | let 1x = 2;
          |      ^
    "#]]);
}

#[test]
fn code_made_from_strings_is_refused() {
    check("const f = new Function('a', 'return a');\nFunction('x');\neval('1 + 1');", expect![[r#"
        error[PMX0314]: code made at run time cannot be compiled
         --> test.js:1:11
          |
        1 | const f = new Function('a', 'return a');
          |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `Function` compiles a string
          |
          = help: write the function itself, or pick one of several from an object by name
        error[PMX0314]: code made at run time cannot be compiled
         --> test.js:2:1
          |
        2 | Function('x');
          | ^^^^^^^^^^^^^ `Function` compiles a string
          |
          = help: write the function itself, or pick one of several from an object by name
        error[PMX0303]: `eval` cannot be compiled
         --> test.js:3:1
          |
        3 | eval('1 + 1');
          | ^^^^^^^^^^^^^ the program is compiled before it runs
          |
          = help: use `JSON.parse` for data; for computed member names write `object[name]`
    "#]]);
    check("const { Function, x } = {}; new Function(x);", expect![[r#""#]]);
}

#[test]
fn constants_and_imports_cannot_be_assigned() {
    check("const total = 1;\ntotal += 2;\nfor (const i = 0; i < 2; i++) {}", expect![[r#"
        error[PMX0305]: `total` is a constant and cannot be assigned
         --> test.js:2:1
          |
        1 | const total = 1;
          |       ----- declared here
        2 | total += 2;
          | ^^^^^
          |
          = help: declare it with `let` if it must change
        error[PMX0305]: `i` is a constant and cannot be assigned
         --> test.js:3:26
          |
        3 | for (const i = 0; i < 2; i++) {}
          |            -             ^
          |            |
          |            declared here
          |
          = help: declare it with `let` if it must change
    "#]]);
    check("import { a } from './a.js';\na = 1;\n[a] = [2];", expect![[r#"
        error[PMX0312]: the import `a` cannot be assigned
         --> test.js:2:1
          |
        1 | import { a } from './a.js';
          |          - imported here
        2 | a = 1;
          | ^
          |
          = help: copy it into a variable of this module: `let copy = …`
        error[PMX0312]: the import `a` cannot be assigned
         --> test.js:3:2
          |
        1 | import { a } from './a.js';
          |          - imported here
        2 | a = 1;
        3 | [a] = [2];
          |  ^
          |
          = help: copy it into a variable of this module: `let copy = …`
    "#]]);
    check("const f = function g() { g = 1; };", expect![[r#"
        error[PMX0305]: `g` is a constant and cannot be assigned
         --> test.js:1:26
          |
        1 | const f = function g() { g = 1; };
          |                          ^
          |
          = help: declare it with `let` if it must change
    "#]]);
}

#[test]
fn early_errors_are_reported() {
    check("let a = 1;\nlet a = 2;", expect![[r#"
        error[PMX0306]: Identifier `a` has already been declared
         --> test.js:1:5
          |
        1 | let a = 1;
          |     ^ `a` has already been declared here
        2 | let a = 2;
          |     - It can not be redeclared here
    "#]]);
    check("break;", expect![[r#"
        error[PMX0311]: Illegal break statement
         --> test.js:1:1
          |
        1 | break;
          | ^^^^^^
          |
          = help: A `break` statement can only be used within an enclosing iteration or switch statement.
    "#]]);
    check("for (;;) { continue nowhere; }", expect![[r#"
        error[PMX0311]: Use of undefined label
         --> test.js:1:21
          |
        1 | for (;;) { continue nowhere; }
          |                     ^^^^^^^
    "#]]);
    check("function f() { await g(); }", expect![[r#"
        error[PMX0309]: `await` is only allowed within async functions and at the top levels of modules
         --> test.js:1:16
          |
        1 | function f() { await g(); }
          |                ^^^^^
          |
          = help: Either remove this `await` or add the `async` keyword to the enclosing function
    "#]]);
    check("export const x = 1; export { x };", expect![[r#"
        error[PMX0310]: Duplicated export 'x'
         --> test.js:1:14
          |
        1 | export const x = 1; export { x };
          |              ^               - It cannot be redeclared here
          |              |
          |              Export has already been declared here
    "#]]);
    check("with (a) { b; }", expect![[r#"
        error[PMX0304]: `with` cannot be compiled
         --> test.js:1:1
          |
        1 | with (a) { b; }
          | ^^^^^^^^^^^^^^^
          |
          = help: name the object: `object.member`
    "#]]);
    check("export { nothing };", expect![[r#"
        error[PMX0301]: Export 'nothing' is not defined
         --> test.js:1:10
          |
        1 | export { nothing };
          |          ^^^^^^^
    "#]]);
    check("class A { constructor() { super(); } }", expect![[r#"
        error[PMX0301]: 'super' can only be referenced in a derived class
         --> test.js:1:27
          |
        1 | class A { constructor() { super(); } }
          | --------------------------^^^^^------- class does not have `extends`
          |
          = help: either remove this super, or extend the class
    "#]]);
    check("class A { m() { this.#x; } }", expect![[r#"
        error[PMX0301]: Private field '#x' must be declared in an enclosing class
         --> test.js:1:22
          |
        1 | class A { m() { this.#x; } }
          |                      ^^
    "#]]);
}

#[test]
fn bad_regular_expressions_are_found_at_build_time() {
    check("const a = /(/; const b = /[z-a]/;", expect![[r#"
        error[PMX0307]: this regular expression is not valid
         --> test.js:1:11
          |
        1 | const a = /(/; const b = /[z-a]/;
          |           ^^^ Unbalanced parenthesis
          |
          = help: escape characters that are meant literally with `\`
        error[PMX0307]: this regular expression is not valid
         --> test.js:1:26
          |
        1 | const a = /(/; const b = /[z-a]/;
          |                          ^^^^^^^ Range values reversed, start char code is greater than end char code.
          |
          = help: escape characters that are meant literally with `\`
    "#]]);
    check("const a = /x/gg;", expect![[r#"
        error[PMX0307]: Flag g is mentioned twice in regular expression literal
         --> test.js:1:15
          |
        1 | const a = /x/gg;
          |               ^
          |
          = help: Remove the duplicated flag here
        error[PMX0301]: Unexpected token
         --> test.js:1:11
          |
        1 | const a = /x/gg;
          |           ^^^^^
    "#]]);
}

#[test]
fn unsupported_constructs_name_a_way_out() {
    check("const load = (name) => import('./pages/' + name);", expect![[r#"
        error[PMX0302]: `import()` of a computed path cannot be compiled
         --> test.js:1:24
          |
        1 | const load = (name) => import('./pages/' + name);
          |                        ^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: import each module by a constant path and choose between the functions that load them
    "#]]);
    check("const m = require(name); module.exports = require;", expect![[r#"
        error[PMX0302]: `require` of a computed path cannot be compiled
         --> test.js:1:11
          |
        1 | const m = require(name); module.exports = require;
          |           ^^^^^^^^^^^^^
          |
          = help: require each module by a constant path and choose between their exports
        error[PMX0302]: `require` as a value cannot be compiled
         --> test.js:1:43
          |
        1 | const m = require(name); module.exports = require;
          |                                           ^^^^^^^
          |
          = help: call it with a constant path: `require('./file')`
    "#]]);
    check("using file = open();", expect![[r#"
        error[PMX0302]: `using` cannot be compiled
         --> test.js:1:1
          |
        1 | using file = open();
          | ^^^^^^^^^^^^^^^^^^^^
          |
          = help: use `const` and release the resource in `finally`
    "#]]);
    check("class A { accessor x = 1; }", expect![[r#"
        error[PMX0302]: an `accessor` field cannot be compiled
         --> test.js:1:11
          |
        1 | class A { accessor x = 1; }
          |           ^^^^^^^^^^^^^^^
          |
          = help: write a getter and a setter
    "#]]);
    check("const el = <b>hi</b>;", expect![[r#"
        error[PMX0301]: Unexpected JSX expression
         --> test.js:1:12
          |
        1 | const el = <b>hi</b>;
          |            ^
          |
          = help: JSX syntax is disabled and should be enabled via the parser options
    "#]]);
}

#[test]
fn decorators_are_refused() {
    check_typescript("@Injectable()\nclass Service { @Input() name = 1; @get m() {} constructor(@Inject() a) {} }", expect![[r#"
        error[PMX0313]: decorators cannot be compiled
         --> test.js:1:1
          |
        1 | @Injectable()
          | ^^^^^^^^^^^^^
          |
          = help: call the function yourself: `const Service = decorate(class { … })`
        error[PMX0313]: decorators cannot be compiled
         --> test.js:2:60
          |
        2 | class Service { @Input() name = 1; @get m() {} constructor(@Inject() a) {} }
          |                                                            ^^^^^^^^^
          |
          = help: call the function yourself: `const Service = decorate(class { … })`
        error[PMX0313]: decorators cannot be compiled
         --> test.js:2:17
          |
        2 | class Service { @Input() name = 1; @get m() {} constructor(@Inject() a) {} }
          |                 ^^^^^^^^
          |
          = help: call the function yourself: `const Service = decorate(class { … })`
        error[PMX0313]: decorators cannot be compiled
         --> test.js:2:36
          |
        2 | class Service { @Input() name = 1; @get m() {} constructor(@Inject() a) {} }
          |                                    ^^^^
          |
          = help: call the function yourself: `const Service = decorate(class { … })`
    "#]]);
}

#[test]
fn deep_nesting_is_refused() {
    let deep = |open: &str, close: &str| format!("const x = {}1{};", open.repeat(50_000), close.repeat(50_000));
    assert!(diagnostics(&deep("(", ")"), ScriptLang::Js).contains("PMX0308"));
    assert!(diagnostics(&deep("[", "]"), ScriptLang::Js).contains("PMX0308"));
    assert!(diagnostics(&deep("!", ""), ScriptLang::Js).contains("PMX0308"));
    assert!(diagnostics(&format!("const x = {};", vec!["a"; 50_000].join("+")), ScriptLang::Js).contains("PMX0308"));
    // Short enough for the parser, too deep for the passes after it.
    assert!(diagnostics(&format!("const a = 1; const x = {};", vec!["a"; 10_000].join("+")), ScriptLang::Js).contains("PMX0308"));
}

#[test]
fn long_chains_compile() {
    for source in [
        format!("const a = 1; const x = {};", vec!["a"; 3_000].join(" + ")),
        format!("let s = ''; s{};", ".trim()".repeat(1_500)),
        format!("let a = 1; if (a) {{}} {}", "else if (a) { a = 2; } ".repeat(240)),
        format!("const f = {}1;", "x => ".repeat(200)),
    ] {
        assert_eq!(diagnostics(&source, ScriptLang::Js), "");
    }
}
