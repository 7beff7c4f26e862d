//! Which variables pin an app, and which do not.

mod common;

use common::linked;
use expect_test::{Expect, expect};

fn check(files: &[(&str, &str)], expected: Expect) {
    let app = linked(files);
    let pins = puremix_middle::pins(&app.program);
    let lines: String = pins.iter().map(|p| format!("{}: {}\n", p.name, p.why)).collect();
    expected.assert_eq(&lines);
}

fn check_one(source: &str, expected: Expect) {
    check(&[("main.js", source)], expected);
}

/// Sources that may run one isolate a core.
#[test]
fn shareable() {
    for source in [
        "export const limit = 10; export function f(x) { return x < limit; }",
        "const list = [{ n: 1 }, { n: 2 }]; export function f(id) { return list.find(p => p.n === id); }",
        "const list = [3, 1]; export function f() { return list.filter(n => n > 1).map(n => n * 2).join(); }",
        "const list = [3, 1]; export function f() { return [...list].length + list[0]; }",
        "const config = { a: { b: [1] } }; export function f() { for (const x of config.a.b) console.log(x); return JSON.stringify(config); }",
        "const seen = new Map(); seen.set('a', 1); export function f(k) { return seen.get(k); }",
        "const re = /a/; export function f(s) { return re.test(s); }",
        "class Point { constructor(x) { this.x = x; } move(d) { this.x += d; } } export function f() { const p = new Point(1); p.move(2); return p; }",
        "export function f() { const own = []; own.push(1); own[0] = 2; return own; }",
        "const env = process.env.NODE_ENV; export function f() { return env; }",
        "import jwt from 'jsonwebtoken'; const keys = { a: 'x' }; export function f(t) { return jwt.verify(t, keys.a); }",
        "const list = [1]; export function f(res) { res.json({ list }); }",
        "function add(list, x) { return [...list, x]; } const base = [1]; export function f() { return add(base, 2); }",
        "const tag = (s) => s; export function f(x) { return tag`a${x}`; }",
    ] {
        let app = linked(&[("main.js", source)]);
        let pins = puremix_middle::pins(&app.program);
        assert!(pins.is_empty(), "{source}\n{pins:?}");
    }
}

