export function GET(request, response) {
  response.redirect('/api/echo/target');
}

export async function POST(request, response) {
  if (!request.body) return response.status(400).json({ error: 'no body' });
  response.status(201).json({ got: request.body, type: request.headers['content-type'] });
}
