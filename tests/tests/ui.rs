//! What users read when something is wrong: the whole compiler on small apps, every diagnostic as it is printed.
//!
//! One case a kind of mistake. `cargo xtask bless` writes the expected texts; read them as a user would before committing.
#![forbid(unsafe_code)]

use expect_test::{Expect, expect};
use puremix_tests::TempDir;
use puremixc::driver::{self, Options};

/// Compiles an app of these files and compares everything that is reported.
fn check(files: &[(&str, &str)], expected: Expect) {
    let app = TempDir::with_files("ui", files);
    let path = app.path().to_path_buf();
    let text = driver::on_large_stack(move || {
        let compiled = driver::compile(&path, &Options { infer: true });
        let texts: Vec<String> =
            compiled.diagnostics.iter().map(|d| puremix_diag::render_text(d, &compiled.sources, false)).collect();
        let root = std::fs::canonicalize(&path).expect("the app exists");
        let whole: Vec<String> = texts.join("\n\n").replace(&root.display().to_string(), "ROOT").lines().map(|l| l.trim_end().to_owned()).collect();
        whole.join("\n") + "\n"
    });
    expected.assert_eq(&text);
}

/// One page, `app/routes/index.puremix`.
fn page(text: &str, expected: Expect) {
    check(&[("app/routes/index.puremix", text)], expected);
}

/// A page that imports `app/lib/a.js`.
fn module(text: &str, expected: Expect) {
    let index = "<imports>\n  import * as a from '../lib/a'\n</imports>\n<loader>\n  function load() { return { data: a } }\n</loader>\n<p>{load.data.x}</p>\n";
    check(&[("app/routes/index.puremix", index), ("app/lib/a.js", text)], expected);
}

