// Filters, updates and aggregations on generated documents. Under Node npm's `mingo` answers; ours are models over the database of
// DATABASE_URL. Seeded: each run asks the same.
import * as mongoose from 'mongoose';
import { Aggregator, Query, update as change } from './engine.mjs';

const ours = Boolean(process.versions.puremixc);
let seed = 20261121;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const some = (n, make) => Array.from({ length: below(n + 1) }, make);

const NAMES = ['Ann', 'Bob', 'Cäsar', 'dora', 'Eve', 'ann', '', 'a.b', '$x', '$date:', 'Zoë', '日本', 'x'.repeat(60)];
const TAGS = ['red', 'green', 'blue', 'new', ''];
const CITIES = ['Bern', 'Wien', 'Roma'];
const maybe = (make) => (random() < 0.15 ? undefined : random() < 0.08 ? null : make());
const number = () => pick([below(20), below(20), -below(5), below(100) / 4, 1e12 + below(5)]);
const clean = (o) => {
  for (const k of Object.keys(o)) if (o[k] === undefined || (o[k] && o[k].constructor === Object && !Object.keys(o[k]).length)) delete o[k];
  return o;
};
const item = () => clean({ sku: pick(['a', 'b', 'c', 'd']), qty: maybe(() => below(6)), price: maybe(number), marks: maybe(() => some(2, () => below(4))) });
const docs = Array.from({ length: 120 }, (_, i) => clean({
  _id: i, name: maybe(() => pick(NAMES)), age: maybe(number), ok: maybe(() => random() < 0.5), when: maybe(() => new Date(1e12 + below(10) * 864e5)), tags: maybe(() => some(3, () => pick(TAGS))), scores: maybe(() => some(4, () => below(10))),
  address: maybe(() => clean({ city: maybe(() => pick(CITIES)), zip: maybe(() => below(5)), geo: maybe(() => clean({ lat: maybe(() => below(4)) })) })), items: maybe(() => some(3, item)), free: maybe(() => pick([1, 'one', true, [1, 2], { a: 1 }, { a: [1, 'x'] }, [{ a: 1 }, { a: 2 }], new Date(1e12), ''])),
}));

