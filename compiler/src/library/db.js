// `puremix:db`: the app's SQL database. Values never become part of a statement's text: they are bound.

import * as native from 'puremix:db/native';

/** A piece of SQL with the values that stand in it. */
class Sql {
  #strings;
  #values;
  #database;

  constructor(strings, values, database) {
    this.#strings = strings;
    this.#values = values;
    this.#database = database;
  }

  /** Writes this piece into a statement. */
  write(out) {
    const strings = this.#strings;
    const values = this.#values;
    out.text += strings[0];
    for (let i = 0; i < values.length; i++) {
      writeValue(out, values[i]);
      out.text += strings[i + 1];
    }
  }

  /** The statement's text and parameters, for logs and tests. */
  statement() {
    const { text, params } = this.#written(target(this.#database));
    return { text, params };
  }

  #written(database) {
    const strings = this.#strings;
    if (strings.length === 1) return { text: strings[0], params: [] };
    const out = { text: '', params: [], mark: native.dialect(database) === 'sqlite' ? '?' : '$' };
    this.write(out);
    return out;
  }

  /** All rows. */
  all() {
    const database = target(this.#database);
    const { text, params } = this.#written(database);
    return native.query(database, text, params);
  }

  /** The first row, or undefined. */
  async first() {
    return (await this.all())[0];
  }

  /** Runs a statement that writes: `{ changes, lastId, rows }`. Resolves when the write is durable. */
  run() {
    const database = target(this.#database);
    const { text, params } = this.#written(database);
    return native.run(database, text, params);
  }

  then(resolve, reject) {
    return promiseOf(this).then(resolve, reject);
  }

  catch(reject) {
    return promiseOf(this).catch(reject);
  }

  finally(f) {
    return promiseOf(this).finally(f);
  }
}

/** What fails before the database is asked rejects too. */
function promiseOf(statement) {
  try {
    return statement.all();
  } catch (error) {
    return Promise.reject(error);
  }
}

function target(database) {
  if (database === undefined) return main.handle;
  if (database.isOver) throw new Error('the transaction is over: its statements must be awaited inside the function given to `transaction`');
  return database.handle;
}

function writeValue(out, value) {
  if (value instanceof Sql) {
    value.write(out);
  } else if (Array.isArray(value)) {
    // For `IN`: nothing is in an empty list.
    if (value.length === 0) {
      out.text += '(NULL)';
      return;
    }
    let mark = '(';
    for (const item of value) {
      out.text += mark;
      writeParameter(out, item);
      mark = ', ';
    }
    out.text += ')';
  } else {
    writeParameter(out, value);
  }
}

function writeParameter(out, value) {
  out.params.push(parameter(value));
  out.text += out.mark + out.params.length;
}

function parameter(value) {
  if (typeof value !== 'object' || value === null) {
    if (value === undefined) throw new TypeError('undefined cannot be a parameter of a statement: write null for NULL');
    return value;
  }
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return value;
  return JSON.stringify(value);
}

function plain(text) {
  return new Sql([text], []);
}

function tag(database) {
  const sql = (strings, ...values) => {
    if (!Array.isArray(strings) || !Array.isArray(strings.raw)) {
      throw new TypeError('write sql`…`: a statement in a string is not taken, since values pasted into it could be anything');
    }
    return new Sql(strings, values, database);
  };
  /** A name of a table or column. */
  sql.id = (...names) => plain(names.map((name) => `"${String(name).replaceAll('"', '""')}"`).join('.'));
  /** Several pieces or values with a separator between them. */
  sql.join = (items, separator = ', ') => {
    if (items.length === 0) return plain('');
    const strings = ['', ...Array(items.length - 1).fill(separator), ''];
    return new Sql(strings, items.map((item) => item ?? null));
  };
  /** `(a, b) VALUES (1, 2), (3, 4)` for an object or a list of objects with the same names. */
  sql.values = (rows) => {
    const list = Array.isArray(rows) ? rows : [rows];
    if (list.length === 0) throw new TypeError('sql.values: no rows');
    const names = Object.keys(list[0]);
    const tuples = list.map((row) => names.map((name) => row[name] ?? null));
    return new Sql(['(', ') VALUES ', ''], [sql.join(names.map((name) => sql.id(name))), sql.join(tuples.map((tuple) => new Sql(['(', ')'], [sql.join(tuple.map(single))])))]);
  };
  /** `a = 1, b = 2` for `UPDATE`. */
  sql.set = (row) => sql.join(Object.entries(row).map(([name, value]) => new Sql(['', ' = ', ''], [sql.id(name), single(value ?? null)])));
  /** SQL as it stands. Never with anything that came from a request. */
  sql.unsafeRaw = (text) => plain(String(text));
  return sql;
}

/** One parameter, a list too: as JSON and not as a list for `IN`. */
function single(value) {
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

class Transaction {
  isOver = false;

  constructor(handle) {
    this.handle = handle;
    this.sql = tag(this);
  }

  transaction() {
    throw new Error('a transaction inside a transaction: pass `tx` on instead');
  }
}

class Database {
  #url;
  #handle;

  constructor(url) {
    this.#url = url;
    this.sql = tag(this);
  }

  /** Opened when first used. */
  get handle() {
    return (this.#handle ??= native.open(this.#url));
  }

  get dialect() {
    return native.dialect(this.handle);
  }

  /** All or nothing: what `work` does with `tx.sql` is committed when it ends, and rolled back when it throws. */
  async transaction(work) {
    const tx = new Transaction(await native.begin(this.handle));
    try {
      const result = await work(tx);
      tx.isOver = true;
      await native.commit(tx.handle);
      return result;
    } catch (error) {
      if (!tx.isOver) {
        tx.isOver = true;
        await native.rollback(tx.handle).catch(() => {});
      }
      throw error;
    }
  }

  /** Several statements without values, all or none. */
  script(text) {
    return native.script(this.handle, text);
  }
}

const main = new Database();

export const db = main;
export const sql = tag();
/** Another database than the app's own: `sqlite:PATH` or `postgres://…`. */
export const open = (url) => new Database(url);
export default { db, sql, open };
