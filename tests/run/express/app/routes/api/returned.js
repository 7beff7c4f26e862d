const cases = {
  string: () => 'text',
  number: () => 0,
  bytes: () => Buffer.from('x'),
  data: () => ({ text: 'plain', id: 1 }),
  json: () => ({ json: { a: 1 }, status: 201, headers: { 'X-A': 'b' } }),
  html: () => ({ html: '<p>', status: 203 }),
  text: () => ({ text: '<p>', headers: { 'X-A': 'c' } }),
  xml: () => ({ text: '<a/>', headers: { 'Content-Type': 'application/xml' } }),
  body: () => ({ body: Buffer.from('png'), status: 200, headers: { 'Content-Type': 'image/png' } }),
  nothing: () => ({ status: 410, headers: { 'X-A': 'd' } }),
  statusText: () => ({ status: 'ok', text: 'fine' }),
  error: () => Object.assign(new Error('returned'), { status: 409 }),
  generator: function* () {
    yield 'a';
    yield Buffer.from('b');
  },
  cookies: () => ({ json: null, headers: { 'Set-Cookie': ['a=1', 'b=2'] } }),
};

export default (req) => cases[req.query.how]();
