// What of mongoose works without a server: casting, defaults, validation and its words, changes, output, hooks. Under Node a collection is
// replaced by one that acknowledges everything.
import mongoose from 'mongoose';

const { Schema, Types } = mongoose;
let cases = 0;
// Ids that were generated differ from run to run.
const stable = (text) => text.replace(/\b[0-9a-f]{24}\b/g, (id) => (/^(.)\1*$/.test(id) ? id : 'ID'));
const seen = (v) => (v === undefined ? 'undefined' : JSON.stringify(v));
const shown = (e) => {
  const inner = e.errors && Object.keys(e.errors).map((k) => {
    const x = e.errors[k];
    return `${k}: ${x.name}|${x.kind}|${x.path}|${seen(x.value ?? undefined)}|${x.message}|${seen(x.properties && { ...x.properties, value: undefined, length: undefined, validator: undefined, regexp: String(x.properties.regexp) })}`;
  });
  return `!! ${e.name}: ${e.message}${inner ? `\n    ${inner.join('\n    ')}` : ''}`;
};
const t = async (name, f) => {
  let out;
  try {
    const v = await f();
    out = v instanceof Error ? shown(v) : seen(v);
  } catch (e) {
    out = shown(e);
  }
  console.log(stable(`${name} ${out}`));
  cases += 1;
};
let count = 0;
const make = (definition, options) => mongoose.model(`M${count += 1}`, definition instanceof Schema ? definition : new Schema(definition, options));
const A = 'a'.repeat(24);
const B = 'b'.repeat(24);

// Casting, one type at a time.
const values = [
  undefined, null, '', 'x', ' x ', '12', '1e3', '0x10', 'true', 'false', 'yes', 'no', '1', '0', 0, 1, -0, 1.5, NaN, Infinity, true, false, [], ['a'], [1], ['1', 2], {}, { a: 1 },
  new Date(86400000), 86400000, '2020-01-02', '2020-01-02T03:04:05Z', 'not a date', A, 'A'.repeat(24), 'short', '123456789012', Buffer.from('hi'), new Types.ObjectId(A), 5n, { toString: () => 'own' }, { valueOf: () => 7 },
  { _id: A }, new Map([['k', 'v']]), /x/, [null], [undefined], new String('boxed'), new Number(4), '9007199254740993', new Types.Decimal128('1.10'),
];
const types = {
  String, Number, Boolean, Date, ObjectId: Schema.Types.ObjectId, Mixed: Schema.Types.Mixed, BigInt: Schema.Types.BigInt,
  Map: { type: Map, of: Number }, Strings: [String], Numbers: [Number], Ids: [Schema.Types.ObjectId], Any: [], Docs: [{ n: Number }],
  Sub: new Schema({ n: Number }), Dates: [Date], Bools: [Boolean],
};
const label = (v) => {
  try {
    return typeof v === 'bigint' ? `${v}n` : typeof v === 'symbol' ? 'symbol' : v instanceof RegExp || typeof v === 'function' ? String(v) : v instanceof Map ? 'Map' : typeof v === 'string' ? JSON.stringify(v) : v === undefined ? 'undefined' : Object.is(v, -0) ? '-0' : typeof v === 'number' ? `${v}` : `${v.constructor && v.constructor.name}${JSON.stringify(v)}`;
  } catch {
    return 'value';
  }
};
const plain = (v) => (typeof v === 'bigint' ? `${v}n` : v instanceof Map ? Object.fromEntries(v) : v instanceof Types.Decimal128 ? v.toString() : v);
// Of maps, messages name the path `$*`; that is ours to differ in.
for (const [name, type] of Object.entries(types)) {
  const M = make({ v: type });
  for (const value of values) {
    if (name === 'Map' && value !== null && value !== undefined) continue;
    await t(`cast ${name} ${label(value)}`, () => {
      const d = new M({ _id: A, v: value });
      const e = d.validateSync();
      if (e) return e;
      const v = name === 'Map' || name === 'Buffer' || name === 'Docs' || name === 'Sub' ? d.toObject({ flattenMaps: true }).v : d.v;
      return [typeof v, Buffer.isBuffer(v) ? v.toString('hex') : name === 'Buffer' && v && v.buffer ? v.buffer.toString('hex') : plain(v)];
    });
  }
}

