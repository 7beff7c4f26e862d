// LISTEN and NOTIFY as programs use them. What npm's pg 8 prints under Node 20 is beside it.
'use strict';
const pg = require('pg');

const url = process.env.DATABASE_URL;
const show = (what, value) => console.log(what, JSON.stringify(value));
const until = async (check) => {
  for (let i = 0; i < 400 && !check(); i += 1) await new Promise((done) => setTimeout(done, 5));
};

async function main() {
  const listener = new pg.Client({ connectionString: url });
  const sender = new pg.Client({ connectionString: url });
  await Promise.all([listener.connect(), sender.connect()]);
  const heard = [];
  let pids = new Set();
  let last;
  listener.on('notification', (message) => {
    last = message;
    pids.add(message.processId);
    heard.push([message.channel, message.payload]);
  });
  show('listen', (await listener.query('LISTEN news')).command);
  await sender.query('NOTIFY news');
  await sender.query("NOTIFY news, 'first'");
  await sender.query("SELECT pg_notify('news', $1), pg_notify('other', 'unheard')", [JSON.stringify({ a: 'ö' })]);
  await until(() => heard.length === 3);
  show('heard', heard);
  show('fields', Object.keys(last).sort());
  show('length', last.length);
  const { rows } = await sender.query('SELECT pg_backend_pid() AS pid');
  show('from', pids.size === 1 && pids.has(rows[0].pid));

  // The connection is used meanwhile.
  heard.length = 0;
  const answers = await Promise.all([1, 2, 3].map((n) => listener.query('SELECT $1::int AS n', [n])));
  show('statements go on', answers.map((a) => a.rows[0].n));
  await listener.query("NOTIFY news, 'own'");
  await until(() => heard.length === 1);
  show('of its own', heard);

  // Many, some while statements run.
  heard.length = 0;
  const busy = (async () => {
    for (let i = 0; i < 50; i += 1) await listener.query('SELECT pg_sleep(0.001)');
  })();
  for (let i = 0; i < 200; i += 1) await sender.query("SELECT pg_notify('news', $1)", [String(i)]);
  await busy;
  await until(() => heard.length === 200);
  show('many, in order', [heard.length, heard.every(([, payload], i) => payload === String(i))]);

  // A transaction's come with its end, and none of one that is rolled back.
  heard.length = 0;
  await sender.query('BEGIN');
  await sender.query("NOTIFY news, 'kept'");
  await new Promise((done) => setTimeout(done, 30));
  show('before the end', heard);
  await sender.query('COMMIT');
  await sender.query('BEGIN');
  await sender.query("NOTIFY news, 'dropped'");
  await sender.query('ROLLBACK');
  await until(() => heard.length === 1);
  show('after it', heard);

  heard.length = 0;
  await listener.query('LISTEN "Other Channel"; UNLISTEN news');
  await sender.query("NOTIFY news, 'no'; NOTIFY \"Other Channel\", 'yes'");
  await until(() => heard.length === 1);
  show('another channel', heard);

  // A pool's client.
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const client = await pool.connect();
  const got = new Promise((resolve) => client.once('notification', (m) => resolve(m.payload)));
  await client.query('LISTEN pooled');
  await pool.query("NOTIFY pooled, 'p'");
  show('of a pool', await got);
  client.release();
  show('used again', (await pool.query('SELECT 1 AS one')).rows);
  await pool.end();

  // A server that hangs up on who only listens.
  const victim = new pg.Client({ connectionString: url });
  await victim.connect();
  await victim.query('LISTEN news');
  const lost = new Promise((resolve) => {
    const events = [];
    victim.on('error', () => events.push('error'));
    victim.on('end', () => resolve([...new Set(events), 'end']));
  });
  await sender.query('SELECT pg_terminate_backend($1)', [(await victim.query('SELECT pg_backend_pid() AS pid')).rows[0].pid]);
  show('hung up', await lost);
  show('afterwards', await victim.query('SELECT 1').then(() => 'answered', () => 'refused'));

  await listener.end();
  await sender.end();
  console.log('done');
}

main().catch((error) => { console.error(error); process.exit(1); });
