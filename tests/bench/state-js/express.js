// Express 5 with express-session and jsonwebtoken, and the SQLite that comes with Node.
import { DatabaseSync } from 'node:sqlite';
import express from 'express';
import session from 'express-session';
import jwt from 'jsonwebtoken';
import { INSERT, SELECT, account, items, jsonHeaders, list, migration, pageHeaders, user } from './common.js';

const db = new DatabaseSync(process.env.BENCH_DB);
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
db.exec(migration);
const select = db.prepare(SELECT);
const insert = db.prepare(INSERT);
const app = express();
app.disable('x-powered-by');
const sessions = session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false, name: 'sid' });
app.get('/api/list', (req, res) => res.set(jsonHeaders).json(list()));
app.get('/api/me', (req, res) => {
  try {
    const { userId, email, role } = jwt.verify(req.headers.authorization.substring(7), process.env.JWT_SECRET, { algorithms: ['HS256'] });
    res.set(jsonHeaders).json({ userId, email, role });
  } catch {
    res.status(401).json({ error: 'Invalid or expired token' });
  }
});
app.get('/login', sessions, (req, res) => {
  req.session.user = user;
  res.json({ ok: true });
});
app.get('/account', sessions, (req, res) => (req.session.user ? res.set(pageHeaders).send(account(req.session.user)) : res.redirect('/login')));
app.get('/items', (req, res) => res.set(pageHeaders).send(items(select.all().map(row => ({ ...row })))));
app.post('/api/notes', express.json(), (req, res) => {
  insert.run(req.body.text);
  res.set(jsonHeaders).json({ ok: true });
});
app.listen(process.env.PORT, '127.0.0.1');
