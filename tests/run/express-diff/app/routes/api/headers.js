const cases = {
  set: (req, res) => res.set('X-Test', 'a').send(res.get('x-test')),
  setObject: (req, res) => res.set({ 'X-A': 'a', 'X-B': 2 }).send([res.get('X-A'), res.get('X-B')]),
  setArray: (req, res) => res.set('X-List', ['a', 'b']).json(res.get('X-List')),
  setHeader: (req, res) => {
    res.setHeader('X-One', 1);
    res.send(typeof res.getHeader('X-One'));
  },
  setTypeText: (req, res) => res.set('Content-Type', 'text/css').send('p{}'),
  setTypeJson: (req, res) => res.set('Content-Type', 'application/json').send('{"a":1}'),
  setTypeXml: (req, res) => res.setHeader('Content-Type', 'application/xml').send('<a/>'),
  header: (req, res) => res.header('X-H', 'h').end(),
  append: (req, res) => res.append('Warning', '199 a').append('Warning', '199 b').append('X-N', ['1', '2']).end(),
  appendSet: (req, res) => res.set('X-A', 'a').append('X-A', 'b').json(res.get('X-A')),
  remove: (req, res) => {
    res.set('X-Gone', 'x');
    res.removeHeader('X-Gone');
    res.send(String(res.get('X-Gone')));
  },
  has: (req, res) => {
    res.set('X-Yes', '1');
    res.json([res.hasHeader('x-yes'), res.hasHeader('x-no')]);
  },
  names: (req, res) => {
    res.set('X-B', '1').set('X-A', '2');
    res.json(res.getHeaderNames().filter((name) => name.startsWith('x-a') || name.startsWith('x-b')));
  },
  type: (req, res) => res.type(req.query.t).end(),
  typeGet: (req, res) => res.type(req.query.t).send(String(res.get('Content-Type'))),
  vary: (req, res) => res.vary('Accept').vary(['Origin', 'accept']).end(),
  varyStar: (req, res) => res.vary('*').vary('Origin').end(),
  links: (req, res) => res.links({ next: 'http://x/2', last: 'http://x/5' }).end(),
  linksTwice: (req, res) => res.links({ next: '/2' }).links({ prev: '/1' }).end(),
  location: (req, res) => res.location(req.query.to).end(),
  redirect: (req, res) => res.redirect(req.query.to),
  redirectStatus: (req, res) => res.redirect(301, req.query.to),
  redirect307: (req, res) => res.redirect(307, '/there'),
  attachment: (req, res) => res.attachment().send('x'),
  attachmentName: (req, res) => res.attachment(req.query.name).send('x'),
  badName: (req, res) => res.set('X Bad', 'x').end(),
  badValue: (req, res) => res.set('X-Bad', 'a\r\nX-Evil: 1').end(),
  undefinedValue: (req, res) => res.setHeader('X-Undefined', undefined),
  typeArray: (req, res) => res.set('Content-Type', ['text/html', 'text/plain']),
  badStatus: (req, res) => res.status(99).end(),
  cacheControl: (req, res) => res.set('Cache-Control', 'no-store').json({}),
  date: (req, res) => res.set('Expires', new Date(0).toUTCString()).end(),
  redirectBack: (req, res) => res.redirect('back'),
  locationBack: (req, res) => res.location('back').end(),
  appendCookie: (req, res) => res.append('Set-Cookie', 'a=1; Path=/').cookie('b', '2').append('Set-Cookie', 'c=3').end(),
  typeCharset: (req, res) => res.type('text/html; charset=iso-8859-1').send('x'),
  setNull: (req, res) => res.set('X-Null', null).end(),
  setNumber: (req, res) => res.set('X-Number', 5).end(),
  linksList: (req, res) => res.links({ pages: ['/1', '/2'] }).end(),
  varyNothing: (req, res) => res.vary('').end(),
  getHeaders: (req, res) => {
    res.set({ 'X-A': '1', 'X-B': ['2', '3'] });
    const headers = res.getHeaders();
    res.json([headers['x-a'], headers['x-b'], Object.keys(headers).filter((name) => name.startsWith('x-'))]);
  },
  contentType: (req, res) => res.contentType('json').send('[]'),
  etagFalse: (req, res) => res.removeHeader('ETag') ?? res.send('x'),
  lengthWrong: (req, res) => res.set('Content-Length', '2').send('four'),
};

export default (req, res) => cases[req.query.c](req, res);