// Setters, defaults, and options of types.
const Tidy = make({
  low: { type: String, lowercase: true, trim: true }, up: { type: String, uppercase: true }, def: { type: String, default: 'd' }, fn: { type: Number, default: () => 41 + 1 }, self: { type: String, default() { return `of ${this.low}`; } },
  list: { type: [String], default: ['a', 'b'] }, none: { type: [String], default: undefined }, nested: { deep: { type: Number, default: 3 }, other: String }, set: { type: Number, set: (v) => v * 2 }, got: { type: Number, get: (v) => `${v} EUR` },
  obj: { type: Object, default: {} }, date: { type: Date, default: new Date(0) }, nul: { type: String, default: null }, alias: { type: String, alias: 'other' }, fixed: { type: String, immutable: true }, hidden: { type: String, select: false },
}, { toJSON: { getters: true, virtuals: false } });
await t('defaults', () => new Tidy({ _id: A, low: ' ABC ', up: 'def' }).toObject());
await t('defaults are kept apart', () => { const a = new Tidy({ _id: A }); a.list.push('c'); a.obj.x = 1; return new Tidy({ _id: A }).list; });
await t('null is no default', () => new Tidy({ _id: A, def: null, fn: null, list: null }).toObject());
await t('undefined takes it', () => new Tidy({ _id: A, def: undefined }).toObject());
await t('setters and getters', () => { const d = new Tidy({ _id: A, set: 4, got: 5 }); return [d.set, d.got, d.toJSON().got, d.toObject().got, d.get('got', null, { getters: false })]; });
await t('alias', () => { const d = new Tidy({ _id: A, other: 'o' }); return [d.alias, d.other, d.toObject({ virtuals: true }).other]; });
await t('immutable', () => { const d = new Tidy({ _id: A, fixed: 'a' }); d.fixed = 'b'; return d.fixed; });
await t('unknown', () => { const d = new Tidy({ _id: A, nope: 1, 'nested.nope': 2 }); d.set('more', 1); return [d.nope, d.get('nope'), d.get('more'), d.toObject().nested]; });
await t('prototype', () => { const d = new Tidy(JSON.parse(`{"_id":"${A}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`)); return [d.polluted, {}.polluted]; });

