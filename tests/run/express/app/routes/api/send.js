export function GET(req, res) {
  res.locals.greeting = 'hello';
  if (req.query.back) return res.redirect('back');
  if (req.query.status) return res.sendStatus(Number(req.query.status));
  if (req.query.head) {
    res.writeHead(201, { 'Content-Type': 'text/plain', 'X-A': 'b' });
    return res.end('made');
  }
  res.status(200).send(`${res.locals.greeting} ${res.headersSent}`);
}
