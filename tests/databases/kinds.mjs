// Discriminators, expiring documents and partial indexes in a database: DATABASE_URL's.
import mongoose from 'mongoose';

const { Schema } = mongoose;
await mongoose.connect(process.env.DATABASE_URL);
const plain = (v) => JSON.parse(JSON.stringify(v));
const show = (what, v) => console.log(what, JSON.stringify(v));
const refused = (p) => p.then(() => 'taken', (e) => `${e.name} ${e.code ?? ''} ${Object.keys(e.keyPattern ?? {})}`);

const Event = mongoose.model('Event', new Schema({ name: String, n: { type: Number, default: 0 } }, { timestamps: true }));
const Click = Event.discriminator('Click', new Schema({ x: Number, code: { type: String, unique: true } }));
const Sale = Event.discriminator('Sale', new Schema({ price: Number, of: { type: Schema.Types.ObjectId, ref: 'Click' }, code: { type: Number, index: true } }), 'sale');
await Event.create({ name: 'plain' });
const click = await Click.create({ name: 'one', x: 1, code: 'a' });
await Event.create([{ __t: 'Click', name: 'two', x: 2, code: 'b' }, { __t: 'sale', name: 'three', price: 5, of: click._id, code: 1 }]);
await Event.insertMany([{ __t: 'sale', name: 'four', price: 7, code: 1 }]);
const all = await Event.find().sort('createdAt name');
show('all', all.map((e) => [e.constructor.modelName, e.name, e.__t, e.x, e.price]));
show('clicks', (await Click.find().sort('name')).map((e) => e.name));
show('lean', (await Sale.find().sort('name').lean()).map((e) => [e.name, e.__t, e.price]));
show('count', [await Event.countDocuments(), await Click.countDocuments(), await Sale.countDocuments({ price: { $gt: 5 } }), await Click.estimatedDocumentCount()]);
show('distinct', await Sale.distinct('price'));
show('exists', [Boolean(await Click.exists({ name: 'three' })), Boolean(await Sale.exists({ name: 'three' }))]);
show('by id', [(await Event.findById(click._id)).constructor.modelName, await Sale.findById(click._id)]);
show('populate', (await Sale.findOne({ name: 'three' }).populate('of')).of.name);
show('aggregate', await Sale.aggregate([{ $group: { _id: null, sum: { $sum: '$price' } } }]));
show('aggregate of all', await Event.aggregate([{ $group: { _id: '$__t', n: { $sum: 1 } } }, { $sort: { n: 1, _id: 1 } }]));
show('update', plain(await Click.updateMany({}, { $inc: { n: 1 } })).modifiedCount);
show('update of another kind', plain(await Sale.updateOne({ _id: click._id }, { name: 'changed' })).matchedCount);
const changed = await Event.findOne({ name: 'two' });
changed.x = 20;
await changed.save();
show('saved', [(await Click.findOne({ x: 20 })).name, changed.constructor.modelName]);
const upserted = await Sale.findOneAndUpdate({ name: 'five' }, { price: 9 }, { upsert: true, new: true });
show('upsert', [upserted.__t, upserted.price, upserted.constructor.modelName]);
show('unique within the kind', [await refused(Click.create({ name: 'again', code: 'a' })), await refused(Event.collection.name === 'events' ? Sale.create({ name: 'six', code: 1 }) : Promise.reject())]);
show('deleted', [plain(await Sale.deleteMany({})).deletedCount, await Event.countDocuments()]);

// Partial and sparse indexes.
const Account = mongoose.model('Account', new Schema({ email: String, active: Boolean, phone: { type: String, unique: true, sparse: true }, role: String, team: Number })
  .index({ email: 1 }, { unique: true, partialFilterExpression: { active: true } })
  .index({ team: 1 }, { unique: true, partialFilterExpression: { role: { $in: ['owner'] }, team: { $exists: true } } }));
await Account.create({ email: 'a', active: false }, { email: 'a', active: false });
show('partial', [
  await refused(Account.create({ email: 'a', active: true })), await refused(Account.create({ email: 'a', active: true })), await refused(Account.create({ email: 'a' })),
  await refused(Account.create({ role: 'owner', team: 1 })), await refused(Account.create({ role: 'owner', team: 1 })), await refused(Account.create({ role: 'member', team: 1 })), await refused(Account.create({ role: 'owner' })),
  await refused(Account.create({ phone: '1' })), await refused(Account.create({ phone: '1' })),
]);

// Documents that expire.
const token = new Schema({ text: String, at: { type: Date, default: Date.now, expires: '1h' }, until: { type: Date, index: { expireAfterSeconds: 0 } } });
const Token = mongoose.model('Token', token);
const hour = 3600_000;
await Token.create({ text: 'fresh' }, { text: 'old', at: Date.now() - hour - 1000 }, { text: 'nearly', at: Date.now() - hour + 60_000 }, { text: 'ended', until: Date.now() - 1 }, { text: 'later', until: Date.now() + 60_000 }, { text: 'none', at: null });
show('not expired', (await Token.find().sort('text')).map((d) => d.text));
await Token.create({ text: 'short', until: Date.now() + 300 });
show('before', await Token.countDocuments({ text: 'short' }));
await new Promise((done) => setTimeout(done, 1400));
show('after', [await Token.countDocuments({ text: 'short' }), (await Token.aggregate([{ $match: { text: 'short' } }])).length, await Token.findOneAndUpdate({ text: 'short' }, { text: 'found' })]);
const session = await mongoose.startSession();
await session.withTransaction(async () => {
  await Token.create([{ text: 'inside', until: Date.now() - 1 }], { session });
  show('in a transaction', await Token.countDocuments({ text: 'inside' }).session(session));
});
await mongoose.disconnect();
