const log = console.log;
log([...'añ😀'], [...[1, , 3]], [...new Set([1, 1, 2])], [...new Map([['k', 'v']])]);
log(Math.max(...[1, 5], 3, ...[9]), [].concat(...[[1], [2, [3]]]));
log({ ...'ab', ...[9], ...null, ...undefined, ...5, ...{ a: 1, get g() { return 'gv'; } } });
const o = { a: 1, b: { deep: 1 } }, copy = { ...o, a: 2 }; copy.b.deep = 2; log(o, copy);
function f(a, ...r) { return [a, r.length, r, arguments.length]; } log(f(), f(1), f(...[1, 2], 3, ...'xy'));
log(new Date(...[2020, 1, 29]).getMonth(), new Array(...[3]).length, new (class { constructor(...x) { this.x = x; } })(...[1], 2).x);
for (const v of [5, null, {}, undefined]) try { f(...v); } catch (e) { log(e.name, e.message); }
for (const v of [5, null, {}]) try { [...v]; } catch (e) { log(e.name); }
const sym = Symbol('s'); const withSym = { [sym]: 1, x: 2 }; log({ ...withSym }[sym], Object.keys({ ...withSym }));
const order = []; const src = { get z() { order.push('z'); return 1; }, get y() { order.push('y'); return 2; }, 1: 'one' }; const r = { ...src, z: 'over' }; log(order, Object.keys(r), r.z);
class P { constructor() { this.own = 1; } get acc() { return 2; } } log({ ...new P() });
const frozen = Object.freeze({ a: 1 }); const thaw = { ...frozen }; thaw.a = 2; log(thaw.a, Object.isFrozen(thaw));
const setter = { set v(x) { log('never'); } }; log({ ...setter, v: 1 });
function* gen() { const got = yield 1; log('got', got); yield 2; } log([...gen(), ...gen()]);
const big = Array.from({ length: 5000 }, (_, i) => i); log(Math.max(...big), [...big, ...big].length, String.fromCharCode(...[72, 105]));
const { a, ...others } = { a: 1, [sym]: 's', n: null }; log(others, others[sym]);
const push = []; push.push(...[1, 2], ...push); log(push); log(((a, b = 2, ...c) => 0).length);
log([...[1, 2].entries()], [...'ab'].reverse().join(''), Object.entries({ ...['x', 'y'] }));
