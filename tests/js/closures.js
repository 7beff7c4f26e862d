// Captured variables: cells, per-iteration bindings, recursion, mutual recursion.
function counter() { let n = 0; return { inc: () => ++n, get: () => n, add(k) { n += k; return this; } }; }
const c = counter(); c.inc(); c.inc(); c.add(5).add(1); console.log(c.get());
const a = []; for (let i = 0, j = 10; i < j; i += 3, j--) { a.push(() => [i, j]); } console.log(JSON.stringify(a.map(f => f())));
const b = []; for (const x of [1, 2, 3]) { let y = x * 2; b.push(() => y++ + x); } console.log(b.map(f => f()), b.map(f => f()));
var v = []; for (var k = 0; k < 3; k++) v.push(() => k); console.log(v.map(f => f()));
const even = n => n === 0 ? true : odd(n - 1); const odd = n => n === 0 ? false : even(n - 1); console.log(even(10), odd(7), even(3));
function outer() { function fact(n) { return n <= 1 ? 1 : n * fact(n - 1); } const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); return [fact(10), fib(15)]; } console.log(outer());
function later() { const r = []; try { r.push(typeof early); use(); } catch (e) { r.push(e.name + ': ' + e.message); } function use() { return z; } let z = 3; r.push(use()); var early = 1; return r; } console.log(later());
const named = function self(n) { return n ? self(n - 1) + 1 : 0; }; console.log(named(5), named.name);
function args() { return [arguments.length, [...arguments].join('-')]; } console.log(args(1, 2, 3));
function defaults(a, b = a + 1, { c = 3, d: { e = 4 } = {} } = {}, [f, , g = 6] = [5], ...rest) { return [a, b, c, e, f, g, rest]; }
console.log(defaults(1), defaults(1, 2, { c: 9, d: { e: 8 } }, [7, 0, 5], 'x', 'y'), defaults.length);
let shadow = 1; { let shadow = 2; { let shadow = 3; console.log(shadow); } console.log(shadow); } console.log(shadow);
const compose = (...fs) => x => fs.reduceRight((acc, f) => f(acc), x); console.log(compose(x => x + 1, x => x * 2)(5));
function Person(name) { this.name = name; } Person.prototype.hi = function () { return 'hi ' + this.name; }; const p = new Person('Ann'); console.log(p.hi(), p instanceof Person, Object.keys(p));
const bound = p.hi.bind({ name: 'Bob' }); console.log(bound(), p.hi.call({ name: 'Cy' }), Math.max.apply(null, [1, 5, 3]));
function swap() { let a = 1, b = 2; [a, b] = [b, a]; return [a, b]; } console.log(swap());
let x = 1; const r = x + (x = 5) + x; console.log(r); let q = { n: 1 }; const w = q.n + (q = { n: 10 }).n + q.n; console.log(w);
function order() { const log = []; const o = { get f() { return (...a) => log.push('call' + a); } }; o.f((log.push('arg1'), 1), (log.push('arg2'), 2)); return log; } console.log(order());
console.log((() => { let s = 0; for (let i = 0; i < 3; i++) { const f = () => s += i; f(); } return s; })());
const memo = (() => { const m = new Map(); return function go(n) { if (m.has(n)) return m.get(n); const v = n < 2 ? n : go(n - 1) + go(n - 2); m.set(n, v); return v; }; })(); console.log(memo(50));
console.log([1, 2, 3, 4].map((x, i, all) => x + i + all.length), [[1, 2], [3]].flatMap(x => x), [5, 1, 4].findIndex(x => x === 4), [1, 2].every(x => x > 0), [1, 2].some(x => x > 1));
