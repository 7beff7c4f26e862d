// Small programs about ticks, timers and immediates. Only what Node promises: no timer races an immediate.
const tick = process.nextTick;
const programs = {
  tick_before_promise(log) { Promise.resolve().then(() => log('p')); tick(() => log('t')); log('s'); },
  ticks_nest(log) { tick(() => { log(1); tick(() => log(3)); Promise.resolve().then(() => log('p')); }); tick(() => log(2)); },
  tick_from_promise(log) { Promise.resolve().then(() => { log('p1'); tick(() => log('t')); }).then(() => log('p2')); queueMicrotask(() => log('q')); },
  tick_arguments(log) { tick((...a) => log(a.join('+')), 1, 2, 3); },
  timers_in_order(log) { setTimeout(() => log('b'), 12); setTimeout(() => log('a'), 1); setTimeout(() => log('z'), 1); setTimeout(() => log('0'), 0); },
  timers_interleave(log) { for (const n of [1, 2]) setTimeout(() => { log('t' + n); tick(() => log('tick' + n)); Promise.resolve().then(() => log('p' + n)); }, 1); },
  timer_arguments(log) { setTimeout((a, b) => log(a, b), 1, 'x', 'y'); setTimeout(log, 'no number', 'z'); setTimeout(log, -5, 'neg'); },
  timer_cleared_by_timer(log) { let b; setTimeout(() => { log('a'); clearTimeout(b); }, 1); b = setTimeout(() => log('never'), 1); setTimeout(() => log('c'), 1); },
  timer_in_timer(log) { setTimeout(() => { log('outer'); setTimeout(() => log('inner'), 0); Promise.resolve().then(() => log('p')); }, 0); setTimeout(() => log('second'), 0); },
  interval(log) { let n = 0; const i = setInterval(() => { log(n); if (++n === 3) clearInterval(i); }, 1); },
  interval_cleared_inside(log) { const i = setInterval(() => { log('once'); clearInterval(i); Promise.resolve().then(() => log('p')); }, 1); },
  immediates(log) { setImmediate(() => { log(1); setImmediate(() => log(3)); tick(() => log('t')); Promise.resolve().then(() => log('p')); }); setImmediate(() => log(2)); },
  immediate_cleared(log) { const b = setImmediate(() => log('never')); setImmediate(() => log('a')); clearImmediate(b); setImmediate(() => log('c')); },
  immediate_clears_next(log) { let b; setImmediate(() => { log('a'); clearImmediate(b); }); b = setImmediate(() => log('never')); setImmediate((x) => log(x), 'arg'); },
  immediate_then_timer(log) { setImmediate(() => { log('i'); tick(() => log('tick')); queueMicrotask(() => { log('m'); tick(() => log('tick2')); }); }); },
  mixed(log) { tick(() => log('t1')); (async () => { log('a'); await null; log('b'); tick(() => log('t2')); await null; log('c'); })(); queueMicrotask(() => log('q')); tick(() => log('t3')); log('s'); },
  throw_does_not_stop(log) { Promise.reject('r').catch((e) => log(e)); tick(() => log('t')); setImmediate(() => log('i')); },
  refs(log) { const t = setTimeout(() => log('t'), 1); log(t.hasRef()); t.unref(); log(t.hasRef()); t.ref(); log(typeof t.refresh, typeof t[Symbol.toPrimitive]()); },
  promisified(log) { const sleep = (ms, v) => new Promise((r) => setTimeout(r, ms, v)); (async () => { log(await sleep(1, 'one')); log(await Promise.race([sleep(8, 'slow'), sleep(1, 'fast')])); })(); },
};
const names = Object.keys(programs);
// A program each from a timer: after a main module's body other rules hold.
const next = (at) => {
  if (at === names.length) return;
  const seen = [];
  programs[names[at]]((...words) => seen.push(words.join(' ')));
  const sync = seen.length;
  setTimeout(() => {
    console.log(names[at], '|', seen.slice(0, sync).join(','), '|', seen.slice(sync).join(','));
    next(at + 1);
  }, 25);
};
setTimeout(next, 1, 0);
