const log = console.log;
const make = (n, tag) => ({ [Symbol.iterator]() { let i = 0; log(tag, 'open'); return { next() { return { value: i++, done: i > n }; }, return(v) { log(tag, 'return', v); return { done: true }; } }; } });
for (const v of make(3, 'full')) log(v);
for (const v of make(3, 'break')) { if (v === 1) break; }
lbl: for (const v of make(3, 'outer')) for (const w of make(3, 'inner')) { if (w === 1) continue lbl; if (v === 1) break lbl; }
try { for (const v of make(3, 'throw')) throw new Error('x' + v); } catch (e) { log(e.message); }
log((() => { for (const v of make(3, 'ret')) if (v) return 'returned ' + v; })());
const bad = { [Symbol.iterator]: () => ({ next: () => 5 }) }; try { for (const v of bad); } catch (e) { log(e.name, e.message); }
try { for (const v of { [Symbol.iterator]: () => ({ next() { throw new Error('next failed'); }, return() { log('must not be called'); } }) }); } catch (e) { log(e.message); }
try { for (const v of { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { throw new Error('return failed'); } }) }) break; } catch (e) { log(e.message); }
try { for (const v of { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { throw new Error('return failed'); } }) }) throw new Error('body wins'); } catch (e) { log(e.message); }
for (const x of [5, {}, null, undefined, true]) try { for (const v of x); } catch (e) { log(e.name, e.message); }
const it = [1, 2, 3][Symbol.iterator](); it.next(); log([...it], it.next(), Object.prototype.toString.call(it));
log(Array.from(make(2, 'from'), (v, i) => v * 10 + i), new Set(make(2, 'set')).size, Math.max(...make(4, 'spread')));
const [a] = make(2, 'destr'); log(a); log(new Map([[1, 2]]).entries().next(), [...new Set('aab').entries()], 'xy'[Symbol.iterator]().next());
const m = new Map([['a', 1]]); try { new Map([1]); } catch (e) { log(e.message); } try { new Map(make(1, 'map')); } catch (e) { log(e.message); }
log(Object.fromEntries(m), Object.fromEntries([['x', 1], ['y', 2]])); const keys = [1, 2].keys(); log(keys.next(), [...keys]); 
const arr = [1, 2, 3]; const seen = []; for (const v of arr) { seen.push(v); if (v < 3 && arr.length < 6) arr.push(v * 10); } log(seen); const arr2 = [1, 2, 3, 4]; const s2 = []; for (const v of arr2) { s2.push(v); arr2.shift(); } log(s2);
for (const ch of 'a\u{1F600}\uD83Db') log(ch.length, ch.codePointAt(0).toString(16)); for (const k in 'ab') log(k); for (const k in [7, , 9]) log(k); for (var q in null) log('never'); for (const k in { 2: 0, b: 0, 1: 0, a: 0 }) log(k);
class Par { constructor() { this.own = 1; } } Par.prototype.inherited = 2; for (const k in new Par()) log(k); const del = { a: 1, b: 2, c: 3 }; for (const k in del) { log(k); delete del.b; }
log((function () { return [...arguments]; })(1, 2)); const wr = { [Symbol.iterator]: [].values }; wr.length = 2; wr[0] = 'p'; wr[1] = 'q'; log([...wr]);