#[test]
fn assigned_by_a_function() {
    check_one("let count = 0; export function f() { return ++count; }", expect![[r#"
        count: it is assigned in `f` (main.js)
    "#]]);
    check_one("let a = 1; a = 2; { let inner = 0; globalThis.next = () => inner++; }", expect![[r#"
        inner: it is assigned in a function of main.js
    "#]]);
}

#[test]
fn changed_objects() {
    check_one("const sessions = new Map(); export function login(id, user) { sessions.set(id, user); }", expect![[r#"
        sessions: `.set(…)` on an object of `sessions` may change it in `login` (main.js)
    "#]]);
    check_one("const cart = []; export const add = (x) => { cart.push(x); };", expect![[r#"
        cart: `.push(…)` on an object of `cart` may change it in `add` (main.js)
    "#]]);
    check_one("const stats = { hits: 0 }; export function f() { stats.hits++; }", expect![[r#"
        stats: an object of `stats` is changed in `f` (main.js)
    "#]]);
    check_one("const users = [{ name: 'a' }]; export function rename(i, n) { const u = users.find(u => u.id === i); u.name = n; }", expect![[r#"
        users: an object of `users` is changed in `rename` (main.js)
    "#]]);
    check_one("const users = [{ n: 1 }]; export function f() { users.forEach(u => { u.n++; }); }", expect![[r#"
        users: an object of `users` is changed in `f` (main.js)
    "#]]);
    check_one("const users = [{ n: 1 }]; export function f() { for (const { tags } of users) delete tags.x; }", expect![[r#"
        users: an object of `users` is changed in `f` (main.js)
    "#]]);
    check_one("const re = /a/g; export function f(s) { return re.exec(s); }", expect![[r#"
        re: the `lastIndex` of `re` (a regex with `g` or `y`) moves in `f` (main.js)
    "#]]);
}

#[test]
fn changed_through_functions() {
    check_one("const log = []; function note(list, x) { list.push(x); } export function f(x) { note(log, x); }", expect![[r#"
        log: `.push(…)` on an object of `log` may change it in `note` (main.js)
    "#]]);
    check_one("const list = []; export function all() { return list; } export function f(x) { all().push(x); }", expect![[r#"
        list: `.push(…)` on an object of `list` may change it in `f` (main.js)
    "#]]);
    check_one("const store = { items: [], add(x) { this.items.push(x); } }; export function f(x) { store.add(x); }", expect![[r#"
        store: `.push(…)` on an object of `store` may change it in `add` (main.js)
    "#]]);
    check_one("class Store { constructor() { this.items = []; } add(x) { this.items.push(x); } } const store = new Store(); export function f(x) { store.add(x); }", expect![[r#"
        store: `.push(…)` on an object of `store` may change it in `add` (main.js)
    "#]]);
    check_one("class Hits { static n = 0; static hit() { this.n++; } } export function f() { Hits.hit(); }", expect![[r#"
        Hits: an object of `Hits` is changed in `hit` (main.js)
    "#]]);
    check_one("function counter() { let n = 0; return () => ++n; } const next = counter(); export function f() { return next(); }", expect![[r#"
        next: `next`, which may keep state, is called in `f` (main.js)
    "#]]);
    check_one("const shared = {}; export function f(callback) { callback(shared); }", expect![[r#"
        shared: an object of `shared` is passed to a function that may change it in `f` (main.js)
    "#]]);
    check_one("const shared = {}; export function f() { const box = { shared }; box.shared.x = 1; }", expect![[r#"
        shared: an object of `shared` is changed in `f` (main.js)
    "#]]);
    check_one("const shared = {}; export function f(box) { box.kept = shared; } export function g(box) { box.kept.x = 1; }", expect![[r#"
        shared: an object of `shared` is changed in `g` (main.js)
    "#]]);
}

#[test]
fn across_modules() {
    check(
        &[
            ("main.js", "import { users } from './db.js'; import * as db from './db.js'; export function f(u) { users.push(u); db.extra.x = 1; }"),
            ("db.js", "export const users = [], extra = {}, untouched = {};"),
        ],
        expect![[r#"
            users: `.push(…)` on an object of `users` may change it in `f` (main.js)
            extra: an object of `extra` is changed in `f` (main.js)
        "#]],
    );
}

#[test]
fn started_while_initialised() {
    check_one("setInterval(() => {}, 1000);", expect![[r#"
        setInterval: `setInterval` is called while main.js is initialised
    "#]]);
    check_one("import fs from 'node:fs'; function seed() { fs.writeFileSync('a', 'b'); } seed(); export function f() { fs.writeFileSync('c', 'd'); }", expect![[r#"
        writeFileSync: `writeFileSync` of node:fs is called while main.js is initialised
    "#]]);
}

#[test]
fn native_state() {
    check_one("import { LRUCache } from 'lru-cache'; const cache = new LRUCache({ max: 10 }); export function f(k, v) { cache.set(k, v); }", expect![[r#"
        cache: `.set(…)` on an object of `cache` may change it in `f` (main.js)
    "#]]);
}

/// The library's database module keeps a handle, which each isolate may have for itself.
#[test]
fn handles() {
    let library = "class Database { #handle; get handle() { return (this.#handle ??= {}); } } const main = new Database(); \
                   export const sql = (strings) => main.handle; export const db = main; export const open = () => new Database();";
    let of = |source: &str, expected: Expect| {
        let source = format!("import {{ sql, db, open }} from './puremix:db.js'; {source}");
        check(&[("main.js", &source), ("puremix:db.js", library)], expected);
    };
    of("const page = { size: 20 }; export async function f(id) { const rows = await sql`${page.size} ${id}`; rows.push(1); return rows.sort(); }", expect![""]);
    of("export const f = (id) => db.transaction(async (tx) => { const rows = await tx.sql`${id}`; rows[0].n = 1; return rows; });", expect![""]);
    of("const seen = []; export const f = () => db.transaction(async () => { seen.push(1); });", expect![[r#"
        seen: `.push(…)` on an object of `seen` may change it in `f` (main.js)
    "#]]);
    of("const rows = sql`SELECT 1`; export async function f() { (await rows).push(1); }", expect![[r#"
        rows: `.push(…)` on an object of `rows` may change it in `f` (main.js)
    "#]]);
    of("const other = open('sqlite:other.db'); export async function f() { const rows = await other.sql`SELECT 1`; rows.push(1); return rows; }", expect![""]);
}
