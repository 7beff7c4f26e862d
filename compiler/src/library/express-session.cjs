'use strict';
// The middleware `express-session` of npm: sessions are the server's own, by the key `session` of the configuration.

const KNOWN = ['cookie', 'name', 'resave', 'rolling', 'saveUninitialized', 'secret', 'store'];

function session(options = {}) {
  const settings = { name: options.name ?? 'connect.sid' };
  for (const [name, value] of Object.entries(options)) {
    if (!KNOWN.includes(name)) console.warn(`express-session: \`${name}\` has no effect; puremix.config.js has the keys of sessions under \`session\``);
    else if (name === 'store' && typeof value !== 'string') throw new TypeError("express-session: a store is named, not made: `session: { store: 'sqlite' }`, 'postgres', 'redis' or 'memory' in puremix.config.js");
    else settings[name] = value;
  }
  const middleware = (req, res, next) => next();
  return Object.defineProperties(middleware, {
    puremixSettings: { value: { session: settings } },
    puremixConfigOnly: { value: 'the options of express-session must be known before the server starts: put `session({…})` into the `middleware` list of puremix.config.js, or write the key `session: {…}` there' },
  });
}

class Store {
  constructor() {
    throw new TypeError("express-session: a store is named, not made: `session: { store: 'memory' }` in puremix.config.js");
  }
}

module.exports = Object.assign(session, { Store, MemoryStore: Store });
