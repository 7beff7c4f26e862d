// The package `better-sqlite3` as programs use it. `better-sqlite3.expected` is what this prints under Node 20 with npm's package.
const Database = require('better-sqlite3');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { SqliteError } = Database;
const show = (label, value) => console.log(label, value);
const fails = (label, f) => {
  try {
    show(label, f());
  } catch (error) {
    console.log(label, error.name, error.code, error.message, error instanceof SqliteError);
  }
};

const db = new Database(':memory:');
show('properties', [db.open, db.memory, db.readonly, db.name, db.inTransaction]);
db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n, price REAL, data BLOB); CREATE TABLE u (id INTEGER, t_id INTEGER REFERENCES t (id))');
const insert = db.prepare('INSERT INTO t (name, n, price, data) VALUES (?, ?, ?, ?)');
show('run', insert.run('a', 5, 1.5, Buffer.from([0, 255])));
show('run list', insert.run(['b', null, 2, null]));
show('run named', db.prepare('INSERT INTO t (name, n) VALUES (@name, $n)').run({ name: 'c', n: 10n }));
show('mixed', db.prepare('INSERT INTO t (name, n, price) VALUES (:name, ?, ?)').run(7, 8, { name: 'd' }));
show('get', db.prepare('SELECT * FROM t WHERE id = ?').get(1));
show('get none', db.prepare('SELECT * FROM t WHERE id = ?').get(99));
show('all', db.prepare('SELECT id, name, n FROM t ORDER BY id').all());
show('pluck', db.prepare('SELECT name FROM t ORDER BY id').pluck().all());
show('unpluck', db.prepare('SELECT name FROM t').pluck().pluck(false).get());
show('raw', db.prepare('SELECT id, name FROM t').raw().all());
show('expand', db.prepare('SELECT t.id, u.id, 1 + 1 AS two FROM t LEFT JOIN u ON u.t_id = t.id LIMIT 1').expand().get());
show('iterate', [...db.prepare('SELECT id FROM t').iterate()].length);
for (const row of db.prepare('SELECT id, name FROM t ORDER BY id').iterate()) {
  show('first of', row);
  break;
}
show('columns', db.prepare('SELECT id, name AS label, n + 1 AS more FROM t').columns());
show('types', db.prepare("SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c, typeof(?) AS d, typeof(?) AS e").get(1, 1n, 'x', null, Buffer.from('y')));
show('big', db.prepare('SELECT 9007199254740993 AS n').get());
show('safe', db.prepare('SELECT 9007199254740993 AS n, 1 AS one, 1.5 AS r').safeIntegers().get());
show('bind', db.prepare('SELECT ? AS a, ? AS b').bind(1, 2).get());
const statement = db.prepare('SELECT 1');
show('statement', [statement.reader, statement.source, statement.database === db, insert.reader]);
show('pragma', [db.pragma('user_version'), db.pragma('user_version', { simple: true }), db.pragma('foreign_keys', { simple: true })]);
db.pragma('user_version = 7');
show('set', db.pragma('user_version', { simple: true }));

fails('unique', () => insert.run('a', 1, 1, null));
fails('foreign key', () => db.prepare('INSERT INTO u VALUES (1, 999)').run());
fails('syntax', () => db.prepare('SELEKT'));
fails('no table', () => db.prepare('SELECT * FROM nothing'));
fails('too few', () => insert.run('x'));
fails('too many', () => insert.run(1, 2, 3, 4, 5));
fails('missing name', () => db.prepare('SELECT @a').get({ b: 1 }));
fails('no names', () => db.prepare('SELECT @a').get());
fails('boolean', () => db.prepare('SELECT ?').get(true));
fails('date', () => db.prepare('SELECT ?').get(new Date()));
fails('huge', () => db.prepare('SELECT ?').get(2n ** 70n));
fails('two', () => db.prepare('SELECT 1; SELECT 2'));
fails('nothing', () => db.prepare('  -- only a comment'));
fails('run a select', () => db.prepare('SELECT 1').run());
fails('get of an insert', () => insert.get('z', 1, 1, null));
fails('bound twice', () => db.prepare('SELECT ?').bind(1).get(2));
fails('exec', () => db.exec('INSERT INTO t (name) VALUES (1); SELEKT'));
fails('no string', () => db.prepare(5));
fails('undefined', () => db.prepare('SELECT ? AS a').get(undefined));