#[test]
fn unclosed_block() {
    page("<loader>\n  function load() {}\n\n<h1>x</h1>\n", expect![[r#"
        error[PMX0101]: `<loader>` is never closed
         --> app/routes/index.puremix:1:1
          |
        1 | <loader>
          | ^^^^^^^ opened here
          |
          = help: close it with `</loader>`
    "#]]);
}

#[test]
fn unclosed_tag() {
    page("<div>\n  <section>\n</div>\n", expect![[r#"
        error[PMX0102]: `<section>` is never closed
         --> app/routes/index.puremix:2:3
          |
        2 |   <section>
          |   ^^^^^^^^^ opened here
        3 | </div>
          | ------ its parent ends here
          |
          = help: close it with `</section>`
    "#]]);
}

#[test]
fn stray_close_tag() {
    page("<div></span></div>\n", expect![[r#"
        error[PMX0103]: `</span>` closes nothing
         --> app/routes/index.puremix:1:6
          |
        1 | <div></span></div>
          | -----^^^^^^^
          | |
          | `<div>` is open here
          |
          = help: remove it, or write `</div>`
    "#]]);
}

#[test]
fn two_layouts() {
    page("<layout>a</layout>\n<layout>b</layout>\n<p>x</p>\n", expect![[r#"
        error[PMX0117]: there is no layout `a`
         --> app/routes/index.puremix:1:1
          |
        1 | <layout>a</layout>
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: make `app/layouts/a.html`, with `{content}` where the page goes

        error[PMX0104]: a page has one layout
         --> app/routes/index.puremix:2:1
          |
        1 | <layout>a</layout>
          | ------------------ already given here
        2 | <layout>b</layout>
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: remove one of them
    "#]]);
}

#[test]
fn bad_import() {
    page("<imports>\n  Card from './Card.puremix'\n</imports>\n<p>x</p>\n", expect![[r#"
        error[PMX0301]: Expected a semicolon or an implicit semicolon after a statement, but found none
         --> app/routes/index.puremix:2:7
          |
        2 |   Card from './Card.puremix'
          |       ^
          |
          = help: Try inserting a semicolon here
    "#]]);
}

#[test]
fn unknown_script_language() {
    page("<script server lang=\"ruby\">\nputs 1\n</script>\n<p>x</p>\n", expect![[r#"
        error[PMX0106]: `ruby` is no language for server code
         --> app/routes/index.puremix:1:16
          |
        1 | <script server lang="ruby">
          |                ^^^^^^^^^^^
          |
          = help: write `js`, `ts` or `python`
    "#]]);
}

#[test]
fn python_is_not_compiled_yet() {
    page("<script server lang=\"python\">\ndef f(data):\n    return {}\n</script>\n<p>x</p>\n", expect![[r#"
        warning[PMX0121]: this version of puremixc does not compile Python blocks
         --> app/routes/index.puremix:1:1
          |
        1 | / <script server lang="python">
        2 | | def f(data):
        3 | |     return {}
        4 | | </script>
          | |_________^ calls of these functions are not answered
          |
          = help: write the functions in JavaScript or TypeScript
    "#]]);
}

#[test]
fn unclosed_comment() {
    page("<p>x</p>\n<!-- never ends\n<p>y</p>\n", expect![[r#"
        error[PMX0107]: this comment is never closed
         --> app/routes/index.puremix:2:1
          |
        2 | <!-- never ends
          | ^^^^ opened here
          |
          = help: close it with `-->`
    "#]]);
}

#[test]
fn unclosed_expression() {
    page("<p>{params.id</p>\n", expect![[r#"
        error[PMX0108]: this brace is never closed
         --> app/routes/index.puremix:1:4
          |
        1 | <p>{params.id</p>
          |    ^ opened here
          |
          = help: close it with `}`, or write `\{` for a brace that is text
    "#]]);
}

#[test]
fn bad_attribute() {
    page("<p class=>x</p>\n<p =\"a\">y</p>\n", expect![[r#"
        error[PMX0109]: `class` has no value after `=`
         --> app/routes/index.puremix:1:4
          |
        1 | <p class=>x</p>
          |    ^^^^^^
          |
          = help: write a value in quotes or braces, or leave out the `=`

        error[PMX0109]: unexpected character in a start tag
         --> app/routes/index.puremix:2:4
          |
        2 | <p ="a">y</p>
          |    ^
          |
          = help: write attributes as `name="value"`, `name={expression}` or `name`
    "#]]);
}

#[test]
fn unknown_component() {
    page("<Card title=\"x\" />\n", expect![[r#"
        error[PMX0110]: no component `Card` is imported
         --> app/routes/index.puremix:1:2
          |
        1 | <Card title="x" />
          |  ^^^^
          |
          = help: import it: `<imports> import Card from '../components/Card.puremix' </imports>`
    "#]]);
}

#[test]
fn expression_as_tag_name() {
    page("<{params.tag}>x</{params.tag}>\n", expect![[r#"
        error[PMX0111]: a tag name cannot be computed
         --> app/routes/index.puremix:1:1
          |
        1 | <{params.tag}>x</{params.tag}>
          | ^^^^^^^^^^^^^
          |
          = help: choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`
    "#]]);
}

#[test]
fn data_in_executable_code() {
    page("<loader>\n  function load() { return { data: { a: 1 } } }\n</loader>\n<a href=\"javascript:go({load.data.a})\">x</a>\n<p onclick=\"{load.data.a}\">x</p>\n", expect![[r#"
        error[PMX0113]: a value cannot be written safely into a script URL
         --> app/routes/index.puremix:4:24
          |
        4 | <a href="javascript:go({load.data.a})">x</a>
          |                        ^^^^^^^^^^^^^
          |
          = help: use an event handler, or a `data-` attribute that a script reads
    "#]]);
}

#[test]
fn bad_spread() {
    page("<p {...}>x</p>\n", expect![[r#"
        error[PMX0114]: a brace group between attributes must be a spread
         --> app/routes/index.puremix:1:4
          |
        1 | <p {...}>x</p>
          |    ^^^^^
          |
          = help: write `{...object}`
    "#]]);
}

#[test]
fn duplicate_attribute() {
    page("<p class=\"a\" class=\"b\">x</p>\n", expect![[r#"
        warning[PMX0115]: `class` is given twice; browsers take the first
         --> app/routes/index.puremix:1:14
          |
        1 | <p class="a" class="b">x</p>
          |    -----     ^^^^^
          |    |
          |    first given here
          |
          = help: remove one of them
    "#]]);
}

#[test]
fn empty_layout_name() {
    page("<layout></layout>\n<p>x</p>\n", expect![[r#"
        error[PMX0116]: `<layout>` names no layout
         --> app/routes/index.puremix:1:1
          |
        1 | <layout></layout>
          | ^^^^^^^^^^^^^^^^^
          |
          = help: write `<layout>main</layout>`, or remove it
    "#]]);
}

#[test]
fn unknown_layout() {
    check(
        &[("app/routes/index.puremix", "<layout>mian</layout>\n<p>x</p>\n"), ("app/layouts/main.html", "<body>{content}</body>\n")],
        expect![[r#"
            error[PMX0117]: there is no layout `mian`
             --> app/routes/index.puremix:1:1
              |
            1 | <layout>mian</layout>
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `main`?
        "#]],
    );
}

#[test]
fn layout_cycle() {
    check(
        &[
            ("app/routes/index.puremix", "<layout>a</layout>\n<p>x</p>\n"),
            ("app/layouts/a.puremix", "<layout>b</layout>\n<div>{content}</div>\n"),
            ("app/layouts/b.puremix", "<layout>a</layout>\n<div>{content}</div>\n"),
        ],
        expect![[r#"
            error[PMX0118]: the layout `b` leads back to this file
             --> app/layouts/a.puremix:1:1
              |
            1 | <layout>b</layout>
              | ^^^^^^^^^^^^^^^^^^
              |
              = help: the outermost layout has no `<layout>` block
        "#]],
    );
}

#[test]
fn layout_without_content() {
    check(
        &[("app/routes/index.puremix", "<layout>a</layout>\n<p>x</p>\n"), ("app/layouts/a.html", "<body></body>\n")],
        expect![[r#"
            error[PMX0119]: this layout has no place for the page
             --> app/layouts/a.html:1:1
              |
            1 | <body></body>
              | ^
              |
              = help: write `{content}` where the page goes
        "#]],
    );
}

#[test]
fn unknown_server_function() {
    page(
        "<form onsubmit=\"saveUsr\"><input name=\"a\"></form>\n<script server>\n  function saveUser(formData) { return {} }\n</script>\n",
        expect![[r#"
            warning[PMX0120]: this file declares no server function `saveUsr`
             --> app/routes/index.puremix:1:17
              |
            1 | <form onsubmit="saveUsr"><input name="a"></form>
              |                 ^^^^^^^
              |
              = help: did you mean `saveUser`?
        "#]],
    );
}

#[test]
fn component_cycle() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import Box from '../components/Box.puremix'\n</imports>\n<Box />\n"),
            ("app/components/Box.puremix", "<imports>\n  import Box from './Box.puremix'\n</imports>\n<div><Box /></div>\n"),
        ],
        expect![[r#"
            error[PMX0122]: `app/components/Box.puremix` is always rendered inside itself
             --> app/components/Box.puremix:2:3
              |
            2 |   import Box from './Box.puremix'
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its own import
              |
              = help: use it below a condition or a `.map`, so that the data ends it
        "#]],
    );
}

#[test]
fn duplicate_function() {
    page("<script server>\n  function save() {}\n</script>\n<script server>\n  function save() {}\n</script>\n<p>x</p>\n", expect![[r#"
        warning[PMX0123]: the page declares `save` twice
         --> app/routes/index.puremix:5:12
          |
        2 |   function save() {}
          |            ---- also declared here
        ...
        5 |   function save() {}
          |            ^^^^ this one is used
          |
          = help: rename one of them
    "#]]);
}

#[test]
fn bad_js_block() {
    page("{\n  const total = ;\n  __export = { total };\n}\n<p>{total}</p>\n", expect![[r#"
        error[PMX0124]: this block with `__export` is not valid JavaScript
         --> app/routes/index.puremix:1:1
          |
        1 | / {
        2 | |   const total = ;
        3 | |   __export = { total };
        4 | | }
          | |_^
          |
          = help: a block holds statements and ends with `__export = { name, … };`

        warning[PMX0503]: `total` is not a name of this template
         --> app/routes/index.puremix:5:5
          |
        5 | <p>{total}</p>
          |     ^^^^^ renders nothing
    "#]]);
}

#[test]
fn markup_in_a_group_that_is_no_expression() {
    page("<ul>{params.map(p => <li>{p}</li>}</ul>\n", expect![[r#"
        warning[PMX0125]: this is not a JavaScript expression, so it is printed as text
         --> app/routes/index.puremix:1:5
          |
        1 | <ul>{params.map(p => <li>{p}</li>}</ul>
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: check the expression, or write `\{` to say that it is text
    "#]]);
}

#[test]
fn unknown_template_name() {
    page("<loader>\n  function loadPage() { return { data: {} } }\n</loader>\n<p>{loadPge.data.x}</p>\n", expect![[r#"
        warning[PMX0503]: `loadPge` is not a name of this template
         --> app/routes/index.puremix:4:5
          |
        4 | <p>{loadPge.data.x}</p>
          |     ^^^^^^^ renders nothing
          |
          = help: did you mean `loadPage`?
    "#]]);
}

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

#[test]
fn missing_import() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import { a } from '../lib/user'\n</imports>\n<p>x</p>\n"),
            ("app/lib/users.js", "export const a = 1;\n"),
        ],
        expect![[r#"
            error[PMX0605]: cannot find `../lib/user`
             --> app/routes/index.puremix:2:21
              |
            2 |   import { a } from '../lib/user'
              |                     ^^^^^^^^^^^^^ no such file
              |
              = help: did you mean `users.js` in the same directory?
        "#]],
    );
}

#[test]
fn missing_component_file() {
    page("<imports>\n  import Card from '../components/Card.puremix'\n</imports>\n<Card />\n", expect![[r#"
        error[PMX0605]: cannot find `../components/Card.puremix`
         --> app/routes/index.puremix:2:3
          |
        2 |   import Card from '../components/Card.puremix'
          |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such file
          |
          = help: looked for `app/components/Card.puremix` as it is, with the extensions .js .ts .mjs .cjs .json .puremix .py .pars, and as a directory with an index file
    "#]]);
}

#[test]
fn package_not_installed() {
    check(
        &[
            ("package.json", "{\"dependencies\": {\"left-pad\": \"1\"}}\n"),
            ("app/routes/index.js", "import pad from 'left-pad';\nexport default pad;\n"),
        ],
        expect![[r#"
            error[PMX0615]: the package `left-pad` is in package.json but not in node_modules
             --> app/routes/index.js:1:17
              |
            1 | import pad from 'left-pad';
              |                 ^^^^^^^^^^
              |
              = help: run `npm install` in `ROOT`
        "#]],
    );
}

#[test]
fn unsupported_package_and_builtin() {
    check(
        &[("app/routes/index.js", "import sharp from 'sharp';\nimport net from 'node:net';\nexport default [sharp, net];\n")],
        expect![[r#"
            error[PMX0606]: the package `sharp` cannot be compiled
             --> app/routes/index.js:1:19
              |
            1 | import sharp from 'sharp';
              |                   ^^^^^^^
              |
              = help: it is a native addon; call an image service, or resize before upload

            error[PMX0606]: the runtime has no module `node:net`
             --> app/routes/index.js:2:17
              |
            2 | import net from 'node:net';
              |                 ^^^^^^^^^^
              |
              = help: available are buffer, crypto, fs, fs/promises, path, process, timers
        "#]],
    );
}

#[test]
fn broken_json() {
    check(
        &[("app/routes/index.js", "import data from '../data.json';\nexport default data;\n"), ("app/data.json", "{\n  \"a\": 1,\n}\n")],
        expect![[r#"
            error[PMX0301]: this is not JSON: key must be a string at line 3 column 1
             --> app/data.json:3:1
              |
            3 | }
              | ^
              |
              = help: JSON has no comments and no trailing commas
        "#]],
    );
}

#[test]
fn config_keys() {
    check(
        &[
            ("app/routes/index.puremix", "<p>x</p>\n"),
            ("puremix.config.js", "export default {\n  prot: 3000,\n  workers: process.env.N,\n};\n"),
        ],
        expect![[r#"
            error[PMX0608]: `workers` is needed while building and must be a number
             --> puremix.config.js:3:12
              |
            3 |   workers: process.env.N,
              |            ^^^^^^^^^^^^^
              |
              = help: write the value itself; other keys may be computed when the server starts

            warning[PMX0607]: `prot` is no key of puremix.config.js and has no effect
             --> puremix.config.js:2:9
              |
            2 |   prot: 3000,
              |         ^^^^
              |
              = help: did you mean `port`?
        "#]],
    );
}

#[test]
fn config_bad_value() {
    check(
        &[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", "export default { workers: 'many' };\n")],
        expect![[r#"
            error[PMX0609]: `workers` is a whole number from 1 to 1024
             --> puremix.config.js:1:27
              |
            1 | export default { workers: 'many' };
              |                           ^^^^^^
        "#]],
    );
}

#[test]
fn broken_config() {
    check(
        &[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", "export default { port: };\n")],
        expect![[r#"
            error[PMX0301]: Unexpected token
             --> puremix.config.js:1:24
              |
            1 | export default { port: };
              |                        ^
        "#]],
    );
}

#[test]
fn api_without_handler() {
    check(&[("app/routes/api/a.js", "export const a = 1;\nexport const b = 2;\n")], expect![[r#"
        error[PMX0610]: the API route `app/routes/api/a.js` exports no handler
         --> app/routes/api/a.js:1:1
          |
        1 | export const a = 1;
          | ^
          |
          = help: `export default function (request, response) {…}`, or functions named GET, POST, PUT, PATCH, DELETE
    "#]]);
}

#[test]
fn duplicate_and_bad_routes() {
    check(
        &[
            ("app/routes/users/[id].puremix", "<p>x</p>\n"),
            ("app/routes/users/[name].puremix", "<p>y</p>\n"),
            ("app/routes/a-[b].puremix", "<p>z</p>\n"),
            ("app/routes/[...all]/x.puremix", "<p>z</p>\n"),
        ],
        expect![[r#"
            error[PMX0603]: `app/routes/users/[id].puremix` and `app/routes/users/[name].puremix` answer the same URL /users/:name
             |
             = help: rename or delete one of them

            error[PMX0604]: `app/routes/[...all]/x.puremix` is no route name: the catch-all `[...all]` is not the last part
             |
             = help: a dynamic part is a whole `[name]`, a catch-all is `[...name]` and comes last

            error[PMX0604]: `app/routes/a-[b].puremix` is no route name: `a-[b]` mixes text and a parameter
             |
             = help: a dynamic part is a whole `[name]`, a catch-all is `[...name]` and comes last
        "#]],
    );
}

#[test]
fn no_routes() {
    check(&[("app/routes/readme.txt", "nothing\n")], expect![[r#"
        error[PMX0602]: `app/routes` has no routes
         |
         = help: a first page is `app/routes/index.puremix`; `puremixc new DIR` makes a whole app
    "#]]);
}

#[test]
fn no_project() {
    check(&[("readme.txt", "nothing\n")], expect![[r#"
        error[PMX0601]: no PureMix app at `ROOT`: it has no app/routes directory, no puremix.config.js and no basil.yaml
         |
         = help: name the directory that holds `app/`, or make a new app with `puremixc new DIR`
    "#]]);
}

#[test]
fn all_errors_of_all_files_at_once() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import { a } from '../lib/a'\n</imports>\n<p>{a(</p>\n<div>\n"),
            ("app/routes/b.puremix", "<layout>none</layout>\n<Card />\n"),
            ("app/lib/a.js", "const x = ;\n"),
        ],
        expect![[r#"
            error[PMX0117]: there is no layout `none`
             --> app/routes/b.puremix:1:1
              |
            1 | <layout>none</layout>
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: make `app/layouts/none.html`, with `{content}` where the page goes

            error[PMX0110]: no component `Card` is imported
             --> app/routes/b.puremix:2:2
              |
            2 | <Card />
              |  ^^^^
              |
              = help: import it: `<imports> import Card from '../components/Card.puremix' </imports>`

            error[PMX0108]: this brace is never closed
             --> app/routes/index.puremix:4:4
              |
            4 | <p>{a(</p>
              |    ^ opened here
              |
              = help: close it with `}`, or write `\{` for a brace that is text

            error[PMX0102]: `<div>` is never closed
             --> app/routes/index.puremix:5:1
              |
            5 | <div>
              | ^^^^^ opened here
              |
              = help: close it with `</div>`

            error[PMX0301]: Unexpected token
             --> app/lib/a.js:1:11
              |
            1 | const x = ;
              |           ^
        "#]],
    );
}
