import { Author } from '../../../lib/models.js';
import { answering } from '../../../lib/errors.js';

export const GET = answering(async (request, response) => response.json(await Author.findById(request.params.id).orFail().lean()));

// Loads, changes, saves: what did not change is not written.
export const PATCH = answering(async (request, response) => {
  const author = await Author.findById(request.params.id).orFail();
  author.set(request.body);
  const modified = author.modifiedPaths();
  await author.save();
  return response.json({ modified, author });
});

export const DELETE = answering(async (request, response) => {
  const author = await Author.findById(request.params.id).orFail();
  await author.deleteOne();
  return response.status(204).send();
});