const add = db.transaction((names) => {
  for (const name of names) db.prepare('INSERT INTO t (name) VALUES (?)').run(name);
  return names.length;
});
const count = () => db.prepare('SELECT count(*) FROM t').pluck().get();
const before = count();
show('transaction', [add(['t1', 't2']), count() - before]);
fails('rolled back', () => add(['t3', 't1']));
show('none of it', [count() - before, db.inTransaction]);
const outer = db.transaction(() => {
  add.immediate(['o1']);
  try { add(['o2', 'o1']); } catch {}
  return [count() - before, db.inTransaction];
});
show('nested', outer.exclusive());
show('kinds', ['default', 'deferred', 'immediate', 'exclusive'].map((kind) => typeof add[kind]));
const method = { factor: 2, run: db.transaction(function run(n) { return n * this.factor; }) };
show('this', method.run(21));

db.function('add2', (a, b) => a + b);
db.function('many', { varargs: true, deterministic: true }, (...args) => args.join('-'));
db.function('void', () => {});
db.function('boom', () => { throw new RangeError('from the function'); });
show('functions', db.prepare("SELECT add2(2, 3) AS a, many(1, 'x', NULL) AS m, void() AS v").get());
fails('thrown through', () => db.prepare('SELECT boom()').get());
fails('wrong count', () => db.prepare('SELECT add2(1)').get());
show('returning', db.prepare("INSERT INTO t (name) VALUES ('ret') RETURNING name").get());


// Rows one by one.
const numbers = db.prepare('WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c');
const some = [];
for (const { n } of numbers.iterate()) {
  if (n > 3) break;
  some.push(n);
}
show('endless', [some, numbers.busy]);
const reading = db.prepare('SELECT id FROM t ORDER BY id').iterate();
show('one', [reading.next(), reading.statement.busy, Object.keys(reading), typeof reading[Symbol.iterator]]);
fails('busy', () => insert.run('busy', 1, 1, null));
fails('busy exec', () => db.exec('DELETE FROM t'));
fails('busy statement', () => reading.statement.get());
fails('busy close', () => db.close());
show('read meanwhile', db.prepare('SELECT count(*) > 0 AS c FROM t').get());
show('returned', [reading.return(), reading.next(), db.prepare('SELECT id FROM t').busy]);
db.unsafeMode();
for (const { n } of numbers.iterate()) {
  if (n > 1) break;
  show('unsafe', insert.run('unsafe', n, 1, null).changes);
}
db.unsafeMode(false);
fails('fails midway', () => [...db.prepare("SELECT CASE id WHEN 2 THEN json('{') ELSE id END AS v FROM t ORDER BY id").iterate()]);
show('empty', [...db.prepare('SELECT 1 WHERE 0').iterate()]);
show('plucked', [...db.prepare('SELECT n FROM (SELECT NULL AS n UNION ALL SELECT 2)').pluck().iterate()]);

