// `msgpack-lite` as the guide uses it, and each kind of value.
import msgpack from 'msgpack-lite';

let cases = 0;
function attempt(label, run) {
  cases += 1;
  let outcome;
  try { outcome = JSON.stringify(run()); } catch (error) { outcome = `${error.name}: ${error.message}`; }
  console.log(`${label} => ${outcome}`);
}

const product = { success: true, data: [{ id: 1, name: 'é', price: 1.5, tags: ['a', null], big: 2 ** 40, neg: -5 }] };
const values = [
  product, null, undefined, true, false, 0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -32, -33, -128, -129, -32768, -32769, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53 - 1), 1.5, -0.1, NaN, Infinity, '',
  'a', 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(70000), 'ä€😀', [], [1, [2, [3]]], Array(15).fill(1), Array(16).fill(1), {}, { a: { b: {} } }, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])),
  Buffer.from([0, 255]), Buffer.alloc(300, 7), new Uint8Array([1, 2]), new Date(784111777000),
];
for (const value of values) {
  attempt(`encode ${JSON.stringify(value)?.slice(0, 40)}`, () => { const hex = msgpack.encode(value).toString('hex'); return hex.length > 200 ? [hex.slice(0, 40), hex.length] : hex; });
  attempt('decode', () => { const text = JSON.stringify(msgpack.decode(msgpack.encode(value))); return text && text.length > 200 ? text.length : text; });
}
for (const hex of ['c1', '92', 'a5', 'd9ff61', 'dd00000001', 'ca3fc00000', 'c403000102', 'd40105', '81a16101']) attempt(`bytes ${hex}`, () => msgpack.decode(Buffer.from(hex, 'hex')));
console.log(`${cases} cases`);