// Validators.
const Strict = make({
  name: { type: String, required: true, minlength: 2, maxLength: [5, 'too long: {VALUE} of {PATH}'], match: /^[a-z]+$/ },
  kind: { type: String, enum: ['a', 'b'] }, kind2: { type: String, enum: { values: ['x'], message: '{VALUE} is not supported' } }, age: { type: Number, min: [1, 'at least {MIN}, got {VALUE}'], max: 9 }, n: { type: Number, enum: [1, 2] },
  when: { type: Date, min: new Date(0), max: new Date(1000) }, why: { type: String, required: [true, 'say why'] }, cond: { type: String, required() { return this.age > 5; } },
  own: { type: String, validate: (v) => v === 'ok' }, own2: { type: String, validate: { validator: (v) => v === 'ok', message: (p) => `${p.value} at ${p.path} is ${p.type}` } }, own3: { type: Number, validate: [(v) => v % 2 === 0, 'odd {VALUE}'] },
  many: { type: Number, validate: [{ validator: (v) => v > 0, message: 'positive' }, { validator: (v) => v > 10, message: 'large' }] }, later: { type: String, validate: { validator: async (v) => v === 'ok', message: 'not later' } },
  throws: { type: String, validate() { throw new Error('thrown inside'); } }, list: { type: [String], required: true, validate: (v) => v.length < 3 }, tags: [{ type: String, enum: ['t'], required: true }], email: { type: String, match: [/@/, 'no address: {VALUE}'] },
  docs: [{ q: { type: Number, required: true, min: 1 } }], sub: new Schema({ r: { type: String, required: true } }), inner: { x: { type: Number, required: true } }, ref: { type: Schema.Types.ObjectId, ref: 'Nobody', required: true }, flag: { type: Boolean, required: true },
});
const good = { _id: A, name: 'abc', why: 'w', list: ['a'], inner: { x: 1 }, ref: B, flag: false };
const bad = [
  {}, { name: undefined }, { name: '' }, { name: 'a' }, { name: 'abcdef' }, { name: 'AB' }, { name: null }, { kind: 'c' }, { kind: '' }, { kind: null }, { kind2: 'y' }, { age: 0 }, { age: 10 }, { age: 'x' }, { age: 6 }, { age: 6, cond: 'c' }, { n: 3 }, { when: new Date(-1) },
  { when: new Date(2000) }, { why: '' }, { own: 'no' }, { own: 'ok' }, { own2: 'no' }, { own3: 3 }, { many: -1 }, { many: 5 }, { later: 'no' }, { throws: 'x' }, { list: [] }, { list: ['a', 'b', 'c'] }, { list: null }, { list: undefined }, { tags: ['t', 'u'] }, { tags: [''] }, { tags: [null] },
  { email: 'x' }, { docs: [{ q: 0 }, { q: 2 }, {}] }, { docs: [{ q: 'x' }] }, { docs: 'x' }, { docs: [null] }, { docs: [7] }, { sub: {} }, { sub: null }, { sub: 7 }, { inner: {} }, { inner: null }, { inner: { x: 'y' } }, { ref: 'nope' }, { ref: null }, { flag: null }, { flag: 'maybe' },
];
for (const change of bad) {
  await t(`invalid ${JSON.stringify(change)}`, async () => { const d = new Strict({ ...good, ...change }); await d.validate(); return 'valid'; });
  await t(`invalid sync ${JSON.stringify(change)}`, () => { const e = new Strict({ ...good, ...change }).validateSync(); return e ? Object.keys(e.errors) : 'valid'; });
}
await t('only some paths', async () => { const d = new Strict({ _id: A }); return [Object.keys(d.validateSync('name').errors), Object.keys(d.validateSync(['why', 'flag']).errors), d.validateSync('kind') === undefined]; });
await t('json of an error', () => { const e = JSON.parse(JSON.stringify(new Strict({ ...good, name: 'a', age: 'x' }).validateSync())); delete e.errors.age.reason; return e; });
await t('string of an error', () => String(new Strict({ ...good, name: 'a', age: 'x' }).validateSync()));
await t('classes of errors', () => { const e = new Strict({ ...good, name: 'a', age: 'x' }).validateSync(); return [e instanceof mongoose.Error.ValidationError, e instanceof mongoose.Error, e instanceof Error, e.errors.name instanceof mongoose.Error.ValidatorError, e.errors.age instanceof mongoose.Error.CastError, e._message, e.errors.age.stringValue, e.errors.age.valueType, e.errors.age.kind]; });
await t('invalidate', () => { const d = new Strict(good); d.invalidate('name', 'taken', 'abc', 'unique'); return d.validateSync().errors.name.message; });
await t('errors of a document', () => { const d = new Strict({ ...good, name: 'a' }); d.validateSync(); return Object.keys(d.errors); });
await t('mended', () => { const d = new Strict({ ...good, name: 'a' }); const first = !!d.validateSync(); d.name = 'abc'; return [first, d.validateSync() === undefined]; });

