'use strict';
// The package `pg` (node-pg 8): clients and pools over the native client. The server's values come as text; the types below make values
// of them, as pg-types does.

const EventEmitter = require('events');
const native = require('pg/native-client');
const types = require('pg-types');

const defaults = { host: 'localhost', user: process.env.USER, database: undefined, password: null, connectionString: undefined, port: 5432, max: 10, idleTimeoutMillis: 30000 };

class DatabaseError extends Error {
  constructor(message, length, name) {
    super(message);
    this.length = length;
    this.name = name;
  }
}

function databaseError(error, stack) {
  if (error.isLost) {
    const lost = new Error('Connection terminated unexpectedly', { cause: error });
    if (stack) lost.stack = `Error: ${lost.message}\n${stack.split('\n').slice(1).join('\n')}`;
    return lost;
  }
  if (!error.isServers) return error;
  const made = new DatabaseError(error.message, error.length, 'error');
  for (const name of ['severity', 'code', 'detail', 'hint', 'position', 'internalPosition', 'internalQuery', 'where', 'schema', 'table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine']) {
    made[name] = error[name];
  }
  if (stack) made.stack = `error: ${error.message}\n${stack.split('\n').slice(1).join('\n')}`;
  return made;
}

function pad(number, digits) {
  return String(number).padStart(digits, '0');
}

function dateToString(date) {
  let offset = -date.getTimezoneOffset();
  let year = date.getFullYear();
  const isBc = year < 1;
  if (isBc) year = Math.abs(year) + 1;
  let text = `${pad(year, 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}T${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}.${pad(date.getMilliseconds(), 3)}`;
  text += offset < 0 ? '-' : '+';
  offset = Math.abs(offset);
  text += `${pad(Math.floor(offset / 60), 2)}:${pad(offset % 60, 2)}`;
  return isBc ? `${text} BC` : text;
}

function arrayString(list) {
  const items = list.map((item) => {
    if (item === null || item === undefined) return 'NULL';
    if (Array.isArray(item)) return arrayString(item);
    if (ArrayBuffer.isView(item)) return `\\\\x${Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('hex')}`;
    return `"${String(prepareValue(item)).replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
  });
  return `{${items.join(',')}}`;
}

function prepareValue(value, seen = []) {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  if (ArrayBuffer.isView(value)) return value;
  if (value instanceof Date) return dateToString(value);
  if (Array.isArray(value)) return arrayString(value);
  if (typeof value.toPostgres === 'function') {
    if (seen.includes(value)) throw new Error(`circular reference detected while preparing "${value}" for query`);
    return prepareValue(value.toPostgres(prepareValue), [...seen, value]);
  }
  return JSON.stringify(value);
}

const TAG = /^([A-Za-z]+)(?: (\d+))?(?: (\d+))?/;

class Result {
  constructor(answer, rowMode, overrides) {
    const match = TAG.exec(answer.tag);
    this.command = match ? match[1] : null;
    this.rowCount = null;
    this.oid = null;
    if (match?.[3]) {
      this.oid = parseInt(match[2], 10);
      this.rowCount = parseInt(match[3], 10);
    } else if (match?.[2]) {
      this.rowCount = parseInt(match[2], 10);
    }
    this.rows = [];
    this.fields = answer.fields;
    const parsers = answer.fields.map((field) => overrides.getTypeParser(field.dataTypeID, 'text'));
    const names = answer.fields.map((field) => field.name);
    for (const texts of answer.rows) {
      const row = rowMode === 'array' ? [] : {};
      for (let i = 0; i < names.length; i++) {
        const text = texts[i];
        const value = text === null ? null : parsers[i](text);
        if (rowMode === 'array') row.push(value);
        else row[names[i]] = value;
      }
      this.rows.push(row);
    }
  }
}

function escapeIdentifier(text) {
  return `"${text.replace(/"/g, '""')}"`;
}

