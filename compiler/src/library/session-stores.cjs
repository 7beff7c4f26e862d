'use strict';
// Stores for express-session of npm: what they were made for is the server's own, by name. Each gives `puremixStore`, the value of `session.store`.

function refuse(packageName, what, instead) {
  throw new TypeError(`${packageName}: ${what}: sessions are the server's own; ${instead} in puremix.config.js`);
}

function warn(packageName, options, known) {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) console.warn(`${packageName}: \`${name}\` has no effect: sessions are the server's own (docs/book/sessions.md)`);
  }
}

class Store {
  constructor(store) {
    Object.defineProperty(this, 'puremixStore', { value: store });
  }
}

class RedisStore extends Store {
  constructor(options = {}) {
    if (options.client !== undefined) refuse('connect-redis', 'a client is not needed', "write `session: { store: 'redis' }` and set REDIS_URL, or give the URL as the store,");
    warn('connect-redis', options, ['url', 'ttl']);
    super(options.url ?? 'redis');
  }
}

class PgStore extends Store {
  constructor(options = {}) {
    for (const name of ['pool', 'pgPromise', 'conObject']) {
      if (options[name] !== undefined) refuse('connect-pg-simple', `\`${name}\` is not needed`, "write `session: { store: 'postgres' }` and set DATABASE_URL, or give the URL as the store,");
    }
    warn('connect-pg-simple', options, ['conString', 'createTableIfMissing', 'ttl', 'pruneSessionInterval', 'disableTouch']);
    super(options.conString ?? 'postgres');
  }
}

class MemoryStore extends Store {
  constructor(options = {}) {
    warn('memorystore', options, ['checkPeriod', 'max', 'ttl']);
    super('memory');
  }
}

class SqliteStore extends Store {
  constructor(options = {}) {
    warn('connect-sqlite3', options, ['db', 'dir']);
    const file = options.db === undefined || options.db.includes('.') ? options.db : `${options.db}.db`;
    super(file === undefined ? 'sqlite' : `sqlite:${options.dir ?? '.'}/${file}`);
  }
}

module.exports = { Store, RedisStore, PgStore, MemoryStore, SqliteStore };
