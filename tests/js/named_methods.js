"use strict";
// Methods the runtime knows by name, on receivers of all kinds, and with the built-ins replaced.
const get = (v, k) => v.get(k);
const has = (v, k) => v.has(k);
const set = (v, k, x) => v.set(k, x);
const add = (v, x) => v.add(x);
const push = (v, x) => v.push(x);

const m = new Map([['a', 1], [NaN, 2], [-0, 3]]);
console.log(get(m, 'a'), get(m, NaN), get(m, 0), get(m, -0), get(m, 'x'), has(m, 'a'), has(m, 'b'), set(m, 'b', 5) === m, m.size);
const s = new Set(['a']);
console.log(has(s, 'a'), has(s, 'b'), add(s, 'b') === s, s.size, [...s].join());
for (const k of ['short', 'longer than seven', 'é', '', 'a' + 'b', 'x'.repeat(7), 'x'.repeat(8), 1, '1', 1n, null, undefined, true, Symbol.iterator]) {
  m.set(k, String(k));
  console.log(get(m, k), has(m, k));
}
const part = 'prefix-ab'.slice(7);
console.log(get(m, part), get(m, ['a', 'b'].join('')), get(m, 'xxxxxxxx'.slice(1)));
const own = { get: (k) => 'got ' + k, has: () => 'had', set: (k, v) => k + v, add: (x) => 'added ' + x, push: (x) => 'pushed ' + x };
console.log(get(own, 'k'), has(own, 1), set(own, 1, 2), add(own, 3), push(own, 4));
class Cached extends Map {
  get(k) {
    return 'cached ' + super.get(k);
  }
}
console.log(get(new Cached([[1, 2]]), 1), has(new Cached([[1, 2]]), 1), set(new Cached(), 1, 2) instanceof Cached);
const odd = new Map([[1, 'one']]);
odd.get = () => 'own';
console.log(get(odd, 1), has(odd, 1));
const weak = new WeakMap();
const key = {};
console.log(set(weak, key, 7) === weak, get(weak, key), has(weak, key), get(weak, {}));
for (const bad of [null, undefined, 1, 'text', {}, [], new Set()]) {
  for (const f of [get, set]) {
    try {
      console.log(f(bad, 1, 2));
    } catch (e) {
      console.log(e.constructor.name);
    }
  }
}
const list = [];
console.log(push(list, 'a'), push(list, undefined), list);
class Loud extends Array {
  push(...items) {
    return super.push(...items.map((i) => i + '!'));
  }
}
const loud = new Loud();
console.log(push(loud, 'x'), [...loud]);
for (const fixed of [Object.freeze([]), Object.seal([1]), Object.preventExtensions([])]) {
  try {
    push(fixed, 1);
  } catch (e) {
    console.log(e.name);
  }
}
console.log(Array.prototype.push.call({ length: 2, 0: 'a' }, 'b'));
console.log(Math.imul(2 ** 32 + 3, '5'), Math.clz32(1), Math.hypot(3, 4), Math.max('3', 2), Math.min(), Math.max(1, NaN), Math.atan2(1, '1'), Math.sign(-0), Math.fround(0.1), Math.round(-0.5), Math.round(2.5));
const asked = [];
const num = (n) => ({ valueOf() { asked.push(n); return n; } });
console.log(Math.max(num(1), (asked.push('second'), num(2))), asked.join());
try {
  Math.abs(1n);
} catch (e) {
  console.log(e.message);
}
console.log([2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31) - 1, 2 ** 63, 2 ** 64 + 2 ** 13, -(2 ** 70), NaN, Infinity, -1.9, 4294967295.5].map((n) => [n | 0, n >>> 0, ~n].join()).join(' '));

// Generators in loops, and loops that meet changed ones.
function* numbers(n) {
  try {
    for (let i = 0; i < n; i++) yield i;
    return 'end';
  } finally {
    console.log('closed');
  }
}
console.log([...numbers(3)], Math.max(...numbers(4)), Array.from(numbers(2)));
for (const x of numbers(5)) if (x === 1) break;
const [first] = numbers(2);
console.log(first);
const patched = numbers(2);
patched.next = () => ({ done: true });
for (const x of patched) console.log('never', x);
const counting = numbers(2);
const original = Object.getPrototypeOf(Object.getPrototypeOf(counting)).next;
let calls = 0;
Object.getPrototypeOf(counting).next = function (...args) {
  calls++;
  return original.apply(this, args);
};
for (const x of counting);
console.log(calls);
delete Object.getPrototypeOf(counting).next;
function* failing() {
  yield 1;
  throw new Error('inside');
}
try {
  for (const x of failing()) console.log(x);
} catch (e) {
  console.log(e.message);
}
const self = (function* () {
  for (const x of self) yield x;
})();
try {
  self.next();
} catch (e) {
  console.log(e.message);
}

// Names made at run time.
const bag = {};
for (const name of ['a', 'toString', 'length', '0', '01', '-1', 'x'.repeat(9), '__own', 'é', '', 'constructor']) {
  bag[name] = (bag[name] ?? '') + name;
  const made = name.slice(0, 1) + name.slice(1);
  bag[made] += '+';
}
console.log(Object.keys(bag).join('|'), Object.values(bag).join('|'));
console.log(['b', 'B', 'a', 'A', 'ab', 'a b', 'a-b', '_', '1', '10', '2', 'Z', 'z', '~', '', 'aB', 'Ab'].sort((x, y) => x.localeCompare(y)).join(' < '));

Map.prototype.get = function () { return 'replaced'; };
Set.prototype.add = function () { return 'not added'; };
console.log(get(m, 'a'), add(s, 'c'), s.size);
Array.prototype.push = function (x) { return 'no push of ' + x; };
console.log(push(list, 1), list.length);
