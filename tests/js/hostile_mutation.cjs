// Callbacks that change what is being walked, and comparators that lie, throw or change the array.
const show = (...a) => console.log(...a);
const attempt = (name, f) => { try { show(name, f()); } catch (e) { show(name, 'threw', e instanceof Error ? e.constructor.name : e); } };
const of = (n) => Array.from({ length: n }, (_, i) => i);
for (const method of ['forEach', 'map', 'filter', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flatMap']) {
  attempt(method + ' that pushes', () => { const a = [1, 2, 3]; let n = 0; const r = a[method]((x) => { if (n++ < 50) a.push(x); return n > 90; }); return [n, a.length, typeof r]; });
  attempt(method + ' that pops', () => { const a = of(6); let n = 0; const r = a[method]((x) => { n++; a.pop(); return x === 99; }); return [n, a, r]; });
  attempt(method + ' that shifts', () => { const a = of(6); const seen = []; a[method]((x) => { seen.push(x); a.shift(); return false; }); return [seen, a]; });
  attempt(method + ' that empties', () => { const a = of(6); const seen = []; a[method]((x) => { seen.push(x); a.length = 0; return method === 'every'; }); return [seen, a.length]; });
  attempt(method + ' that deletes ahead', () => { const a = of(5); const seen = []; a[method]((x, i) => { seen.push(x); delete a[i + 1]; return method === 'every'; }); return seen; });
  attempt(method + ' that writes ahead', () => { const a = of(4); const seen = []; a[method]((x, i) => { seen.push(x); a[i + 1] = 'n' + i; return method === 'every'; }); return [seen, a.length]; });
  attempt(method + ' that throws', () => { const a = of(4); a[method]((x) => { if (x === 2) throw 'stop'; return method === 'every'; }); return 'no'; });
}
for (const method of ['reduce', 'reduceRight']) {
  attempt(method + ' that pops', () => { const a = of(6); let n = 0; const r = a[method]((s, x) => { n++; a.pop(); return s + x; }); return [n, r]; });
  attempt(method + ' that pushes', () => { const a = of(3); let n = 0; a[method]((s, x) => { n++; a.push(x); return s; }); return [n, a.length]; });
  attempt(method + ' of holes it makes', () => { const a = of(6); const seen = []; a[method]((s, x, i) => { seen.push(i); delete a[i + 1]; delete a[i - 1]; return x; }); return seen; });
}
const sorted = (a) => a.length + ':' + a.reduce((s, x) => s + (x ?? 0), 0);
for (const method of ['sort', 'toSorted']) {
  attempt(method + ' always 1', () => sorted(of(100)[method](() => 1)));
  attempt(method + ' always -1', () => sorted(of(100)[method](() => -1)));
  attempt(method + ' never a number', () => sorted(of(100)[method](() => 'x')));
  attempt(method + ' NaN', () => of(5)[method](() => NaN));
  attempt(method + ' undefined', () => of(5)[method](() => undefined));
  attempt(method + ' in circles', () => sorted(of(300)[method]((a, b) => ((a * 7 + b * 13) % 3) - 1)));
  attempt(method + ' by a counter', () => { let n = 0; return sorted(of(500)[method](() => (n++ % 3) - 1)); });
  attempt(method + ' that throws at first', () => of(10)[method](() => { throw 'no'; }));
  attempt(method + ' that throws later', () => { let n = 0; const a = of(50).reverse(); try { a[method]((x, y) => { if (n++ === 20) throw 'no'; return x - y; }); } catch (e) { return e + sorted(a); } return 'no'; });
  attempt(method + ' that pushes', () => { const a = of(20).reverse(); let n = 0; const r = a[method]((x, y) => { if (n++ < 5) a.push(100); return x - y; }); return [r.slice(0, 20).join(), r.length]; });
  attempt(method + ' that empties', () => { const a = of(20).reverse(); const r = a[method]((x, y) => { a.length = 0; return x - y; }); return [r.length, r[0]]; });
  attempt(method + ' that writes', () => { const a = of(20).reverse(); const r = a[method]((x, y) => { a[0] = 'w'; return x - y; }); return r.join(); });
  attempt(method + ' that sorts it again', () => { const a = of(10).reverse(); let n = 0; return a[method]((x, y) => { if (n++ < 3) a.sort(); return x - y; }).join(); });
  attempt(method + ' of values whose text throws', () => [{ toString() { throw 'text'; } }, 1][method]());
  attempt(method + ' with a comparator that is none', () => [2, 1][method]({}));
  attempt(method + ' with holes and undefined', () => [3, , undefined, 1, , 2][method]());
  attempt(method + ' is stable', () => of(600).map((i) => [i % 3, i])[method]((a, b) => a[0] - b[0]).map((x) => x[1]).filter((x, i, a) => i > 0 && i % 200 && x < a[i - 1]).length);
  attempt(method + ' whose number has side effects', () => { let n = 0; return [3, 2, 1][method]((a, b) => ({ valueOf() { n++; return a - b; } })).join() + (n > 0); });
}
attempt('sort of an array that freezes', () => { const a = [3, 2, 1]; return a.sort((x, y) => { Object.freeze(a); return x - y; }); });
attempt('Map forEach that deletes', () => { const m = new Map(of(6).map((i) => [i, i])); const seen = []; m.forEach((v, k) => { seen.push(k); m.delete(k + 1); }); return [seen, m.size]; });
attempt('Map forEach that adds', () => { const m = new Map([[0, 0]]); m.forEach((v, k) => { if (k < 20) m.set(k + 1, k); }); return m.size; });
attempt('Map forEach that re-adds', () => { const m = new Map(of(4).map((i) => [i, i])); let n = 0; m.forEach((v, k) => { if (n++ < 10) { m.delete(k); m.set(k, v); } }); return [n, [...m.keys()]]; });
attempt('Map forEach that clears', () => { const m = new Map(of(6).map((i) => [i, i])); let n = 0; m.forEach((v, k) => { n++; m.clear(); if (n < 4) m.set(n, n); }); return [n, m.size]; });
attempt('Map for-of that deletes all behind', () => { const m = new Map(of(100).map((i) => [i, i])); let n = 0; for (const [k] of m) { n++; for (let j = 0; j < k; j++) m.delete(j); } return [n, m.size]; });
attempt('Map for-of that clears and fills', () => { const m = new Map(of(5).map((i) => [i, i])); const seen = []; for (const [k] of m) { seen.push(k); if (k === 2) { m.clear(); m.set('x', 1); m.set('y', 2); } } return seen; });
attempt('Set for-of that adds', () => { const s = new Set([0]); for (const x of s) if (x < 30) s.add(x + 1); return s.size; });
attempt('Set for-of that deletes', () => { const s = new Set(of(50)); const seen = []; for (const x of s) { seen.push(x); s.delete(x); s.delete(x + 1); s.delete(x + 2); } return [seen.length, s.size]; });
attempt('Set forEach that moves', () => { const s = new Set(of(4)); let n = 0; s.forEach((x) => { if (n++ < 20) { s.delete(x); s.add(x); } }); return [n, [...s]]; });
attempt('two iterators over one Map', () => { const m = new Map(of(6).map((i) => [i, i])); const a = m.keys(), b = m.keys(); a.next(); m.delete(0); m.delete(1); const x = [a.next().value, b.next().value]; m.clear(); m.set(9, 9); return [...x, a.next().value, b.next().value, a.next().done]; });
attempt('for-of over an array that grows', () => { const a = [1]; let n = 0; for (const x of a) if (n++ < 40) a.push(x); return [n, a.length]; });
attempt('for-of over an array that shrinks', () => { const a = of(10); const seen = []; for (const x of a) { seen.push(x); a.pop(); } return seen; });
attempt('for-of over an array that becomes sparse', () => { const a = of(4); const seen = []; for (const x of a) { seen.push(x); a[1000000] = 'far'; a.length = 6; delete a[2]; } return seen; });
attempt('for-in that deletes and adds', () => { const o = { a: 1, b: 2, c: 3 }; const seen = []; for (const k in o) { seen.push(k); delete o.b; o.z = 1; } return seen; });
attempt('spread of an array whose getter changes it', () => { const a = [1, 2, 3]; Object.defineProperty(a, 1, { get() { a.push('late'); return 'got'; } }); return [...a]; });
attempt('concat with a getter that empties', () => { const a = [1, 2, 3], b = [4, 5, 6]; Object.defineProperty(b, 0, { get() { b.length = 1; return 'g'; } }); return a.concat(b); });
attempt('splice whose species constructor lies', () => { class A extends Array { static get [Symbol.species]() { return function (n) { return { length: n, fake: true }; }; } } const a = A.from([1, 2, 3]); return Object.keys(a.splice(0, 2)).join(); });
attempt('join whose toString changes the array', () => { const a = [1, { toString() { a.length = 0; return 'x'; } }, 3]; return a.join(); });
attempt('indexOf whose fromIndex empties', () => { const a = [1, 2, 3]; return [a.indexOf(1, { valueOf() { a.length = 0; return 0; } }), a.includes(undefined, { valueOf() { return 0; } })]; });
attempt('copyWithin and slice whose bounds change it', () => { const a = of(6); return [a.slice({ valueOf() { a.length = 3; return 0; } }, 6), a.copyWithin(0, { valueOf() { a.push(9); return 1; } })]; });
attempt('reverse with getters', () => { const a = [1, 2, 3]; Object.defineProperty(a, 0, { get() { return 'g'; }, set(v) { this.was = v; }, configurable: true }); a.reverse(); return [a[2], a.was]; });
attempt('JSON.stringify whose toJSON changes the parent', () => { const o = { a: { toJSON() { delete o.b; o.c = 1; return 'A'; } }, b: 2 }; return JSON.stringify(o); });
attempt('JSON.stringify whose toJSON shortens the array', () => { const a = [{ toJSON() { a.length = 1; return 'A'; } }, 2, 3]; return JSON.stringify(a); });
attempt('JSON.parse whose reviver deletes', () => JSON.stringify(JSON.parse('{"a":1,"b":{"c":2},"d":[1,2,3]}', function (k, v) { if (k === 'a') { delete this.b; this.d.length = 1; } return v; })));
attempt('replace whose callback throws', () => 'aaa'.replace(/a/g, (m, i) => { if (i === 1) throw 'at 1'; return m; }));
attempt('a regular expression moved by its callback', () => { const r = /a/g; return 'aaaa'.replace(r, () => { r.lastIndex = 0; return 'b'; }); });
attempt('Object.assign whose getter deletes', () => { const s = { get a() { delete s.b; s.z = 1; return 1; }, b: 2 }; return JSON.stringify(Object.assign({}, s)); });
attempt('Object.entries whose getter deletes', () => { const s = { get a() { delete s.b; return 1; }, b: 2, c: 3 }; return JSON.stringify(Object.entries(s)); });
attempt('destructuring whose getter throws', () => { let closed = 0; const it = { [Symbol.iterator]() { return { next: () => ({ get value() { throw 'value'; }, done: false }), return() { closed++; return {}; } }; } }; try { const [a] = it; } catch (e) { return [e, closed]; } });
attempt('an iterator closed by a throwing body', () => { let closed = 0; const it = { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }), return() { closed++; throw 'ignored'; } }; } }; try { for (const x of it) throw 'body'; } catch (e) { return [e, closed]; } });
attempt('a generator resumed while it runs', () => { function* g() { it.next(); } const it = g(); return it.next(); });
