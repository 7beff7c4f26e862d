'use strict';
// The package `better-sqlite3` over the native connection.

const fs = require('fs');
const path = require('path');
const native = require('better-sqlite3/native');

function SqliteError(message, code) {
  if (new.target !== SqliteError) return new SqliteError(message, code);
  if (typeof code !== 'string') throw new TypeError('Expected second argument to be a string');
  const error = Reflect.construct(Error, [`${message}`], SqliteError);
  error.code = code;
  return error;
}
Object.setPrototypeOf(SqliteError, Error);
Object.setPrototypeOf(SqliteError.prototype, Error.prototype);
Object.defineProperty(SqliteError.prototype, 'name', { value: 'SqliteError', writable: true, configurable: true });

/** Calls the native function; its refusals become `SqliteError`s. */
function ask(f, ...args) {
  try {
    return f(...args);
  } catch (error) {
    if (error !== null && typeof error === 'object' && error.isSqlites) throw new SqliteError(error.message, error.code);
    throw error;
  }
}

const PLAIN = 0;
const PLUCK = 1;
const RAW = 2;
const EXPAND = 3;

function isPlain(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === null || proto === Object.prototype || Object.getPrototypeOf(proto) === null;
}

/** Arguments as the package takes them: values, one list of values, and at most one object of names. `hasNames`: the statement has some. */
function parameters(args, hasNames) {
  const positional = [];
  let named;
  for (const arg of args) {
    if (Array.isArray(arg)) {
      positional.push(...arg);
    } else if (isPlain(arg)) {
      if (named !== undefined) throw new TypeError('You cannot specify named parameters in two different objects');
      named = arg;
    } else if (hasNames && typeof arg === 'object' && arg !== null && !ArrayBuffer.isView(arg)) {
      throw new TypeError('Named parameters can only be passed within plain objects');
    } else {
      positional.push(arg);
    }
  }
  return { positional, named };
}

const BUSY = 'This database connection is busy executing a query';

/** A database's own: its handle, whether integers are BigInts, how many statements are being read row by row, and its modes. */
const inside = new WeakMap();

function fixed(target, values) {
  for (const [name, value] of Object.entries(values)) Object.defineProperty(target, name, { value, enumerable: true });
}

class Statement {
  #own;
  #bound;
  #mode = PLAIN;
  #safe;
  #columns;
  #names;
  #busy = false;

  constructor(database, source, own) {
    const { reader, readonly, columns, names } = ask(native.describe, own.handle, source);
    this.#own = own;
    this.#safe = own.safe;
    this.#columns = columns;
    this.#names = names;
    fixed(this, { reader, readonly, source, database });
  }

  get busy() {
    return this.#busy;
  }

