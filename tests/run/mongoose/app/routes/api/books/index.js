import { Book } from '../../../lib/models.js';
import { answering } from '../../../lib/errors.js';

export const POST = answering(async (request, response) => {
  const made = Array.isArray(request.body) ? await Book.insertMany(request.body) : await new Book(request.body).save();
  return response.status(201).json(made);
});

export const GET = answering(async (request, response) => {
  const { below, genre, search, page = 1 } = request.query;
  const filter = {};
  if (below) filter.price = { $lt: Number(below) };
  if (genre) filter.genre = { $in: genre.split(',') };
  if (search) filter.title = new RegExp(search, 'i');
  const found = await Book.find(filter).sort('-price title').skip((page - 1) * 2).limit(2).populate('author', 'name -_id');
  return response.json({ total: await Book.countDocuments(filter), books: found.map(({ title, price, author }) => ({ title, price, author: author?.name })) });
});
