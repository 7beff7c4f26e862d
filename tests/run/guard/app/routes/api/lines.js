export const GET = (request, response) => {
  if (request.query.to) return response.redirect(request.query.to);
  try {
    response.set('X-Text', request.query.text);
  } catch (error) {
    return response.status(400).json({ error: error.message });
  }
  return response.json({ ok: true });
};
