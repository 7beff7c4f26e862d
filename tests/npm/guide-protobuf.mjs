import protobuf from 'protobufjs';
import { writeFileSync } from 'node:fs';

let cases = 0;
const show = (label, run) => {
  cases += 1;
  try { console.log(label, JSON.stringify(run())); } catch (e) { console.log(label, e.name, e.message); }
};

// As the guide uses it.
const file = '/tmp/puremix-guide-schema.proto';
writeFileSync(file, 'syntax = "proto3";\nmessage Product { int32 id = 1; string name = 2; double price = 3; repeated string tags = 4; }\nmessage ProductList { repeated Product products = 1; }\n');
const root = protobuf.loadSync(file);
const ProductList = root.lookupType('ProductList');
const products = [{ id: 1, name: 'é', price: 1.5, tags: ['a', 'b'] }, { id: 2 ** 31 - 1, name: '', price: -0.5, tags: [] }];
const message = ProductList.create({ products });
const buffer = ProductList.encode(message).finish();
show('encode', () => Buffer.from(buffer).toString('hex'));
show('decode', () => ProductList.toObject(ProductList.decode(buffer)));

// Every kind of field.
const { root: all } = protobuf.parse(`
syntax = "proto3";
enum Color { RED = 0; GREEN = 1; BLUE = 5; }
message Inner { string text = 1; Inner next = 2; }
message Every {
  double d = 1; float f = 2; int32 i32 = 3; int64 i64 = 4; uint32 u32 = 5; uint64 u64 = 6; sint32 s32 = 7; sint64 s64 = 8;
  fixed32 x32 = 9; fixed64 x64 = 10; sfixed32 y32 = 11; sfixed64 y64 = 12; bool b = 13; string s = 14; bytes raw = 15;
  Color color = 16; Inner inner = 17; repeated int32 numbers = 18; repeated Inner inners = 19; map<string, int32> counts = 20; map<int32, Inner> byId = 21;
  oneof choice { string left = 22; int32 right = 23; } repeated Color colors = 24; map<string, Color> named = 25; repeated bytes blobs = 26;
}
`, { keepCase: true });
const Every = all.lookupType('Every');
const full = { d: 1.25, f: 0.5, i32: -7, i64: 12345678901, u32: 4000000000, u64: 99, s32: -8, s64: -9, x32: 10, x64: 11, y32: -12, y64: -13, b: true, s: 'text é', raw: Buffer.from([0, 1, 255]), color: 'BLUE', inner: { text: 'a', next: { text: 'b' } }, numbers: [1, 2, 300], inners: [{ text: 'x' }, {}], counts: { a: 1, b: 2 }, byId: { 7: { text: 'seven' } }, left: 'L', colors: ['RED', 'GREEN'], named: { n: 'BLUE' }, blobs: [Buffer.from('q')] };
const options = [undefined, { enums: String, longs: String, bytes: String, defaults: true, arrays: true, objects: true, oneofs: true }, { longs: Number, bytes: Array }];
for (const source of [{}, full, { d: -0, s: '' }, { right: 5 }, { numbers: [] }]) {
  const made = Every.fromObject(source);
  const bytes = Every.encode(made).finish();
  show('bytes', () => Buffer.from(bytes).toString('hex'));
  for (const option of options) show('object', () => Every.toObject(Every.decode(bytes), option));
  show('json', () => Every.decode(bytes));
  show('verify', () => Every.verify(made));
}
for (const bad of [{ i32: 'x' }, { b: 1 }, { s: 5 }, { color: 99 }, { inner: 5 }, { numbers: 1 }, { numbers: ['x'] }, { counts: { a: 'x' } }, { left: 'a', right: 1 }, { raw: 5 }]) show(`verify ${Object.keys(bad)}`, () => Every.verify(bad));
for (const cut of [1, 5, 9, 20]) show(`cut ${cut}`, () => Every.decode(Every.encode(Every.fromObject(full)).finish().slice(0, -cut)));
show('fromObject', () => Every.fromObject({ inner: 5 }));
show('delimited', () => ProductList.toObject(ProductList.decodeDelimited(ProductList.encodeDelimited(message).finish())));
console.log(`${cases} cases`);
