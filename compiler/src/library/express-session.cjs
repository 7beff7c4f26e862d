'use strict';
// The middleware `express-session` of npm: sessions are the server's own, by the key `session` of the configuration.
const stores = require('puremix:session-stores');

const KNOWN = ['cookie', 'name', 'resave', 'rolling', 'saveUninitialized', 'secret', 'store', 'unset'];
// What has a reason of its own for having no effect.
const WHY = {
  genid: 'ids are 192 random bits, and stores know only their hashes',
  proxy: '`trustProxy` in puremix.config.js says which proxies are believed',
};

function session(options = {}) {
  const settings = { name: options.name ?? 'connect.sid' };
  for (const [name, value] of Object.entries(options)) {
    if (!KNOWN.includes(name)) console.warn(`express-session: \`${name}\` has no effect; ${WHY[name] ?? 'puremix.config.js has the keys of sessions under `session`'}`);
    else if (name === 'store') settings.store = storeName(value);
    else settings[name] = value;
  }
  const middleware = (req, res, next) => next();
  return Object.defineProperties(middleware, {
    puremixSettings: { value: { session: settings } },
    puremixConfigOnly: { value: 'the options of express-session must be known before the server starts: put `session({…})` into the `middleware` list of puremix.config.js, or write the key `session: {…}` there' },
  });
}

function storeName(store) {
  if (typeof store === 'string' || store === undefined) return store;
  if (typeof store?.puremixStore === 'string') return store.puremixStore;
  throw new TypeError("express-session: this store is not one of the server's: `session: { store: 'sqlite' }`, 'postgres', 'redis' or 'memory' in puremix.config.js");
}

// Stores of an app's own cannot be plugged in.
class Store {
  constructor() {
    throw new TypeError("express-session: a store is named, not made: `session: { store: 'sqlite' }`, 'postgres', 'redis' or 'memory' in puremix.config.js");
  }
}

// `new MemoryStore()` takes no options.
class MemoryStore extends stores.MemoryStore {}

module.exports = Object.assign(session, { Store, MemoryStore });
