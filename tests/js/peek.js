"use strict";
// Arithmetic on properties, elements and captured variables that turn out not to be numbers, or not to be there.
const point = (x, y) => ({ x, y });
const dot = (a, b) => a.x * b.x + a.y * b.y;
console.log(dot(point(1, 2), point(3, 4)), dot(point('2', 2), point(3, '4')), dot({ y: 1, x: 2 }, point(5, 6)), dot({}, {}));
console.log(dot({ get x() { return 7; }, y: 1 }, point(2, 2)), dot(Object.create(point(1, 1)), point(3, 4)));
try {
  dot(null, point(1, 1));
} catch (e) {
  console.log(e.message);
}
try {
  dot(point(1n, 1), point(1, 1));
} catch (e) {
  console.log(e.message);
}
console.log(dot(point(2n, 3n), point(4n, 5n)));

const order = [];
const noisy = (name, v) => ({ valueOf() { order.push(name); return v; } });
console.log(dot(point(noisy('ax', 1), noisy('ay', 2)), point(noisy('bx', 3), noisy('by', 4))), order.join());

function total(rows, key) {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += rows[i].value;
  return sum;
}
console.log(total([{ value: 1 }, { value: 2 }]), total([{ value: 1 }, { value: 'a' }, { value: 2 }]), total([{ value: 1 }, {}]), total('xy'));
console.log(total([{ value: 0.1 }, { value: 0.2 }, Object.freeze({ value: 3 })]), total(new Array(2).fill({ value: -0 })));

const grid = [[1, 2], [3, '4'], , [5]];
function cells(i, j) {
  try {
    return grid[i][j] * 2 + grid[i][j];
  } catch (e) {
    return e.message;
  }
}
for (const [i, j] of [[0, 1], [1, 1], [2, 0], [3, 1], [0, -1], [0, 0.5], [-1, 0], [0, 'length'], [0, 4294967296]]) console.log(i, j, cells(i, j));
const shifted = (list, i) => list[i - 1] + list[i + 1] - list[i % 2];
console.log(shifted([1, 2, 4, 8], 1), shifted([1, 2, 4, 8], 3), shifted([1, 2, 4, 8], 0), shifted([1, 2, 4, 8], 1.5));

class Counter {
  constructor() {
    this.n = 0;
    this.history = [0, 0];
  }
  bump(by) {
    this.n += by;
    this.n++;
    --this.n;
    this.history[1] += by;
    this.history[0]++;
    return this.n;
  }
}
const c = new Counter();
console.log(c.bump(1), c.bump(2.5), c.bump('x'), c.bump(1), c.history);
const locked = Object.freeze({ n: 1, history: [1, 2] });
try {
  Counter.prototype.bump.call(locked, 1);
} catch (e) {
  console.log(e.message);
}
const watched = { seen: [], get n() { return 5; }, set n(v) { this.seen.push(v); }, history: [1] };
console.log(Counter.prototype.bump.call(watched, 2), watched.seen.join(), watched.history.join());
const big = { n: 1n };
big.n++;
big.n += 2n;
console.log(big.n);
const missing = {};
missing.n++;
missing.m += 1;
missing.k -= 1;
console.log(missing);

let shared = 1;
const add = (n) => {
  shared += n;
  return shared * 2 - n;
};
console.log(add(2), add('3'), shared);
{
  const early = () => late * 2;
  try {
    early();
  } catch (e) {
    console.log(e.message);
  }
  let late = 4;
  late += 1;
  console.log(early());
}
const compare = (a, b) => a.price < b.price || a.name > b.name;
console.log(compare({ price: 1, name: 'a' }, { price: 2, name: 'b' }), compare({ price: '10', name: 'b' }, { price: '9', name: 'b' }), compare({ price: NaN }, { price: 1 }));
const bits = (o) => [o.a & 6, o.a | 1, o.a ^ o.b, o.a << 2, o.b >> 1, o.b >>> 28, ~o.a, -o.b, o.a % o.b, o.a / o.b];
console.log(bits({ a: 5, b: -7 }), bits({ a: '5', b: 2 ** 33 + 5 }), bits({ a: -5, b: 5 }));
var table = [3, 1, 2];
function lookup(i) {
  return table[table[i]] + table[i] * 10;
}
console.log(lookup(0), lookup(1), lookup(2), lookup(9));
table = 'abc';
console.log(lookup(1));
const lengths = (a, b) => (a.length < b.length ? -1 : a.length > b.length ? 1 : 0) + a.length * 100;
console.log(lengths([1], [1, 2]), lengths('abc', 'é'), lengths({ length: 3 }, [1]), lengths(new Uint8Array(2), 'abc'), lengths((a, b) => a, ''));
const huge = { n: Number.MAX_SAFE_INTEGER };
huge.n++;
huge.n++;
console.log(huge.n, huge.n - 1);
