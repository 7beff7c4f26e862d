class Animal { static count = 0; static #secret = 7; name; #age = 3; ['comp' + 'uted'] = 1; constructor(name) { this.name = name; Animal.count++; } speak() { return `${this.name} makes a sound`; } get age() { return this.#age; } set age(v) { this.#age = v; } static create(n) { return new this(n); } static get secret() { return Animal.#secret; } #priv() { return 'p' + this.#age; } callPriv() { return this.#priv(); } static isAnimal(o) { return #age in o; } toString() { return `Animal(${this.name})`; } static { this.ready = true; } *[Symbol.iterator]() { yield this.name; yield this.#age; } }
class Dog extends Animal { tricks = []; speak() { return super.speak() + ' (woof)'; } add(t) { this.tricks.push(t); return this; } get age() { return super.age * 7; } static create(n) { const d = super.create(n); d.made = true; return d; } }
const d = Dog.create('Rex'); d.add('sit').add('roll'); console.log(d, d.speak(), d.age, Animal.count, Animal.secret, Animal.ready, Animal.isAnimal(d), Animal.isAnimal({}), `${d}`, [...d]);
const a = new Animal('Cat'); a.age = 10; console.log(a.age, a.callPriv(), a.computed, Object.getOwnPropertyNames(Animal.prototype), a.constructor === Animal, Dog.name, Dog.length, typeof Dog);
const Mixin = Base => class extends Base { mixed() { return 'mixed ' + this.name; } }; class M extends Mixin(Animal) { } console.log(new M('m').mixed(), new M('z') instanceof Animal);
class Stack extends Array { top() { return this[this.length - 1]; } } const s = new Stack(); s.push(1, 2, 3); console.log(s.top(), s.length, s instanceof Array, Array.isArray(s));
const o = { a: 1, get b() { return this.a + 1; }, set b(v) { this.a = v; }, ['x' + 1]: 'y', m() { return super.toString === Object.prototype.toString; }, async am() { return 1; }, *gm() { yield 1; }, 'quoted-key': 2, 3: 'three' }; o.b = 10; console.log(o, o.b, o.m());
const base = { hi() { return 'base'; } }; const derived = { __proto__: base, hi() { return super.hi() + '+derived'; } }; console.log(derived.hi(), Object.getPrototypeOf(derived) === base);
class Lazy { static #cache = new Map(); static get(k, f) { if (!Lazy.#cache.has(k)) Lazy.#cache.set(k, f()); return Lazy.#cache.get(k); } } console.log(Lazy.get('a', () => 1), Lazy.get('a', () => 2));
class Fields { a = 1; b = this.a + 1; f = () => this.b; static s = Fields.name + '!'; } const f = new Fields(); console.log(f.f.call(null), Fields.s, f);
class P { constructor() { return { custom: true }; } } console.log(new P()); class Q extends P { x = 1; } console.log(new Q());
console.log(new.target === undefined, (function () { return new.target; })(), new (function F() { this.t = new.target === F; })().t);
const { x = 5, ...others } = { y: 1, z: 2 }; console.log(x, others); const { length } = 'hello'; console.log(length);
console.log({ ...{ a: 1, b: 2 }, b: 3, ...null, ...'hi', ...[9] });
delete o.a; console.log('a' in o, o?.nothing?.deep, o.nothing?.(), o.m?.(), Object.entries({ q: 1, w: 2 }));
class Temp { static #n = 0; static next() { return ++Temp.#n; } static get [Symbol.species]() { return Array; } } console.log(Temp.next(), Temp.next());
class Chain { v = 0; add(n) { this.v += n; return this; } static of(...a) { return a.reduce((c, n) => c.add(n), new Chain()); } } console.log(Chain.of(1, 2, 3).v);
