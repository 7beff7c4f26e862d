function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
console.log('fib', fib(20));
let total = 0;
for (let i = 0; i < 10; i++) { if (i % 2) continue; total += i; }
console.log(total, [1,2,3].map((x, i) => x * 2 + i), `t=${total}`);
const o = { a: 1, b: 'x', ['c' + 1]: 2, get d() { return this.a + 1; } };
const { a, ...rest } = o;
console.log(o, a, rest, o.d);
class A { #p = 1; static s = 5; constructor(x) { this.x = x; } get y() { return this.x * 2; } inc() { return ++this.#p; } }
class B extends A { constructor() { super(4); this.z = 1; } inc() { return super.inc() + 100; } }
const b = new B();
console.log(b.y, b.inc(), B.s, b instanceof A, b);
try { null.foo } catch (e) { console.log(e.message, e instanceof TypeError); }
function f() { try { return 1 } finally { console.log('fin'); } }
console.log(f());
const fns = []; for (let i = 0; i < 3; i++) fns.push(() => i); console.log(fns.map(f => f()));
function* g() { const x = yield 1; console.log('got', x); try { yield 2 } finally { console.log('cleanup') } }
const it = g(); console.log(it.next(), it.next('hi'), it.return(7), it.next());
async function main() { console.log('A'); const v = await Promise.resolve(3); console.log('B', v); for await (const q of [1, Promise.resolve(2)]) console.log(q); return v; }
main().then(v => console.log('done', v)); console.log('sync end');
switch (total) { case 1: console.log('one'); case 20: console.log('twenty'); case 3: console.log('three'); break; default: console.log('def'); }
label: for (const x of [1,2,3]) { for (const y of [1,2]) { if (y == 2) continue label; if (x == 3) break label; console.log(x, y); } }
for (const k in { p: 1, q: 2 }) console.log(k);
let s = ''; for (let i = 0; i < 5; i++) s += i; console.log(s, s.length, typeof s, typeof undefinedName);
console.log([3,1,2].sort((a, b) => a - b), [1,2,3,4].filter(x => x > 2).reduce((a, b) => a + b, 0));
