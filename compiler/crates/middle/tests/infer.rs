//! What inference finds: JavaScript and the types of its variables and functions side by side.

mod common;

use common::linked;
use expect_test::{Expect, expect};
use puremix_ir::*;
use std::fmt::Write;

/// One line a global, function and local of the first module (temporaries of lowering left out).
fn facts(files: &[(&str, &str)]) -> String {
    let mut app = linked(files);
    app.infer();
    let module = &app.program.modules[0];
    let mut out = String::new();
    for g in module.globals.iter().filter(|g| g.function.is_none()) {
        let _ = write!(out, "{}: {}", g.name, g.ty);
        if let Some(constant) = &g.constant {
            let _ = write!(out, " = {constant:?}");
        }
        out.push('\n');
    }
    for (index, f) in module.functions.iter().enumerate().filter(|(_, f)| f.kind != FnKind::ModuleInit) {
        let params: Vec<String> = f.params.iter().map(|p| format!("{}: {}", module.local(*p).name, module.local(*p).ty)).collect();
        let _ = write!(out, "{}({}) -> {}{}", f.name, params.join(", "), f.ret, if f.direct_only { " direct" } else { "" });
        let is_param = |l: usize| f.params.contains(&LocalId::from(l));
        let locals = module.locals.iter().enumerate().filter(|(i, l)| l.owner == FnId::from(index) && !is_param(*i));
        let inner: Vec<String> = locals.map(|(_, l)| format!("{}: {}", l.name, l.ty)).collect();
        if !inner.is_empty() {
            let _ = write!(out, " {{ {} }}", inner.join(", "));
        }
        out.push('\n');
    }
    out
}

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&facts(&[("main.js", source)]));
}

