//! Binding of imports and order of initialisation.

mod common;

use common::{App, natives};
use expect_test::{Expect, expect};
use puremix_ir::*;
use std::fmt::Write;

/// Targets of every import, the order, checked variables, and what is reported.
fn check(files: &[(&str, &str)], expected: Expect) {
    let mut app = App::new(files);
    let diagnostics = app.link();
    let path = |m: ModuleId| app.program.module(m).path.clone();
    let mut out = String::new();
    for module in &app.program.modules {
        for import in &module.imports {
            let target = match &import.target {
                ImportTarget::Global(m, g) => format!("{}:{}", path(*m), app.program.module(*m).global(*g).name),
                ImportTarget::Namespace(m) => format!("{}:*", path(*m)),
                other => format!("{other:?}"),
            };
            let _ = writeln!(out, "{} {} -> {target}", module.path, import.local_name);
        }
        for g in module.globals.iter().filter(|g| g.checked) {
            let _ = writeln!(out, "{} {} is checked", module.path, g.name);
        }
    }
    let order: Vec<_> = app.program.order.iter().map(|m| path(*m).to_string()).collect();
    let _ = writeln!(out, "order: {}", order.join(" "));
    out.push_str(&app.render(&diagnostics));
    expected.assert_eq(&out);
}

#[test]
fn names_and_defaults() {
    check(
        &[
            ("main.js", "import d, { a as b } from './lib.js'; import * as all from './lib.js'; console.log(d, b, all);"),
            ("lib.js", "export const a = 1; export default function () {}"),
        ],
        expect![[r#"
            main.js d -> lib.js:default
            main.js b -> lib.js:a
            main.js all -> lib.js:*
            order: lib.js main.js
        "#]],
    );
}

#[test]
fn re_exports() {
    check(
        &[
            ("main.js", "import { a, b, c, ns } from './index.js'; console.log(a, b, c, ns);"),
            ("index.js", "export { a } from './one.js'; export * from './two.js'; export * as ns from './one.js'; import { b as own } from './one.js'; export { own as b };"),
            ("one.js", "export const a = 1, b = 2;"),
            ("two.js", "export const a = 'hidden by the explicit one', c = 3;"),
        ],
        expect![[r#"
            main.js a -> one.js:a
            main.js b -> one.js:b
            main.js c -> two.js:c
            main.js ns -> one.js:*
            index.js own -> one.js:b
            index.js a -> one.js:a
            index.js ns -> one.js:*
            order: one.js two.js index.js main.js
        "#]],
    );
}

#[test]
fn ambiguous_stars() {
    check(
        &[
            ("main.js", "import { a, same } from './index.js'; console.log(a, same);"),
            ("index.js", "export * from './one.js'; export * from './two.js';"),
            ("one.js", "export const a = 1; export { same } from './base.js';"),
            ("two.js", "export const a = 2; export { same } from './base.js';"),
            ("base.js", "export const same = 1;"),
        ],
        expect![[r#"
            main.js a -> Missing
            main.js same -> base.js:same
            one.js same -> base.js:same
            two.js same -> base.js:same
            order: base.js one.js two.js index.js main.js
            error[PMX0502]: `./index.js` exports `a` from two modules
             --> main.js:1:10
              |
            1 | import { a, same } from './index.js'; console.log(a, same);
              |          ^
              |
              = help: import it from the module that declares it, or export it there by name: `export { a } from …`
        "#]],
    );
}

#[test]
fn circles() {
    check(
        &[
            ("main.js", "import { x } from './a.js'; import { y } from './s.js'; console.log(x, y);"),
            ("a.js", "export { x } from './b.js';"),
            ("b.js", "export { x } from './a.js';"),
            ("s.js", "export * from './t.js'; export const y = 1;"),
            ("t.js", "export * from './s.js';"),
        ],
        expect![[r#"
            main.js x -> Missing
            main.js y -> s.js:y
            a.js x -> Missing
            b.js x -> Missing
            order: b.js a.js t.js s.js main.js
            error[PMX0504]: the export `x` of `./a.js` leads back to itself
             --> main.js:1:10
              |
            1 | import { x } from './a.js'; import { y } from './s.js'; console.log(x, y);
              |          ^
              |
              = help: one of the modules must declare it
            error[PMX0504]: the export `x` of `./b.js` leads back to itself
             --> a.js:1:10
              |
            1 | export { x } from './b.js';
              |          ^
              |
              = help: one of the modules must declare it
            error[PMX0504]: the export `x` of `./a.js` leads back to itself
             --> b.js:1:10
              |
            1 | export { x } from './a.js';
              |          ^
              |
              = help: one of the modules must declare it
        "#]],
    );
}

#[test]
fn missing_names() {
    check(
        &[
            ("main.js", "import { getSesion, hidden, nothing } from './auth.js'; console.log(getSesion, hidden, nothing);"),
            ("one.js", "import auth from './auth.js'; auth();"),
            ("two.js", "import getSession from './auth.js'; getSession();"),
            ("auth.js", "export function getSession() {} export function setSession() {} const hidden = 1;"),
        ],
        expect![[r#"
            main.js getSesion -> Missing
            main.js hidden -> Missing
            main.js nothing -> Missing
            one.js auth -> Missing
            two.js getSession -> Missing
            order: auth.js main.js one.js two.js
            error[PMX0502]: `./auth.js` has no export `getSesion`
             --> main.js:1:10
              |
            1 | import { getSesion, hidden, nothing } from './auth.js'; console.log(getSesion, hidden, nothing);
              |          ^^^^^^^^^
              |
              = help: did you mean `getSession`?
            error[PMX0502]: `./auth.js` has no export `hidden`
             --> main.js:1:21
              |
            1 | import { getSesion, hidden, nothing } from './auth.js'; console.log(getSesion, hidden, nothing);
              |                     ^^^^^^
              |
              = help: `hidden` is declared there but not exported: write `export` before it
            error[PMX0502]: `./auth.js` has no export `nothing`
             --> main.js:1:29
              |
            1 | import { getSesion, hidden, nothing } from './auth.js'; console.log(getSesion, hidden, nothing);
              |                             ^^^^^^^
              |
              = help: it exports `getSession`, `setSession`
            error[PMX0502]: `./auth.js` has no default export
             --> one.js:1:8
              |
            1 | import auth from './auth.js'; auth();
              |        ^^^^
              |
              = help: it exports `getSession`, `setSession`
            error[PMX0502]: `./auth.js` has no default export
             --> two.js:1:8
              |
            1 | import getSession from './auth.js'; getSession();
              |        ^^^^^^^^^^
              |
              = help: it has an export of that name: `import { getSession } from './auth.js'`
        "#]],
    );
}

#[test]
fn native_modules() {
    check(
        &[("main.js", "import crypto, { randomUUID, randomUID } from 'node:crypto'; import jwt from 'jsonwebtoken'; import * as fs from 'node:fs'; console.log(crypto, randomUUID, randomUID, jwt, fs);")],
        expect![[r#"
            main.js crypto -> Native("node:crypto", None)
            main.js randomUUID -> Native("node:crypto", Some("randomUUID"))
            main.js randomUID -> Missing
            main.js jwt -> Native("jsonwebtoken", Some("default"))
            main.js fs -> Native("node:fs", None)
            order: main.js
            error[PMX0502]: `node:crypto` has no export `randomUID`
             --> main.js:1:30
              |
            1 | import crypto, { randomUUID, randomUID } from 'node:crypto'; import jwt from 'jsonwebtoken'; import * as fs from 'node:fs'; console.l...
              |                              ^^^^^^^^^
              |
              = help: did you mean `randomUUID`?
        "#]],
    );
}

#[test]
fn common_js() {
    check(
        &[
            ("main.js", "import lib, { helper, version } from './lib.js'; import * as all from './lib.js'; console.log(lib, helper, version, all.helper, all.default);"),
            ("lib.js", "const other = require('./other.js'); module.exports = make(other); module.exports.helper = 1; function make(x) { return x; }"),
            ("other.js", "exports.value = 1;"),
        ],
        expect![[r#"
            main.js lib -> lib.js:default
            main.js helper -> lib.js:default
            main.js version -> lib.js:default
            main.js all -> lib.js:default
            main.js helper -> lib.js:default
            main.js version -> lib.js:default
            lib.js ./other.js -> other.js:default
            order: lib.js main.js other.js
        "#]],
    );
}

#[test]
fn members_of_common_js_values_are_read() {
    let mut app = App::new(&[
        ("main.js", "import { version } from './lib.js'; export function f() { return version; }"),
        ("lib.js", "module.exports = make(); function make() { return { version: 1 }; }"),
    ]);
    assert_eq!(app.link(), vec![]);
    let f = app.program.modules[0].functions.iter().position(|f| &*f.name == "f").expect("f is lowered");
    expect![[r#"
        function fn1 "f" () in fn0 {
          return version#1.version
        }
    "#]].assert_eq(&print_function(&app.program.modules[0], FnId::from(f)));
}

#[test]
fn cycles_check_what_may_be_read_early() {
    check(
        &[
            ("main.js", "import { a } from './a.js'; console.log(a);"),
            ("a.js", "import { b } from './b.js'; export const a = b + 1; export const unused = 1;"),
            ("b.js", "import { a } from './a.js'; export const b = 1; export function late() { return a; }"),
        ],
        expect![[r#"
            main.js a -> a.js:a
            a.js b -> b.js:b
            a.js a is checked
            b.js a -> a.js:a
            b.js b is checked
            order: b.js a.js main.js
        "#]],
    );
}

#[test]
fn order_is_post_order_over_requests() {
    check(
        &[
            ("main.js", "import './b.js'; import './a.js'; export const later = () => import('./lazy.js');"),
            ("a.js", "import './shared.js';"),
            ("b.js", "import './shared.js';"),
            ("shared.js", ""),
            ("lazy.js", ""),
            ("unreached.js", ""),
        ],
        expect![[r#"
            main.js ./lazy.js -> lazy.js:*
            order: shared.js b.js a.js main.js lazy.js unreached.js
        "#]],
    );
}

#[test]
fn members_of_namespaces_are_the_variables() {
    let mut app = App::new(&[
        ("main.js", "import * as lib from './lib.js'; export function f(k) { return [lib.n, lib.add(1), lib.own(), lib.nothing, lib[k]]; }"),
        ("lib.js", "export let n = 1; export function add(x) { n += x; } export function own() { return this; }"),
    ]);
    assert_eq!(app.link(), vec![]);
    let f = app.program.modules[0].functions.iter().position(|f| &*f.name == "f").expect("f is lowered");
    expect![[r#"
        function fn1 "f" (k%0) in fn0 {
          return [n#2, add#1(1), lib#0.own(), lib#0.nothing, lib#0[k%0]]
        }
    "#]].assert_eq(&print_function(&app.program.modules[0], FnId::from(f)));
}

#[test]
fn namespaces_list_stars_once() {
    let mut app = App::new(&[
        ("main.js", "export * from './one.js'; export const z = 1; export default 2;"),
        ("one.js", "export const a = 1; export default 3; export * from './main.js';"),
    ]);
    assert_eq!(app.link(), vec![]);
    let names = puremix_middle::namespace(&app.program, ModuleId(0), &natives);
    let names: Vec<_> = names.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["a", "default", "z"]);
}
