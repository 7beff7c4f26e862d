// Numbers that change where they are, and maps: each loop runs often enough for every cache to know its place before something changes.
const bump = o => { o.n++; o.n += 2; o.n -= 0.5; };

const plain = { n: 1 };
for (let i = 0; i < 3; i++) bump(plain);
console.log(plain.n);

const frozen = Object.freeze({ n: 1 });
for (const o of [{ n: 0 }, frozen, { n: 5 }]) {
  try { bump(o); console.log('changed', o.n); } catch (e) { console.log(e.name, e.message); }
}

let log = [];
const watched = { get n() { log.push('get'); return 10; }, set n(v) { log.push(v); } };
for (const o of [{ n: 0 }, { n: 0 }, watched]) bump(o);
console.log(log.join());

class Base { get n() { return 7; } }
class Own extends Base { constructor() { super(); } }
try { bump(new Own()); } catch (e) { console.log(e.name, e.message); }

const proto = { n: 100 };
const child = Object.create(proto);
for (let i = 0; i < 3; i++) { bump({ n: 0 }); bump(child); }
console.log(child.n, proto.n, Object.hasOwn(child, 'n'));

for (const start of ['a', null, undefined, true, [], NaN, -0]) {
  const o = { n: start };
  bump(o);
  console.log(typeof o.n, o.n);
}
try { bump({ n: 1n }); } catch (e) { console.log(e.name, e.message); }
try { bump(null); } catch (e) { console.log(e.name, e.message); }
try { bump(Object.preventExtensions({})); } catch (e) { console.log(e.name, e.message); }

const at = (list, i) => { list[i] += 3; list[i]++; return list; };
console.log(at([1, 2, 3], 1), at([1, , 3], 1), at([], 2), at(['x'], 0));
console.log(at(new Float32Array(3), 1), at(new Uint8Array([250, 254, 255]), 2), at({ 0: 1 }, 0));
try { at(Object.freeze([1, 2]), 0); } catch (e) { console.log(e.name, e.message); }
try { at(Object.seal([1, 2]), 0); console.log('sealed elements change'); } catch (e) { console.log(e.name); }
const sparse = []; sparse[5000000] = 1; at(sparse, 5000000);
console.log(sparse[5000000]);

let total = 0;
const counter = { hits: 0 };
const count = () => { total += 1; counter.hits += total; };
for (let i = 0; i < 5; i++) count();
console.log(total, counter.hits);
const loose = { v: 1, step: { v: 2 } };
for (let i = 0; i < 4; i++) { loose.v += loose.step.v; loose.step.v -= loose.v * 0.25; if (i === 1) loose.step = { v: '3' }; }
console.log(loose);

// Maps: all kinds of keys, growth, removal in the midst of a walk.
const keys = [0, -0, NaN, '', 'a', 'abcdefgh', 'abcdefgh'.slice(0), '\ud800', true, false, null, undefined, 1n, 1, '1', Symbol.iterator, keys0];
function keys0() {}
const map = new Map(keys.map((k, i) => [k, i]));
console.log(map.size, keys.map(k => map.get(k)).join(), map.get('ab' + 'cdefgh'), map.get(0 / 0));
const grown = new Map();
for (let i = 0; i < 5000; i++) grown.set(i % 2 ? 'key-' + i : i, i);
for (let i = 0; i < 5000; i += 3) grown.delete(i % 2 ? 'key-' + i : i);
let sum = 0;
for (const [k, v] of grown) { sum += v; if (v % 7 === 0) grown.delete(k); if (v === 10) grown.set('late', 1); }
console.log(grown.size, sum, grown.get('late'), grown.get('key-7'), grown.has(8));
for (let i = 0; i < 20000; i++) { grown.set('again', i); grown.delete('again'); }
console.log(grown.size, [...grown.keys()].at(-1));
grown.clear();
console.log(grown.size, grown.get(8), grown.set(8, 'x').get(8));

const get = (m, k) => m.get(k);
for (let i = 0; i < 3; i++) get(grown, 8);
class Shouting extends Map { get(k) { return super.get(k) + '!'; } }
console.log(get(new Shouting([[8, 'y']]), 8));
grown.get = () => 'own';
console.log(get(grown, 8));
delete grown.get;
console.log(get(grown, 8));
const original = Map.prototype.get;
Map.prototype.get = function (k) { return ['patched', original.call(this, k)]; };
console.log(get(grown, 8), get(new Map([[1, 2]]), 1));
Map.prototype.get = original;
console.log(get(grown, 8));

// Literals whose elements fail, after elements that wait.
const fails = () => { throw new Error('no'); };
for (const f of [() => 1, fails]) {
  try { console.log({ a: 1 + plain.n, b: 'x' + plain.n, c: f(), d: [plain], e: f() }); } catch (e) { console.log(e.message); }
}
let order = 1;
console.log({ a: order, b: (order += 1, String(order)), c: order++, d: order });
