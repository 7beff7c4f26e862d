import { Book } from '../../../lib/models.js';
import { answering } from '../../../lib/errors.js';

const read = async (request, response) => {
  const book = await Book.findById(request.params.id).populate('author');
  return book ? response.json(book.toObject({ virtuals: true })) : response.status(404).json({ error: 'no such book' });
};

export const GET = (request, response) => (request.query.raw ? read : answering(read))(request, response);

export const PATCH = answering(async (request, response) => {
  const options = { new: request.query.old === undefined, runValidators: true };
  // Operators of clients' own are refused: what may be changed, and how, is written here.
  const { dearer, raw, ...values } = request.body;
  const update = raw ?? (dearer ? { $inc: { price: dearer }, ...values } : values);
  return response.json(await Book.findOneAndUpdate({ _id: request.params.id }, update, options));
});

export const POST = answering(async (request, response) => {
  const book = await Book.findById(request.params.id).orFail();
  book.reviews.push(request.body);
  await book.save();
  return response.json({ stars: book.stars, version: book.__v });
});
