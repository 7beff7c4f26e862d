export default async function handler(request, response) {
  return response.json({ method: request.method, body: request.body, who: request.session.who ?? null, polluted: {}.polluted ?? null });
}
