export function get(request) {
  return { by: 'get', id: request.query.id ?? null };
}
export function POST(request, response) {
  return response.status(201).json({ by: 'POST', body: request.body });
}
export function remove() {
  return { by: 'remove' };
}