// Changes.
const Parts = make({ s: String, n: Number, list: [String], nested: { a: String, b: { c: Number } }, docs: [{ x: Number, y: String }], mixed: {}, m: { type: Map, of: String }, sub: new Schema({ p: String }), when: Date, id2: Schema.Types.ObjectId });
const stored = () => Parts.hydrate({ _id: A, s: 's', n: 1, list: ['a', 'b'], nested: { a: 'a', b: { c: 1 } }, docs: [{ _id: A, x: 1, y: 'y' }, { _id: B, x: 2 }], mixed: { q: 1 }, m: { k: 'v' }, sub: { _id: B, p: 'p' }, when: new Date(5), id2: A, __v: 0 });
const changes = {
  nothing() {}, same: (d) => { d.s = 's'; }, set: (d) => { d.s = 't'; }, cast: (d) => { d.n = '1'; }, number: (d) => { d.n = 2; }, nul: (d) => { d.s = null; }, nested: (d) => { d.nested.a = 'z'; },
  deep: (d) => { d.nested.b.c = 5; }, whole: (d) => { d.nested = { a: 'z' }; }, dotted: (d) => { d.set('nested.b.c', 9); }, object: (d) => { d.set({ s: 'u', nested: { a: 'v' } }); }, push: (d) => { d.list.push('c'); }, at: (d) => { d.list.set(0, 'z'); }, list: (d) => { d.list = ['q']; },
  pull: (d) => { d.list.pull('a'); }, addOld: (d) => { d.list.addToSet('a'); }, addNew: (d) => { d.list.addToSet('n'); }, splice: (d) => { d.list.splice(0, 1); }, pop: (d) => { d.list.pop(); }, shift: (d) => { d.list.shift(); }, unshift: (d) => { d.list.unshift('f'); }, sort: (d) => { d.list.sort().reverse(); },
  doc: (d) => { d.docs[0].x = 7; }, docsId: (d) => { d.docs.id(B).y = 'new'; }, docsPush: (d) => { d.docs.push({ x: 3 }); }, docsPull: (d) => { d.docs.pull(A); }, docsRemove: (d) => { d.docs.id(A).deleteOne(); }, docsCreate: (d) => { d.docs.push(d.docs.create({ x: '5' })); }, 
  marked: (d) => { d.mixed.q = 2; d.markModified('mixed'); }, mixedSet: (d) => { d.mixed = { z: 1 }; }, map: (d) => { d.m.set('k', 'w'); }, mapNew: (d) => { d.m.set('l', 'w'); }, sub: (d) => { d.sub.p = 'q'; }, subSet: (d) => { d.sub = { p: 'r' }; }, subNull: (d) => { d.sub = null; },
  date: (d) => { d.when = new Date(5); }, dateNew: (d) => { d.when = 6; }, id: (d) => { d.id2 = A; }, idNew: (d) => { d.id2 = B; }, wrong: (d) => { d.n = 'x'; }, inc: (d) => { d.$inc('n', 3); },
};
for (const [name, change] of Object.entries(changes)) {
  await t(`change ${name}`, () => {
    const d = stored();
    change(d);
    const top = (paths) => [...new Set(paths.map((p) => p.split('.')[0]))].sort();
    return [top(d.modifiedPaths()), top(d.directModifiedPaths()), d.isModified(), d.isModified('s'), d.isModified('nested'), d.isModified('nested.a'), d.isModified('list'), d.isModified('docs'), d.isModified('docs.0.x'), d.isModified(['s', 'n']), d.isModified('s n'), d.isNew, d.toObject({ flattenMaps: true })];
  });
  await t(`change of new ${name}`, () => { const d = new Parts({ _id: A, s: 's', n: 1, list: ['a', 'b'], nested: { a: 'a', b: { c: 1 } }, docs: [{ _id: A, x: 1 }, { _id: B, x: 2 }], mixed: { q: 1 }, m: { k: 'v' }, sub: { _id: B, p: 'p' }, when: new Date(5), id2: A }); change(d); return [[...new Set(d.modifiedPaths().map((p) => p.split('.')[0]))].sort(), d.isNew]; });
}
await t('set answers the document', () => { const d = stored(); return d.set('s', 'x') === d; });
await t('get', () => { const d = stored(); return [d.get('nested.b.c'), d.get('docs.0.x'), d.get('list.1'), d.get('nope'), d.get('mixed.q'), d.get('m.k')]; });
await t('equals', () => [stored().equals(stored()), stored().equals(new Parts({ _id: B }))]);
await t('id', () => { const d = stored(); return [d.id, String(d._id), d._id.equals(A), d.docs[0].id, d.sub.id]; });
await t('parents', () => { const d = stored(); return [d.docs[0].parent() === d, d.docs[0].ownerDocument() === d, d.sub.parent() === d, d.docs.id('c'.repeat(24)) === null]; });
await t('arrays are arrays', () => { const d = stored(); return [Array.isArray(d.list), d.list.includes('a'), d.list.map((x) => x + x), d.list.indexOf('b'), [...d.list], d.list.filter((x) => x > 'a'), d.docs.map((x) => x.x), d.docs.length, JSON.stringify(d.list), d.list.join('-'), d.list.toObject()]; });
await t('casts in arrays', () => { const d = new Parts({ _id: A }); d.list.push(5); d.docs.push({ x: '9', nope: 1 }); return [d.list, d.docs[0].x, d.docs[0].nope]; });
await t('keys', () => Object.keys(stored().toObject()));
await t('in', () => { const d = stored(); return ['s' in d, 'nope' in d, Object.keys(d.nested).sort(), JSON.stringify(d.nested)]; });

