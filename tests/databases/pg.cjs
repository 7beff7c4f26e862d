// The package `pg` as programs use it. `pg.expected` is what this prints under Node 20 with npm's pg 8 against PostgreSQL 15.
const pg = require('pg');
const { Pool, Client, types } = pg;
const url = process.env.DATABASE_URL;
const show = (label, value) => console.log(label, value);
const fieldsOf = (error) => ({
  name: error.name, message: error.message, severity: error.severity, code: error.code, detail: error.detail, hint: error.hint, position: error.position,
  schema: error.schema, table: error.table, column: error.column, constraint: error.constraint, dataType: error.dataType, isError: error instanceof Error,
  isDatabaseError: error instanceof pg.DatabaseError,
});

async function main() {
  const pool = new Pool({ connectionString: url, max: 3 });
  pool.on('error', () => {});
  await pool.query('DROP TABLE IF EXISTS items; DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM (\'sad\', \'happy\')');
  const made = await pool.query(`CREATE TABLE items (id serial PRIMARY KEY, name text UNIQUE NOT NULL, big bigint, small smallint, real4 real, real8 double precision,
    num numeric(10,2), ok boolean, at timestamptz, local timestamp, day date, doc jsonb, raw json, bytes bytea, tags text[], nums int[], dates date[], mood mood,
    span interval, uid uuid, ip inet, place point, nested int[][], CHECK (small < 100))`);
  show('create', { command: made.command, rowCount: made.rowCount, rows: made.rows, fields: made.fields, oid: made.oid });
  const insert = `INSERT INTO items (name, big, small, real4, real8, num, ok, at, local, day, doc, raw, bytes, tags, nums, dates, mood, span, uid, ip, place, nested)
    VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22) RETURNING *`;
  const values = ['ann', '9007199254740993', 7, 1.5, 0.1, '12.30', true, new Date(Date.UTC(2024, 1, 29, 12, 30, 0, 250)), '2024-02-29 12:30:00.5', '2024-02-29',
    { a: [1, null, 'x'] }, JSON.stringify([1, { b: 2 }]), Buffer.from([0, 255, 92]), ['a', 'b "c"', 'd\\e', null, 'NULL', '', '{x,y}'], [1, null, 3], ['2024-01-01'], 'happy',
    '1 year 2 mons 3 days 04:05:06.789', '00000000-0000-0000-0000-00000000000a', '10.0.0.1', '(1,2.5)', [[1, 2], [3, 4]]];
  const inserted = await pool.query(insert, values);
  show('insert', { command: inserted.command, rowCount: inserted.rowCount, oid: inserted.oid });
  show('row', inserted.rows[0]);
  show('types', Object.fromEntries(Object.entries(inserted.rows[0]).map(([name, v]) => [name, v === null ? 'null' : (v.constructor?.name ?? typeof v)])));
  show('fields', inserted.fields.slice(0, 3).map(({ name, columnID, dataTypeID, dataTypeSize, dataTypeModifier, format }) => ({ name, columnID, dataTypeID, dataTypeSize, dataTypeModifier, format })));
  show('array mode', (await pool.query({ text: 'SELECT id, name, NULL AS nothing FROM items WHERE id = $1', values: [1], rowMode: 'array' })).rows);
  show('named', (await pool.query({ name: 'by-id', text: 'SELECT name FROM items WHERE id = $1', values: [1] })).rows);
  show('named again', (await pool.query({ name: 'by-id', text: 'SELECT name FROM items WHERE id = $1', values: [2] })).rows);
  show('count', (await pool.query('SELECT count(*), sum(small), avg(small), max(at) FROM items')).rows);
  show('several', (await pool.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE items SET small = 8')).map(({ command, rowCount, rows }) => ({ command, rowCount, rows })));
  const empty = await pool.query('');
  show('empty', { command: empty.command, rowCount: empty.rowCount, rows: empty.rows });
  show('any', (await pool.query('SELECT name FROM items WHERE id = ANY($1)', [[1, 2, 3]])).rows);
  show('any text', (await pool.query('SELECT name FROM items WHERE name = ANY($1::text[])', [['ann', 'b,"c']])).rows);
  show('edges', (await pool.query(`SELECT 'infinity'::timestamptz AS i, '-infinity'::date AS m, '0044-03-15 BC'::date AS bc, '0001-01-01'::date AS one, '24:00'::time AS t,
    '1 day'::interval AS d, '-00:00:01.5'::interval AS neg, '0'::interval AS z, ''::text AS e, '{}'::int[] AS none, 'NaN'::float8 AS nan, '<(1,2),3>'::circle AS c, 1::oid AS o,
    '[2:3]={5,6}'::int[] AS bounds, '{1.5,2}'::numeric[] AS ns, '{t,f}'::bool[] AS bs, 'null'::jsonb AS j, '"s"'::json AS s, '{12345678901}'::bigint[] AS bigs`)).rows[0]);
  show('update', await pool.query('UPDATE items SET ok = false WHERE id = 99').then(({ command, rowCount, rows }) => ({ command, rowCount, rows })));
  show('delete', await pool.query('DELETE FROM items WHERE id = 99 RETURNING id').then(({ command, rowCount, rows }) => ({ command, rowCount, rows })));
  for (const [sql, params] of [
    ['INSERT INTO items (name) VALUES ($1)', ['ann']], ['INSERT INTO items (name) VALUES ($1)', [null]], ['INSERT INTO items (name, small) VALUES ($1, $2)', ['b', 100]],
    ['SELECT nothing FROM items'], ['SELEKT 1'], ['SELECT * FROM nowhere'], ['SELECT $1::int', ['x']], ['SELECT $1::int, $2', [1]], ['INSERT INTO items (name, mood) VALUES ($1, $2)', ['c', 'angry']],
    ['SELECT 1/0'],
  ]) {
    await pool.query(sql, params).then((r) => show('no error', r.rows), (error) => show('error', fieldsOf(error)));
  }
  show('still works', (await pool.query('SELECT 1 AS one')).rows);

  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO items (name) VALUES ($1)', ['in transaction']);
    show('inside', (await client.query('SELECT count(*)::int AS n FROM items')).rows);
    show('outside', (await pool.query('SELECT count(*)::int AS n FROM items')).rows);
    await client.query('ROLLBACK');
    show('after', (await client.query('SELECT count(*)::int AS n FROM items')).rows);
  } finally {
    client.release();
  }
  try {
    client.release();
  } catch (error) {
    show('released twice', error.message);
  }
  show('counts', [pool.totalCount, pool.idleCount, pool.waitingCount]);
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.query('SELECT $1::int AS i', [i])));
  show('twenty', many.map((r) => r.rows[0].i).join());
  show('at most', pool.totalCount <= 3);
  await new Promise((resolve) => pool.query('SELECT $1::text AS t', ['called back'], (error, result) => { show('callback', [error, result.rows]); resolve(); }));
  await new Promise((resolve) => pool.query('SELECT nothing', (error, result) => { show('callback error', [error.code, result]); resolve(); }));
  await new Promise((resolve) => pool.connect((error, c, release) => { c.query('SELECT 3 AS n', (e, r) => { show('connect callback', [error, e, r.rows]); release(); resolve(); }); }));

  const single = new Client({ connectionString: url });
  await single.connect();
  const order = [];
  await Promise.all(['SELECT pg_sleep(0.02), 1 AS n', 'SELECT 2 AS n', 'SELECT 3 AS n'].map((sql) => single.query(sql).then((r) => order.push(r.rows[0].n))));
  show('in order', order);
  single.setTypeParser?.(20, (text) => BigInt(text));
  show('own parser', (await single.query('SELECT 12::int8 AS n')).rows);
  show('prepared values', (await single.query('SELECT $1::text AS a, $2::text AS b, $3::jsonb AS c, $4::text AS d', [{ toPostgres: () => 'custom' }, 5n, { x: new Date(0) }, false])).rows);
  show('escapes', [pg.escapeIdentifier('a"b'), pg.escapeLiteral("it's \\"), single.escapeIdentifier('x'), single.escapeLiteral('y')]);
  await single.end();
  await single.query('SELECT 1').catch((error) => show('ended', error.message));
  types.setTypeParser(types.builtins.INT8, (text) => Number(text));
  show('shared parser', (await pool.query('SELECT 13::int8 AS n')).rows);
  await pool.end();
  await pool.query('SELECT 1').catch((error) => show('pool ended', error.message));
  await new Pool({ connectionString: url.replace(/:[^:@/]*@/, ':wrong@') }).query('SELECT 1').catch((error) => show('login', [error.code, error.message]));
}

main().catch((error) => { console.error(error); process.exit(1); });
