// What runs no code of the app is written by a shorter way; every step off it must give the same text.
const show = (name, make) => {
  let text;
  try {
    text = JSON.stringify(make());
  } catch (e) {
    text = `${e.name}: ${e.message}`;
  }
  console.log(name, text);
};
const date = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250));
const item = (i) => ({ id: i, name: `n "${i}" \\ \u0001\n é 😀`, price: i + 0.5, tags: ['a', null, undefined, () => 1, Symbol('s')], gone: undefined, f() {}, when: date });
show('list', () => [1, 2, 3].map(item));
show('undefined first', () => ({ a: undefined, b: 1, c: undefined }));
show('only undefined', () => ({ a: undefined }));
show('empty', () => [{}, [], '', 0, -0, NaN, Infinity, -1.5, 1e21, 1e-7, 0.1, 123456.789, -0.001, 2 ** 31, -(2 ** 31), true, false, null]);
show('holes', () => [1, , 3]);
show('keys', () => ({ 'a"b': 1, 'c\n': 2, 10: 'ten', 2: 'two', '': 'none', '</script>': 1, __proto__: { x: 1 }, y: 2 }));
show('symbols', () => ({ [Symbol('a')]: 1, b: 2 }));
show('bigint', () => ({ a: 1n }));
show('surrogate', () => ['\ud800', 'x\udc00y', '\ud83d\ude00']);
show('boxed', () => [new String('s'), new Number(3), new Boolean(false), Object(Symbol('x'))]);
show('map and set', () => [new Map([[1, 2]]), new Set([1]), new (class A { x = 1; #y = 2; })(), /x/, new Error('e'), Object.create(null)]);
show('null prototype', () => Object.assign(Object.create(null), { a: 1 }));
show('getter', () => ({ a: 1, get b() { return 2; } }));
show('hidden', () => Object.defineProperty({ a: 1 }, 'h', { value: 2, enumerable: false }));
show('frozen', () => Object.freeze({ a: [Object.freeze([1])] }));
show('proxy', () => new Proxy({ a: 1 }, { get: (t, k) => (k === 'toJSON' ? undefined : 'through') }));
show('toJSON', () => ({ a: { toJSON: (k) => `key ${k}` }, b: [{ toJSON() { return this.v; }, v: 7 }] }));
show('invalid date', () => [new Date(NaN), date]);
show('dates of their own', () => [Object.assign(new Date(0), { toJSON: () => 'own' }), new (class extends Date { toJSON() { return 'sub'; } })(0), Object.assign(new Date(0), { x: 1 })]);
show('array with a property', () => Object.assign([1], { x: 2, toJSON: undefined }));
show('array with toJSON', () => Object.assign([1], { toJSON: () => 'array' }));
show('subclass of Array', () => (class L extends Array {}).from([1, 2]));
show('arguments', () => (function () { return arguments; })(1, 2));
show('circle', () => { const a = { x: [1, {}] }; a.x[1].a = a; return a; });
show('deep', () => { let v = { end: 1 }; for (let i = 0; i < 200; i++) v = i % 2 ? [v] : { v }; return v; });
show('shared', () => { const s = { v: 1 }; return [s, s, { s }]; });
show('many keys', () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i])));
const deleted = { a: 1, b: 2, c: 3 };
delete deleted.b;
show('deleted', () => deleted);
show('typed', () => ({ u: new Uint8Array([1, 2]), buffer: new ArrayBuffer(2) }));

const same = { a: 1, at: date, list: [1] };
show('before', () => same);
Date.prototype.toISOString = () => 'changed';
show('toISOString changed', () => same);
Date.prototype.toJSON = () => 'date';
show('Date.prototype.toJSON changed', () => same);
Object.prototype.toJSON = function () { return this === same ? { its: 'own' } : this; };
show('Object.prototype.toJSON', () => same);
delete Object.prototype.toJSON;
show('and gone', () => same);
Array.prototype.toJSON = () => 'list';
show('Array.prototype.toJSON', () => same);
delete Array.prototype.toJSON;
const proto = { p: 1 };
const child = Object.create(proto, { own: { value: 1, enumerable: true, writable: true, configurable: true } });
show('prototype without', () => child);
proto.toJSON = () => 'from the prototype';
show('prototype with', () => child);
