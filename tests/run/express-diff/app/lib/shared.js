// What loaders, actions and API routes may all say: under Express each is one handler.
export const shared = {
  json: (req, res) => res.json({ method: req.method, path: req.path, url: req.url, query: req.query, same: req.res === res && res.req === req }),
  body: (req, res) => res.json({ x: req.body?.x ?? null, type: req.is('urlencoded'), get: req.get('content-type') ?? null }),
  status: (req, res) => res.status(418).send('a teapot'),
  sendStatus: (req, res) => res.sendStatus(403),
  send: (req, res) => res.set('X-A', '1').send('<p>'),
  buffer: (req, res) => res.send(Buffer.from('bytes')),
  redirect: (req, res) => res.redirect('/login'),
  redirect303: (req, res) => res.redirect(303, '/login'),
  cookie: (req, res) => res.cookie('a', 'b', { httpOnly: true }).cookie('signed', 'x', { signed: true }).end('set'),
  cookies: (req, res) => res.json({ cookies: req.cookies, signed: req.signedCookies }),
  format: (req, res) => res.format({ html: () => res.send('<p>html</p>'), json: () => res.json({ json: true }) }),
  vary: (req, res) => res.vary('Cookie').type('text').send('v'),
  locals: (req, res) => {
    res.locals.user = 'ann';
    res.json(res.locals);
  },
  write: (req, res) => {
    res.write('a');
    res.end('b');
  },
  file: (req, res) => res.sendFile('report.csv', { root: process.env.EXPRESS_DIFF_FILES }),
  missing: (req, res) => res.sendFile('none', { root: process.env.EXPRESS_DIFF_FILES }, (error) => res.status(error.status).json({ code: error.code })),
  download: (req, res) => res.download(`${process.env.EXPRESS_DIFF_FILES}/report.csv`, 'a.csv'),
  later: (req, res) => new Promise((resolve) => setTimeout(() => resolve(res.json({ later: true })), 5)),
  ip: (req, res) => res.json([req.ip, req.protocol, req.hostname, req.secure, req.xhr]),
  throwStatus: () => {
    throw Object.assign(new Error('not yours'), { status: 403 });
  },
};
