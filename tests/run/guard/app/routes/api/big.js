export const GET = (request, response) => {
  const items = Array.from({ length: 1000 }, (_, i) => ({ id: i, name: `item ${i}` }));
  if (request.query.raw) response.set('Cache-Control', 'no-transform');
  return response.json(items);
};
