const cases = {
  text: (req, res) => res.send('hello'),
  empty: (req, res) => res.send(''),
  nothing: (req, res) => res.send(),
  null: (req, res) => res.send(null),
  bool: (req, res) => res.send(true),
  object: (req, res) => res.send({ a: 1, b: [true, null], c: 'ü' }),
  array: (req, res) => res.send([1, 2, 3]),
  buffer: (req, res) => res.send(Buffer.from([0, 1, 2, 255])),
  typedBuffer: (req, res) => res.type('png').send(Buffer.from('x')),
  bytes: (req, res) => res.send(new Uint8Array([65, 66])),
  unicode: (req, res) => res.send('grüße ☃ 𝒳'),
  plain: (req, res) => res.type('text').send('<b>'),
  latin: (req, res) => res.set('Content-Type', 'text/html; charset=iso-8859-1').send('x'),
  json: (req, res) => res.json({ ok: true, date: new Date(0), undef: undefined, nan: NaN, nested: { list: [] } }),
  jsonText: (req, res) => res.json('text'),
  jsonNull: (req, res) => res.json(null),
  jsonNumber: (req, res) => res.json(1.5),
  jsonArray: (req, res) => res.json([]),
  jsonType: (req, res) => res.type('application/vnd.api+json').json({ a: 1 }),
  jsonStatus: (req, res) => res.status(201).json({ created: true }),
  jsonHtml: (req, res) => res.json({ html: '</script><!-- &' }),
  jsonp: (req, res) => res.jsonp({ a: 1, s: '\u2028' }),
  jsonpStatus: (req, res) => res.status(202).jsonp([1]),
  status204: (req, res) => res.status(204).send('gone'),
  status205: (req, res) => res.status(205).send('reset'),
  status304: (req, res) => res.status(304).send('same'),
  status418: (req, res) => res.sendStatus(418),
  status404: (req, res) => res.sendStatus(404),
  status500: (req, res) => res.sendStatus(500),
  status299: (req, res) => res.sendStatus(299),
  end: (req, res) => res.end(),
  endText: (req, res) => res.end('ended'),
  endBuffer: (req, res) => res.end(Buffer.from('bytes')),
  endStatus: (req, res) => res.status(204).end(),
  endEncoding: (req, res) => res.end('aGVsbG8=', 'base64'),
  write: (req, res) => {
    res.write('a');
    res.write('b');
    res.end('c');
  },
  writeHead: (req, res) => {
    res.writeHead(203, { 'X-A': '1', 'Content-Type': 'text/plain' });
    res.end('head');
  },
  writeLength: (req, res) => {
    res.set('Content-Length', '4').set('Content-Type', 'text/plain');
    res.write('ab');
    res.end('cd');
  },
  sent: (req, res) => {
    const before = [res.headersSent, res.writableEnded, res.statusCode];
    res.set('x-before', before.join(' '));
    res.send('sent');
  },
  twice: (req, res) => {
    res.send('first');
    let message = 'nothing';
    try {
      res.send('second');
    } catch (error) {
      message = `${error.code} ${res.headersSent} ${res.writableEnded}`;
    }
    globalThis.twice = message;
  },
  twiceSaid: (req, res) => res.send(globalThis.twice ?? 'nothing'),
  later: (req, res) => setTimeout(() => res.json({ later: true }), 5),
  etagOwn: (req, res) => res.set('ETag', '"own"').send('tagged'),
  etagWeakOwn: (req, res) => res.set('ETag', 'W/"own"').send('tagged'),
  modified: (req, res) => res.set('Last-Modified', 'Wed, 21 Oct 2015 07:28:00 GMT').send('old'),
  long: (req, res) => res.send('x'.repeat(5000)),
  chain: (req, res) => res.status(201).set('X-A', '1').type('html').send('<p>'),
  length: (req, res) => {
    res.send('äöü');
    globalThis.length = res.get('Content-Length');
  },
  lengthSaid: (req, res) => res.json({ length: globalThis.length }),
  statusCode: (req, res) => {
    res.statusCode = 206;
    res.end('partial');
  },
  message: (req, res) => res.status(599).send('x'),
  method: (req, res) => res.set('X-Method', req.method).end(),
  statusText: (req, res) => res.status('201').end(),
  jsonBigint: (req, res) => res.json({ n: 5n }),
  jsonToJson: (req, res) => res.json({ toJSON: () => ({ mine: true }) }),
  jsonUndefined: (req, res) => res.json(undefined),
  endCallback: (req, res) => res.end('called', () => (globalThis.called = true)),
  endCallbackSaid: (req, res) => res.json({ called: globalThis.called ?? false }),
  writeCallback: (req, res) => {
    res.set('Content-Type', 'text/plain');
    res.write('a', () => res.end('b'));
  },
  statusMessage: (req, res) => {
    res.statusMessage = 'Of my own';
    res.status(200).json({ message: res.statusMessage });
  },
  statusMessageUnset: (req, res) => {
    const before = typeof res.statusMessage;
    res.statusMessage = 'Gone again';
    res.statusMessage = '';
    res.status(201).json({ before });
  },
  statusMessageStreamed: (req, res) => {
    res.statusMessage = 'In pieces';
    res.statusCode = 203;
    res.type('txt');
    res.write('a');
    res.end('b');
  },
  setHeaders: (req, res) => {
    res.setHeaders(new Map([['x-one', '1'], ['x-two', '2']]));
    res.end(res.getHeader('x-one'));
  },
  appendHeader: (req, res) => {
    res.appendHeader('X-Many', 'a').appendHeader('X-Many', ['b', 'c']);
    res.json(res.getHeader('x-many'));
  },
  writeHeadReason: (req, res) => res.writeHead(404, 'Nowhere', { 'X-A': '1' }).end('gone'),
  writeHeadList: (req, res) => res.writeHead(200, ['X-A', '1', 'X-B', '2']).end('list'),
  dataView: (req, res) => res.send(new Uint8Array([66, 67]).buffer.byteLength + ''),
  big: (req, res) => res.json({ list: Array.from({ length: 200 }, (_, i) => ({ i, text: 'ü'.repeat(i % 5) })) }),
};

export default (req, res) => cases[req.query.c](req, res);
