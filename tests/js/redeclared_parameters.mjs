function f(a, get = () => a) { var a; console.log(a, get()); a = 2; return [a, get()].join() }
console.log(f(1));
function g(a, set = v => { a = v }, get = () => a) { var a = 5; set(9); return [a, get()].join() }
console.log(g(1));
function h(a, get = () => a) { a = 2; return [a, get()].join() }
console.log(h(1));
function k(a, get = () => a) { function a() {} return [typeof a, get()].join() }
console.log(k(1));
function l(a, get = () => a) { for (var a of [7, 8]); return [a, get()].join() }
console.log(l(1));
function m({ a }, get = () => a) { var a = a + 1; return [a, get()].join() }
console.log(m({ a: 1 }));
function n(x = 1, ...rest) { var x, rest; return [x, rest.length].join() }
console.log(n(undefined, 1, 2));
function p(a, b = arguments.length) { var a; return [a, b].join() }
console.log(p(3));
function q(a, b = (() => { var a = 3; return a })()) { var a = 4; return [a, b].join() }
console.log(q(1));
function k0(a) { function a() {} return typeof a }
console.log(k0(1));
function k1({ a }) { function a() {} return typeof a }

function k2(a = 3) { function a() {} return typeof a }
console.log(k2(1));
function r1(a) { const t = typeof a; function a() { return 'fn' } return t + a() }
console.log(r1(1));
function r2(a) { a = 5; function a() {} return a }
console.log(r2(1));
function r3(x, y = () => x) { { function x2() {} } var x; { var x = 9 } return [x, y()].join() }
console.log(r3(1));
function r4() { function a() { return 1 } function a() { return 2 } return a() }
console.log(r4());
function r5(a, get = () => a) { return inner() + get(); function inner() { return a } var a }
console.log(r5('p'));
async function r6(a, get = () => a) { var a = await 3; return [a, get()].join() }
console.log(await r6(1));
function* r7(a, get = () => a) { var a = yield 3; yield [a, get()].join() }
{ const g = r7(1); g.next(); console.log(g.next(8).value) }
const r8 = (a, get = () => a) => { var a = 2; return [a, get()].join() };
console.log(r8(1));
function r9({ a = 1, get = () => a }) { var a = 2; return [a, get()].join() }
console.log(r9({}));
function r10(...[a, get = () => a]) { var a = 2; return [a, get()].join() }
console.log(r10(1));
function r11(f = () => f) { var f; return typeof f + (f() === f) }
console.log(r11());
