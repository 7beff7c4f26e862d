// mongoose's models on the database of DATABASE_URL: plans of filters, changes at the same time, transactions, filters from outside.
import mongoose from 'mongoose';

const { Schema } = mongoose;
await mongoose.connect();
const say = (name, ...values) => console.log(`${name}:`, ...values);

const schema = new Schema({
  email: { type: String, unique: true }, age: { type: Number, index: true }, when: { type: Date, index: true }, tags: { type: [String], index: true }, address: { city: { type: String, index: true }, zip: Number }, password: String,
});
const Person = mongoose.model('Person', schema);
await Person.insertMany(Array.from({ length: 2000 }, (_, i) => ({
  email: `p${i}@example.org`, age: i % 500, when: new Date(i * 1e6), tags: [`t${i % 300}`, 'all'], address: { city: `c${i % 400}`, zip: i % 7 }, password: 'p',
})));
await Person.findOne();

// Which index each filter goes by.
const PLANS = {
  equality: Person.find({ email: 'p7@example.org' }), range: Person.find({ age: { $gte: 3, $lt: 5 } }), dates: Person.find({ when: { $lt: new Date(3e6) } }), in: Person.find({ email: { $in: ['p1@example.org', 'p2@example.org'] } }),
  nested: Person.find({ 'address.city': 'c5' }), prefix: Person.find({ email: /^p19/ }), id: Person.findOne({ _id: new mongoose.Types.ObjectId() }), sorted: Person.find({ age: { $gt: 490 } }).sort({ age: 1 }).limit(3), array: Person.find({ tags: 't5' }), unindexed: Person.find({ 'address.zip': 3 }),
};
for (const [name, query] of Object.entries(PLANS)) {
  const { plan, exact } = await query.explain();
  const index = /people_[a-z.]+_1|autoindex|people_pkey/.exec(plan.join('\n'));
  say(name, exact ? 'in SQL,' : 'in part,', index ? index[0].replace(/people_pkey|autoindex/, 'the key') : 'the whole table');
}
say('found', await Person.countDocuments({ tags: 't5' }), await Person.countDocuments({ age: { $gte: 3, $lt: 5 } }), await Person.countDocuments({ email: /^p19/ }), (await Person.find({ 'address.city': 'c5' })).length);

// At the same time.
const Account = mongoose.model('Account', new Schema({ n: { type: Number, default: 0 }, list: [Number] }, { optimisticConcurrency: true }));
const { _id } = await Account.create({});
const many = (n, f) => Promise.all(Array.from({ length: n }, (_, i) => f(i)));
await many(200, () => Account.updateOne({ _id }, { $inc: { n: 1 } }));
say('200 increments', (await Account.findById(_id)).n);
await many(30, async () => {
  for (;;) {
    const account = await Account.findById(_id);
    account.n += 1;
    try {
      await account.save();
      return;
    } catch (e) {
      if (e.name !== 'VersionError') throw e;
    }
  }
});
say('30 documents saved', (await Account.findById(_id)).n);
await many(200, (i) => Account.updateOne({ _id }, { $push: { list: i } }));
say('200 pushes', new Set((await Account.findById(_id)).list).size);
for (let i = 0; i < 20; i += 1) {
  await mongoose.connection.transaction(async (session) => {
    const account = await Account.findById(_id).session(session);
    account.n += 1;
    await account.save({ session });
  });
}
say('20 transactions', (await Account.findById(_id)).n);
await mongoose.connection.transaction(async (session) => {
  await Account.updateOne({ _id }, { $set: { n: -1 } }, { session });
  throw new Error('undone');
}).catch((e) => say('a transaction that throws', e.message));
say('leaves', (await Account.findById(_id)).n);

// Uniqueness, and filters from outside.
const refused = async (name, f) => say(name, await f().then((v) => (v ? 'found' : 'nothing'), (e) => `${e.name} ${e.code ?? ''} ${e.message.replace(/collection: \S+/, 'collection: …')}`));
await refused('a duplicate', () => Person.create({ email: 'p7@example.org' }));
await refused('an operator from outside', () => Person.findOne({ email: 'p7@example.org', password: { $ne: '' } }));
mongoose.set('sanitizeFilter', true);
await refused('sanitized', () => Person.findOne({ email: 'p7@example.org', password: { $ne: '' } }));
await refused('trusted', () => Person.findOne({ email: 'p7@example.org', password: mongoose.trusted({ $ne: '' }) }));
mongoose.set('sanitizeFilter', false);
await refused('code from outside', () => Person.findOne({ $where: 'true' }));
await refused('MongoDB', () => mongoose.connect('mongodb://localhost/x'));
