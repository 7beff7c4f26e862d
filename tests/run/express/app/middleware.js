// What each request passes, in order. The paths below /mw/ have no route: middleware answers them.
const trace = (name) => (req, res, next) => {
  (res.locals.trace ??= []).push(name);
  next();
};

async function user(req, res, next) {
  await null;
  const name = req.get('x-user');
  if (name) req.user = { name };
  next();
}

function guard(req, res, next) {
  if (req.get('authorization')) return next();
  res.status(401).json({ error: 'who are you?', baseUrl: req.baseUrl, url: req.url, path: req.path, originalUrl: req.originalUrl });
}

const after = [];

function answers(req, res, next) {
  switch (req.path) {
    case '/mw/answer': return res.send(`by middleware, ${req.baseUrl}${req.url}`);
    case '/mw/later': return setTimeout(() => res.json({ later: true }), 20);
    case '/mw/error': return next(new Error('broken'));
    case '/mw/throw': throw Object.assign(new Error('thrown'), { status: 418 });
    case '/mw/reject': return Promise.reject(new Error('rejected'));
    case '/mw/router': return next('router');
    case '/mw/silent': return undefined;
    case '/mw/body': return res.json({ body: req.body, method: req.method });
    case '/mw/after': return res.json(after);
    case '/api/seen': {
      after.push('before');
      res.set('x-before', 'yes');
      next();
      after.push('after');
      return undefined;
    }
    default: return setTimeout(next, 1);
  }
}

export default [
  trace('a'),
  [trace('b'), user],
  ['/api/guarded', guard],
  answers,
  (error, req, res, next) => (req.query.pass ? next(error) : res.status(error.status ?? 500).json({ handled: error.message, trace: res.locals.trace })),
];
