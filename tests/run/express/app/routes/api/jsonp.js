export function GET(req, res) {
  res.jsonp({ text: 'a\u2028b' });
}
