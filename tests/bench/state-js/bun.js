// Bun.serve with bun:sqlite, as its documentation writes such servers.
import { Database } from 'bun:sqlite';
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { INSERT, SELECT, account, items, jsonHeaders, list, migration, pageHeaders, user } from './common.js';

const db = new Database(process.env.BENCH_DB, { create: true });
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
db.exec(migration);
const select = db.query(SELECT);
const insert = db.query(INSERT);
const sessions = new Map();
const sign = id => createHmac('sha256', process.env.SESSION_SECRET).update(id).digest('base64url');
const page = text => new Response(text, { headers: pageHeaders });

// With the ETag that Express makes.
function json(value) {
  if (process.env.BARE) return Response.json(value);
  const text = JSON.stringify(value);
  const hash = new Bun.CryptoHasher('sha1').update(text).digest('base64').slice(0, 27);
  return new Response(text, { headers: { ...jsonHeaders, etag: `W/"${text.length.toString(16)}-${hash}"` } });
}

function sessionOf(request) {
  const cookie = /(?:^|; )sid=([^;]*)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
  const [id, signature = ''] = cookie.split('.');
  const expected = Buffer.from(sign(id));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? sessions.get(id) : undefined;
}

Bun.serve({
  port: Number(process.env.PORT),
  hostname: '127.0.0.1',
  routes: {
    '/api/list': () => json(list()),
    '/api/me': request => {
      try {
        const { userId, email, role } = jwt.verify(request.headers.get('authorization').substring(7), process.env.JWT_SECRET, { algorithms: ['HS256'] });
        return json({ userId, email, role });
      } catch {
        return Response.json({ error: 'Invalid or expired token' }, { status: 401 });
      }
    },
    '/login': () => {
      const id = randomUUID();
      sessions.set(id, JSON.stringify({ user }));
      return Response.json({ ok: true }, { headers: { 'set-cookie': `sid=${id}.${sign(id)}; Path=/; HttpOnly` } });
    },
    '/account': request => {
      const session = sessionOf(request);
      return session ? page(account(JSON.parse(session).user)) : Response.redirect('/login');
    },
    '/items': () => page(items(select.all())),
    '/api/notes': {
      POST: async request => {
        insert.run((await request.json()).text);
        return json({ ok: true });
      },
    },
  },
});
