import { Author, Book } from '../../lib/models.js';

const pipelines = {
  // Per author: `$lookup` from the other collection, computed fields, groups.
  authors: () =>
    Author.aggregate([
      { $lookup: { from: 'books', localField: '_id', foreignField: 'author', as: 'books' } },
      { $project: { _id: 0, name: 1, books: { $size: '$books' }, worth: { $sum: '$books.price' } } },
      { $sort: { name: 1 } },
    ]),
  genres: () =>
    Book.aggregate([
      { $match: { price: { $gt: 0 } } },
      { $group: { _id: '$genre', count: { $sum: 1 }, average: { $avg: '$price' }, titles: { $push: '$title' } } },
      { $sort: { count: -1, _id: 1 } },
    ]),
  reviews: () =>
    Book.aggregate([{ $unwind: '$reviews' }, { $group: { _id: null, stars: { $avg: '$reviews.stars' }, by: { $addToSet: '$reviews.by' } } }, { $project: { _id: 0, stars: 1, by: { $sortArray: { input: '$by', sortBy: 1 } } } }]),
};

export const GET = async (request, response) => response.json(await pipelines[request.query.of]());
