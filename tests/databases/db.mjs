// `puremix:db` on both engines: the lines that differ are in brackets in the expectations of compiler/tests/databases.rs.
import { sql, db, open } from 'puremix:db';
const d = process.argv[2] === 'default' ? db : open(process.argv[2]);
const q = d.sql;
console.log(d.dialect);
await d.script(`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n REAL, at TEXT, j TEXT)`);
const r = await q`INSERT INTO t ${q.values([{ id: 1, name: "o'x", n: 1.5 , at: new Date(0), j: {a:[1]} }, { id: 2, name: 'b', n: null, at: null, j: [1,2] }])}`.run();
console.log(r);
console.log(await q`SELECT * FROM t ORDER BY id`);
console.log(await q`SELECT name FROM t WHERE id IN ${[1, 2, 3]} AND name <> ${'zz'} ORDER BY ${q.id('t', 'id')} DESC`.all());
console.log(await q`SELECT name FROM t WHERE id IN ${[]}`.first());
const cond = q`name = ${"o'x"}`;
console.log(await q`SELECT count(*) AS c FROM t WHERE ${cond} OR ${q.join([cond, q`id = ${7}`], ' OR ')}`.first());
console.log(q`SELECT * FROM t WHERE ${cond} AND id = ${3}`.statement());
console.log(await q`UPDATE t SET ${q.set({ n: 3, at: 'x' })} WHERE id = ${2} RETURNING id, n`.run());
try { await q`INSERT INTO t (id, name) VALUES (3, ${'b'})`.run(); } catch (e) { console.log(e.kind, e.code, e.message, e.constraint, e instanceof Error); }
try { await q`SELECT ${undefined}`; } catch (e) { console.log(e.message); }
try { d.sql('SELECT 1'); } catch (e) { console.log(e.message); }
const out = await d.transaction(async (tx) => {
  await tx.sql`INSERT INTO t (id, name) VALUES (4, 'in tx')`.run();
  return (await tx.sql`SELECT count(*) AS c FROM t`.first()).c;
});
console.log(Number(out));
let kept;
try { await d.transaction(async (tx) => { kept = tx; await tx.sql`DELETE FROM t`.run(); throw new Error('no'); }); } catch (e) { console.log(e.message); }
console.log(await q`SELECT count(*) AS c FROM t`.first());
try { await kept.sql`SELECT 1`; } catch (e) { console.log(e.message); }
console.log(await Promise.all([1, 2, 3].map((i) => q`SELECT ${i} + 0 AS v`.first().then((r) => Number(r.v)))));