// Output.
const money = new Schema({ amount: Number, tags: [String] }, { _id: false });
money.virtual('label').get(function label() { return `${this.amount}!`; });
const person = new Schema({ first: String, last: String, password: String, price: money, empty: {}, friends: [{ type: Schema.Types.ObjectId, ref: 'P' }], m: { type: Map, of: Number } }, {
  toJSON: { virtuals: true, versionKey: false, transform(doc, ret) { ret.extra = doc.first; delete ret.password; delete ret._id; return ret; } }, toObject: { getters: true },
});
person.virtual('full').get(function full() { return `${this.first} ${this.last}`; }).set(function full(v) { [this.first, this.last] = v.split(' '); });
person.methods.hello = function hello(x) { return `hello ${this.first} ${x}`; };
person.method('bye', function bye() { return `bye ${this.first}`; });
person.method({ one() { return 1; }, two() { return 2; } });
person.statics.named = function named(n) { return new this({ _id: A, full: n }); };
person.static('count2', () => 2);
const Person = mongoose.model('P', person);
const ann = () => new Person({ _id: A, first: 'Ann', last: 'Lee', password: 'x', price: { amount: 3, tags: ['t'] }, friends: [B], m: { a: 1 } });
await t('virtual', () => { const p = Person.named('Bob Ray'); return [p.first, p.last, p.full]; });
await t('virtual set', () => { const p = ann(); p.full = 'C D'; p.set('full', 'E F'); return [p.first, p.isModified('first')]; });
await t('methods', () => [ann().hello('you'), ann().bye(), ann().one(), ann().two(), Person.count2()]);
await t('toJSON', () => ann().toJSON());
await t('JSON.stringify', () => JSON.parse(JSON.stringify({ p: ann(), list: [ann()] })));
await t('toObject', () => ann().toObject());
await t('toObject virtuals', () => ann().toObject({ virtuals: true }));
await t('toObject plain', () => ann().toObject({ getters: false, virtuals: false, versionKey: true }));
await t('toObject virtuals some', () => ann().toObject({ getters: false, virtuals: ['full'] }));
await t('toObject transform', () => ann().toObject({ transform: (doc, ret) => ({ only: ret.first }) }));
await t('toObject flattenObjectIds', () => ann().toObject({ flattenObjectIds: true, flattenMaps: true }));
await t('toJSON without a transform', () => ann().toJSON({ transform: false }));
await t('minimize', () => { const M = make({ a: {}, b: { c: String }, d: { type: Object, default: {} } }); const d = new M({ _id: A }); return [d.toObject(), d.toJSON()]; });
await t('id false', () => { const M = make({ a: String }, { id: false }); return [new M({ _id: A }).id, new M({ _id: A }).toObject({ virtuals: true })]; });
await t('_id false', () => { const M = make({ list: [new Schema({ a: Number }, { _id: false })] }); return new M({ _id: A, list: [{ a: 1 }] }).toObject(); });
await t('own _id', () => { const M = make({ _id: Number, a: String }); return [new M({ _id: '5' }).toObject(), new M({}).toObject()]; });
await t('string _id', () => { const M = make({ _id: String }); return new M({ _id: 5 })._id; });
await t('strict false', () => { const M = make({ a: String }, { strict: false }); const d = new M({ _id: A, a: 1, b: { c: 2 } }); d.set('d', 4); return [d.toObject(), d.get('b.c'), d.isModified('b')]; });
await t('strict throw', () => { const M = make({ a: String }, { strict: 'throw' }); return new M({ _id: A, b: 1 }).toObject(); });
await t('transform of a path', () => { const M = make({ a: { type: String, transform: (v) => v.toUpperCase() }, b: { type: Schema.Types.ObjectId, transform: (v) => String(v).slice(0, 2) } }); return new M({ _id: A, a: 'x', b: B }).toJSON(); });
await t('class', () => { class Own { get shout() { return `${this.a}!`; } say(x) { return this.a + x; } static made() { return new this({ _id: A, a: 'm' }); } } const s = new Schema({ a: String }); s.loadClass(Own); const M = make(s); return [M.made().shout, M.made().say('?')]; });

