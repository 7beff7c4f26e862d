export default function handler(request, response) {
  request.session.user = { id: 7, name: 'Ada & Co', email: 'ada@example.com' };
  return response.json({ ok: true });
}
