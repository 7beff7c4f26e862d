// Where the test's own subscription is called.
export const received = [];

export default async function handler(request, response) {
  if (request.method === 'GET') return response.json(received);
  received.push({ signature: request.get('X-Signature'), body: request.body });
  return response.json({ ok: true });
}
