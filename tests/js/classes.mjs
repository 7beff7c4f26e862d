class A {
  #secret = 1; static #made = 0; static registry = new Map();
  pub = this.#secret + 1; ['comp' + 'uted'] = 'c';
  constructor(name) { this.name = name; A.#made++; A.registry.set(name, this); }
  get secret() { return this.#secret; } set secret(v) { this.#secret = v * 2; }
  #hidden() { return `hidden ${this.#secret}`; } reveal() { return this.#hidden(); }
  static get made() { return A.#made; }
  static create(...a) { return new this(...a); }
  static has(o) { return #secret in o; }
  static { this.ready = 'static block'; }
  toString() { return `A(${this.name})`; }
}
class B extends A {
  extra = super.toString.name; #secret = 'own';
  constructor(...rest) { super(...rest); this.kind = new.target.name; }
  toString() { return `B<${super.toString()}>`; }
  get secret() { return 'b' + super.secret; } set secret(v) { super.secret = v + 1; }
  both() { return [this.#secret, super.secret]; }
  static create(n) { return super.create(n + '!'); }
}
const a = new A('x'), b = B.create('y');
console.log(String(a), `${b}`, a.pub, a.computed, b.extra, b.kind, A.made, B.made);
a.secret = 5; b.secret = 5; console.log(a.secret, b.secret, b.both(), a.reveal());
console.log(A.has(a), A.has(b), A.has({}), A.ready, B.registry === A.registry, [...A.registry.keys()]);
console.log(Object.keys(b), b instanceof A, Object.getPrototypeOf(B) === A, typeof A, A.name, A.length, B.length);
for (const f of [() => A(), () => new (class extends A { constructor() { } })(), () => A.prototype.reveal.call({}), () => { class X extends null { } new X(); }, () => { class Y extends 5 { } }])
  try { f(); console.log('no'); } catch (e) { console.log(e.constructor.name, e.message); }
console.log(Object.getOwnPropertyNames(A.prototype), Object.getOwnPropertyNames(A).filter((n) => n !== 'prototype'));
const mixin = (Base) => class extends Base { mixed() { return 'mixed ' + this.name; } };
class C extends mixin(A) { } console.log(new C('z').mixed(), C.name);
const Anonymous = class { who = Anonymous.name; }; console.log(new Anonymous().who);
class Lazy { fn = () => this.v; v = 3; static x = Lazy.y ?? 'none'; static y = 1; } const { fn } = new Lazy(); console.log(fn(), Lazy.x);
class Ret { constructor(o) { return o; } } console.log(new Ret({ q: 1 }).q, new Ret(3) instanceof Ret);
class Stamp extends Ret { #s = 'stamped'; static read(o) { return o.#s; } } const plain = {}; new Stamp(plain); console.log(Stamp.read(plain));
class Acc { static get [Symbol.species]() { return 'sp'; } get ['a' + 1]() { return 11; } } console.log(Acc[Symbol.species], new Acc().a1);
console.log(new (class { constructor() { this.t = new.target === undefined; } })().t, (function () { return new.target; })());
class Meth { a() { } async b() { } *c() { } async *d() { } } for (const k of 'abcd') console.log(k, Meth.prototype[k].constructor.name, 'prototype' in Meth.prototype[k]);
