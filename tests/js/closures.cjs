// Bindings per iteration, captured parameters, counters, hoisting.
const fs = [];
for (let i = 0; i < 3; i++) fs.push(() => i);
console.log(fs.map((f) => f()));
const gs = [];
for (let i = 0; i < 3; i++) { gs.push(() => i++); i += 0; }
console.log(gs[0](), gs[0](), gs[1](), gs[2]());
var hs = [];
for (var v = 0; v < 3; v++) hs.push(() => v);
console.log(hs.map((f) => f()));
const os = [];
for (const x of ['a', 'b']) os.push(() => x);
for (const k in { p: 1, q: 2 }) os.push(() => k);
console.log(os.map((f) => f()).join());
function counter(start = 0) { let n = start; return { inc: () => ++n, get value() { return n; }, reset() { n = start; } }; }
const c = counter(5), d = counter();
c.inc(); c.inc(); d.inc();
console.log(c.value, d.value); c.reset(); console.log(c.value);
console.log(typeof later, later()); function later() { return 'hoisted'; }
console.log(typeof notYet); var notYet = 1;
const fact = function self(n) { return n < 2 ? 1 : n * self(n - 1); };
console.log(fact(10), fact.name);
const adders = [1, 2, 3].map((a) => (b) => (c) => a + b + c);
console.log(adders.map((f) => f(10)(100)));
let order = '';
for (let i = (order += 'init', 0), inc = () => i++; (order += 'test', i < 2); order += 'update', i++) { order += inc(); if (order.length > 60) break; }
console.log(order);
function params(a, b = () => a, c = b()) { a = 9; return [a, b(), c]; }
console.log(params(1));
const memo = ((cache) => (n) => n in cache ? 'hit' : (cache[n] = n, 'miss'))({});
console.log(memo(1), memo(1), memo(2));
{ let shadow = 'outer'; { let shadow = 'inner'; console.log(shadow); } console.log(shadow); }
let a = 1; const read = () => a; a = 2; console.log(read()); a++; console.log(read());
function args() { return Array.prototype.slice.call(arguments, 1).concat(arguments.length); }
console.log(args(1, 2, 3));