// Schemas.
const base = new Schema({ a: { type: String, required: true, index: true }, b: { c: { type: Number, default: 1, unique: true } }, d: [{ e: Date }], f: [String] }, { timestamps: true });
await t('paths', () => Object.keys(base.paths));
await t('instances', () => Object.entries(base.paths).map(([k, p]) => [k, p.instance, p.isRequired, p.path]));
await t('path kinds', () => ['a', 'b', 'b.c', 'd', 'd.e', 'd.0.e', 'zz', '_id', 'createdAt'].map((p) => base.pathType(p)));
await t('requiredPaths', () => base.requiredPaths());
await t('indexes', () => { base.index({ a: 1, 'b.c': -1 }, { name: 'both' }); return base.indexes(); });
await t('eachPath', () => { const all = []; base.eachPath((p) => all.push(p)); return all; });
await t('add', () => { const s = new Schema({ a: String }); s.add({ b: Number }); return Object.keys(s.paths); });
await t('clone', () => { const s = base.clone(); s.add({ zz: String }); return [!!s.path('zz'), !!base.path('zz')]; });
await t('pick and omit', () => [Object.keys(base.pick(['a']).paths).includes('a'), Object.keys(base.omit(['a', 'd']).paths)]);
await t('path options', () => [base.path('a').options.required, base.path('b.c').options.default]);
await t('obj', () => Object.keys(base.obj));
await t('bad type', () => new Schema({ a: 'Strange' }));
await t('no type', () => new Schema({ a: undefined }));
await t('null type', () => new Schema({ a: null }));
await t('type as string', () => { const M = make({ a: 'string', b: 'Number', c: ['boolean'] }); const d = new M({ _id: A, a: 1, b: '2', c: ['true'] }); return d.toObject(); });
await t('field named type', () => { const M = make({ a: { type: { type: String }, x: Number } }); return new M({ _id: A, a: { type: 'b', x: '1' } }).toObject(); });
await t('overwritten', () => { mongoose.model('M1', new Schema({})); });
await t('missing', () => mongoose.model('Missing'));
await t('plugin', () => { const s = new Schema({ a: String }); s.plugin((schema, o) => { schema.add({ p: { type: String, default: o.v } }); schema.methods.x = () => 'x'; }, { v: 'plugged' }); const M = make(s); const d = new M({ _id: A }); return [d.p, d.x()]; });
await t('names', () => { const all = {}; for (const n of ['User', 'Person', 'BlogPost', 'Category', 'Mouse', 'Child', 'Data', 'News', 'Box', 'Bus', 'Hero', 'Leaf', 'Wife', 'Day', 'Sheep', 'Quiz', 'Index', 'Status', 'Address', 'user', 'Man', 'Series', 'Photo', 'Analysis', 'Foot', 'Ox', 'Matrix', 'Media', 'Tomato']) { const M = mongoose.model(n, new Schema({}), undefined); all[n] = M.collection.name; } return all; });
await t('modelName', () => [Person.modelName, new Person().constructor.modelName, Person.schema === person, Person.collection.name]);

