// Discriminators, indexes that expire or are partial, and connections that cannot be opened, as far as they need no server.
import mongoose from 'mongoose';

const { Schema } = mongoose;
let cases = 0;
const A = 'a'.repeat(24);
const seen = (v) => (v === undefined ? 'undefined' : JSON.stringify(v));
const shown = (e) => `!! ${e.name}: ${e.message}${e.errors ? ` ${Object.keys(e.errors).map((k) => `${k}: ${e.errors[k].name} ${e.errors[k].message}`).join('; ')}` : ''}`;
const t = async (name, f) => {
  let out;
  try {
    const v = await f();
    out = v instanceof Error ? shown(v) : seen(v);
  } catch (e) {
    out = shown(e);
  }
  console.log(`${name} ${out}`);
  cases += 1;
};
// The order of members is the definition's there and the base's first here: not compared.
const sorted = (v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, x]) => [k, sorted(x)])) : v);
const plain = (d) => sorted(JSON.parse(JSON.stringify(d.toObject())));

const base = new Schema({ name: { type: String, required: true }, at: Date, meta: { by: String } }, { toJSON: { virtuals: true } });
base.methods.describe = function () { return `base ${this.name}`; };
base.methods.which = function () { return 'base'; };
base.statics.make = function (name) { return new this({ _id: A, name }); };
base.virtual('upper').get(function () { return this.name?.toUpperCase(); });
const order = [];
base.pre('validate', function () { order.push('base'); });
const Event = mongoose.model('Event', base);
const click = new Schema({ x: { type: Number, min: 0 }, tags: [String] });
click.methods.which = function () { return 'click'; };
click.virtual('twice').get(function () { return this.x * 2; });
click.pre('validate', function () { order.push('click'); });
const Click = Event.discriminator('Click', click);
const Sale = Event.discriminator('Sale', new Schema({ url: { type: String, required: true } }), 'sale');
const Rated = Event.discriminator('Rated', new Schema({ stars: { type: Number, default: 3 } }), { value: 'r' });

await t('names', () => [Event.modelName, Click.modelName, Sale.modelName, Click.baseModelName, Click.collection.name, Object.keys(Event.discriminators), mongoose.modelNames().sort()]);
await t('found by name', () => [mongoose.model('Click') === Click, Event.discriminators.Sale === Sale]);
await t('keys', () => [new Click({}).__t, new Sale({}).__t, new Rated({}).__t, new Event({}).__t]);
await t('a kind', () => plain(new Click({ _id: A, name: 'n', x: 1, tags: ['a'], at: 0, unknown: 1 })));
await t('another', () => plain(new Sale({ _id: A, name: 'n', url: 'u', x: 1 })));
await t('defaults of a kind', () => plain(new Rated({ _id: A, name: 'n' })));
await t('the base', () => plain(new Event({ _id: A, name: 'n', x: 1 })));
await t('is', () => { const c = new Click({}); return [c instanceof Click, c instanceof Event, c instanceof Sale, c instanceof mongoose.Document, new Event({}) instanceof Click]; });
await t('made by the base', () => { const c = new Event({ _id: A, __t: 'Click', name: 'n', x: '4' }); return [c instanceof Click, c.constructor.modelName, plain(c)]; });
await t('made by the base with a value', () => { const c = new Event({ _id: A, __t: 'sale', name: 'n', url: 'u' }); return [c instanceof Sale, plain(c)]; });
await t('methods', () => { const c = new Click({ name: 'c', x: 2 }); return [c.describe(), c.which(), c.upper, c.twice, new Sale({ name: 's' }).which()]; });
await t('statics', () => [Click.make('m').constructor.modelName, Event.make('m').constructor.modelName]);
await t('validation of a kind', () => new Click({ x: -1 }).validateSync());
await t('validation of another', () => new Sale({ name: 'n' }).validateSync());
await t('a kind has no rules of another', () => new Click({ name: 'n' }).validateSync());
await t('hooks', async () => { order.length = 0; await new Click({ name: 'n' }).validate(); const first = [...order]; order.length = 0; await new Event({ name: 'n' }).validate(); return [first, [...order]]; });
await t('the key stays', () => new Click({ name: 'n', __t: 'sale' }).validateSync());
await t('the key may be said', () => new Click({ name: 'n', __t: 'Click' }).validateSync());
await t('the key is not changed', () => { const c = new Click({ name: 'n' }); c.__t = 'sale'; return [c.__t, shown(c.validateSync())]; });
const paths = (schema) => Object.keys(schema.paths).filter((p) => p !== '__v').sort();
await t('a setter that throws', () => { const Odd = mongoose.model('OddSetter', new Schema({ a: { type: Number, set() { throw new RangeError('no'); } } })); return new Odd({ a: 5 }).validateSync(); });
await t('paths', () => [paths(Click.schema), paths(Event.schema), paths(click)]);
await t('JSON', () => sorted(JSON.parse(JSON.stringify(new Click({ _id: A, name: 'n', x: 1 })))));
await t('hydrate', () => { const c = Event.hydrate({ _id: A, __t: 'Click', name: 'n', x: 3 }); return [c instanceof Click, c.isNew, c.twice]; });
await t('hydrate of no kind', () => { const c = Event.hydrate({ _id: A, name: 'n' }); return [c instanceof Click, c instanceof Event]; });
await t('twice', () => Event.discriminator('Click', new Schema({})) && 'made');
await t('of a kind', () => Click.discriminator('Deep', new Schema({})) && 'made');
await t('a path of the key\'s name', () => Event.discriminator('Odd', new Schema({ __t: String })) && 'made');
await t('no schema', () => Event.discriminator('None') && 'made');
await t('a definition', () => { const Plain = Event.discriminator('Plain', { y: Number }); return plain(new Plain({ _id: A, name: 'n', y: '5' })); });
await t('a key of its own', () => {
  const Shape = mongoose.model('Shape', new Schema({ kind: { type: String, required: true } }, { discriminatorKey: 'kind' }));
  const Circle = Shape.discriminator('Circle', new Schema({ r: Number }));
  return [plain(new Circle({ _id: A, r: 2 })), new Shape({ kind: 'Circle' }) instanceof Circle, shown(new Shape({}).validateSync()), Circle.find({ r: 1 }).getFilter()];
});
await t('times of a kind', () => {
  const Timed = mongoose.model('Timed', new Schema({ a: String }, { timestamps: true }));
  const Kind = Timed.discriminator('TimedKind', new Schema({ b: String }));
  return paths(Kind.schema);
});

