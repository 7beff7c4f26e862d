const log = console.log;
const { a, b: { c = 'dc', ...restB } = {}, d = 'dd', ...rest } = { a: 1, b: { x: 1, y: 2 }, e: 5, f: 6 };
log(a, c, restB, d, rest);
const [p, , q = 'dq', [r] = ['dr'], ...s] = [1, 2, undefined, undefined, 5, 6]; log(p, q, r, s);
let x = 1, y = 2; [x, y] = [y, x]; log(x, y);
const o = {}; ({ a: o.a, b: o['b' + 1], c: [o.c] = [7] } = { a: 1, b: 2 }); log(o);
const trace = []; const t = (n, v) => (trace.push(n), v);
const { [t('k1', 'a')]: v1 = t('d1', 0), [t('k2', 'z')]: v2 = t('d2', 'dflt') } = t('src', { a: 'A' }); log(v1, v2, trace.join(' '));
function f({ a = 1, b = a + 1 } = {}, [m, n = m] = [3], ...others) { return [a, b, m, n, others]; }
log(f(), f({ a: 5 }, [1]), f({ b: 0 }, 'xy', 1, 2), f.length);
function* g() { try { yield 1; yield 2; yield 3; } finally { log('closed'); } }
const [g1, g2] = g(); log(g1, g2); const [...all] = g(); log(all); const [] = g(); 
const it = { [Symbol.iterator]() { let i = 0; return { next: () => (log('next', i), { value: i++, done: i > 2 }), return() { log('return'); return {}; } }; } };
const [i1] = it; const [j1, j2, j3 = 'd3'] = it; log(i1, j1, j2, j3);
for (const bad of [() => { const { z } = null; }, () => { const { z } = undefined; }, () => { const [z] = {}; }, () => { const [z] = null; }, () => { (({ w }) => w)(); }, () => { const { z: { y } } = {}; }, () => { let [z] = 5; }])
  try { bad(); } catch (e) { log(e.name, e.message); }
for (const { id, tags: [first = 'none'] = [] } of [{ id: 1, tags: ['t'] }, { id: 2 }]) log(id, first);
for (const [k, { n }] of Object.entries({ u: { n: 1 }, w: { n: 2 } })) log(k, n);
const { length, [0]: zero, [length - 1]: last } = 'hello'; log(length, zero, last);
try { throw { code: 42, msg: 'm' }; } catch ({ code, msg: [ch] }) { log(code, ch); }
const { toFixed } = 5; log(typeof toFixed);
let e1, e2; log(([e1, e2] = [10, 20, 30]).length, e1 + e2); log(({ e1 } = { e1: 'val', q: 1 }).q, e1);
const { get, set = 'noset' } = { get get() { return 'got'; } }; log(get, set);
const fnDefault = ({ cb = () => 'dflt', name = cb.name } = {}) => [cb(), name]; log(fnDefault(), fnDefault({ cb() { return 1; } }));
const { __proto__: proto, ...clean } = JSON.parse('{"__proto__": 5, "k": 1}'); log(proto, clean);
