const log = console.log;
function* three() { try { const a = yield 1; log('a', a); const b = yield a * 2; log('b', b); return 'end'; } catch (e) { log('caught', e); yield 'recovered'; return 'after'; } finally { log('finally'); } }
let g = three(); log(g.next('ignored'), g.next(5), g.next('x'), g.next());
g = three(); log(g.next(), g.throw('boom'), g.next(), g.next());
g = three(); log(g.next(), g.return('early'), g.next()); g = three(); log(g.return(7), g.next()); 
g = three(); try { g.throw(new Error('at start')); } catch (e) { log(e.message, g.next()); }
function* stubborn() { try { yield 1; } finally { yield 'cleanup'; log('after cleanup'); } } g = stubborn(); g.next(); log(g.return('r'), g.next(), g.next());
function* override() { try { yield 1; } finally { return 'mine'; } } g = override(); g.next(); log(g.return('yours'), g.next());
function* inner() { try { const x = yield 'i1'; log('inner got', x); return 'inner result'; } finally { log('inner done'); } }
function* outer() { const r = yield* inner(); log('r', r); yield* [10, 20]; yield* 'ab'; return yield* (function* () { return 'deep'; })(); }
g = outer(); log(g.next(), g.next('hello'), g.next(), g.next(), g.next(), g.next(), g.next());
g = outer(); g.next(); log(g.return('stop')); g = outer(); g.next(); try { g.throw('t'); } catch (e) { log('out', e); }
function* fib() { let [a, b] = [0, 1]; for (; ;) { yield a;[a, b] = [b, a + b]; } } const first = []; for (const n of fib()) { if (n > 50) break; first.push(n); } log(first);
function* take(n, it) { let i = 0; if (n > 0) for (const v of it) { yield v; if (++i >= n) return; } } log([...take(5, fib())], Array.from(take(3, fib())), Object.fromEntries(take(2, Object.entries({ a: 1, b: 2, c: 3 }))));
const o = { *[Symbol.iterator]() { yield* Object.keys(this); }, x: 1, y: 2 }; log([...o]); class T { *walk(d) { if (d) { yield d; yield* this.walk(d - 1); yield* this.walk(d - 1); } } static *s() { yield 's'; } } log([...new T().walk(3)], [...T.s()]);
function* reentrant() { yield self.next(); } const self = reentrant(); try { self.next(); } catch (e) { log(e.name, e.message); }
g = fib(); log(g[Symbol.iterator]() === g, Object.prototype.toString.call(g), typeof g.next, g instanceof fib, fib.prototype.isPrototypeOf(g)); try { new fib(); } catch (e) { log(e.message); }
function* args() { yield arguments.length; yield this === undefined || typeof this; } log(args(1, 2, 3).next().value);
function* order() { log('body'); yield; } g = order(); log('before'); g.next(); const lazy = (function* (x = log('default')) { log('never'); })(); log('made');
function* expr() { const r = [yield 1, yield 2, (yield 3) + (yield 4)]; return r; } g = expr(); for (const v of [0, 'a', 'b', 10, 20]) log(g.next(v));
function* loops() { outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j == 1) continue outer; if (i == 2) break outer; yield [i, j]; } } switch (yield 's') { case 1: yield 'one'; default: yield 'fall'; } } g = loops(); log([g.next().value, g.next().value, g.next().value, g.next(1).value, g.next().value, g.next()]);
for (const [i, v] of [...take(3, fib())].entries()) log(i, v);