// Indexes as schemas tell them.
const indexes = (definition, more = () => {}) => { const schema = new Schema(definition); more(schema); return schema.indexes().map(([keys, options]) => [keys, sorted(options)]); };
await t('expires', () => indexes({ a: { type: Date, expires: 60 }, b: { type: Date, expires: '1.5h' }, c: { type: Date, index: { expires: '2 days' } }, d: { type: Date, index: { expireAfterSeconds: 9 } } }));
await t('expires with other options', () => indexes({ a: { type: Date, default: Date.now, expires: '10m', index: true } }));
await t('an index that expires', () => indexes({ a: Date, b: Date }, (s) => { s.index({ a: 1 }, { expireAfterSeconds: 5 }); s.index({ b: 1 }, { expires: '7d' }); }));
await t('a path that expires', () => indexes({ a: Date }, (s) => s.path('a').expires('1m')));
await t('partial', () => indexes({ a: { type: String, index: { unique: true, partialFilterExpression: { a: { $type: 'string' } } } } }, (s) => s.index({ a: 1, b: 1 }, { unique: true, partialFilterExpression: { b: true } })));

// Connections.
const kindOf = (p) => p.then(() => 'opened', (e) => (e instanceof Error ? 'refused' : 'odd'));
await t('a connection that cannot be opened is one', async () => {
  const c = mongoose.createConnection('nonsense://x');
  let heard = 0;
  c.on('error', () => { heard += 1; });
  const outcome = await kindOf(c.asPromise());
  await new Promise((done) => setTimeout(done, 20));
  return [outcome, heard, c.readyState];
});
await t('its models are made', async () => {
  const c = mongoose.createConnection('nonsense://x', { bufferTimeoutMS: 10 });
  c.on('error', () => {});
  const M = c.model('M', new Schema({ a: String }));
  return [await kindOf(c.asPromise()), await kindOf(M.findOne()), await kindOf(M.create({ a: 1 })), await kindOf(c.close())];
});
await t('no URL', async () => { const c = mongoose.createConnection(); return [c.readyState, typeof c.model]; });
console.log(`${cases} cases`);
process.exit(0);
