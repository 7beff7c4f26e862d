// Small programs about the turns that iteration of async things takes.
const chain = (log, n) => { let q = Promise.resolve(); for (let i = 0; i < n; i++) q = q.then(() => log(i)); };
const programs = {
  for_await_sync(log) { (async () => { for await (const x of ['a', 'b']) log(x); log('end'); })(); chain(log, 9); },
  for_await_promises(log) { (async () => { for await (const x of [Promise.resolve('a'), 'b']) log(x); log('end'); })(); chain(log, 9); },
  for_await_rejection(log) { (async () => { try { for await (const x of ['a', Promise.reject('no')]) log(x); } catch (e) { log(e); } log('end'); })(); chain(log, 9); },
  for_await_generator(log) { async function* g() { yield 'a'; yield 'b'; } (async () => { for await (const x of g()) log(x); log('end'); })(); chain(log, 12); },
  for_await_break(log) { async function* g() { try { yield 'a'; yield 'b'; } finally { log('fin'); } } (async () => { for await (const x of g()) { log(x); break; } log('end'); })(); chain(log, 12); },
  for_await_return(log) { async function* g() { try { yield 'a'; } finally { await 0; log('fin'); } } const f = async () => { for await (const x of g()) return x; }; f().then((v) => log('r', v)); chain(log, 14); },
  for_await_throw(log) { async function* g() { try { yield 'a'; } finally { log('fin'); } } (async () => { try { for await (const x of g()) throw x; } catch (e) { log('c', e); } })(); chain(log, 12); },
  for_await_sync_break(log) { const it = { [Symbol.iterator]() { let n = 0; return { next: () => ({ value: n++, done: false }), return() { log('closed'); return {}; } }; } }; (async () => { for await (const x of it) { log('x', x); if (x) break; } log('end'); })(); chain(log, 14); },
  generator_next_twice(log) { async function* g() { log('start'); yield 1; log('middle'); yield 2; } const it = g(); it.next().then((r) => log('r', r.value)); it.next().then((r) => log('r', r.value)); it.next().then((r) => log('r', r.done)); chain(log, 10); },
  generator_yield_promise(log) { async function* g() { log(await (yield Promise.resolve('p'))); } const it = g(); it.next().then((r) => { log(r.value); return it.next('sent'); }).then((r) => log('done', r.done)); chain(log, 12); },
  generator_return(log) { async function* g() { try { yield 1; } finally { log('fin'); } } const it = g(); it.next().then(() => log('n')); it.return('x').then((r) => log('ret', r.value, r.done)); chain(log, 12); },
  generator_return_promise(log) { async function* g() { return Promise.resolve('v'); } g().next().then((r) => log(r.value, r.done)); chain(log, 8); },
  generator_throw(log) { async function* g() { try { yield 1; } catch (e) { log('in', e); yield 'after'; } } const it = g(); it.next(); it.throw('t').then((r) => log(r.value)); chain(log, 10); },
  return_before_start(log) { async function* g() { log('never'); } const it = g(); it.return('r').then((r) => log(r.value, r.done)); it.next().then((r) => log('n', r.done)); chain(log, 8); },
  yield_star(log) { async function* inner() { yield 1; yield 2; return 'in'; } async function* g() { log(yield* inner()); } (async () => { for await (const x of g()) log('x', x); log('end'); })(); chain(log, 24); },
  yield_star_sync(log) { async function* g() { yield* ['a', Promise.resolve('b')]; } (async () => { for await (const x of g()) log(x); log('end'); })(); chain(log, 24); },
  from_sync_values(log) { async function* g(xs) { for (const x of xs) yield x; } (async () => { const out = []; for await (const x of g([1, 2])) out.push(x); log(out.join()); })(); chain(log, 12); },
  two_consumers(log) { async function* g(n) { for (let i = 0; i < 2; i++) { await 0; yield n + i; } } for (const n of ['a', 'b']) (async () => { for await (const x of g(n)) log(x); })(); chain(log, 14); },
};
for (const [name, program] of Object.entries(programs)) {
  const seen = [];
  program((...words) => seen.push(words.join(' ')));
  const sync = seen.length;
  await new Promise((r) => setTimeout(r, 2));
  console.log(name, '|', seen.slice(0, sync).join(','), '|', seen.slice(sync).join(','));
}
