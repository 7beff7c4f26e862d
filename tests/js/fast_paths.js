"use strict";
// What the fast paths of generated code must not change: each case first makes a cache or a fast path learn, then breaks its assumption.
function sumTo(from, to) {
  let n = 0;
  for (let i = from; i <= to; i++) n++;
  return n;
}
console.log(sumTo(2147483640, 2147483647), sumTo(1, 10), sumTo(5, 4));

function afterwards(to) {
  let i;
  for (i = 2147483645; i <= to; i++);
  return i;
}
console.log(afterwards(2147483647));

function remainders() {
  const out = [];
  for (let i = -4; i < 5; i++) {
    const rest = i % 4;
    out.push(Object.is(rest, -0) ? '-0' : rest);
    if (i % 2 === 0) out.push('even');
    if (i % 3) out.push('no third');
    if (i % 4 < 1) out.push('<1');
    out.push('' + (i % 4), 1 / (i % 2), ['a', 'b', 'c'][i % 3]);
  }
  return out.join(' ');
}
console.log(remainders());

function units(text) {
  let found = '';
  for (let i = -1; i <= text.length; i++) {
    if (text.charCodeAt(i) === 44) found += 'c';
    if (text.charCodeAt(i) !== 44) found += 'n';
    if (text[i] === ',') found += 'C';
    if (text[i] == 'é') found += 'E';
    if (text[i] !== '😀'[0]) found += 'w';
    found += text.charCodeAt(i) + (text[i] === undefined ? '?' : text[i]);
  }
  return found;
}
console.log(units('a,b'), units('é,ü' + String(1)), units('😀,'));

function grown(n) {
  let text = '';
  for (let i = 0; i < n; i++) {
    text += text.length + ':' + i + `,${text.length}`;
    text += `[${i}]`;
  }
  return text;
}
console.log(grown(4));
const thrower = { toString() { throw new Error('no text'); } };
function kept() {
  let text = 'before';
  try {
    text += 'a' + thrower;
  } catch (e) {
    text += e.message;
  }
  try {
    text += `b${thrower}`;
  } catch (e) {
    text += e.message;
  }
  return text;
}
console.log(kept());
const halves = ['\ud83d', '\ude00'];
let whole = '';
for (const half of halves) whole += half + '';
console.log(whole, whole.length, ('x' + halves[0] + halves[1] + 'y').length);

// Properties: many shapes at one site, getters, prototypes that change.
class Base {
  get kind() {
    return 'base ' + this.n;
  }
  area() {
    return this.n;
  }
}
class Left extends Base {
  constructor(n) {
    super();
    this.n = n;
  }
}
class Right extends Base {
  constructor(n) {
    super();
    this.extra = true;
    this.n = n;
  }
  area() {
    return this.n * 2;
  }
}
const mixed = [new Left(1), new Right(2), new Left(3), { n: 4, kind: 'plain', area: () => 9 }, Object.create({ kind: 'inherited', area: () => 7 })];
const show = () => mixed.map((m) => m.kind + '/' + m.area()).join(' ');
console.log(show());
console.log(show());
Object.defineProperty(Base.prototype, 'kind', { get() { return 'new'; }, configurable: true });
console.log(show());
Object.defineProperty(mixed[0], 'kind', { value: 'own' });
console.log(show());
Object.defineProperty(Base.prototype, 'kind', { value: 'data', configurable: true });
console.log(show());
delete Base.prototype.kind;
console.log(show());
Base.prototype.area = () => 'replaced';
delete Right.prototype.area;
console.log(show());
Object.setPrototypeOf(mixed[0], { area: () => 'other' });
console.log(show());
const setterOnly = { set kind(v) {}, area: () => 1 };
mixed.push(setterOnly);
console.log(show());
const counts = { get calls() { this.n++; return this.n; }, n: 0 };
for (let i = 0; i < 3; i++) counts.calls;
console.log(counts.n);
const prim = (v) => v.tag;
Object.defineProperty(Number.prototype, 'tag', { get() { return typeof this + this; }, configurable: true });
console.log(prim(1), prim(2), prim({ tag: 3 }), prim([]));

// Typed arrays.
const bytes = new Uint8Array(4);
for (let i = -1; i < 6; i++) bytes[i] = 255 + i;
bytes[1.5] = 9;
bytes[-0] = 3.7;
console.log([...bytes], bytes.length, bytes[4], bytes[1.5], bytes['0']);
bytes[2] = '7';
bytes[3] = { valueOf: () => 8 };
console.log(bytes.join());
const clamped = new Uint8ClampedArray(3);
clamped[0] = 300; clamped[1] = 1.5; clamped[2] = NaN;
const floats = new Float32Array(2);
floats[0] = 0.1; floats[1] = -0;
const bigs = new BigInt64Array(1);
try {
  bigs[0] = 1;
} catch (e) {
  console.log(e.name);
}
bigs[0] = 5n;
console.log(clamped.join(), floats[0], Object.is(floats[1], -0), bigs[0]);
const sized = new Int16Array(3);
const size = () => sized.length;
console.log(size(), size());
Object.defineProperty(Int16Array.prototype, 'length', { value: 'shadowed', configurable: true });
console.log(size());
delete Int16Array.prototype.length;
Object.defineProperty(sized, 'length', { value: 'own', configurable: true });
console.log(size());

// Construction: the prototype is read each time.
function Made() {}
const make = () => new Made();
make();
Made.prototype = { hello: 'changed' };
console.log(make().hello);

// Elements: holes, inherited elements, frozen and grown arrays.
const holes = [1, , 3];
const at = (list, i) => list[i];
console.log(at(holes, 0), at(holes, 1), at(holes, 9), at(holes, -1), at('text', 2), at(holes, 0.5), at({ 1: 'one' }, 1));
const put = (list, i, v) => { list[i] = v; return list.length; };
const grow = [];
console.log(put(grow, 0, 'a'), put(grow, 1, 'b'), put(grow, 5, 'c'), put(grow, -1, 'd'), grow);
try {
  put(Object.freeze([1]), 0, 2);
} catch (e) {
  console.log(e.message);
}
Array.prototype[1] = 'proto';
console.log(at(holes, 1));
delete Array.prototype[1];
