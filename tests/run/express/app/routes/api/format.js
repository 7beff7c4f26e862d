export function GET(req, res) {
  res.format({
    text: () => res.send('plain'),
    'text/html': (request, response) => response.send(`<b>${request === req && response === res}</b>`),
    json: () => res.json({ kind: 'json' }),
    ...(req.query.fallback && { default: () => res.status(406).send('fallback') }),
  });
}
