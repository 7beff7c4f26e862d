//! Mistakes in the project: imports, packages, configuration, routes.

use super::{check, check_bytes, page};
use expect_test::expect;

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
              = help: available are assert, assert/strict, buffer, crypto, events, fs, fs/promises, os, path, path/posix, perf_hooks, process, querystring, string_decoder, timers, timers/promises, url, util
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
fn config_without_effect() {
    let config = "export default {\n  poweredBy: true,\n  verboseDebug: { enabled: false },\n  tailwind: { max: 5 },\n};\n";
    check(&[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", config)], expect![[r#"
        warning[PMX0607]: `poweredBy` has no effect in this version, nor do 1 others
         --> puremix.config.js:2:14
          |
        2 |   poweredBy: true,
          |              ^^^^
        3 |   verboseDebug: { enabled: false },
        4 |   tailwind: { max: 5 },
          |             ---------- nor has `tailwind`
          |
          = help: remove them, or keep them for the day they work: docs/book/reference/config.md marks them with †
    "#]]);
}

#[test]
fn secrets_in_the_config() {
    let config = "export default {\n  session: { secret: process.env.SESSION_SECRET || 'your-secret-key' },\n  cors: { origin: '*', credentials: true },\n};\n";
    check(&[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", config)], expect![[r#"
        warning[PMX0609]: this session secret stands in guides and examples, where everybody can read it
         --> puremix.config.js:2:52
          |
        2 |   session: { secret: process.env.SESSION_SECRET || 'your-secret-key' },
          |                                                    ^^^^^^^^^^^^^^^^^
          |
          = help: write `secret: process.env.SESSION_SECRET`, and make one and keep it: `echo "SESSION_SECRET=$(head -c 32 /dev/urandom | base64)" >> .env`

        warning[PMX0609]: `credentials` has no effect where `origin` is `*`: browsers refuse the two together
         --> puremix.config.js:3:37
          |
        3 |   cors: { origin: '*', credentials: true },
          |                                     ^^^^
          |
          = help: name the origins: `origin: ['https://yoursite.com']`
    "#]]);
    let good = "export default {\n  session: { secret: process.env.SESSION_SECRET },\n  cors: { origin: 'https://a.example', credentials: true },\n};\n";
    check(&[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", good)], expect![""]);
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
fn config_without_an_export() {
    check(&[("app/routes/index.puremix", "<p>x</p>\n"), ("puremix.config.js", "export const port = 4000;\n")], expect![[r#"
        warning[PMX0609]: this file exports no configuration, so it has no effect
         --> puremix.config.js:1:1
          |
        1 | export const port = 4000;
          | ^
          |
          = help: write `export default { port: 3000 };`
    "#]]);
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
fn broken_api() {
    check(&[("app/routes/api/a.js", "export default function (request {\n")], expect![[r#"
        error[PMX0301]: Expected `,` or `)` but found `{`
         --> app/routes/api/a.js:1:34
          |
        1 | export default function (request {
          |                         -        ^ `,` or `)` expected
          |                         |
          |                         Opened here
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

#[test]
fn state_that_pins_the_app() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import { visit } from '../lib/visits'\n</imports>\n<loader>\n  function load() { return visit() }\n</loader>\n<p>{load}</p>\n"),
            ("app/lib/visits.js", "let count = 0;\nconst last = [];\nexport function visit() {\n  last.push(Date.now());\n  return ++count;\n}\n"),
        ],
        expect![[r#"
            note[PMX0616]: `count` and one more variable are shared by all requests, so the server runs one isolate
             --> app/lib/visits.js:1:5
              |
            1 | let count = 0;
              |     ^^^^^ it is assigned in `visit` (app/lib/visits.js)
            2 | const last = [];
              |       ---- `.push(…)` on an object of `last` may change it in `visit` (app/lib/visits.js)
              |
              = help: keep such state in the session or a database to use every core; `workers: N` in the config gives each isolate its own copy
        "#]],
    );
}

#[test]
fn file_that_is_not_text() {
    let import = "<imports>\n  import a from '../lib/a'\n</imports>\n<p>{a}</p>\n";
    check_bytes(&[("app/routes/index.puremix", import.as_bytes()), ("app/lib/a.js", b"export default 'caf\xe9';\n")], expect![[r#"
        error[PMX0611]: `app/lib/a.js` is not UTF-8 text
         --> app/lib/a.js:1:20
          |
        1 | export default 'caf�';
          |                    ^ this byte
          |
          = help: save the file as UTF-8; pictures and other data belong in `public/`
    "#]]);
}

#[test]
fn file_that_is_too_large() {
    let import = "<imports>\n  import a from '../lib/a'\n</imports>\n<p>{a}</p>\n";
    let large = vec![b' '; 17 * 1024 * 1024];
    check_bytes(&[("app/routes/index.puremix", import.as_bytes()), ("app/lib/a.js", &large)], expect![[r#"
        error[PMX0612]: `app/lib/a.js` has 17 MB; a source file may have 16
         --> app/lib/a.js:1:1
          |
        1 |
          | ^
          |
          = help: read data at run time (`fs.readFile`) instead of importing it, or put the file in `public/`
    "#]]);
}
