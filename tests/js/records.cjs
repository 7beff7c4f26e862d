'use strict';
// One site, records of many layouts: copies keep the order of keys, and later properties replace earlier ones.
const grow = (p, i) => ({ ...p, sale: i, id: -1 });
const built = {};
for (let i = 0; i < 9; i++) built['k' + i] = i;
const wide = {};
for (let i = 0; i < 40; i++) wide['w' + i] = i;
const withGetter = { get now() { return 'got'; }, a: 1 };
const sources = [{ id: 1 }, { sale: 5, z: 1 }, built, wide, Object.freeze({ id: 3, b: 2 }), withGetter, Object.create({ inherited: 1 }), [1, 2], 'ab', null, undefined, 7, new Map([[1, 2]])];
for (const source of sources) {
  for (let turn = 0; turn < 2; turn++) {
    const copy = grow(source, turn);
    copy.later = turn;
    console.log(JSON.stringify(copy), Object.getPrototypeOf(copy) === Object.prototype, Object.isFrozen(copy));
  }
}
console.log(JSON.stringify(wide).length, JSON.stringify(built));
// The copy is taken before the later values are computed.
const shifting = { n: 1 };
console.log(JSON.stringify({ ...shifting, m: shifting.n++ }), JSON.stringify(shifting));
for (const [n, places] of [[10.5, 0], [-0.4, 0], [1.005, 2], [0.000001, 7], [1e20, 2], [123456789.987654321, 20], [5e-324, 3], [-1.5, 0], [1e21, 2], [0.1, 30], [-0, 1], [99.995, 2]]) {
  console.log(n.toFixed(places));
}
