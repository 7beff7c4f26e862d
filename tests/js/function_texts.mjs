// Functions answer their source text; what lies between them does not matter.
const secret = 'between';
export function helper(a, b = 2) { /* é */ return a + b }
const arrow = (x) => x * 2, gen = function* named() { yield 1 };
class C { static s = 1; #p = 2; m(a) { return () => a } get x() { return this.#p } }
const o = { method() { return secret }, async am() {}, get g() { return 1 } };
console.log(String(helper), `${arrow}`, gen + '', C.toString());
console.log(o.method.toString(), o.am.toString(), Object.getOwnPropertyDescriptor(o, 'g').get.toString());
console.log(new C().m(1).toString(), C.prototype.m.toString(), [1, 2].map((n) => String(n)).join(), (() => 'é').toString());
