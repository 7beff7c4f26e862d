// What a handler sees of a request.
export default function handler(request, response) {
  const { query, body } = request;
  response.json({ query, body: Buffer.isBuffer(body) ? body.length : body, polluted: ({}).polluted ?? null, admin: body?.isAdmin ?? null });
}
