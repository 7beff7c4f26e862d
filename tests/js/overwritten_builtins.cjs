// Built-ins that the program replaces, before and after fast ways have run.
const log = [];
const hot = (f) => { let r; for (let i = 0; i < 3; i++) r = f(); return r };
const tests = {
  toFixed: [Number.prototype, 'toFixed', () => (1.005).toFixed(2) + ' ' + ((n) => n.toFixed(1))(2.55)],
  'Number toString': [Number.prototype, 'toString', () => (255).toString(16) + ' ' + ((n) => n.toString())(7)],
  map: [Array.prototype, 'map', () => [1, 2].map((x) => x * 2)],
  filter: [Array.prototype, 'filter', () => [1, 2].filter((x) => x > 1)],
  forEach: [Array.prototype, 'forEach', () => { let s = 0; [1, 2].forEach((x) => { s += x }); return s }],
  reduce: [Array.prototype, 'reduce', () => [1, 2].reduce((a, b) => a + b, 0)],
  some: [Array.prototype, 'some', () => [1, 2].some((x) => x > 1)],
  every: [Array.prototype, 'every', () => [1, 2].every((x) => x > 1)],
  find: [Array.prototype, 'find', () => [1, 2].find((x) => x > 1)],
  findIndex: [Array.prototype, 'findIndex', () => [1, 2].findIndex((x) => x > 1)],
  flatMap: [Array.prototype, 'flatMap', () => [1, 2].flatMap((x) => [x, x])],
  sort: [Array.prototype, 'sort', () => [2, 1].sort((a, b) => a - b)],
  push: [Array.prototype, 'push', () => { const a = [1]; const r = a.push(2); return [r, a.length] }],
  pop: [Array.prototype, 'pop', () => { const a = [1]; return [a.pop(), a.length] }],
  shift: [Array.prototype, 'shift', () => { const a = [1]; return [a.shift(), a.length] }],
  slice: [Array.prototype, 'slice', () => [1, 2].slice(1)],
  join: [Array.prototype, 'join', () => [1, 2].join('-')],
  includes: [Array.prototype, 'includes', () => [1, 2].includes(2)],
  indexOf: [Array.prototype, 'indexOf', () => [1, 2].indexOf(2)],
  concat: [Array.prototype, 'concat', () => [1].concat([2])],
  at: [Array.prototype, 'at', () => [1, 2].at(-1)],
  trim: [String.prototype, 'trim', () => ' a '.trim() + ((s) => s.trim())(' b ')],
  split: [String.prototype, 'split', () => 'a,b'.split(',')],
  charCodeAt: [String.prototype, 'charCodeAt', () => 'abc'.charCodeAt(1) + ((s, i) => s.charCodeAt(i))('abc', 2)],
  charAt: [String.prototype, 'charAt', () => 'abc'.charAt(1)],
  'String slice': [String.prototype, 'slice', () => 'abc'.slice(1)],
  replace: [String.prototype, 'replace', () => 'abc'.replace('b', 'x')],
  toUpperCase: [String.prototype, 'toUpperCase', () => 'abc'.toUpperCase()],
  startsWith: [String.prototype, 'startsWith', () => 'abc'.startsWith('a')],
  padStart: [String.prototype, 'padStart', () => 'a'.padStart(3, '0')],
  repeat: [String.prototype, 'repeat', () => 'ab'.repeat(2)],
  'Map get': [Map.prototype, 'get', () => new Map([[1, 2]]).get(1)],
  'Map has': [Map.prototype, 'has', () => new Map([[1, 2]]).has(1)],
  'Map set': [Map.prototype, 'set', () => { const m = new Map(); m.set(1, 2); return m.size }],
  'Set add': [Set.prototype, 'add', () => { const s = new Set(); s.add(1); return s.size }],
  'Set has': [Set.prototype, 'has', () => new Set([1]).has(1)],
  'Map forEach': [Map.prototype, 'forEach', () => { let n = 0; new Map([[1, 2]]).forEach((v) => { n += v }); return n }],
  'Math floor': [Math, 'floor', () => Math.floor(1.5) + ((x) => Math.floor(x))(2.5)],
  'Math max': [Math, 'max', () => Math.max(1, 2) + ((x) => Math.max(x, 1))(2.5)],
  'Math sqrt': [Math, 'sqrt', () => Math.sqrt(4)],
  stringify: [JSON, 'stringify', () => JSON.stringify({ a: 1 })],
  parse: [JSON, 'parse', () => JSON.parse('{"a":1}').a],
  'Object keys': [Object, 'keys', () => Object.keys({ a: 1 })],
  'Object entries': [Object, 'entries', () => Object.entries({ a: 1 })],
  isArray: [Array, 'isArray', () => Array.isArray([])],
  'Array from': [Array, 'from', () => Array.from([1, 2], (x) => x * 2)],
  fromCharCode: [String, 'fromCharCode', () => String.fromCharCode(97)],
  isInteger: [Number, 'isInteger', () => Number.isInteger(1)],
  'global parseInt': [globalThis, 'parseInt', () => parseInt('12', 10)],
  'global String': [globalThis, 'String', () => String(12)],
  'global Number': [globalThis, 'Number', () => Number('12')],
  'global isNaN': [globalThis, 'isNaN', () => isNaN(NaN)],
  hasOwnProperty: [Object.prototype, 'hasOwnProperty', () => ({ a: 1 }).hasOwnProperty('a')],
  call: [Function.prototype, 'call', () => (function () { return this }).call(5)],
  apply: [Function.prototype, 'apply', () => Math.max.apply(null, [1, 2])],
  bind: [Function.prototype, 'bind', () => typeof (function () { return 1 }).bind(5)],
  test: [RegExp.prototype, 'test', () => /a/.test('abc')],
  exec: [RegExp.prototype, 'exec', () => /b/.exec('abc') && 'abc'.replace(/b/, 'x')],
  getTime: [Date.prototype, 'getTime', () => new Date(5).getTime()],
  then: [Promise.prototype, 'then', () => typeof Promise.resolve(1).then((x) => x)],
  'array iterator': [Array.prototype, Symbol.iterator, () => { let n = 0; for (const x of [1, 2]) n += x; const [a] = [7]; return [n, a, Math.max(...[3, 4])] }],
  'string iterator': [String.prototype, Symbol.iterator, () => { let n = ''; for (const x of 'ab') n += x; return n + [...'cd'].length }],
  'map iterator': [Map.prototype, Symbol.iterator, () => { let n = 0; for (const [k, v] of new Map([[1, 2]])) n += k + v; return n }],
  'iterator next': [Object.getPrototypeOf([][Symbol.iterator]()), 'next', () => { let n = 0; for (const x of [1, 2]) n += x; return [n, ...[5]] }],
};
const later = [];
for (const [name, [holder, key, run]] of Object.entries(tests)) {
  const before = hot(run);
  const own = holder[key];
  let calls = 0;
  holder[key] = typeof key === 'symbol' || key === 'next'
    ? function (...args) { calls++; return Reflect.apply(own, this, args) }
    : function () { calls++; return 'replaced' };
  let during, error;
  try { during = hot(run) } catch (e) { error = e.constructor === TypeError || e instanceof TypeError ? 'TypeError' : e }
  const count = calls;
  holder[key] = own;
  later.push([name, before, during, error, count, hot(run)]);
}
for (const [name, before, during, error, count, after] of later) {
  console.log(name, JSON.stringify(before), JSON.stringify(during), error === undefined ? '-' : String(error), count > 0, JSON.stringify(after) === JSON.stringify(before));
}
// Deleted, made an accessor, and shadowed on one object.
const trim = String.prototype.trim;
delete String.prototype.trim;
try { ' a '.trim() } catch (e) { console.log(e.message) }
Object.defineProperty(String.prototype, 'trim', { get() { return () => 'got' }, configurable: true });
console.log(' a '.trim());
Object.defineProperty(String.prototype, 'trim', { value: trim, writable: true, configurable: true });
console.log(' a '.trim() + '|');
const own = [1, 2]; own.map = () => 'own'; console.log(own.map((x) => x));
class L extends Array { map() { return 'subclass' } } console.log(L.from([1]).map((x) => x));
const m = new Map([[1, 2]]); m.get = () => 'own'; console.log(m.get(1));
