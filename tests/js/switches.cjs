const log = console.log;
const f = (x) => { const out = []; switch (x) { case 1: out.push('one'); case 2: out.push('two'); break; default: out.push('dflt'); case 3: out.push('three'); break; case 4: { out.push('four'); } } return out.join('+'); }; for (const v of [1, 2, 3, 4, 5, '1', NaN, null]) log(v, f(v));
const order = []; const t = (v) => (order.push(v), v); switch (t(3)) { case t(1): case t(3): log('three'); case t(4): log('fell'); } log(order);
const g = (x) => { switch (true) { case x < 0: return 'neg'; case x === 0: return 'zero'; case x > 100: return 'big'; } return 'pos'; }; log([-1, 0, 5, 500].map(g));
switch (2) { case 1: let lex = 1; break; case 2: try { log(lex); } catch (e) { log(e.name, e.message); } }
switch (1) { case 1: const c = 'scoped'; const fn = () => c; log(fn()); } switch (0) { } switch (9) { default: log('only default'); }
const h = (s) => { switch (s) { case 'a': case 'b': return 1; case 'c': default: return 2; } }; log([...'abcd'].map(h)); const nested = (a, b) => { switch (a) { case 1: switch (b) { case 1: return '11'; default: break; } return '1?'; default: return '??'; } }; log(nested(1, 1), nested(1, 2), nested(2, 1));
log((() => { for (let i = 0; i < 5; i++) { switch (i) { case 1: continue; case 3: break; default: log('i', i); } if (i === 3) return 'ret'; } })());
switch ('x') { case 'y': default: log('d'); break; case 'x': log('x'); } switch (-0) { case 0: log('minus zero'); } switch (NaN) { case NaN: log('never'); default: log('nan'); } const o = {}; switch (o) { case {}: log('no'); case o: log('same'); }
const fns = []; for (let i = 0; i < 3; i++) switch (i) { default: let cap = i * 2; fns.push(() => cap++); } log(fns.map((q) => q() + q()));
