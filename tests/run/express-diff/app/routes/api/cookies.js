const cases = {
  plain: (req, res) => res.cookie('a', 'b').end(),
  object: (req, res) => res.cookie('cart', { items: [1, 2] }).end(),
  number: (req, res) => res.cookie('n', 5).end(),
  encoded: (req, res) => res.cookie('name', 'a b;c,ü').end(),
  options: (req, res) => res.cookie('o', '1', { domain: 'x.test', path: '/admin', secure: true, httpOnly: true, sameSite: 'lax' }).end(),
  sameSite: (req, res) => res.cookie('s', '1', { sameSite: true }).cookie('t', '1', { sameSite: 'none', secure: true }).end(),
  expires: (req, res) => res.cookie('e', '1', { expires: new Date(0) }).end(),
  priority: (req, res) => res.cookie('p', '1', { priority: 'high' }).end(),
  partitioned: (req, res) => res.cookie('p', '1', { partitioned: true, secure: true }).end(),
  signed: (req, res) => res.cookie('user', 'tobi', { signed: true }).end(),
  signedObject: (req, res) => res.cookie('user', { id: 7 }, { signed: true, httpOnly: true }).end(),
  two: (req, res) => res.cookie('a', '1').cookie('b', '2').end(),
  clear: (req, res) => res.clearCookie('gone').end(),
  clearPath: (req, res) => res.clearCookie('gone', { path: '/admin', httpOnly: true }).end(),
  badSameSite: (req, res) => res.cookie('a', 'b', { sameSite: 'wrong' }).end(),
  badDomain: (req, res) => res.cookie('a', 'b', { domain: 'x;y' }).end(),
  encode: (req, res) => res.cookie('a', 'b c', { encode: (text) => text.toUpperCase().replace(' ', '_') }).end(),
  read: (req, res) => res.json({ cookies: req.cookies, signed: req.signedCookies }),
  clearOptions: (req, res) => res.clearCookie('gone', { maxAge: 1000, expires: new Date(5e12), domain: 'x.test', secure: true, sameSite: 'strict' }).end(),
  maxAgeZero: (req, res) => res.cookie('a', 'b', { maxAge: null }).end(),
  empty: (req, res) => res.cookie('a', '').end(),
  undefinedValue: (req, res) => res.cookie('a', undefined).end(),
  nullValue: (req, res) => res.cookie('a', null).end(),
  badName: (req, res) => res.cookie('a b', 'c').end(),
  badPath: (req, res) => res.cookie('a', 'b', { path: '/x;y' }).end(),
  badPriority: (req, res) => res.cookie('a', 'b', { priority: 'urgent' }).end(),
  signedTwice: (req, res) => res.cookie('a', '1', { signed: true }).cookie('a', '2', { signed: true, path: '/x' }).end(),
  pathNull: (req, res) => res.cookie('a', 'b', { path: null }).end(),
  optionsKept: (req, res) => {
    const options = { maxAge: 5 };
    res.cookie('a', 'b', { ...options, maxAge: undefined });
    res.json(options);
  },
};

export default (req, res) => cases[req.query.c](req, res);
