import bodyParser from 'body-parser';
import cookieParser, { signedCookie } from 'cookie-parser';
import cors from 'cors';

// A secret of its own, not the session's.
const handler = (req, res) => {
  if (req.query.set) res.cookie('mine', 'tobi', { signed: true });
  res.json({ cookies: req.cookies, signed: req.signedCookies, by: signedCookie(req.get('x-cookie') ?? '', 'keyboard cat'), secret: req.secret });
};

export const GET = [cookieParser(['keyboard cat', 'older']), bodyParser.json(), handler];

// As the npm package answers, at one route.
export const OPTIONS = [cors({ origin: (origin, done) => done(null, origin === 'https://c.test'), methods: ['GET', 'PUT'] }), (req, res) => res.send('next')];
