//! Every construct of the language lowers to a module that the verifier accepts.

use super::problems;
use puremix_ir::ScriptLang;

pub(super) const JS: &[&str] = &[
    "let a = 1, b = 'x', c; const d = a + b; var e = d; e += 1; a++; --a; c ??= 3; c ||= 4; c &&= 5; a **= 2;",
    "const f = (x, y = x, ...r) => x + y + r.length; function g({ a, b: [c, d = 1], ...rest } = {}, [e, , f2, ...h]) { return [a, c, d, rest, e, f2, h]; }",
    "function outer() { let n = 0; const inc = () => ++n; return { inc, get n() { return n; }, set n(v) { n = v; }, ['k' + n]: 1, 2: 3, __proto__: null, ...{ a: 1 }, async m() { await 1; }, *g() { yield 1; yield* [2]; } }; }",
    "async function a() { for await (const x of y()) console.log(x); const [p, q] = await Promise.all([1, 2]); return p + q; } async function* y() { yield 1; }",
    "const x = await Promise.resolve(1); export { x }; export default class extends Array { #p = 1; static s = 2; static #q = 3; get p() { return this.#p; } static { this.s = A.t; } constructor(...a) { super(...a); this.z = 1; } m() { return super.map(x => x + this.#p); } } class A { static t = A.name; static u = () => A.t; #m() { return 1; } get #acc() { return 2; } set #acc(v) {} n() { return this.#m() + this.#acc + (#m in this); } ['c' + 1] = 5; [Symbol.iterator]() {} static async *gen() {} }",
    "class B {} class C extends B { x = 1; y = () => this.x; constructor(a) { if (a) { super(); } else { super(1); } this.q = new.target; const f = () => this; } } class D extends C {} class E extends D { constructor() { const s = () => super(); s(); return; } }",
    "label: for (let i = 0, fs = []; i < 3; i++) { fs.push(() => i); for (;;) { if (i) continue label; break label; } } do { var z = 1; } while (z < 0); while (false) {} for (const k in { a: 1 }) {} for (var w of [1]) {} for (q.r of [1]) {} var q = {}; blk: { break blk; }",
    "switch (1) { case 0: let x = 1; function f() { return x; } break; case 1: x = 2; default: f(); }",
    "try { throw new Error('x'); } catch ({ message }) { console.log(message); } finally { console.log(1); } try {} catch {} try {} catch (e) { const f = () => e; e = 1; }",
    "const o = {}; o?.a?.[1]?.(2)?.b.c(3); delete o?.a; delete o.b; delete o['c']; (o?.f)(); o.f?.(); o['g']?.(1); typeof nothing; void 0; `a${1}b`; tag`x${1}y\\u{41}`; o.tag`z`; function tag() {} 1n ** 2n; /a(b)[c]/giu; [1, , ...[2]]; a: 1;",
    "let a, b; [a, b] = [b, a]; [a, ...b] = [1, 2]; ({ a, b: b.c = 3, ...b.d } = { a: 1 }); [a.x, [b]] = [1, [2]]; const t = ([a] = [1]);",
    "function f() { return g() + h; } function g() { return h; } const h = 1; const k = () => later; const later = f(); class P { static make() { return new P(); } clone() { return new P(); } }",
    "export const a = 1; export let b; export function f() {} export class C {} export { a as aa, b as default }; export * from './x.js'; export * as ns from './y.js'; export { q, default as r } from './z.js'; import d, { n as m } from './w.js'; import * as all from './v.js'; import './side.js'; d(m, all.x); const l = await import('./dyn.js'); import.meta.url; import.meta.dirname; import.meta.filename; import.meta;",
    "const path = require('path'); const { a } = require('./b'); exports.x = 1; module.exports.y = () => this; module.exports = { z: path, w: a }; __dirname; __filename;",
    "function f() { const g = () => arguments.length; return function h(n) { return n ? h(n - 1) : () => h; }; } const obj = { m() { return super.toString(); }, get x() { return super.x; }, set x(v) { super.x = v; } }; var u = u || 1; if (a) b(); else if (c) d(); else e();",
    "function mutual() { return even(4); function even(n) { return n === 0 || odd(n - 1); } function odd(n) { return n !== 0 && even(n - 1); } } function late() { const f = () => x; let x = 1; x = 2; return f; } function vars() { use(v); var v = 1; { var v = 2; } var w = 3; return () => w + v; }",
    "const gen = function* (a = 1) { const x = yield a; return x; }; (async () => { await gen(); })(); new (class { x = 1 })(); const cls = class Named { self() { return Named; } static s = Named; }; var fe = function fact(n) { return n < 2 ? 1 : n * fact(n - 1); };",
    "let x = 1; x: { let y = x; { let y = 2; (() => y)(); } } for (let i = 0; i < 2; i++) {} for (const [k, v] of Object.entries({})) { (() => k + v)(); } for (let { a, b = 2 } of []) { a = b; }",
    "function defaults(a, b = () => a, { c = b } = {}, d = e, e = 1) { var a2 = c; return d; } const fnWithProps = Object.assign(() => {}, { a: 1 }); debugger; ;",
    "class Static { static #count = 0; static inc() { return ++Static.#count; } static #helper() { return 1; } static run() { return Static.#helper(); } } class Sub extends Static { static run() { return super.run() + super['inc'](); } }",
    "if (x) return; const interface = 1; exports.package = interface; var self = this;",
    "class Q extends Object { constructor(a) { super(); if (a) return; return a; } }",
    "const s = '\\uD800'; const t = `\\uDC00`; const big = 0xFFn; const n = -0; const m = NaN; undefined; Infinity;",
];

pub(super) const TS: &[&str] = &[
    "enum Color { Red, Green = 5, Blue, Name = 'n', Both = Red | Green, Len = 'abc'.length } const enum Flag { A = 1 << 0, B = 1 << 1 } export enum Color2 { X = Color.Red } console.log(Color.Red, Flag.A);",
    "class P { constructor(private readonly name: string, public age = 3) {} greet(): string { return this.name; } declare x: number; y!: string; } abstract class Q { abstract z?: number; abstract m(): void; protected n<T>(a: T): T { return a as T; } }",
    "import type { A } from './a'; import { B, type C } from './b'; import D from './d'; interface I extends A { x: B } type T = C | D; let v = <any>1 as unknown as T; const w = v!; const x = w satisfies unknown; function f(this: Date, a?: number): asserts a is number; function f(a: any) {} export type { T }; declare const g: number; declare function h(): void; declare module 'x' {} f.call(null);",
    "namespace N { export const a = 1; export function f() { return a; } const hidden = 2; export namespace M { export let z = hidden; } export class K {} export enum E { A } } console.log(N.f(), N.M.z);",
    "import fs = require('fs'); fs.x; function over(a: string): void; function over(a: number): void; function over(a: any) {} over(1); let u: typeof over; abstract class Z { abstract get p(): number; } const gen = <T,>(x: T) => x; gen<number>(1); let opt = u?.x!.y;",
    "export = { a: 1 };",
];

fn check_all(sources: &[&str], lang: ScriptLang) {
    let failures: Vec<String> = sources.iter().filter_map(|s| problems(s, lang)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn javascript_lowers_to_valid_modules() {
    check_all(JS, ScriptLang::Js);
}

#[test]
fn typescript_lowers_to_valid_modules() {
    check_all(TS, ScriptLang::Ts);
}
