export function GET(req, res) {
  if (req.query.set) {
    return res
      .cookie('user', { id: 7 }, { signed: true, httpOnly: true, priority: 'high' })
      .cookie('plain', 'a b')
      .json({ set: true });
  }
  res.json({ cookies: req.cookies, signed: req.signedCookies });
}
