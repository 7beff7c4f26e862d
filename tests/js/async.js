const log = []; const say = x => log.push(x);
const sleep = ms => new Promise(r => setTimeout(r, ms));
async function seq() { say('s1'); await null; say('s2'); await sleep(1); say('s3'); return 's'; }
async function par() { const [a, b] = await Promise.all([seq(), sleep(5).then(() => 'b')]); return a + b; }
function* nums(n) { for (let i = 0; i < n; i++) { const r = yield i; if (r) say('sent ' + r); } return 'ret'; }
function* both() { const r = yield* nums(2); yield r; yield* [7, 8]; }
async function* agen() { for (let i = 0; i < 3; i++) { await sleep(0); yield i; } }
async function* adeleg() { yield* agen(); yield 'end'; }
async function main() {
  say(await par()); console.log([...both()], [...nums(3)]);
  const it = nums(3); it.next(); it.next('hello'); console.log(it.return('early'), it.next());
  for await (const x of adeleg()) say(x); for await (const x of [sleep(1).then(() => 'p'), 'q']) say(x);
  try { await Promise.any([Promise.reject(1), Promise.reject(2)]); } catch (e) { say(e.constructor.name); }
  say(await Promise.race([sleep(20).then(() => 'slow'), sleep(1).then(() => 'fast')]));
  const results = await Promise.all([1, 2, 3].map(async x => { await sleep(3 - x); return x * 2; })); console.log(results);
  const obj = { async m() { return this.v; }, v: 5 }; console.log(await obj.m());
  const thenable = { then(r) { r('thenable'); } }; console.log(await thenable);
  const g = agen(); console.log(await g.next(), await g.return('x'), await g.next());
  label: for (let i = 0; ; i++) { for await (const x of agen()) { if (x === 1) continue label; if (i === 2) break label; say(`${i}${x}`); } }
  class K { async a() { return 'ka'; } async b() { return (await this.a()) + 'b'; } static async s() { return 's'; } } console.log(await new K().b(), await K.s());
  const cond = await (async () => (await sleep(0), true))() ? await Promise.resolve('yes') : 'no'; console.log(cond, (await Promise.resolve({ deep: { v: 1 } })).deep.v, [await 1, await 2], { k: await 3 }, `${await 4}`);
  let sum = 0; for (const x of [1, 2, 3]) sum += await Promise.resolve(x); console.log(sum);
  let n = 0; const inc = async () => { const t = n; await null; n = t + 1; }; await Promise.all([inc(), inc()]); console.log(n);
  let m = 1; m += await (async () => { m = 10; return 1; })(); console.log(m);
  console.log(log.join(' '));
}
main().catch(e => console.log('failed', e));
setTimeout(() => console.log('timeout 0'), 0); process.nextTick(() => console.log('tick')); Promise.resolve().then(() => console.log('micro 1')).then(() => console.log('micro 2')); queueMicrotask(() => console.log('micro q')); (async () => { console.log('a1'); await 0; console.log('a2'); })(); console.log('sync');
