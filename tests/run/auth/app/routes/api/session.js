// What apps do with `request.session`, by the name of the action.
const actions = {
  read: ({ session }) => ({ ...session }),
  id: (request) => ({ same: request.sessionID === request.session.id, id: request.session.id }),
  set: ({ session, body }) => Object.assign(session, body),
  unset: ({ session, body }) => { delete session[body.name]; return session; },
  nothing: () => ({}),
  async login(request) {
    const before = request.session.id;
    await request.session.regenerate();
    request.session.user = { name: request.body.name };
    return { changed: before !== request.session.id, user: request.user };
  },
  loginWithCallback: (request) => new Promise((done) => {
    request.session.old = true;
    request.session.regenerate((error) => {
      request.session.user = { name: 'callback' };
      request.session.save((failed) => done({ error: error ?? null, failed: failed ?? null, old: request.session.old ?? null }));
    });
  }),
  async logout(request) {
    await request.session.destroy();
    return { session: typeof request.session, user: request.user };
  },
  logoutWithCallback: (request) => new Promise((done) => request.session.destroy((error) => done({ error: error ?? null, session: typeof request.session }))),
  async save(request) {
    request.session.saved = true;
    await request.session.save();
    request.session.late = true;
    return {};
  },
  async reload(request) {
    request.session.lost = true;
    await request.session.reload();
    return { ...request.session };
  },
  replace(request) {
    request.session = { ...request.body };
    return request.session;
  },
  leave(request) {
    request.session.left = true;
    request.session = null;
    return { session: request.session, user: request.user };
  },
  touch: (request) => ({ same: request.session.touch() === request.session }),
  shorter(request) {
    request.session.cookie.maxAge = Number(request.body.ms);
    const { originalMaxAge, expires, httpOnly, sameSite, path } = request.session.cookie;
    return { originalMaxAge, left: request.session.cookie.maxAge > 0, expires: expires instanceof Date, httpOnly, sameSite, path };
  },
  browser(request) {
    request.session.cookie.expires = false;
    request.session.cookie.sameSite = 'strict';
    request.session.here = 1;
    return {};
  },
  cookie: ({ session }) => ({ originalMaxAge: session.cookie.originalMaxAge, sameSite: session.cookie.sameSite }),
  flash(request) {
    return { first: request.flash('info', 'one'), second: request.flash('info', 'two %s', 'and'), list: request.session.flash('error', ['a', 'b']) };
  },
  flashed: (request) => ({ info: request.flash('info'), all: request.flash(), none: request.flash('info') }),
  // Reads, waits, writes: what is lost when two do it at once.
  async add(request) {
    const before = request.session.count ?? 0;
    await new Promise((done) => setTimeout(done, 1));
    request.session.count = before + 1;
    return { count: request.session.count };
  },
  async slow({ session }) {
    await new Promise((done) => setTimeout(done, 300));
    session.slow = (session.slow ?? 0) + 1;
    return {};
  },
  keys: ({ session }) => ({ keys: Object.keys(session), json: JSON.stringify(session), has: 'id' in session }),
};

export default async function handler(request, response) {
  const result = await actions[request.query.do](request);
  return response.json(result);
}
