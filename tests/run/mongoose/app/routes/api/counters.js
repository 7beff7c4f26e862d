import { Counter } from '../../lib/models.js';
import { answering } from '../../lib/errors.js';

export const GET = async (request, response) => {
  const { n, list, __v } = (await Counter.findOne({ name: request.query.name }).lean()) ?? {};
  return response.json({ n, list: list?.length, different: new Set(list).size, version: __v });
};

const ways = {
  inc: (name) => Counter.updateOne({ name }, { $inc: { n: 1 } }),
  find: (name) => Counter.findOneAndUpdate({ name }, { $inc: { n: 1 } }, { new: true }),
  push: (name, value) => Counter.updateOne({ name }, { $push: { list: value } }),
  upsert: (name) => Counter.findOneAndUpdate({ name }, { $inc: { n: 1 } }, { upsert: true, new: true }),
  // Reads, changes, saves, and begins again when somebody was quicker.
  async save(name) {
    for (let attempt = 1; ; attempt += 1) {
      const counter = await Counter.findOne({ name });
      counter.n += 1;
      try {
        await counter.save();
        return { attempt };
      } catch (error) {
        if (error.name !== 'VersionError') throw error;
      }
    }
  },
};

export const PUT = answering(async (request, response) => response.status(201).json(await Counter.create({ name: request.query.name })));

export const POST = answering(async (request, response) => {
  const { how, name, value } = request.query;
  const made = await ways[how](name, Number(value));
  return response.json({ how, n: made.n, attempt: made.attempt });
});