// Filters. What mingo and MongoDB answer differently is not asked: sorting by arrays, arrays in arrays, null behind an index.
const dates = () => new Date(1e12 + below(10) * 864e5);
const PATHS = {
  name: () => pick(NAMES), age: number, ok: () => random() < 0.5, when: dates, tags: () => pick(TAGS), scores: () => below(10), 'address.city': () => pick(CITIES), 'address.zip': () => below(5), 'address.geo.lat': () => below(4), 'items.sku': () => pick(['a', 'b', 'c']), 'items.qty': () => below(6),
  free: () => pick([1, 'one', true, 2, '']), 'free.a': () => pick([1, 2, 'x']), _id: () => below(120), 'scores.0': () => below(10), 'items.0.qty': () => below(6),
};
const ORDERED = ['age', 'scores', 'when', 'address.zip', 'items.qty', '_id', 'address.geo.lat'];
const TEXTS = ['name', 'tags', 'address.city', 'items.sku'];
const condition = () => {
  const path = pick(Object.keys(PATHS));
  const value = () => (random() < 0.06 && !path.includes('0') && !path.startsWith('items') ? null : PATHS[path]());
  const kind = below(15);
  switch (kind) {
    case 0: case 1: return { [path]: value() };
    case 2: return { [path]: { $ne: value() } };
    case 3: case 4: {
      const p = pick(ORDERED);
      return { [p]: { [pick(['$gt', '$gte', '$lt', '$lte'])]: PATHS[p]() } };
    }
    case 5: return { [path]: { $in: Array.from({ length: 1 + below(3) }, value) } };
    case 6: return { [path]: { $nin: Array.from({ length: 1 + below(3) }, value) } };
    case 7: return { [path]: { $exists: random() < 0.5 } };
    case 8: {
      const p = pick(TEXTS);
      return { [p]: pick([{ $regex: pick(['^A', 'n$', 'e', '^red$', '[a-d]', 'ER', '^\\$', '.']) }, { $regex: pick(['^a', 'WIE', 'nn']), $options: 'i' }, { $not: { $regex: 'e' } }]) };
    }
    case 9: return { [pick(['tags', 'scores', 'items'])]: { $size: below(4) } };
    case 10: return { items: { $elemMatch: pick([{ sku: pick(['a', 'b']), qty: { $gt: below(5) } }, { qty: { $in: [1, 2, 3] } }, { marks: below(4) }, { price: { $lt: 5 }, sku: { $ne: 'a' } }]) } };
    case 11: return { scores: { $elemMatch: { $gt: below(5), $lt: 5 + below(5) } } };
    case 12: return { [pick(['tags', 'scores'])]: { $all: pick([['red'], ['red', 'blue'], [1, 2], [3]]).map((x) => x) } };
    case 13: {
      const p = pick(ORDERED);
      return { [p]: { $gte: PATHS[p](), $lt: PATHS[p]() } };
    }
    default: {
      const p = pick(ORDERED);
      return { [p]: { $not: { $gt: PATHS[p]() } } };
    }
  }
};
// What a schema of strings refuses to compare is not asked.
const sane = (f) => JSON.stringify(f).replace(/"tags":\{"\$all":\[\d.*?\]\}/g, '"tags":{"$all":["red"]}').replace(/"scores":\{"\$all":\["[a-z].*?\]\}/g, '"scores":{"$all":[1]}');
const revive = (text) => JSON.parse(text, (k, v) => (typeof v === 'string' && /^\d{4}-\d\d-\d\dT/.test(v) ? new Date(v) : v));
const filter = (depth = 0) => {
  const kind = below(10);
  if (kind < 6 || depth > 2) return condition();
  if (kind === 6) return Object.assign({}, condition(), condition());
  return { [pick(['$and', '$or', '$nor'])]: Array.from({ length: 1 + below(3) }, () => filter(depth + 1)) };
};

const SORTS = [{ _id: 1 }, { _id: -1 }, { age: 1, _id: 1 }, { age: -1, _id: 1 }, { name: 1, _id: 1 }, { 'address.city': -1, name: 1, _id: -1 }, { when: -1, _id: 1 }, { ok: 1, _id: 1 }];

// Updates, of documents that have what is changed: mingo refuses what MongoDB lets pass where an array is missing, and the other way round at null.
const distinct = (list) => Array.isArray(list) && new Set(list).size === list.length;
const WHOLE = docs.filter((d) => typeof d.name === 'string' && typeof d.age === 'number' && distinct(d.tags) && distinct(d.scores) && Array.isArray(d.items) && d.address && typeof d.address.zip === 'number').map((d) => d._id);
const UPDATES = [
  () => ({ $set: { name: pick(NAMES) } }), () => ({ $set: { 'address.city': pick(CITIES) } }), () => ({ $set: { age: number(), ok: true } }), () => ({ $unset: { name: 1 } }), () => ({ $unset: { 'address.zip': '' } }), () => ({ $inc: { age: below(5) - 2 } }), () => ({ $inc: { 'address.zip': 2 } }),
  () => ({ $mul: { age: 2 } }), () => ({ $min: { age: 5 } }), () => ({ $max: { age: 5 } }), () => ({ $push: { tags: pick(TAGS) } }), () => ({ $push: { scores: { $each: [9, 1, 5] } } }), () => ({ $push: { scores: { $each: [7, 2], $sort: 1 } } }), () => ({ $push: { scores: { $each: [0], $slice: -3 } } }),
  () => ({ $push: { scores: { $each: [4, 6], $position: 0 } } }), () => ({ $addToSet: { tags: pick(TAGS) } }), () => ({ $addToSet: { scores: { $each: [1, 2, 1] } } }), () => ({ $pull: { tags: 'red' } }), () => ({ $pull: { scores: { $gte: 5 } } }), () => ({ $pull: { items: { sku: 'a' } } }),
  () => ({ $pull: { items: { qty: { $lt: 3 } } } }), () => ({ $pop: { scores: 1 } }), () => ({ $pop: { tags: -1 } }), () => ({ $pullAll: { scores: [1, 2, 3] } }), () => ({ $set: { 'scores.0': 8 } }), () => ({ $set: { 'items.0.qty': 9 } }), () => ({ $rename: { name: 'title' } }),
];

const PIPELINES = [
  [{ $group: { _id: '$address.city', n: { $sum: 1 }, total: { $sum: '$age' }, top: { $max: '$age' }, low: { $min: '$age' } } }, { $sort: { _id: 1 } }],
  [{ $match: { age: { $gt: 3 } } }, { $group: { _id: '$ok', mean: { $avg: '$age' } } }, { $sort: { _id: 1 } }],
  [{ $unwind: '$tags' }, { $group: { _id: '$tags', n: { $sum: 1 } } }, { $sort: { n: -1, _id: 1 } }],
  [{ $unwind: { path: '$items', includeArrayIndex: 'at' } }, { $match: { 'items.qty': { $gte: 2 } } }, { $project: { _id: 1, at: 1, sku: '$items.sku', qty: '$items.qty' } }, { $sort: { _id: 1, at: 1 } }],
  [{ $unwind: { path: '$scores', preserveNullAndEmptyArrays: true } }, { $group: { _id: '$_id', sum: { $sum: '$scores' } } }, { $sort: { _id: 1 } }],
  [{ $sort: { _id: 1 } }, { $skip: 5 }, { $limit: 7 }, { $project: { name: 1, age: 1 } }],
  [{ $sort: { _id: 1 } }, { $project: { name: 0, items: 0, free: 0, tags: 0, scores: 0, when: 0 } }, { $limit: 30 }],
  [{ $match: { name: { $type: 'string' } } }, { $project: { up: { $toUpper: '$name' }, two: { $concat: ['$name', '!'] } } }, { $sort: { _id: 1 } }],
  [{ $project: { n: { $size: { $ifNull: ['$tags', []] } }, old: { $cond: [{ $gte: ['$age', 5] }, 'yes', 'no'] } } }, { $sort: { _id: 1 } }],
  [{ $match: { age: { $type: 'number' } } }, { $addFields: { twice: { $multiply: ['$age', 2] }, more: { $add: ['$age', 1] }, less: { $subtract: ['$age', 1] } } }, { $project: { twice: 1, more: 1, less: 1 } }, { $sort: { _id: 1 } }],
  [{ $match: { 'address.city': { $type: 'string' } } }, { $group: { _id: null, names: { $addToSet: '$address.city' } } }, { $project: { n: { $size: '$names' } } }],
  [{ $sort: { _id: 1 } }, { $group: { _id: '$address.city', first: { $first: '$_id' }, last: { $last: '$_id' }, all: { $push: '$_id' } } }, { $sort: { _id: 1 } }],
  [{ $match: { 'address.city': { $in: ['Bern', 'Roma'] } } }, { $count: 'found' }],
  [{ $unwind: '$tags' }, { $sortByCount: '$tags' }, { $match: { count: { $gt: 40 } } }],
  [{ $group: { _id: { city: '$address.city', ok: '$ok' }, n: { $sum: 1 } } }, { $sort: { n: -1, '_id.city': 1, '_id.ok': 1 } }],
  [{ $match: { age: { $type: 'number' }, 'address.zip': { $type: 'number' }, $expr: { $gt: ['$age', '$address.zip'] } } }, { $project: { _id: 1 } }, { $sort: { _id: 1 } }],
  [{ $match: { 'scores.0': { $exists: true } } }, { $sort: { _id: 1 } }, { $limit: 20 }, { $project: { sums: { $sum: '$scores' }, most: { $max: '$scores' }, first: { $arrayElemAt: ['$scores', 0] }, has: { $in: [3, { $ifNull: ['$scores', []] }] } } }],
  [{ $sort: { _id: 1 } }, { $project: { big: { $filter: { input: { $ifNull: ['$scores', []] }, as: 's', cond: { $gt: ['$$s', 4] } } }, dbl: { $map: { input: { $ifNull: ['$scores', []] }, as: 's', in: { $multiply: ['$$s', 2] } } } } }],
  [{ $match: { when: { $type: 'date' } } }, { $project: { y: { $year: '$when' }, m: { $month: '$when' }, d: { $dayOfMonth: '$when' } } }, { $sort: { _id: 1 } }],
  [{ $facet: { few: [{ $sort: { _id: 1 } }, { $limit: 2 }, { $project: { _id: 1 } }], count: [{ $count: 'n' }] } }],
];

// The engines.
let find; let update; let aggregate;
if (ours) {
  await mongoose.connect(process.env.DATABASE_URL || 'sqlite::memory:');
  const { Schema } = mongoose;
  const schema = new Schema({
    _id: Number, name: String, age: Number, ok: Boolean, when: Date, tags: { type: [String], default: undefined }, scores: { type: [Number], default: undefined }, address: { city: String, zip: Number, geo: { lat: Number } },
    items: { type: [new Schema({ sku: String, qty: Number, price: Number, marks: { type: [Number], default: undefined } }, { _id: false })], default: undefined }, free: {}, title: String,
  }, { versionKey: false });
  for (const index of ['name', 'age', 'address.city', 'tags', 'scores']) schema.index({ [index]: 1 });
  const Thing = mongoose.model('Thing', schema);
  await Thing.deleteMany({});
  await Thing.insertMany(docs);
  find = (f, sort, skip, limit) => Thing.find(f).sort(sort).skip(skip).limit(limit).select('_id').lean();
  update = async (id, c) => {
    const before = await Thing.findById(id).lean();
    let after;
    try {
      after = await Thing.findOneAndUpdate({ _id: id }, c, { new: true }).lean();
    } catch (e) {
      return 'refused';
    }
    await Thing.replaceOne({ _id: id }, before);
    return after;
  };
  aggregate = (p) => Thing.aggregate(p);
} else {
  find = (f, sort, skip, limit) => new Query(f).find(docs, { _id: 1 }).sort(sort).skip(skip).limit(limit).all().map((d) => ({ _id: d._id }));
  update = (id, c) => {
    const copy = structuredClone(docs[id]);
    try {
      change(copy, c, [], {}, { cloneMode: 'deep' });
    } catch (e) {
      return 'refused';
    }
    return copy;
  };
  aggregate = (p) => new Aggregator(p).run(structuredClone(docs));
}
const sorted = (v) => (Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object' && !(v instanceof Date) ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v);
const shown = (v) => JSON.stringify(sorted(v));
let cases = 0;
for (let i = 0; i < 1000; i += 1) {
  const f = revive(sane(filter()));
  const [sort, skip, limit] = [pick(SORTS), pick([0, 0, 0, 3]), pick([1000, 1000, 10, 1])];
  let out;
  try {
    out = (await find(f, sort, skip, limit)).map((d) => d._id).join(' ');
  } catch (e) {
    out = `!! ${e.message}`;
  }
  console.log(`${JSON.stringify(f)} ${JSON.stringify(sort)} ${skip} ${limit}: ${out}`);
  cases += 1;
}
for (let i = 0; i < 300; i += 1) {
  const [id, change] = [pick(WHOLE), pick(UPDATES)()];
  console.log(`update ${id} ${JSON.stringify(change)}: ${shown(await update(id, change))}`);
  cases += 1;
}
for (const p of PIPELINES) {
  let out;
  try {
    out = shown(await aggregate(p));
  } catch (e) {
    out = `!! ${e.message}`;
  }
  console.log(`aggregate ${JSON.stringify(p)}: ${out}`);
  cases += 1;
}
console.log(`${cases} cases`);
