// Abandons N things of each kind, 500 in a turn, and prints how much memory the process has before and after. `cargo xtask abandon` reads it.
import { callbackify } from 'node:util';
import { EventEmitter } from 'node:events';
const count = Number(process.env.ABANDON ?? 50_000);
const never = () => new Promise(() => {});
const kinds = {
  'generators suspended mid-way': (i) => {
    function* g(self) { try { for (const x of [i, i + 1]) yield [x, self]; } finally { console.log('finally must not run'); } }
    const box = {}; box.it = g(box); box.it.next();
  },
  'async functions that wait for ever': (i) => {
    const p = never();
    const f = async (x) => { const self = () => [p, x]; try { await p; } finally { console.log('finally must not run'); } return self; };
    f({ i });
  },
  'closures that hold themselves': (i) => { const f = () => [f, i]; f(); },
  'cyclic objects': (i) => { const a = { i }; const b = { a }; a.b = b; a.list = [a, b]; },
  'cyclic Maps and Sets': (i) => { const m = new Map([[i, i]]); m.set('self', m); m.set('set', new Set([m])); },
  'cleared timers': () => { const o = {}; o.t = setTimeout(() => o, 1e9); clearTimeout(o.t); },
  'async generators': (i) => {
    async function* g(box) { yield [i, box]; yield i; }
    const box = {}; box.it = g(box); box.p = box.it.next();
  },
  'async generators that wait for ever': (i) => {
    async function* g(box) { await never(); yield [i, box]; }
    const box = {}; box.it = g(box); box.p = box.it.next();
  },
  'for await that waits for ever': (i) => {
    const box = { i };
    box.p = (async () => { for await (const x of [i, never()]) box.x = x; })();
  },
  'chains of promises': (i) => { const p = never(); let q = p; for (let j = 0; j < 5; j++) q = q.then(() => [p, i]); p.q = Promise.all([q, p]); },
  'classes half made': (i) => {
    function* g(box) { class C { [box.k]() { return box; } static [yield 1] = box; } return C; }
    const box = { i, k: 'k' }; box.it = g(box); box.it.next();
  },
  'async classes half made': (i) => {
    const box = { i };
    box.p = (async () => { class C { static x = box; [await never()]() { return C; } } return C; })();
  },
  'async generators whose return waits': (i) => {
    const p = never(); const it = (async function* () { yield p; })();
    p.it = it; p.i = i; p.q = it.return(p);
  },
  'callbacks of promises': (i) => { const p = never(); p.i = i; callbackify(() => p)(() => p); },
  'emitters that capture rejections': (i) => {
    const e = new EventEmitter({ captureRejections: true });
    const p = never(); p.e = e; p.i = i; e.on('x', () => p); e.emit('x', p);
  },
};
let made = 0;
const turn = () => new Promise((r) => setImmediate(r));
const rss = () => Math.round(process.memoryUsage().rss / 1024);
for (const [name, make] of Object.entries(kinds)) {
  const run = async (n) => { for (let i = 0; i < n; i++) { make(i); if (i % 500 === 499) await turn(); } };
  // A quarter first: pages that the allocator keeps are not growth.
  await run(count / 4);
  const before = rss();
  await run(count);
  made += count;
  console.log(`${name}\t${before}\t${rss()}`);
}
console.log(`made ${made}`);
