{a: 1, b: 'x', c: [1, 2, 3], d: {e: {f: {g: 1}}}}
[1, , 3, , ,]
[undefined, null, true, -0, 1n, 'it\'s', "a\"b'", 'new\nline']
{'a-b': 1, 2: 3, _x: 4, 'ü': 5}
{a: x => x, b: Math.max, c: class1 => 1}
[Map, Date, Symbol.iterator, /x/g]
{f: Array.prototype.map}
Array.from({length: 120}, (v, i) => i)
Array.from({length: 30}, (v, i) => 'item' + i)
Array.from({length: 7}, (v, i) => i * 1000)
Array.from({length: 26}, (v, i) => ({id: i}))
{long1: 'aaaaaaaaaaaaaaaaaaaaaaaaa', long2: 'bbbbbbbbbbbbbbbbbbbbbbbbbb', long3: 'cccccccccccc'}
{a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', b: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}
{a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', b: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}
{a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', b: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'}
(o => (o.self = o) && o)({n: 1})
(o => (o.a.b = o) && o)({a: {}})
new Map([['a', {b: 1}], [{c: 2}, [1, 2]]])
new Map([['a', new Map([['b', new Map([['c', new Map([[1, 2]])]])]])]])
new Set([[1, 2], {a: 1}])
new Set()
Object.create(null)
Object.assign(Object.create(null), {a: 1})
Object.create({})
Object.defineProperty({}, 'x', {get: () => 1, enumerable: true})
Object.defineProperty({}, 'x', {set: v => 1, enumerable: true})
Object.defineProperty({}, 'hidden', {value: 1})
[new Number(3), new String('abc'), new Boolean(true), Object(Symbol('q')), Object(5n)]
Object.assign([1, 2], {extra: true})
Object.assign(x => 1, {a: 1})
{[Symbol('s')]: 1, [Symbol.iterator]: 2}
new Map().entries()
new Map([['a', 1]]).entries()
new Set([1]).keys()
new Set([1])[Symbol.iterator]
[[[[[1]]]]]
{a: {b: {c: {}}}}
{a: {b: {c: []}}}
{a: {b: {c: [1]}}}
{a: {b: {c: new Map([[1, 2]])}}}
{a: {b: {c: new Date(0)}}}
{data: [{id: 1, name: 'Alice', tags: ['a', 'b']}, {id: 2, name: 'Bob', tags: []}], total: 2}
'top level string'
'both \' and " and `'
[1.5, 2.25, 3, 1000000, -1, 0, 7]
['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg']
[true, false, true, false, true, false, true]
[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12], [13, 14]]
{x: undefined, y: null, z: NaN}
{a: 'x\ny'}
JSON
Math
Reflect
globalThis === globalThis
new Proxy({a: 1}, {})
new Proxy([1], {})
Promise.resolve(4)
Promise.resolve({a: 1})
new WeakMap()
new WeakSet()
new WeakRef({a: 1})
[function1 => 1]
{'\u0001': '\u001b\u007f'}
{msg: 'some very long text that goes on and on and on until it has to be broken somewhere\nsecond line'}
Array(3)
Array(200).fill(0)
[Symbol('a'), Symbol()]
Object.assign(/x/, {y: 1})
Object.assign(new Date(0), {y: 1})
