// What nobody can reach any more is collected, however its parts hold each other. Each shape gets a probe that it alone holds; the program
// prints the shapes whose probes are still there after some turns with the collector at work.
const never = () => new Promise(() => {});
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const shapes = {
  'a cyclic object': (probe) => { const o = { probe }; o.self = o; },
  'a closure that holds itself': (probe) => { const f = () => [f, probe]; f(); },
  'a Map that holds itself': (probe) => { const m = new Map(); m.set(m, probe); },
  'a promise held by its own reaction': (probe) => { const p = never(); p.then(() => [p, probe]); },
  'an async function that awaits its own promise': (probe) => {
    async function f() { const p = never(); const self = () => [p, probe]; await p; return self; }
    f();
  },
  'awaiting tasks in a ring': (probe) => {
    const box = {};
    const a = async () => { await box.p; return probe; };
    box.p = never(); box.a = a(); box.p.box = box;
  },
  'a generator that holds itself': (probe) => {
    function* g() { const self = yield 1; yield [self, probe]; }
    const it = g(); it.next(); it.next(it);
  },
  'a generator that has not begun': (probe) => {
    function* g(holder) { yield [holder, probe]; }
    const holder = {}; holder.it = g(holder);
  },
  'a method generator that has not begun': (probe) => {
    const o = { probe, *g(...rest) { yield [this, arguments.length, rest]; } };
    o.it = o.g(o, o);
  },
  'a generator within yield*': (probe) => {
    const box = { probe };
    function* inner() { yield box; }
    function* outer() { yield* inner(); }
    box.it = outer(); box.it.next();
  },
  'a generator within for-of': (probe) => {
    const box = { probe };
    function* g() { for (const x of [box]) yield x; }
    box.it = g(); box.it.next();
  },
  'a generator within for-of of an iterator': (probe) => {
    const box = { probe };
    function* inner() { yield box; yield 2; }
    function* g() { for (const x of inner()) { yield x; } }
    box.it = g(); box.it.next();
  },
  'a generator within a Map': (probe) => {
    const box = new Map([[1, probe]]);
    function* g() { for (const [k, v] of box) yield [k, v]; }
    box.it = g(); box.it.next();
  },
  'a generator within destructuring': (probe) => {
    const box = { probe };
    function* g() { const [a, b = yield a, c] = [box, undefined, box]; return [a, b, c]; }
    box.it = g(); box.it.next();
  },
  'a generator within for-in': (probe) => {
    const box = { probe };
    function* g() { for (const k in box) yield k; }
    box.it = g(); box.it.next();
  },
  'a generator within try and finally': (probe) => {
    const box = { probe };
    function* g() { try { yield box; } finally { box.ran = console.log('finally ran'); } }
    box.it = g(); box.it.next();
  },
  'a finally that holds a value back': (probe) => {
    const box = { probe };
    function* g() { try { return box; } finally { yield 1; } }
    box.it = g(); box.it.next();
  },
  'a finally that holds an exception back': (probe) => {
    const box = { probe };
    function* g() { try { throw box; } finally { yield 1; } }
    box.it = g(); box.it.next();
  },
  'a caught exception': (probe) => {
    const box = { probe };
    function* g() { try { throw box; } catch (e) { yield e; } }
    box.it = g(); box.it.next();
  },
  'a switch': (probe) => {
    const box = { probe };
    function* g() { switch (box) { case box: yield 1; } }
    box.it = g(); box.it.next();
  },
  'operands that wait': (probe) => {
    const box = { probe, m(...a) { return a; } };
    function* g() { return [box, box.m(box, ...[box], { box, [box.x]: yield 1 }), `${yield} ${box}`]; }
    box.it = g(); box.it.next();
  },
  'an operator that waits': (probe) => {
    const box = { probe, valueOf: () => 1 };
    function* g() { return box + (yield 1); }
    box.it = g(); box.it.next();
  },
  'a logical operator that waits': (probe) => {
    const box = { probe };
    function* g() { return box && (yield 1); }
    box.it = g(); box.it.next();
  },
  'an assignment that waits': (probe) => {
    const box = { probe };
    function* g() { box.x ??= yield 1; box.x += yield 2; box[yield 3] = yield 4; }
    box.it = g(); box.it.next(); box.it.next(); box.it.next(); box.it.next();
  },
  'an async generator before its first request': (probe) => {
    const box = { probe };
    async function* g() { yield box; }
    box.it = g();
  },
  'an async generator between requests': (probe) => {
    const box = { probe };
    async function* g() { yield box; yield box; }
    box.it = g(); box.it.next();
  },
  'an async generator that waits for ever': (probe) => {
    const box = { probe };
    async function* g() { await never(); yield box; }
    box.it = g(); box.p = box.it.next();
  },
  'an async generator within yield*': (probe) => {
    const box = { probe };
    async function* inner() { yield box; yield box; }
    async function* g() { yield* inner(); }
    box.it = g(); box.it.next();
  },
  'for await': (probe) => {
    const box = { probe };
    async function* g() { yield 1; await never(); yield box; }
    box.p = (async () => { for await (const x of g()) box.x = x; })();
  },
  'for await of a list of promises': (probe) => {
    const box = { probe };
    box.p = (async () => { for await (const x of [never(), box]) box.x = x; })();
  },
  'for await that is closing': (probe) => {
    const box = { probe };
    const it = { [Symbol.asyncIterator]() { return this; }, next: async () => ({ value: box, done: false }), return: () => never() };
    box.p = (async () => { for await (const x of it) return x; })();
  },
  'Promise.all of what never settles': (probe) => {
    const p = never(); const all = Promise.all([p, probe]); p.all = all; all.then(() => [all, probe]);
  },
  'Promise.race and any': (probe) => {
    const p = never(); p.race = Promise.race([p]).then(() => [p, probe]); p.any = Promise.any([p]).finally(() => [p, probe]);
  },
  'a thenable that never answers': (probe) => {
    const t = { probe, then(ok) { this.ok = ok; } };
    t.p = (async () => { await t; return t; })();
  },
  'a subclass of Promise': (probe) => {
    class P extends Promise {}
    const p = new P(() => {}); p.q = p.then(() => [p, probe]);
  },
  'a cleared timer': (probe) => { const o = { probe }; o.timer = setTimeout(() => o, 1e6); clearTimeout(o.timer); },
  'a cleared interval and immediate': (probe) => {
    const o = { probe };
    o.a = setInterval(() => o, 1e6); clearInterval(o.a);
    o.b = setImmediate(() => o); clearImmediate(o.b);
  },
  'a class that holds itself': (probe) => { class C { static me = [C, probe]; #x = C; get x() { return this.#x; } } new C(); },
  'a class with await in its heritage': (probe) => {
    const box = { probe };
    box.p = (async () => { class C extends (await never()) { x = box; } return C; })();
  },
  'a class with a computed key that waits': (probe) => {
    const box = { probe };
    function* g() { class C extends Object { [box.m]() { return box; } static [yield 1] = box; static [yield 2]() { return C; } } return C; }
    box.it = g(); box.it.next(); box.it.next('x');
    box.p = (async () => { class D { static x = box; [await never()]() { return D; } } return D; })();
  },
  'an async generator whose return waits': (probe) => {
    const box = { probe };
    async function* g() { yield box; }
    box.it = g(); box.p = box.it.return(never()); box.p.it = box.it;
    const p = never(); const h = (async function* () { yield p; })();
    p.h = h; p.q = h.return(p); p.probe = probe;
  },
  'a promise that calls back': (probe) => {
    const { callbackify } = require('util');
    const p = never(); p.probe = probe;
    callbackify(() => p)(() => p);
  },
  'an emitter that captures rejections': (probe) => {
    const E = require('events');
    const e = new E({ captureRejections: true });
    const p = never(); p.e = e; p.probe = probe;
    e.on('x', () => p); e.emit('x', p);
  },
  'a WeakMap entry that holds its key': (probe) => { const k = {}; const w = new WeakMap(); w.set(k, { k, probe, w }); },
  'a bound function': (probe) => { const o = { probe }; o.f = function () { return this; }.bind(o, o); },
  'an iterator of an array': (probe) => { const a = [probe]; a.it = a.values(); a.it.next(); },
  'an iterator of a Map': (probe) => { const m = new Map([[probe, probe]]); m.it = m.entries(); m.it.next(); },
  'a Proxy': (probe) => { const o = { probe }; o.p = new Proxy(o, { get: () => o }); },
  'an error': (probe) => { const e = new Error('x', { cause: probe }); e.self = e; },
  'getters and setters': (probe) => { const o = { get x() { return [o, probe]; }, set x(v) { o.y = v; } }; },
};
const probes = [];
for (const [name, make] of Object.entries(shapes)) {
  (() => { const probe = { name }; make(probe); probes.push([name, new WeakRef(probe)]); })();
}
(async () => {
  for (let i = 0; i < 4; i++) {
    await sleep(1);
    const filler = [];
    for (let j = 0; j < 20000; j++) filler.push({ j });
  }
  for (const [name, ref] of probes) if (ref.deref()) console.log('still there:', name);
  console.log(probes.length, 'shapes');
})();
