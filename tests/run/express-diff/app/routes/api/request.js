const cases = {
  all: (req, res) =>
    res.json({
      method: req.method, url: req.url, originalUrl: req.originalUrl, baseUrl: req.baseUrl, path: req.path, protocol: req.protocol, secure: req.secure,
      hostname: req.hostname, xhr: req.xhr, ip: req.ip, ips: req.ips, subdomains: req.subdomains, fresh: req.fresh, stale: req.stale,
      version: req.httpVersion, complete: typeof req.complete, params: { ...req.params },
    }),
  query: (req, res) => res.json(req.query),
  headers: (req, res) => res.json({ a: req.headers['x-a'], get: req.get('X-A'), upper: req.header('x-A'), missing: req.get('x-none') === undefined, referer: req.get('referrer') }),
  accepts: (req, res) => res.json([req.accepts(), req.accepts('html'), req.accepts(['json', 'text']), req.accepts('image/png', 'html'), req.accepts('application/*')]),
  acceptsAll: (req, res) => res.json([req.acceptsEncodings(), req.acceptsCharsets(), req.acceptsLanguages(), req.acceptsEncodings('gzip', 'br'), req.acceptsLanguages('de', 'en'), req.acceptsCharsets('utf-8')]),
  is: (req, res) => res.json([req.is('json'), req.is('html'), req.is('text/*'), req.is('application/json'), req.is(['urlencoded', 'multipart']), req.is('+json'), req.is('*/*')]),
  range: (req, res) => {
    const range = req.range(1000);
    res.json({ range, type: range?.type ?? null });
  },
  rangeCombine: (req, res) => res.json({ range: req.range(1000, { combine: true }) ?? null }),
  body: (req, res) => res.json({ body: Buffer.isBuffer(req.body) ? { bytes: [...req.body] } : req.body, type: typeof req.body }),
  format: (req, res) =>
    res.format({
      'text/plain': () => res.send('plain'),
      html: () => res.send('<p>html</p>'),
      json: () => res.json({ format: 'json' }),
    }),
  formatDefault: (req, res) => res.format({ json: () => res.json({}), default: () => res.status(406).send('nothing fits') }),
  locals: (req, res) => {
    res.locals.a = 1;
    res.json({ locals: res.locals, same: res.req === req && req.res === res, app: typeof req.app.get, env: typeof req.app.get('env') });
  },
  socket: (req, res) => res.json([typeof req.socket.remoteAddress, req.connection.remoteAddress === req.socket.remoteAddress]),
  throw: () => {
    throw new Error('thrown');
  },
  throwStatus: () => {
    throw Object.assign(new TypeError('teapot'), { status: 418, code: 'E_TEA' });
  },
  next: (req, res, next) => next(new RangeError('by next')),
  events: (req, res) => {
    res.on('finish', () => (globalThis.events = [res.statusCode, res.headersSent, res.writableEnded, res.get('X-Kept')]));
    res.set('X-Kept', 'yes').status(202).end();
  },
  eventsSaid: (req, res) => res.json(globalThis.events ?? null),
  user: (req, res) => {
    req.user = { name: 'ann' };
    req.custom = [1];
    res.json({ user: req.user, custom: req.custom, has: 'custom' in req });
  },
  getNothing: (req) => req.get(),
  getNumber: (req) => req.get(5),
  isNothing: (req, res) => res.json([req.is()]),
  raw: (req, res) => res.json([req.rawHeaders.length > 0, typeof req.trailers, req.httpVersionMajor, req.httpVersionMinor]),
  distinct: (req, res) => res.json(req.headersDistinct['x-a'] ?? null),
  route: (req, res) => res.json({ path: req.route.path, base: req.baseUrl }),
  methods: (req, res) => res.json([typeof req.on, typeof req.pipe, typeof req.setTimeout, typeof res.on, typeof res.flushHeaders, req.readable, res.writable]),
  proto: (req, res) => res.json([req.query.toString === undefined, Object.getPrototypeOf(req.params) === null || typeof req.params.toString]),
};

export default (req, res, next) => cases[req.query.c](req, res, next);
