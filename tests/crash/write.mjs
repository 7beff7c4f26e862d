// Writes rows with several clients at once and says of each when it is acknowledged: `ack ID`. Arguments: the first id, how many rows
// (0: for ever), how many clients.
import { db, sql } from 'puremix:db';

const [first, rows, clients] = process.argv.slice(2).map(Number);
await sql`PRAGMA wal_autocheckpoint = ${sql.unsafeRaw('20')}`.run();
await db.script('CREATE TABLE IF NOT EXISTS written (id INTEGER PRIMARY KEY, pad TEXT NOT NULL)');
let next = first;
process.stdout.write('ready\n');

async function client() {
  while (rows === 0 || next < first + rows) {
    const id = next++;
    await sql`INSERT INTO written VALUES (${id}, ${'x'.repeat((id * 37) % 900)})`.run();
    process.stdout.write(`ack ${id}\n`);
  }
}

await Promise.all(Array.from({ length: clients }, client));
