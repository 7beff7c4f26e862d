export function GET(req, res) {
  res.set('ETag', '"v1"');
  const range = req.range(100);
  res.json({
    fresh: req.fresh,
    stale: req.stale,
    subdomains: req.subdomains,
    baseUrl: req.baseUrl,
    path: req.route.path,
    same: req.res === res && res.req === req,
    types: req.accepts(),
    type: req.accepts(['json', 'html']),
    encoding: req.acceptsEncodings('br', 'gzip'),
    language: req.acceptsLanguages('de', 'en'),
    charset: req.acceptsCharsets('utf-8'),
    range: Array.isArray(range) ? [range.type, ...range] : range,
    is: req.is('json'),
  });
}
