// Small programs about the order of microtasks. Each notes what runs in `log`; the next starts when all of it is over.
const programs = {
  then_chain(log) { Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)); Promise.resolve().then(() => log('a')).then(() => log('b')); },
  await_value(log) { (async () => { log('s'); await 1; log('after'); })(); Promise.resolve().then(() => log('p')); log('e'); },
  await_promise(log) { const p = Promise.resolve(); (async () => { await p; log('a1'); await p; log('a2'); })(); p.then(() => log('t1')).then(() => log('t2')).then(() => log('t3')); },
  await_async(log) { const f = async () => { log('f'); }; (async () => { await f(); log('a'); })(); Promise.resolve().then(() => log('b')).then(() => log('c')); },
  return_promise(log) { const f = async () => Promise.resolve(1); f().then(() => log('f')); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4)); },
  return_value(log) { const f = async () => 1; f().then(() => log('f')); Promise.resolve().then(() => log(1)).then(() => log(2)); },
  return_await(log) { const f = async () => { return await Promise.resolve(1); }; f().then(() => log('f')); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)); },
  resolve_with_promise(log) { new Promise((r) => r(Promise.resolve())).then(() => log('outer')); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4)); },
  then_returns_promise(log) { Promise.resolve().then(() => Promise.resolve(7)).then((v) => log('v', v)); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4)).then(() => log(5)); },
  thenable(log) { const t = { then(r) { log('then'); r('x'); } }; (async () => { log(await t); })(); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)); },
  thenable_throws(log) { const t = { then() { throw 'bad'; } }; (async () => { try { await t; } catch (e) { log(e); } })(); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)); },
  resolve_thenable(log) { Promise.resolve({ then(r) { log('called'); r(1); } }).then(() => log('done')); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)); },
  rejected_catch(log) { Promise.reject(1).catch(() => log('c')).finally(() => log('f')).then(() => log('t')); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4)).then(() => log(5)); },
  finally_value(log) { Promise.resolve('v').finally(() => 'ignored').then((v) => log(v)); Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4)).then(() => log(5)); },
  finally_promise(log) { Promise.resolve('v').finally(() => Promise.resolve()).then((v) => log(v)); const s = Promise.resolve(); let q = s; for (let i = 0; i < 8; i++) q = q.then(() => log(i)); },
  all(log) { Promise.all([1, Promise.resolve(2), { then(r) { r(3); } }]).then((v) => log(v.join())); let q = Promise.resolve(); for (let i = 0; i < 6; i++) q = q.then(() => log(i)); },
  all_empty(log) { Promise.all([]).then(() => log('all')); Promise.resolve().then(() => log(1)).then(() => log(2)); },
  race(log) { Promise.race([Promise.resolve('a'), 'b']).then((v) => log(v)); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
  any(log) { Promise.any([Promise.reject(1), Promise.resolve('b')]).then((v) => log(v)); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
  all_settled(log) { Promise.allSettled([Promise.reject(1), 2]).then((v) => log(v.map((x) => x.status).join())); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
  queue_microtask(log) { queueMicrotask(() => { log('q1'); queueMicrotask(() => log('q3')); }); Promise.resolve().then(() => log('p')); queueMicrotask(() => log('q2')); },
  settle_twice(log) { let r; new Promise((a) => { r = a; }).then((v) => log(v)); r(1); r(2); queueMicrotask(() => log('m')); },
  then_on_pending(log) { let r; const p = new Promise((a) => { r = a; }); p.then(() => log('first')); p.then(() => log('second')); queueMicrotask(() => log('before')); r(); p.then(() => log('third')); },
  subclass(log) { class P extends Promise {} P.resolve().then(() => log('sub')); (async () => { await P.resolve(); log('awaited'); })(); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
  patched_then(log) { const p = Promise.resolve(1); p.then = function (...a) { log('patched'); return Promise.prototype.then.apply(this, a); }; (async () => { await p; log('after'); })(); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
  nested_async(log) { const d = async (n) => { if (n) await d(n - 1); log(n); }; d(3); let q = Promise.resolve(); for (let i = 0; i < 6; i++) q = q.then(() => log('p' + i)); },
  throw_in_async(log) { const f = async () => { throw 1; }; f().catch(() => log('caught')); Promise.resolve().then(() => log(1)).then(() => log(2)); },
  try_finally(log) { (async () => { try { await 1; log('t'); return 'r'; } finally { log('f1'); await 2; log('f2'); } })().then((v) => log(v)); let q = Promise.resolve(); for (let i = 0; i < 5; i++) q = q.then(() => log(i)); },
};
(async () => {
  for (const [name, program] of Object.entries(programs)) {
    const seen = [];
    program((...words) => seen.push(words.join(' ')));
    const sync = seen.length;
    await new Promise((r) => setTimeout(r, 2));
    console.log(name, '|', seen.slice(0, sync).join(','), '|', seen.slice(sync).join(','));
  }
})();