// Values.
show('numbers', db.prepare('SELECT typeof(?) AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f').get(-0, -0, Infinity, 2 ** 53, 1e308, 0.1));
show('NaN', db.prepare('SELECT ? AS a, typeof(?) AS t').get(NaN, NaN));
show('text', db.prepare('SELECT ? AS a, length(?) AS n, ? AS e, typeof(?) AS t').get('ä😀\u0000x', 'ä😀', '', ''));
show('bytes', db.prepare('SELECT ? AS a, typeof(?) AS t, ? AS u').get(Buffer.alloc(0), Buffer.alloc(0), new Uint8Array([1, 2])));
show('arraybuffer', (() => { try { return db.prepare('SELECT ? AS a').get(new Uint8Array([7]).buffer); } catch (e) { return e.message; } })());
show('limits', db.prepare('SELECT 9223372036854775807 AS a, -9223372036854775808 AS b').safeIntegers().get());
show('bigint bound', db.prepare('SELECT ? AS a').safeIntegers().get(2n ** 63n - 1n));
show('rowid', db.prepare('INSERT INTO t (name) VALUES (?)').safeIntegers().run('bigrow').lastInsertRowid > 0n);
show('same names', db.prepare('SELECT 1 AS a, 2 AS a').get());
show('raw same names', db.prepare('SELECT 1 AS a, 2 AS a').raw().get());
show('odd names', db.prepare('SELECT 2 AS "constructor", 3 AS "5", 4 AS ""').get());
fails('numbered', () => db.prepare('SELECT ?2 AS b, ?1 AS a').get(1, 2));
show('numbered by name', db.prepare('SELECT ?2 AS b, ?1 AS a').get({ 1: 'one', 2: 'two' }));
fails('both missing', () => db.prepare('SELECT ?, @a').get());
show('same name twice', db.prepare('SELECT @a AS x, @a AS y').get({ a: 1 }));
fails('three kinds', () => db.prepare('SELECT $a, @a, :a').get({ a: 1 }));
fails('class as names', () => db.prepare('SELECT @a').get(new (class { a = 1; })()));
fails('two objects', () => db.prepare('SELECT @a').get({ a: 1 }, { b: 2 }));
fails('extra names', () => db.prepare('SELECT @a').get({ a: 1, b: 2 }));
fails('names for none', () => db.prepare('SELECT 1').get({}));
fails('bind too few', () => db.prepare('SELECT ?, ?').bind(1));
fails('bind twice', () => db.prepare('SELECT ?').bind(1).bind(2));
fails('columns of a write', () => insert.columns());
fails('pluck of a write', () => insert.pluck());
fails('toggle', () => db.prepare('SELECT 1').pluck(1));
fails('quotes', () => db.prepare('SELECT "abc"'));
show('features', db.prepare("SELECT json_extract('{\"a\":[1,2]}', '$.a[1]') AS j, unixepoch('2020-01-01') AS u, iif(1, 2, 3) AS i").all());
db.exec("CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('hello world')");
show('fts5', db.prepare("SELECT * FROM f WHERE f MATCH 'hello'").all());
fails('math', () => db.prepare('SELECT sqrt(16) AS s, pi() > 3 AS p').get());
show('pragma of a table', db.pragma('table_info(u)'));
fails('pragma kind', () => db.pragma('user_version', { simple: 1 }));
show('trailing', db.prepare('SELECT 1 AS one; -- and a comment').get());
show('strict', (() => { db.exec('CREATE TABLE s (n INTEGER) STRICT'); try { db.prepare('INSERT INTO s VALUES (?)').run('x'); } catch (e) { return [e.code, e.message]; } })());
fails('not null', () => db.exec('CREATE TABLE nn (a NOT NULL); INSERT INTO nn VALUES (NULL)'));
fails('check', () => db.exec('CREATE TABLE ck (a CHECK (a > 0)); INSERT INTO ck VALUES (0)'));
fails('primary key', () => db.exec('CREATE TABLE pk (a INTEGER PRIMARY KEY); INSERT INTO pk VALUES (1), (1)'));
fails('raise', () => db.exec("CREATE TRIGGER tr BEFORE INSERT ON pk BEGIN SELECT raise(ABORT, 'no more'); END; INSERT INTO pk VALUES (9)"));
fails('promise', () => db.transaction(async () => 1)());
show('after promise', db.inTransaction);
show('manual', (() => { db.exec('BEGIN'); const open = db.inTransaction; db.exec('ROLLBACK'); return [open, db.inTransaction]; })());
show('transaction keys', [Object.keys(add), add.immediate === add.deferred.immediate, add.database === db, add.name]);

// Functions and aggregates.
db.aggregate('total2', { start: 10, step: (total, next) => total + next });
show('aggregate', db.prepare('SELECT total2(column1) AS s FROM (VALUES (1), (2), (3))').get());
show('aggregate of none', db.prepare('SELECT total2(1) AS s WHERE 0').get());
db.aggregate('listed', { start: () => [], step: (list, a, b) => { list.push(a + ':' + b); }, result: (list) => list.join(',') });
show('groups', db.prepare("SELECT g, listed(g, v) AS l FROM (SELECT 1 AS g, 'a' AS v UNION ALL SELECT 2, 'b' UNION ALL SELECT 1, 'c') GROUP BY g").all());
db.aggregate('moving', { start: 0, step: (t, n) => t + n, inverse: (t, n) => t - n, result: Math.round });
show('window', db.prepare('SELECT moving(column1) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m FROM (VALUES (1), (2), (3), (4))').pluck().all());
db.aggregate('broken', { start: 0, step: () => { throw new TypeError('in step'); } });
fails('step throws', () => db.prepare('SELECT broken(1)').get());
fails('no window', () => db.prepare('SELECT total2(column1) OVER () FROM (VALUES (1))').get());
fails('aggregate without step', () => db.aggregate('x', {}));
db.function('kinds', (...values) => values.map((v) => (v === null ? 'null' : Buffer.isBuffer(v) ? 'buffer' : typeof v)).join());
db.function('kinds2', { varargs: true, safeIntegers: true }, (...values) => values.map((v) => (v === null ? 'null' : Buffer.isBuffer(v) ? 'buffer' : typeof v)).join());
show('argument kinds', db.prepare("SELECT kinds2(1, 1.5, 'x', NULL, x'00') AS k").get());
fails('function returns object', () => { db.function('obj', () => ({})); db.prepare('SELECT obj()').get(); });
fails('function returns boolean', () => { db.function('bool', () => true); return db.prepare('SELECT bool() AS b').get(); });
fails('function returns bigint', () => { db.function('bigf', () => 5n); return db.prepare('SELECT bigf() AS b, typeof(bigf()) AS t').get(); });
fails('nameless', () => db.function('', () => 1));
fails('not a function', () => db.function('a', 5));
fails('redefined', () => { db.function('again', () => 1); db.function('again', () => 2); return db.prepare('SELECT again() AS a').get(); });
show('in an index', (() => { db.function('det', { deterministic: true }, (x) => x); db.exec('CREATE TABLE di (a); CREATE INDEX dii ON di (det(a)); INSERT INTO di VALUES (3)'); return db.prepare('SELECT a FROM di WHERE det(a) = 3').get(); })());
db.defaultSafeIntegers();
show('default safe', db.prepare('SELECT 5 AS n').get());
show('default unsafe', db.defaultSafeIntegers(false).prepare('SELECT 5 AS n').get());

