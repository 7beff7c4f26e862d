// member looked up before arguments
const log = [];
const o = { m(x) { return 'old ' + x } };
console.log(o.m((o.m = () => 'new', 1)));
async function a() {
  const p = { m(x) { return 'old ' + x }, k: 'm' };
  const r = p.m(await (async () => { p.m = () => 'new'; return 2 })());
  console.log(r);
  const q = { m(x) { return 'old ' + x } };
  console.log(q['m'](await (async () => { q.m = () => 'new'; return 2 })()));
  const g = { get m() { log.push('get'); return (x) => x } };
  console.log(g.m((log.push('arg'), await 3)), log.join());
  try { const n = {}; n.missing(await (log.push('a2'), 1)); } catch (e) { console.log(e.message, log.join()) }
  try { const n = null; n.missing(await (log.push('a3'), 1)); } catch (e) { console.log(e.message, log.join()) }
  const arr = [3, 4];
  console.log(arr.push(await 5), arr.map(x => x).join('-'), 'abc'.slice(await 1));
  console.log(arr.at(await 0), new Map([[1, 2]]).get(await 1), Math.max(await 1, await 7), JSON.stringify(await arr));
}
a();
// generators paused in patterns
function inner(name) { return { [Symbol.iterator]() { return this }, i: 0, next() { return { value: undefined, done: false } }, return(v) { console.log('closed', name); return {} } } }
function* g1() { const [x = yield 1, y = yield 2] = inner('a'); console.log('not here') }
{ const g = g1(); g.next(); console.log(g.return('r')); }
{ const g = g1(); g.next(); g.next(9); console.log(g.return('r2')); }
{ const g = g1(); g.next(); try { g.throw(new Error('t')) } catch (e) { console.log(e.message) } }
function* g2() { try { let x; [x = yield 1] = inner('b'); } finally { console.log('finally') } }
{ const g = g2(); g.next(); console.log(g.return('r')); }
function* g3() { const [[x = yield 1]] = { [Symbol.iterator]() { let n = 0; return { next() { return { value: inner('deep'), done: n++ > 5 } }, return() { console.log('closed outer'); return {} } } } } }
{ const g = g3(); g.next(); console.log(g.return('r')); }
function* g4() { for (const [x = yield 1] of [inner('f')]) { } }
{ const g = g4(); g.next(); console.log(g.return('r')); }
function* g5([x = (() => { throw new Error('param') })()]) { yield 1 }
try { g5(inner('p')) } catch (e) { console.log(e.message) }