// Ids.
await t('ids', () => [new Types.ObjectId(A).toString(), new Types.ObjectId(A).toHexString(), new Types.ObjectId(A).equals(A), JSON.stringify(new Types.ObjectId(A)), `${new Types.ObjectId(A)}`, new Types.ObjectId().toString().length, new Types.ObjectId(A).getTimestamp().toISOString(), Types.ObjectId.isValid(A), Types.ObjectId.isValid('x'), Types.ObjectId.isValid('123456789012'), mongoose.isValidObjectId(5), mongoose.isValidObjectId(A), mongoose.isValidObjectId('xx'), mongoose.isObjectIdOrHexString('123456789012'), mongoose.isObjectIdOrHexString(A), String(Types.ObjectId.createFromHexString(B)), String(Types.ObjectId.createFromTime(1)), new Types.ObjectId(A) == A, new Types.ObjectId(A) === new Types.ObjectId(A), typeof new Types.ObjectId(A), String(new Types.ObjectId(new Types.ObjectId(A)))]);
await t('ids refused', () => new Types.ObjectId('nope'));
await t('ids grow', () => { const a = new Types.ObjectId().toString(); const b = new Types.ObjectId().toString(); return a < b; });

// Hooks and their order. Nothing is stored under Node.
const order = [];
const hooked = new Schema({ a: { type: String, required: true }, sub: new Schema({ s: String }), subs: [new Schema({ s: String })] });
for (const [name, s] of [['sub', hooked.path('sub').schema], ['subs', hooked.path('subs').schema]]) {
  if (name === 'sub') s.pre('validate', function f() { order.push(`pre validate ${name}`); });
  if (name === 'sub') s.post('validate', () => { order.push(`post validate ${name}`); });
  s.pre('save', (next) => { order.push(`pre save ${name}`); next(); });
  s.post('save', () => { order.push(`post save ${name}`); });
}
hooked.pre('validate', function f(next) { order.push(`pre validate 1 ${this.isNew}`); next(); });
hooked.pre('validate', async () => { await null; order.push('pre validate 2'); });
hooked.post('validate', (doc) => { order.push(`post validate ${doc.a}`); });
hooked.pre('save', function f(next) { order.push(`pre save 1 ${this.isModified('a')} ${this.isNew}`); setTimeout(next, 5); });
hooked.pre('save', async function f() { await null; order.push('pre save 2'); if (this.a === 'stop') throw new Error('stopped'); });
hooked.pre('save', (next) => { order.push('pre save 3'); next(); });
hooked.post('save', (doc, next) => { order.push(`post save 1 ${doc.isNew}`); next(); });
hooked.post('save', function f(doc) { order.push(`post save 2 ${this === doc}`); });
hooked.post('save', (error, doc, next) => { order.push(`post save error ${error.message}`); next(new Error(`wrapped ${error.message}`)); });
hooked.pre('init', () => { order.push('pre init'); });
hooked.post('init', () => { order.push('post init'); });
const Hooked = mongoose.model('Hooked', hooked);
if (Hooked.collection.insertOne && !process.versions.puremixc) {
  mongoose.connection.readyState = 1;
  Hooked.collection.insertOne = async () => ({ acknowledged: true });
  Hooked.collection.updateOne = async () => ({ acknowledged: true, matchedCount: 1, modifiedCount: 1 });
  Hooked.collection.findOne = async () => ({ _id: A });
} else {
  await mongoose.connect('sqlite::memory:');
}
const ordered = (f) => async () => { order.length = 0; let out = 'done'; try { out = (await f()) ?? 'done'; } catch (e) { out = shown(e); } return [out, ...order]; };
const kept = new Hooked({ _id: A, a: 'x', sub: { s: 1 }, subs: [{ s: 1 }] });
await t('hooks of a new document', ordered(async () => { await kept.save(); }));
await t('hooks of a change', ordered(async () => { kept.a = 'y'; await kept.save(); return kept.isModified(); }));
await t('hooks of no change', ordered(async () => { await kept.save(); }));
await t('hooks of an invalid one', ordered(async () => { await new Hooked({ sub: { s: 1 } }).save(); }));
await t('hooks that stop', ordered(async () => { await new Hooked({ a: 'stop' }).save(); }));
await t('hooks without validation', ordered(async () => { await new Hooked({ _id: B, sub: { s: 1 } }).save({ validateBeforeSave: false }); }));
await t('hooks of validate', ordered(async () => { await new Hooked({ a: 'v' }).validate(); }));
await t('hooks of validateSync', ordered(() => { new Hooked({ a: 'v' }).validateSync(); }));
await t('hooks of init', ordered(() => { Hooked.hydrate({ _id: A, a: 'h' }); }));

