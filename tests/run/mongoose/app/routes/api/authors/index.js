import { Author, Journal } from '../../../lib/models.js';
import { answering } from '../../../lib/errors.js';

const create = async (request, response) => response.status(201).json(await Author.create(request.body));

// `?raw`: what the model throws leaves the handler.
export const POST = (request, response) => (request.query.raw ? create : answering(create))(request, response);

export async function GET(request, response) {
  if (request.query.journal) return response.json(await Journal.find({ subject: request.query.journal }).sort('_id').distinct('event'));
  if (request.query.email) {
    const author = await Author.byEmail(request.query.email);
    return response.json({ greeting: author?.greeting() ?? null, instance: author instanceof Author });
  }
  const authors = await Author.find().sort({ name: 1 }).populate({ path: 'books', select: 'title author -_id', options: { sort: { title: 1 } } });
  return response.json(authors);
}