function escapeLiteral(text) {
  if (text === null || text === undefined) return "''";
  const escaped = String(text).replace(/'/g, "''").replace(/\\/g, '\\\\');
  return String(text).includes('\\') ? ` E'${escaped}'` : `'${escaped}'`;
}

/** `query(text, values, callback)`, `query({ text, values, name, rowMode }, callback)`. */
function queryOf(config, values, callback) {
  if (config === null || config === undefined) throw new TypeError('Client was passed a null or undefined query');
  const query = typeof config === 'string' ? { text: config } : { ...config, text: config.text };
  if (typeof values === 'function') query.callback = values;
  else if (values) query.values = values;
  if (callback) query.callback = callback;
  if (typeof config.submit === 'function') {
    throw new Error('Objects with submit() (pg-cursor, pg-query-stream, pg-copy-streams) are not supported: DECLARE a cursor and FETCH from it inside a transaction, or ask page by page');
  }
  return query;
}

/** A promise, or undefined when there is a callback, which is told the same; `none` stands for no error. */
function answered(promise, callback, none) {
  if (!callback) return promise;
  promise.then(
    (value) => process.nextTick(callback, none, value),
    (error) => process.nextTick(callback, error),
  );
}

function settings(config) {
  const given = typeof config === 'string' ? { connectionString: config } : { ...config };
  const env = process.env;
  if (!given.connectionString) {
    given.host ??= env.PGHOST ?? defaults.host;
    given.port ??= env.PGPORT ?? defaults.port;
    given.user ??= env.PGUSER ?? defaults.user;
    given.password ??= env.PGPASSWORD ?? defaults.password;
    given.database ??= env.PGDATABASE ?? defaults.database ?? given.user;
  }
  given.ssl ??= env.PGSSLMODE || undefined;
  given.application_name ??= env.PGAPPNAME ?? given.fallback_application_name;
  given.options ??= env.PGOPTIONS;
  return given;
}

class Client extends EventEmitter {
  #handle;
  #config;
  #ended = false;
  #isBroken = false;
  #types;
  #last = Promise.resolve();
  #listens = false;

  constructor(config) {
    super();
    this.#config = settings(config);
    this.#types = new types.Overrides(this.#config.types);
    this.host = this.#config.host;
    this.port = this.#config.port;
    this.user = this.#config.user;
    this.database = this.#config.database;
  }

  connect(callback) {
    return answered(this.#connect(), callback && ((error) => callback(error)));
  }

  async #connect() {
    if (this.#handle) throw new Error('Client has already been connected. You cannot reuse a client.');
    const config = { ...this.#config };
    if (typeof config.password === 'function') config.password = await config.password();
    try {
      this.#handle = await native.connect({ ...config, environment: process.env });
    } catch (error) {
      // What kept it from connecting says more than that the connection ended.
      delete error.isLost;
      throw databaseError(error);
    }
    this.emit('connect');
  }

  query(config, values, callback) {
    const query = queryOf(config, values, callback);
    const { stack } = new Error();
    return answered(this.#query(query, stack), query.callback, null);
  }

  async #query(query, stack) {
    if (this.#ended) throw new Error('Client was closed and is not queryable');
    const before = this.#last;
    let done;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    try {
      if (this.#isBroken) throw new Error('Client has encountered a connection error and is not queryable');
      if (!this.#handle) throw new Error('Client is not connected: call `connect` first');
      if (typeof query.text !== 'string') throw new Error('A query must have either text or a name. Supplying neither is unsupported.');
      if (query.values !== undefined && query.values !== null && !Array.isArray(query.values)) throw new Error('Query values must be an array');
      const values = query.values?.length || query.name ? (query.values ?? []).map((value) => prepareValue(value)) : null;
      const answers = await this.#within(query.query_timeout ?? this.#config.query_timeout, native.query(this.#handle, query.text, values, Boolean(query.name)));
      if (answers.some((answer) => answer.tag === 'LISTEN')) this.#listen();
      const overrides = query.types ?? this.#types;
      const results = answers.map((answer) => new Result(answer, query.rowMode, overrides));
      return results.length === 1 ? results[0] : results;
    } catch (error) {
      const made = databaseError(error, stack);
      if (error.isLost || made.severity === 'FATAL' || made.severity === 'PANIC') this.#break(new Error('Connection terminated unexpectedly'));
      throw made;
    } finally {
      done();
    }
  }

  /** Tells what comes on channels, until the end. */
  async #listen() {
    if (this.#listens) return;
    this.#listens = true;
    try {
      for (;;) {
        const heard = await native.hear(this.#handle);
        if (heard.length === 0) return;
        // A listener that throws is nobody's failure but its own.
        for (const message of heard) process.nextTick(() => this.emit('notification', message));
      }
    } catch (error) {
      this.#break(error.isLost ? new Error('Connection terminated unexpectedly') : databaseError(error));
    }
  }

  /** Waits at most so many milliseconds; the server is not told. */
  #within(limit, answer) {
    if (!limit) return answer;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('Query read timeout')), limit);
    });
    answer.catch(() => {});
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #break(error) {
    if (this.#isBroken) return;
    this.#isBroken = true;
    process.nextTick(() => {
      if (this.listenerCount('error') > 0) this.emit('error', error);
      this.emit('end');
    });
  }

  setTypeParser(oid, format, parse) {
    return this.#types.setTypeParser(oid, format, parse);
  }

  getTypeParser(oid, format) {
    return this.#types.getTypeParser(oid, format);
  }

  escapeIdentifier(text) {
    return escapeIdentifier(text);
  }

  escapeLiteral(text) {
    return escapeLiteral(text);
  }

  /** Whether the server has not hung up. */
  async isAlive() {
    return this.#handle && !this.#isBroken ? native.isAlive(this.#handle) : false;
  }

  end(callback) {
    this.#ended = true;
    const ended = this.#last.then(async () => {
      if (this.#handle) await native.end(this.#handle);
      this.emit('end');
    });
    return answered(ended, callback);
  }
}

class Pool extends EventEmitter {
  #idle = [];
  #all = new Set();
  #waiting = [];
  #made = new WeakMap();

  constructor(options) {
    super();
    this.options = { ...settings(options) };
    this.options.max = this.options.max ?? this.options.poolSize ?? defaults.max;
    this.options.idleTimeoutMillis ??= 10000;
    this.ending = false;
    this.ended = false;
    this.Client = this.options.Client ?? Client;
  }

  get totalCount() {
    return this.#all.size;
  }

  get idleCount() {
    return this.#idle.length;
  }

  get waitingCount() {
    return this.#waiting.length;
  }

  connect(callback) {
    const taken = this.#take();
    if (!callback) return taken;
    taken.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => {}),
    );
  }

  async #take() {
    if (this.ending) throw new Error('Cannot use a pool after calling end on the pool');
    while (this.#idle.length > 0) {
      const { client, timer } = this.#idle.pop();
      clearTimeout(timer);
      if (await client.isAlive()) return this.#lend(client);
      this.#remove(client);
      const error = new Error('Connection terminated unexpectedly');
      if (this.listenerCount('error') > 0) this.emit('error', error, client);
    }
    if (this.#all.size < this.options.max) return this.#lend(await this.#open());
    return new Promise((resolve, reject) => {
      const entry = { resolve, reject };
      this.#waiting.push(entry);
      const patience = this.options.connectionTimeoutMillis;
      if (patience) {
        entry.timer = setTimeout(() => {
          this.#waiting = this.#waiting.filter((other) => other !== entry);
          reject(new Error('timeout exceeded when trying to connect'));
        }, patience);
      }
    });
  }

  async #open() {
    const client = new this.Client(this.options);
    this.#all.add(client);
    this.#made.set(client, { since: Date.now(), uses: 0 });
    try {
      await client.connect();
      this.emit('connect', client);
      return client;
    } catch (error) {
      this.#all.delete(client);
      this.#serve();
      throw error;
    }
  }

  #lend(client) {
    let isOut = true;
    client.release = (destroy) => {
      if (!isOut) throw new Error('Release called on client which has already been released to the pool.');
      isOut = false;
      this.emit('release', destroy instanceof Error ? destroy : undefined, client);
      if (destroy || this.ending || this.#isSpent(client)) this.#remove(client);
      else this.#rest(client);
      this.#serve();
    };
    this.emit('acquire', client);
    return client;
  }

  #isSpent(client) {
    const made = this.#made.get(client);
    const { maxUses = Infinity, maxLifetimeSeconds = 0 } = this.options;
    made.uses += 1;
    return made.uses >= maxUses || (maxLifetimeSeconds > 0 && Date.now() - made.since >= maxLifetimeSeconds * 1000);
  }

  #rest(client) {
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((entry) => entry.client !== client);
      this.#remove(client);
    }, this.options.idleTimeoutMillis || 2 ** 31 - 1);
    // A pool keeps no program running that is done.
    timer.unref();
    this.#idle.push({ client, timer });
  }

  #remove(client) {
    this.#all.delete(client);
    client.end().catch(() => {});
    this.emit('remove', client);
  }

  /** Gives those who wait what has come free. */
  #serve() {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#all.size < this.options.max)) {
      const { resolve, reject, timer } = this.#waiting.shift();
      clearTimeout(timer);
      this.#take().then(resolve, reject);
      if (this.#idle.length === 0) break;
    }
  }

  query(config, values, callback) {
    const query = queryOf(config, values, callback);
    const { callback: tell, ...rest } = query;
    return answered(this.#query(rest), tell, undefined);
  }

  async #query(query) {
    const client = await this.#take();
    try {
      const result = await client.query(query);
      client.release();
      return result;
    } catch (error) {
      // The server's refusals leave the connection as it was.
      client.release(error instanceof DatabaseError && error.severity === 'ERROR' ? undefined : error);
      throw error;
    }
  }

  end(callback) {
    if (this.ending) return answered(Promise.reject(new Error('Called end on pool more than once')), callback);
    this.ending = true;
    const ended = (async () => {
      const idle = this.#idle.splice(0);
      for (const { client, timer } of idle) {
        clearTimeout(timer);
        this.#all.delete(client);
        await client.end();
        this.emit('remove', client);
      }
      this.ended = true;
    })();
    return answered(ended, callback);
  }
}

/** Only told apart by name: queries are asked with `client.query(text, values)`. */
class Query {
  constructor() {
    throw new Error('new pg.Query() is not supported: use client.query(text, values)');
  }
}

module.exports = { Client, Pool, Query, Result, DatabaseError, TypeOverrides: types.Overrides, types: types.types, defaults, escapeIdentifier, escapeLiteral };
module.exports.default = module.exports;