// Queries before they are sent.
await t('filter', () => [Person.find({ first: 1 }).getFilter(), Person.find({ first: 'a' }).where('last').equals('b').getFilter(), Person.find().where('n').gte(1).lte(5).getFilter(), Person.find({ a: 1 }).merge({ b: 2 }).getFilter(), Person.find().or([{ first: 'a' }, { last: 'b' }]).getFilter(), Person.findOne().nor([{ first: 'a' }]).and([{ last: 1 }]).getQuery()]);
await t('options of a query', () => [Person.find().sort({ first: -1 }).limit(5).skip(2).getOptions(), Person.find().sort('-first last').getOptions().sort, Person.find().sort({ first: 'desc', last: 'asc' }).getOptions().sort, Person.find().sort([['first', -1]]).getOptions().sort]);
await t('updates', () => [Person.updateOne({}, { $set: { first: 1 } }).getUpdate(), Person.updateOne({}, { first: 1 }).getUpdate(), Person.findOneAndUpdate({ _id: A }, { $inc: { n: 1 } }).getUpdate()]);
for (const filter of [{ _id: 'nope' }, { _id: { $in: ['nope'] } }, { friends: 'nope' }, { price: 7 }, { 'price.amount': 'x' }, { 'price.amount': { $gt: 'x' } }, { first: { $gt: {} } }, { first: { $ne: null } }, { first: { a: 1 } }, { first: ['a'] }, { _id: { $gt: '' } }, { _id: null }, { _id: { $ne: 'x' } }, { first: { $bogus: 1 } }, { $bogus: 1 }, { $or: 5 }, { $or: [] }, { $and: [{ _id: 'x' }] }, { first: { $regex: 'a', $options: 'i' } }, { first: /x/i }, { first: { $not: /x/ } }, { first: { $exists: 'yes' } }, { friends: { $elemMatch: { $eq: A } } }]) {
  await t(`cast filter ${JSON.stringify(filter)}`, () => { const q = Person.find(filter); return q.cast(Person, q.getFilter()); });
}
console.log(`${cases} cases`);
