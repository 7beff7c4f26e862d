import mongoose from 'mongoose';
import { Account } from '../../lib/models.js';
import { answering } from '../../lib/errors.js';

export const GET = async (request, response) => {
  const all = await Account.find().sort('name').lean();
  return response.json(Object.fromEntries(all.map(({ name, balance }) => [name, balance])));
};

export const PUT = answering(async (request, response) => response.status(201).json(await Account.create(request.body)));

const transfers = {
  // In the database: nothing is read before.
  async inc(session, { from, to, amount }) {
    await Account.updateOne({ name: from }, { $inc: { balance: -amount } }, { session });
    await Account.updateOne({ name: to }, { $inc: { balance: amount } }, { session });
  },
  // In the program: what is read must still hold at the end.
  async save(session, { from, to, amount }) {
    const [payer, payee] = [await Account.findOne({ name: from }).session(session), await Account.findOne({ name: to }).session(session)];
    payer.balance -= amount;
    payee.balance += amount;
    await payee.save({ session });
    await payer.save({ session });
  },
};

export const POST = answering(async (request, response) => {
  const { how, by } = request.query;
  const move = (session) => transfers[how](session, request.body);
  if (by === 'hand') {
    const session = await mongoose.startSession();
    session.startTransaction();
    try {
      await move(session);
      await session.commitTransaction();
    } catch (error) {
      await session.abortTransaction();
      throw error;
    } finally {
      session.endSession();
    }
  } else if (by === 'session') {
    const session = await mongoose.startSession();
    await session.withTransaction(() => move(session));
    await session.endSession();
  } else {
    await mongoose.connection.transaction(move);
  }
  return response.json({ moved: request.body.amount });
});

const experiments = {
  // A document made outside a transaction that is rolled back is as new as before, and can be saved.
  async undone() {
    const account = new Account({ name: 'c', balance: 5 });
    const save = async (session) => {
      await account.save({ session });
      throw new Error('undone');
    };
    await mongoose.connection.transaction(save).catch(() => {});
    const { isNew } = account;
    const before = await Account.countDocuments({ name: 'c' });
    await account.save();
    const after = await Account.countDocuments({ name: 'c' });
    await account.deleteOne();
    return { isNew, before, after };
  },
  // What a transaction has read is changed before it writes. With SQLite such a change would wait for the transaction.
  async conflict() {
    const session = await mongoose.startSession();
    session.startTransaction();
    const account = await Account.findOne({ name: 'a' }).session(session);
    await Account.updateOne({ name: 'a' }, { $inc: { balance: 1 } });
    account.balance -= 1;
    try {
      await account.save();
      return { saved: true };
    } catch ({ code, codeName, errorLabels, message }) {
      return { code, codeName, errorLabels, conflict: message.startsWith('WriteConflict: ') };
    } finally {
      await session.abortTransaction();
      await Account.updateOne({ name: 'a' }, { $inc: { balance: -1 } });
    }
  },
  // Transactions within a transaction, both of which meet a conflict the first time.
  async nested() {
    let [outer, inner] = [0, 0];
    await mongoose.connection.transaction(async (session) => {
      outer += 1;
      const a = await Account.findOne({ name: 'a' }).session(session);
      if (outer === 1) await Account.updateOne({ name: 'a' }, { $inc: { balance: 1 } });
      a.balance -= 1;
      await a.save();
      await mongoose.connection.transaction(async (within) => {
        inner += 1;
        const b = await Account.findOne({ name: 'b' }).session(within);
        if (inner === 1) await Account.updateOne({ name: 'b' }, { $inc: { balance: 1 } });
        b.balance -= 1;
        await b.save();
      });
    });
    return { outer, inner };
  },
};

export const PATCH = async (request, response) => response.json(await experiments[request.query.try]());