// Copies.
const image = db.serialize();
const copy = new Database(image);
show('deserialized', [Buffer.isBuffer(image), copy.prepare('SELECT count(*) FROM t').pluck().get() === count(), copy.memory, copy.name]);
copy.exec('DELETE FROM pk');
const frozen = new Database(image, { readonly: true });
fails('readonly image', () => frozen.exec('DELETE FROM t'));
fails('no database', () => new Database(Buffer.from('nonsense nonsense nonsense nonsense')).prepare('SELECT * FROM sqlite_master').all());
fails('option', () => new Database(':memory:', { readOnly: true }));
fails('readonly memory', () => new Database(':memory:', { readonly: true }));
fails('timeout', () => new Database(':memory:', { timeout: -1 }));
fails('boolean option', () => new Database(':memory:', { fileMustExist: 1 }));
const said = [];
const verbose = new Database(':memory:', { verbose: (sql) => said.push(sql) });
verbose.exec('CREATE TABLE v (a, b)');
verbose.prepare('INSERT INTO v VALUES (?, @x)').run("it's", { x: 1 });
verbose.prepare('SELECT ? AS n').get(5);
show('verbose', said);
show('inspected', verbose);
show('new', [Database(':memory:') instanceof Database, Database.name, new Database().memory, Object.keys(new Database('  '))]);
show('SqliteError', [SqliteError('m', 'C') instanceof SqliteError, new SqliteError(5, 'C').message, String(new SqliteError('m', 'C')), new SqliteError('m', 'C') instanceof Error]);
fails('no code', () => new SqliteError('m'));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bs3-'));
const file = new Database(path.join(folder, 'a.db'));
file.pragma('journal_mode = WAL');
file.exec('CREATE TABLE f (x); INSERT INTO f VALUES (1)');
fails('readonly', () => new Database(path.join(folder, 'a.db'), { readonly: true }).exec('DELETE FROM f'));
fails('must exist', () => new Database(path.join(folder, 'none.db'), { fileMustExist: true }));
fails('no directory', () => new Database(path.join(folder, 'no/where.db')));
fails('locked', () => {
  const other = new Database(path.join(folder, 'a.db'), { timeout: 20 });
  file.exec('BEGIN IMMEDIATE');
  try {
    other.exec('INSERT INTO f VALUES (2)');
  } finally {
    file.exec('ROLLBACK');
    other.close();
  }
});
fails('no file', () => new Database(folder));
const rejected = async (label, promise) => {
  try {
    show(label, await promise);
  } catch (error) {
    console.log(label, error.name, error.code, error.message);
  }
};
(async () => {
  const steps = [];
  file.exec("INSERT INTO f WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 500) SELECT printf('%01000d', n) FROM c");
  show('backup', await file.backup(path.join(folder, 'copy.db'), { progress: (p) => { steps.push(p.totalPages >= p.remainingPages); return 40; } }));
  show('steps', [steps.length > 1, steps.every(Boolean)]);
  show('copied', new Database(path.join(folder, 'copy.db')).prepare('SELECT count(*) AS c FROM f').all());
  await rejected('backup nowhere', file.backup(path.join(folder, 'no/copy.db')));
  await rejected('backup of nothing', file.backup('  '));
  await rejected('backup attached', file.backup(path.join(folder, 'c2.db'), { attached: 'nope' }));
  await rejected('backup progress', file.backup(path.join(folder, 'c3.db'), { progress: () => 'x' }));
  show('close', file.close() === file && file.open);
  show('close again', file.close().inTransaction);
  fails('closed', () => file.prepare('SELECT 1'));
  fails('closed exec', () => file.exec('SELECT 1'));
  show('error class', [new SqliteError('m', 'C').code, SqliteError.name, Object.keys(new SqliteError('m', 'C'))]);
  fs.rmSync(folder, { recursive: true });
})();