#[test]
fn operators() {
    check(
        "export function f(x) { const a = x | 0, b = x - 1, c = '' + x, d = x + 1, e = ~x, g = x >>> 0, h = !x, i = typeof x, j = `${x}`, k = x & x, l = -3, m = -0, n = 1.5; }",
        expect![[r#"
            f(x: any) -> undefined { a: int, b: num, c: str, d: any, e: any, g: num, h: bool, i: str, j: str, k: any, l: int, m: num, n: num }
        "#]],
    );
}

#[test]
fn counters_up_to_a_variable() {
    check(
        "function f(n) {
           for (let a = 0; a <= n; a++) {}
           for (let b = 0; b <= n; b += 1) {}
           for (let c = 0; c <= n && c; c++) {}
           let d; for (d = 0; d <= n; d++) {}
           return d;
         }
         function later(m) { for (let e = 0; e < m; e++) {} }
         export function g() { f(10); later(10); }",
        expect![[r#"
            later(m: int) -> undefined direct { e: int }
            f(n: int) -> any direct { d: any, a: int, b: num, c: num }
            g() -> undefined
        "#]],
    );
}

#[test]
fn counters() {
    check(
        "export function f(x) {
           const list = [1, 2], text = '' + x;
           for (let a = 0; a < 10; a++) {}
           for (let b = 0; b < list.length; b++) {}
           for (let c = 0; c < x.length; c++) {}
           for (let d = 0; d < x; d += 1) {}
           for (let e = list.length - 1; e >= 0; e--) {}
           for (let g = 0; g < text.length && x; g += 2) {}
           for (let h = 0; h < 10; h++) { h = x; }
           for (let i = 0; i <= 2147483647; i++) {}
           for (let j = 0; 10 > j; ++j) { x(() => j); }
           for (let k = 0.5; k < 10; k++) {}
         }",
        expect![[r#"
            f(x: any) -> undefined { list: array, text: str, a: int, b: int, c: num, d: num, e: num, g: int, h: any, i: num, j: int, k: num }
            () -> int
        "#]],
    );
}

#[test]
fn direct_calls() {
    check(
        "function add(a, b) { return a + b; }
         function greet(name) { return 'hi ' + name; }
         function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
         function escaped(x) { return x * 2; }
         function missing(a, b) { return b; }
         function withDefault(a, b = 10) { return a * b; }
         export function run(list) {
           const local = (x) => x + 1;
           return [add(1, 2.5), greet('x'), fib(20), list.map(escaped), missing(1), withDefault(2), withDefault(2, 3), local(4)];
         }",
        expect![[r#"
            withDefault(a: int, b: any) -> num direct { b: int }
            missing(a: int, b: undefined) -> undefined direct
            escaped(x: any) -> num
            fib(n: num) -> num direct
            greet(name: str) -> str direct
            add(a: int, b: num) -> num direct
            run(list: any) -> array { local: object }
            local(x: int) -> num direct
        "#]],
    );
}

#[test]
fn joins() {
    check(
        "let total = 0; let name; const limit = 10, title = 'Shop', rate = 0.5;
         var late = 1;
         export function f(x) {
           total += x.price * 2;
           let mixed = 1; if (x) mixed = 'a';
           let number = 1; if (x) number = 2.5;
           let nothing;
           let sum = 0; for (const y of x) sum += y.n * 1;
           let caught = 0; try { caught = 1 } catch (e) { caught = e }
           const chars = []; for (const c of 'abc') chars.push(c);
           return total;
         }",
        expect![[r#"
            total: num
            name: undefined
            limit: int = Num(10.0)
            title: str = Str(Utf8("Shop"))
            rate: num = Num(0.5)
            late: int
            f(x: any) -> num { mixed: any, number: num, nothing: undefined, sum: num, caught: any, chars: array, y: any, e: any, c: str }
        "#]],
    );
}

#[test]
fn closures_share_what_they_assign() {
    check(
        "export function f() { let n = 0, s = 0; const set = (v) => { s = v; n++; }; set('x'); return [n, s]; }",
        expect![[r#"
            f() -> array { n: num, s: any, set: object }
            set(v: str) -> undefined direct
        "#]],
    );
}

#[test]
fn async_functions() {
    check(
        "async function price(id) { return id * 2; }
         async function all(ids) { return ids; }
         export async function f() { const p = await price(3), q = price(4), r = await q, s = await all([]); return p; }",
        expect![[r#"
            all(ids: array) -> any direct
            price(id: int) -> num direct
            f() -> num { p: num, q: object, r: any, s: any }
        "#]],
    );
}

#[test]
fn builtins() {
    check(
        "export function f(x) {
           const a = Math.floor(x), b = Number(x), c = parseInt(x), d = Date.now(), e = Array.isArray(x), g = x.toFixed(2), h = (1).toFixed(2);
           const s = String(x), i = s.indexOf('a'), j = s.trim().toUpperCase(), k = s.charCodeAt(0), l = s.split(','), m = l.join(), n = l.length;
           const o = s.replace(x, ''), p = s.replace(/a/g, ''), q = s.length, r = Object.keys(x), t = l.map(y => y), u = s.at(0);
         }",
        expect![[r#"
            f(x: any) -> undefined { a: num, b: num, c: num, d: num, e: bool, g: any, h: str, s: str, i: int, j: str, k: num, l: array, m: str, n: num, o: any, p: str, q: int, r: array, t: array, u: any }
            (y: any) -> any
        "#]],
    );
}

#[test]
fn changed_builtins_are_not_believed() {
    check("Math.floor = () => 'x'; export function f(x) { const a = Math.floor(x), b = Math.ceil(x); }", expect![[r#"
        f(x: any) -> undefined { a: any, b: num }
        () -> str
    "#]]);
    check("String.prototype.trim = 1; export function f(x) { const a = ('' + x).trim(), b = ('' + x).slice(1); }", expect![[r#"
        f(x: any) -> undefined { a: any, b: str }
    "#]]);
    check("export function f(x, k) { Object.assign(Array.prototype, x); const a = [1].join(); }", expect![[r#"
        f(x: any, k: any) -> undefined { a: any }
    "#]]);
    check("export function f(x) { const Math = x; const a = Math.floor(1); }", expect![[r#"
        f(x: any) -> undefined { Math: any, a: any }
    "#]]);
}

#[test]
fn across_modules() {
    let lib = "export const limit = 5; export function twice(n) { return n * 2; } export function shown(s) { return s; } export let counter = 0;
               export function bump() { counter++; }";
    let main = "import { limit, twice, shown, counter, bump } from './lib.js';
                export function f() { const a = limit, b = twice(3), c = shown('x'), d = counter; bump(); }";
    let expected = expect![[r#"
        f() -> undefined { a: int, b: num, c: str, d: num }
    "#]];
    expected.assert_eq(&facts(&[("main.js", main), ("lib.js", lib)]));
    // Its own facts, when somebody else uses it.
    let expected = expect![[r#"
        limit: int = Num(5.0)
        counter: num
        bump() -> undefined direct
        shown(s: str) -> str direct
        twice(n: int) -> num direct
    "#]];
    expected.assert_eq(&facts(&[("lib.js", lib), ("main.js", main)]));
    // A namespace lets everything escape.
    let expected = expect![[r#"
        limit: int = Num(5.0)
        counter: num
        bump() -> undefined
        shown(s: any) -> any
        twice(n: any) -> num
    "#]];
    expected.assert_eq(&facts(&[("lib.js", lib), ("main.js", "import * as lib from './lib.js'; export function f(k) { return lib[k]; }")]));
    // Its members, named, do not.
    let expected = expect![[r#"
        f() -> undefined { a: num, b: int }
    "#]];
    expected.assert_eq(&facts(&[("main.js", "import * as lib from './lib.js'; export function f() { const a = lib.twice(2), b = lib.limit; }"), ("lib.js", lib)]));
}

#[test]
fn unreached_code_is_any() {
    check("function never(a) { return a + 1; } function forever() { for (;;) {} } export function f() { const x = forever(); }", expect![[r#"
        forever() -> any direct
        f() -> undefined { x: any }
        never(a: any) -> any direct
    "#]]);
}

#[test]
fn early_reads_see_undefined() {
    check(
        "var early = 1; show(); var late = 'x'; function show() { return late; } const after = 2; export { early, late, after, show };",
        expect![[r#"
            early: int
            late: any
            after: int = Num(2.0)
            show() -> any
        "#]],
    );
}

#[test]
fn without_inference_everything_is_any() {
    let mut app = linked(&[("main.js", "const n = 1; export function f() { return n + 1; }")]);
    let before = print_program(&app.program);
    puremix_middle::infer(&mut app.program, puremix_middle::InferOptions { enabled: false });
    assert_eq!(print_program(&app.program), before);
}
