// What a chain of objects does not have is remembered; all that can make it appear must be seen.
const read = (o) => o.maybe;
const seen = [];
const note = (...values) => seen.push(values.map(String).join(' '));

// An own property, a prototype's, Object.prototype's.
const plain = { a: 1 };
for (let i = 0; i < 5; i++) note(read(plain), read({ a: 2 }));
plain.maybe = 'own';
note(read(plain), read({ a: 2 }));
Object.prototype.maybe = 'everywhere';
note(read(plain), read({ a: 2 }), read([]), read(() => 0), read(new Map()), read(new Date(0)));
delete Object.prototype.maybe;
note(read(plain), read({ a: 2 }), read([]), read(() => 0));

class Base {}
class Derived extends Base { b = 1; }
const d = new Derived();
for (let i = 0; i < 5; i++) note(read(d));
Base.prototype.maybe = 'base';
note(read(d), read(new Derived()));
delete Base.prototype.maybe;
note(read(d));
Object.defineProperty(Derived.prototype, 'maybe', { get() { return this.b + 1; }, configurable: true });
note(read(d));
delete Derived.prototype.maybe;
Object.setPrototypeOf(d, { maybe: 'other' });
note(read(d), read(new Derived()));

// Objects that make up what they are asked for.
const proxy = new Proxy({}, { get: (_, name) => `made ${String(name)}` });
note(read(proxy), read(Object.create(proxy)), read(proxy));
const below = Object.create(new Proxy({}, { get: (_, name) => (name === 'maybe' ? seen.length : undefined) }));
note(read(below));
seen.push('more');
note(read(below));

// Functions get `name` and `prototype` late.
const nameOf = (f) => f.name;
note(nameOf({}), nameOf(function late() {}), nameOf({}), nameOf(class Late {}));
const prototypeOf = (f) => typeof f.prototype;
note(prototypeOf({}), prototypeOf(function () {}), prototypeOf(() => 0), prototypeOf({}));
const lengthOf = (o) => o.length;
note(lengthOf({}), lengthOf([1, 2]), lengthOf((a, b) => a), lengthOf('four'), lengthOf(new String('boxed')), lengthOf({ length: 7 }));

// Promises look for `then` on what they are resolved with.
const results = [];
for (const value of [{ x: 1 }, [1], { x: 2 }]) results.push(await Promise.resolve(value));
Object.prototype.then = function (resolve) { delete Object.prototype.then; resolve('thenable'); };
results.push(await (async () => ({ x: 3 }))());
results.push(await (async () => ({ x: 4 }))());
note(JSON.stringify(results));

// Primitives.
note(read('text'), read(1), read(true));
String.prototype.maybe = 'string';
Number.prototype.maybe = 'number';
note(read('text'), read(1), read(true));
delete String.prototype.maybe;
delete Number.prototype.maybe;
note(read('text'), read(1));

// Frozen, dictionaries, arrays with names.
const frozen = Object.freeze({ z: 1 });
note(read(frozen));
const many = {};
for (let i = 0; i < 200; i++) many[`k${i}`] = i;
note(read(many));
many.maybe = 'of many';
note(read(many));
const list = [1, 2];
note(read(list));
list.maybe = 'of a list';
note(read(list), read([3]));

// The global object, also when it gets names late.
note(typeof globalThis.lateName, Array.isArray([]), Math.max(1, 2));
globalThis.lateName = 5;
note(globalThis.lateName, lateName);
for (let i = 0; i < 100; i++) globalThis[`late${i}`] = i;
note(late7, late99, globalThis.late50, typeof Array);
delete globalThis.late7;
note(typeof late7, 'late7' in globalThis, late8);
const before = globalThis.Math;
globalThis.Math = { max: () => 'mine' };
note(Math.max(1, 2));
globalThis.Math = before;
note(Math.max(1, 2));

// Private names.
class Counter {
  #n = 0;
  #step;
  #twice() { return this.#n * 2; }
  get #odd() { return this.#n % 2 === 1; }
  set #next(v) { this.#n = v; }
  constructor(step) { this.#step = step; }
  go() { this.#n += this.#step; return this; }
  skip() { this.#next = 100; return this; }
  show() { return [this.#n, this.#step, this.#twice(), this.#odd].join(); }
  static has(o) { return #n in o; }
  static steal(o) { return o.#n; }
  static put(o) { o.#n = 1; }
  static setMethod(o) { o.#twice = 1; }
  static readSetter(o) { return o.#next; }
}
const c = Object.freeze(new Counter(3));
note(c.go().show(), new Counter(1).go().show(), c.skip().show(), Counter.has(c), Counter.has({}));
for (const f of [() => Counter.steal({}), () => Counter.put({}), () => Counter.setMethod(c), () => Counter.readSetter(c), () => Counter.steal(1)]) {
  try { f(); note('no error'); } catch (e) { note(e.name, e.message); }
}
class Returns { constructor(o) { return o; } }
class Stamp extends Returns { #mark = 'marked'; static of(o) { return o.#mark; } }
const target = {};
for (let i = 0; i < 10; i++) target[`p${i}`] = i;
new Stamp(target);
note(Stamp.of(target), Object.keys(target).length);
try { new Stamp(target); } catch (e) { note(e.name, e.message); }
const dictionary = { x: 1 };
for (let i = 0; i < 200; i++) dictionary[`k${i}`] = i;
new Stamp(dictionary);
Object.freeze(dictionary);
note(Stamp.of(dictionary), Object.isFrozen(dictionary), Object.isFrozen(c));
try { new Stamp(dictionary); } catch (e) { note(e.name, e.message); }

// Copies, also into objects that have the names already.
const base = { a: 1, b: 2 };
note(JSON.stringify({ ...base, a: 3, ...{ b: 4, c: 5 } }), JSON.stringify({ a: 0, ...base }));
const { a, ...rest } = { ...base, d: [1] };
note(a, JSON.stringify(rest));

for (const line of seen) console.log(line);
