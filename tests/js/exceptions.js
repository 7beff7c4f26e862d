'use strict';
function f1() { try { return 'try'; } finally { console.log('finally'); } } console.log(f1());
function f2() { try { throw new Error('a'); } catch (e) { return e.message; } finally { return 'override'; } } console.log(f2());
function f3() { for (let i = 0; i < 5; i++) { try { if (i === 1) continue; if (i === 3) break; console.log('body', i); } finally { console.log('fin', i); } } return 'end'; } console.log(f3());
function f4() { try { try { throw 1; } finally { console.log('inner'); } } catch (e) { return 'caught ' + e; } } console.log(f4());
function f5() { outer: for (const x of [1, 2, 3]) { for (const y of ['a', 'b']) { try { if (y === 'b') continue outer; if (x === 3) break outer; console.log(x, y); } finally { console.log('f', x, y); } } } } f5();
class MyError extends Error { constructor(m, code) { super(m); this.name = 'MyError'; this.code = code; } }
try { throw new MyError('bad', 42); } catch (e) { console.log(e.name, e.message, e.code, e instanceof MyError, e instanceof Error, String(e)); }
function iter(n, log) { return { [Symbol.iterator]() { let i = 0; return { next() { return i < n ? { value: i++, done: false } : { value: undefined, done: true }; }, return() { log.push('closed'); return {}; } }; } }; }
function f6() { const log = []; for (const x of iter(5, log)) { if (x === 2) break; } for (const x of iter(2, log)) { } try { for (const x of iter(5, log)) { throw new Error('x'); } } catch { log.push('c'); } const [a, b] = iter(5, log); log.push(a + b); return log; } console.log(f6());
function f7() { const log = []; const g = () => { for (const x of iter(3, log)) { return x; } }; log.push(g()); try { for (const x of iter(3, log)) { try { throw 1; } finally { log.push('f'); } } } catch { log.push('outer'); } return log; } console.log(f7());
for (const bad of [() => null.x, () => undefined.y(), () => { const n = undefined; n.f; }, () => [].reduce((a, b) => a), () => new Array(-1), () => nope, () => 'x'.repeat(-1), () => BigInt(1) + 1, () => Symbol() + '', () => { const { a } = undefined; }, () => class { #p; static t(o) { return o.#p; } }.t({}), () => JSON.parse('{bad'), () => decodeURIComponent('%'), () => (1).toFixed(101), () => 1 in 2, () => ({} instanceof 5), () => { class A { constructor() { this.x; } } A(); }]) { try { bad(); console.log('no error'); } catch (e) { console.log(e.constructor.name + ': ' + e.message); } }
function deep(n) { return deep(n + 1) + 1; } try { deep(0); } catch (e) { console.log(e instanceof RangeError, e.message); }
async function a1() { try { await Promise.reject(new Error('r')); } catch (e) { return 'async ' + e.message; } finally { console.log('async fin'); } }
async function a2() { for (const x of [1, 2]) { try { await null; if (x === 1) continue; return x; } finally { console.log('af', x); } } }
async function a3() { throw new TypeError('t'); }
(async () => { console.log(await a1()); console.log(await a2()); try { await a3(); } catch (e) { console.log(e.name); } await Promise.allSettled([a3(), 1]).then(r => console.log(r.map(x => x.status))); })();
