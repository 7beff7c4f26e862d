// try, catch, finally with every way out.
const log = console.log;
const f1 = () => { try { return 'try'; } finally { log('f'); } }; log(f1());
const f2 = () => { try { return 'try'; } finally { return 'finally'; } }; log(f2());
const f3 = () => { try { throw 1; } catch (e) { return 'c' + e; } finally { log('fin'); } }; log(f3());
const f4 = () => { for (let i = 0; i < 3; i++) { try { if (i === 1) continue; if (i === 2) break; log('body', i); } finally { log('fin', i); } } return 'done'; }; log(f4());
const f5 = () => { for (const i of [0, 1, 2]) { try { return i; } finally { if (i < 2) continue; } } }; log(f5());
const f6 = () => { while (true) { try { return 'lost'; } finally { break; } } return 'after break'; }; log(f6());
const f7 = () => { try { try { throw new Error('inner'); } finally { throw new Error('replaced'); } } catch (e) { return e.message; } }; log(f7());
const f8 = () => { let x = 1; try { return x; } finally { x = 2; } }; log(f8()); const f9 = () => { const o = { v: 1 }; try { return o; } finally { o.v = 2; } }; log(f9().v);
const f10 = () => { a: try { break a; } finally { log('labelled'); } return 'out'; }; log(f10());
const f11 = () => { try { try { throw 'a'; } catch (e) { throw e + 'b'; } finally { log('mid'); } } catch (e) { return e; } }; log(f11());
const f12 = () => { let s = ''; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { try { if (j === 1) continue outer; if (i === 2) break outer; s += `${i}${j} `; } finally { s += 'F '; } } } return s; }; log(f12());
const f13 = () => { try { return (() => { throw 'called'; })(); } catch { return 'no binding'; } }; log(f13());
const f14 = () => { switch (1) { case 1: try { break; } finally { log('sw'); } case 2: log('never'); } return 'switched'; }; log(f14());
function* g() { try { yield 1; try { yield 2; } finally { log('g inner'); } } catch (e) { yield 'caught ' + e; } finally { log('g outer'); } } let it = g(); it.next(); it.next(); log(it.throw('T').value, it.next());
const f15 = (n) => { try { if (n === 0) return 'zero'; return f15(n - 1); } finally { log('unwind', n); } }; log(f15(2));
const f16 = () => { let i = 0; do { try { i++; if (i < 3) continue; return i; } finally { log('do', i); } } while (true); }; log(f16());
let e = 'outer'; try { throw 'inner'; } catch (e) { var leaked = e; e = 'changed'; } log(e, leaked);
try { null.x; } catch (err) { log(err instanceof TypeError, err.message); } try { undefined.foo(); } catch (err) { log(err.message); } try { ({}).a.b; } catch (err) { log(err.message); } try { const o = {}; o.m(); } catch (err) { log(err.message); }
const f17 = async () => { try { await Promise.reject(new Error('rejected')); } catch (e) { return 'async ' + e.message; } finally { log('async finally'); } }; f17().then(log);
const f18 = async () => { for (let i = 0; i < 2; i++) { try { await null; if (i === 0) continue; return 'second'; } finally { await null; log('await in finally', i); } } }; f18().then(log);
log(((x) => { try { return x(); } catch (e) { return typeof e; } })(() => { throw undefined; }));
