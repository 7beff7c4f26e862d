// What goes wrong with the package `pg`, and who is told. `pg-failures.expected` is what this prints under Node 20 with npm's pg 8.
const { Pool, Client } = require('pg');
const fs = require('fs');
const os = require('os');
const path = require('path');
const url = process.env.DATABASE_URL;
const authority = process.env.AUTHORITY;
const { hostname, port, username, password, pathname } = new URL(url);
const parts = { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password), database: pathname.slice(1) };
const show = (label, value) => console.log(label, value);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function fails(label, promise) {
  try {
    show(label, await promise);
  } catch (error) {
    console.log(label, error.name, error.code, error.severity, error.message);
  }
}
async function reached(label, config) {
  const client = new Client(config);
  try {
    await client.connect();
    show(label, (await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows[0].ssl);
  } catch (error) {
    show(label, 'refused');
  } finally {
    await client.end().catch(() => {});
  }
}

async function main() {
  // Parts, and what the environment adds.
  await reached('parts', parts);
  delete process.env.PGPASSWORD;
  await reached('no password', { ...parts, password: undefined });
  process.env.PGPASSWORD = parts.password;
  await reached('PGPASSWORD', { ...parts, password: undefined });
  await reached('PGPASSWORD and a URL', `postgres://${parts.user}@${parts.host}:${parts.port}/${parts.database}`);
  delete process.env.PGPASSWORD;
  const file = path.join(os.tmpdir(), `pgpass-${process.pid}`);
  fs.writeFileSync(file, `# passwords\nother:*:*:*:no\n${parts.host}:*:*:${parts.user}:${parts.password}\n`, { mode: 0o600 });
  process.env.PGPASSFILE = file;
  await reached('pgpass', { ...parts, password: undefined });
  fs.unlinkSync(file);
  delete process.env.PGPASSFILE;
  await reached('password function', { ...parts, password: async () => parts.password });
  await reached('wrong password', { ...parts, password: 'wrong' });

  if (authority) {
    const ca = fs.readFileSync(authority, 'utf8');
    await reached('ssl unknown authority', { ...parts, host: 'localhost', ssl: true });
    await reached('ssl unverified', { ...parts, ssl: { rejectUnauthorized: false } });
    await reached('ssl ca', { ...parts, host: 'localhost', ssl: { ca } });
    await reached('ssl ca as bytes', { ...parts, host: 'localhost', ssl: { ca: Buffer.from(ca) } });
    await reached('ssl other name', { ...parts, host: '127.0.0.1', ssl: { ca } });
    await reached('ssl by URL', `${url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full&sslrootcert=${authority}`);
    await reached('ssl no-verify', `${url}?sslmode=no-verify`);
    await reached('ssl disable', `${url}?sslmode=disable`);
    process.env.PGSSLMODE = 'no-verify';
    await reached('PGSSLMODE', parts);
    delete process.env.PGSSLMODE;
  }

  // Limits.
  const pool = new Pool({ ...parts, max: 2, statement_timeout: 100, application_name: 'failures' });
  const told = [];
  pool.on('error', (error, client) => told.push([error.message, client instanceof Client]));
  pool.on('connect', () => {});
  await fails('statement timeout', pool.query('SELECT pg_sleep(5)'));
  show('name', (await pool.query('SHOW application_name')).rows);
  const quick = new Client({ ...parts, query_timeout: 80 });
  await quick.connect();
  await fails('query timeout', quick.query('SELECT pg_sleep(0.5)'));
  await quick.end();
  const both = await Promise.all([pool.connect(), pool.connect()]);
  const patient = new Pool({ ...parts, max: 1, connectionTimeoutMillis: 800 });
  const only = await patient.connect();
  await fails('no connection free', patient.query('SELECT 1'));
  only.release();
  show('then', (await patient.query('SELECT 1 AS one')).rows);
  await patient.end();

  // Connections that the server ends.
  const kill = async (client) => {
    const { pid } = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0];
    const other = new Client(parts);
    await other.connect();
    await other.query('SELECT pg_terminate_backend($1)', [pid]);
    await other.end();
    await wait(100);
  };
  const [first, second] = both;
  second.on('error', () => {});
  await kill(second);
  first.release();
  second.release();
  show('after the loss of one', (await Promise.all([1, 2, 3].map((n) => pool.query('SELECT $1::int AS n', [n])))).map((r) => r.rows[0].n));
  const client = new Client(parts);
  const events = [];
  client.on('error', (error) => events.push(['error', error.message]));
  client.on('end', () => events.push(['end']));
  await client.connect();
  const { pid } = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0];
  const running = client.query('SELECT pg_sleep(10)');
  running.catch(() => {});
  await wait(50);
  await pool.query('SELECT pg_terminate_backend($1)', [pid]);
  await fails('ended while it ran', running);
  await wait(100);
  await fails('afterwards', client.query('SELECT 1'));
  show('events', events);
  show('pool', (await pool.query('SELECT 1 AS one')).rows);
  await pool.end();
  await fails('ended twice', pool.end());

  // Nobody is there.
  const nobody = new Client({ ...parts, host: '127.0.0.1', port: 1 });
  await nobody.connect().catch((error) => show('nobody there', [error.code, error instanceof Error]));
  await new Client({ ...parts, host: '/nowhere' }).connect().catch((error) => show('no socket', error.code));
  await new Client({ ...parts, database: 'nowhere' }).connect().catch((error) => show('no database', [error.code, error.message]));
  const twice = new Client(parts);
  await twice.connect();
  await fails('connected twice', twice.connect());
  await twice.end();
  const worn = new Pool({ ...parts, max: 1, maxUses: 2 });
  const pids = [];
  for (let i = 0; i < 4; i += 1) pids.push((await worn.query('SELECT pg_backend_pid() AS pid')).rows[0].pid);
  show('worn', [pids[0] === pids[1], pids[1] === pids[2], pids[2] === pids[3]]);
  await worn.end();
}

main().catch((error) => { console.error(error); process.exit(1); });