  #parameters(args) {
    if (this.#busy) throw new TypeError('This statement is busy executing a query');
    if (this.#own.iterators > 0 && !this.readonly && !this.#own.unsafe) throw new TypeError(BUSY);
    let given = this.#bound;
    if (given === undefined) given = this.#checked(args);
    else if (args.length > 0) throw new TypeError('This statement already has bound parameters');
    if (this.#own.verbose) this.#own.verbose(this.#expanded(given));
    return given;
  }

  #checked(args) {
    const given = parameters(args, this.#names.length > 0);
    if (given.named !== undefined && this.#names.length === 0 && Object.keys(given.named).length > 0) throw new RangeError('Too many parameter values were provided');
    return given;
  }

  #expanded({ positional, named }) {
    return ask(native.expanded, this.#own.handle, this.source, positional, named);
  }

  #rows(read, args) {
    if (!this.reader) throw new TypeError('This statement does not return data. Use run() instead');
    const { positional, named } = this.#parameters(args);
    return ask(read, this.#own.handle, this.source, positional, named, this.#safe, this.#mode);
  }

  run(...args) {
    const { positional, named } = this.#parameters(args);
    return ask(native.run, this.#own.handle, this.source, positional, named, this.#safe);
  }

  get(...args) {
    return this.#rows(native.first, args);
  }

  all(...args) {
    return this.#rows(native.all, args);
  }

  iterate(...args) {
    const cursor = this.#rows(native.iterate, args);
    const own = this.#own;
    own.iterators += 1;
    this.#busy = true;
    let isOver = false;
    const finish = () => {
      if (isOver) return;
      isOver = true;
      this.#busy = false;
      own.iterators -= 1;
      native.finish(cursor);
    };
    return new StatementIterator(this, cursor, finish, () => isOver);
  }

  bind(...args) {
    if (this.#bound !== undefined) throw new TypeError('The bind() method can only be invoked once per statement object');
    if (this.#busy) throw new TypeError('This statement is busy executing a query');
    const given = this.#checked(args);
    this.#expanded(given);
    this.#bound = given;
    return this;
  }

  #toggle(mode, name, on) {
    if (!this.reader) throw new TypeError(`The ${name}() method is only for statements that return data`);
    if (this.#busy) throw new TypeError('This statement is busy executing a query');
    if (on !== undefined && typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    this.#mode = on === false ? (this.#mode === mode ? PLAIN : this.#mode) : mode;
    return this;
  }

  pluck(on) {
    return this.#toggle(PLUCK, 'pluck', on);
  }

  raw(on) {
    return this.#toggle(RAW, 'raw', on);
  }

  expand(on) {
    return this.#toggle(EXPAND, 'expand', on);
  }

  safeIntegers(on) {
    if (this.#busy) throw new TypeError('This statement is busy executing a query');
    if (on !== undefined && typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    this.#safe = on !== false;
    return this;
  }

  columns() {
    if (!this.reader) throw new TypeError('The columns() method is only for statements that return data');
    return this.#columns.map((column) => ({ ...column }));
  }
}

class StatementIterator {
  #cursor;
  #finish;
  #isOver;

  constructor(statement, cursor, finish, isOver) {
    this.#cursor = cursor;
    this.#finish = finish;
    this.#isOver = isOver;
    fixed(this, { statement });
  }

  next() {
    if (this.#isOver()) return { value: undefined, done: true };
    let value;
    try {
      value = ask(native.step, this.#cursor);
    } catch (error) {
      this.#finish();
      throw error;
    }
    if (value === undefined) this.#finish();
    return { value, done: value === undefined };
  }

  return() {
    this.#finish();
    return { value: undefined, done: true };
  }

  [Symbol.iterator]() {
    return this;
  }
}

function booleanOption(options, key) {
  if (!(key in options)) return false;
  if (typeof options[key] !== 'boolean') throw new TypeError(`Expected the "${key}" option to be a boolean`);
  return options[key];
}

/** How many arguments SQL gives a function: -1 is any number. */
function argumentCount(options, length) {
  if (booleanOption(options, 'varargs')) return -1;
  if (!Number.isInteger(length) || length < 0) throw new TypeError('Expected function.length to be a positive integer');
  if (length > 100) throw new RangeError('User-defined functions cannot have more than 100 arguments');
  return length;
}

function functionOptions(options, own) {
  const safeIntegers = 'safeIntegers' in options ? booleanOption(options, 'safeIntegers') : own.safe;
  return { deterministic: booleanOption(options, 'deterministic'), directOnly: booleanOption(options, 'directOnly'), safeIntegers };
}

function functionName(name) {
  if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
  return name;
}

function attachedName(options) {
  const name = 'attached' in options ? options.attached : 'main';
  if (typeof name !== 'string') throw new TypeError('Expected the "attached" option to be a string');
  if (name === '') throw new TypeError('The "attached" option cannot be an empty string');
  return name;
}

function Database(filename, options) {
  if (new.target === undefined) return new Database(filename, options);
  let image;
  if (Buffer.isBuffer(filename)) {
    image = filename;
    filename = ':memory:';
  }
  if (filename === null || filename === undefined) filename = '';
  if (options === null || options === undefined) options = {};
  if (typeof filename !== 'string') throw new TypeError('Expected first argument to be a string');
  if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
  if ('readOnly' in options) throw new TypeError('Misspelled option "readOnly" should be "readonly"');
  if ('memory' in options) throw new TypeError('Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)');
  const name = filename.trim();
  const memory = name === '' || name === ':memory:';
  const readonly = booleanOption(options, 'readonly');
  const fileMustExist = booleanOption(options, 'fileMustExist');
  const timeout = 'timeout' in options ? options.timeout : 5000;
  const verbose = 'verbose' in options ? options.verbose : null;
  if (readonly && memory && !image) throw new TypeError('In-memory/temporary databases cannot be readonly');
  if (!Number.isInteger(timeout) || timeout < 0) throw new TypeError('Expected the "timeout" option to be a positive integer');
  if (timeout > 0x7fffffff) throw new RangeError('Option "timeout" cannot be greater than 2147483647');
  if (verbose !== null && verbose !== undefined && typeof verbose !== 'function') throw new TypeError('Expected the "verbose" option to be a function');
  if (!memory && !name.startsWith('file:') && !fs.existsSync(path.dirname(name))) throw new TypeError('Cannot open database because the directory does not exist');
  const handle = ask(native.open, name, { readonly, fileMustExist, timeout, image });
  const own = { handle, safe: false, iterators: 0, unsafe: false, verbose, open: true };
  inside.set(this, own);
  Object.defineProperties(this, {
    name: { get: () => filename, enumerable: true },
    open: { get: () => own.open, enumerable: true },
    inTransaction: { get: () => own.open && native.inTransaction(own.handle), enumerable: true },
    readonly: { get: () => readonly, enumerable: true },
    memory: { get: () => memory, enumerable: true },
  });
}

/** The database's own things, when nothing is being read from it. */
function quiet(database) {
  const own = inside.get(database);
  if (!own.open) throw new TypeError('The database connection is not open');
  if (own.iterators > 0 && !own.unsafe) throw new TypeError(BUSY);
  return own;
}

Object.assign(Database.prototype, {
  prepare(source) {
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    return new Statement(this, source, inside.get(this));
  },

  exec(source) {
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    const { handle, verbose } = quiet(this);
    if (verbose) verbose(source);
    ask(native.exec, handle, source);
    return this;
  },

  pragma(source, options = {}) {
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof (options ?? {}) !== 'object') throw new TypeError('Expected second argument to be an options object');
    const isSimple = booleanOption(options ?? {}, 'simple');
    const statement = this.prepare(`PRAGMA ${source}`);
    if (!statement.reader) {
      statement.run();
      return isSimple ? undefined : [];
    }
    return isSimple ? statement.pluck().get() : statement.all();
  },

  transaction(work) {
    if (typeof work !== 'function') throw new TypeError('Expected first argument to be a function');
    const database = this;
    const statement = (sql) => database.prepare(sql);
    const [commit, rollback, savepoint, release, rollbackTo] = ['COMMIT', 'ROLLBACK', 'SAVEPOINT `\t_bs3.\t`', 'RELEASE `\t_bs3.\t`', 'ROLLBACK TO `\t_bs3.\t`'].map(statement);
    const kind = (sql) => {
      const begin = statement(sql);
      return function sqliteTransaction(...args) {
        const isNested = database.inTransaction;
        (isNested ? savepoint : begin).run();
        try {
          const result = work.apply(this, args);
          if (result && typeof result.then === 'function') throw new TypeError('Transaction function cannot return a promise');
          (isNested ? release : commit).run();
          return result;
        } catch (error) {
          // A failed statement may have rolled everything back already.
          if (database.inTransaction) {
            (isNested ? rollbackTo : rollback).run();
            if (isNested) release.run();
          }
          throw error;
        }
      };
    };
    const all = { default: kind('BEGIN'), deferred: kind('BEGIN DEFERRED'), immediate: kind('BEGIN IMMEDIATE'), exclusive: kind('BEGIN EXCLUSIVE') };
    for (const run of Object.values(all)) {
      for (const [name, other] of Object.entries(all)) Object.defineProperty(run, name, { value: other });
      Object.defineProperty(run, 'database', { value: database, enumerable: true });
    }
    return all.default;
  },

  function(name, options, work) {
    if (options === null || options === undefined) options = {};
    if (typeof options === 'function') {
      work = options;
      options = {};
    }
    functionName(name);
    if (typeof work !== 'function') throw new TypeError('Expected last argument to be a function');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
    const own = quiet(this);
    ask(native.define, own.handle, name, work, argumentCount(options, work.length), functionOptions(options, own));
    return this;
  },

  aggregate(name, options) {
    functionName(name);
    if (typeof options !== 'object' || options === null) throw new TypeError('Expected second argument to be an options object');
    if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
    const part = (key, isRequired) => {
      const value = key in options ? options[key] : null;
      if (typeof value === 'function') return value;
      if (value !== null && value !== undefined) throw new TypeError(`Expected the "${key}" option to be a function`);
      if (isRequired) throw new TypeError(`Missing required option "${key}"`);
      return null;
    };
    const parts = { start: 'start' in options ? options.start : null, step: part('step', true), inverse: part('inverse', false), result: part('result', false) };
    const length = Math.max(parts.step.length, parts.inverse ? parts.inverse.length : 0);
    const own = quiet(this);
    // The first argument is the total.
    ask(native.aggregate, own.handle, name, parts, argumentCount(options, Math.max(length - 1, 0)), functionOptions(options, own));
    return this;
  },

  defaultSafeIntegers(on) {
    if (on !== undefined && typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    quiet(this).safe = on !== false;
    return this;
  },

  unsafeMode(on) {
    if (on !== undefined && typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    inside.get(this).unsafe = on !== false;
    return this;
  },

  serialize(options) {
    if (options === null || options === undefined) options = {};
    if (typeof options !== 'object') throw new TypeError('Expected first argument to be an options object');
    const name = attachedName(options);
    return ask(native.serialize, quiet(this).handle, name);
  },

  /** Copies the database into a file: at once, not a part each turn of the event loop. */
  async backup(filename, options) {
    if (options === null || options === undefined) options = {};
    if (typeof filename !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    const name = filename.trim();
    const attached = attachedName(options);
    const progress = 'progress' in options ? options.progress : null;
    if (name === '') throw new TypeError('Backup filename cannot be an empty string');
    if (name === ':memory:') throw new TypeError('Invalid backup filename ":memory:"');
    if (progress !== null && progress !== undefined && typeof progress !== 'function') throw new TypeError('Expected the "progress" option to be a function');
    if (!fs.existsSync(path.dirname(name))) throw new TypeError('Cannot save backup because the directory does not exist');
    return ask(native.backup, inside.get(this).handle, attached, name, progress);
  },

  close() {
    const own = inside.get(this);
    if (!own.open) return this;
    if (own.iterators > 0) throw new TypeError(BUSY);
    native.close(own.handle);
    own.open = false;
    return this;
  },

  loadExtension() {
    throw new TypeError('loadExtension() is not supported: a compiled program loads no other code. What it adds may be done with function() or aggregate()');
  },

  table() {
    throw new TypeError('table() (virtual tables) is not supported: insert the rows into a temporary table, or give SQL a function()');
  },

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return Object.assign(new (function Database() {})(), this);
  },
});

Database.SqliteError = SqliteError;
Database.default = Database;
module.exports = Database;
