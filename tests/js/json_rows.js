// Lists that are wanted as JSON only: whatever `json` is here sees ordinary arrays of ordinary objects.
const seen = [];
const reply = {
  json(value) {
    seen.push(value);
    console.log(JSON.stringify(value));
    return value;
  },
};

const list = [1, 2, 3];
const words = ['a"b', 'zwölf', '\ud800', 'x'.repeat(40), '</script>', ''];

function direct() {
  const value = reply.json(list.map(x => ({ id: x, name: `n${x}` })));
  console.log(Array.isArray(value), value.length, value[1].name, Object.keys(value[0]), value[0].constructor === Object);
  value[0].id = 'changed';
  value.push('more');
  console.log(JSON.stringify(value), Object.getOwnPropertyDescriptor(value[1], 'name'));
}

function held() {
  const data = list.filter(x => x > 1).map((x, i) => ({ x, i }));
  const value = reply.json({ ok: true, data, total: data.length, twice: data.length * 2 });
  console.log(value.data.map(r => r.x + r.i), 'data' in value, value.total);
}

function empty() {
  const data = [].map(x => ({ x }));
  return reply.json({ data, total: data.length });
}

function values() {
  reply.json(words.map(w => ({ w, n: w.length / 3, b: w === '', z: null })));
  // What JSON does not say makes it an array of objects, with what was before.
  reply.json([1, 2, -0, 4].map(n => ({ n })));
  reply.json([1, undefined, 3].map(u => ({ u, v: 1 })));
  reply.json([1, NaN, Infinity].map(n => ({ n, m: n * 2 })));
  reply.json([1, [2], { three: 3 }, new Date(0)].map(o => ({ o })));
  console.log(Object.is(seen.at(-4)[2].n, -0), 'u' in seen.at(-3)[1], seen.at(-2)[1].n, seen.at(-1)[3].o instanceof Date);
  const sparse = [1, , 3];
  reply.json(sparse.map(x => ({ x })));
  console.log(seen.at(-1).length, 1 in seen.at(-1));
}

function statements() {
  const rate = 1.19;
  reply.json(list.map(x => {
    const gross = Math.round(x * rate * 100) / 100;
    return { x, gross, text: `${gross.toFixed(2)} €` };
  }));
  reply.json(list.map(function (x) { return { x, '10': 1, 'a b': 2 }; }));
}

function thrown() {
  try {
    reply.json(list.map(x => {
      if (x === 2) throw new Error('two');
      return { x };
    }));
  } catch (e) {
    console.log(e.message);
  }
  try {
    ({}).json(list.map(x => ({ x })));
  } catch (e) {
    console.log(e.message);
  }
}

function changing() {
  const source = [1, 2, 3, 4];
  reply.json(source.map(x => {
    if (x === 2) source.pop();
    if (x === 1) source.push(9);
    return { x };
  }));
  console.log(source);
}

function order() {
  const log = [];
  const target = { get json() { log.push('method'); return v => log.push(JSON.stringify(v)); } };
  const mark = x => { log.push(x); return x; };
  target.json({ a: mark(1), rows: [1, 2].map(x => ({ x: mark(x * 10) })), b: mark(2) });
  console.log(log.join(' '));
}

function hooks() {
  Object.prototype.toJSON = function () { return Array.isArray(this) ? this.map(String) : { hooked: Object.keys(this), rows: Array.isArray(this.rows) }; };
  const rows = list.map(x => ({ x }));
  console.log(JSON.stringify(reply.json({ rows, n: rows.length })));
  delete Object.prototype.toJSON;
  reply.json({ rows: list.map(x => ({ x, toJSON: 1 })) });
  reply.json({ rows: list.map(x => ({ x })), toJSON() { return this.rows.length; } });
  reply.json({ rows: list.map(x => ({ x })), get first() { return this.rows[0].x; } });
}

function like() {
  // Not arrays, or arrays of another kind.
  const other = { map: f => [f(5), f(6)] };
  const data = other.map(x => ({ x }));
  reply.json({ data, n: data.length });
  class Mine extends Array {}
  console.log(reply.json(Mine.from([1]).map(x => ({ x }))) instanceof Mine);
  console.log(reply.json(list.map(x => ({ __proto__: null, x })))[0] instanceof Object);
}

async function later() {
  const rows = await Promise.resolve([1, 2]);
  const data = rows.map(x => ({ x, at: x * 2 }));
  await null;
  return reply.json({ data, count: data.length });
}

direct();
held();
empty();
values();
statements();
thrown();
changing();
order();
hooks();
like();
later().then(v => console.log(v.data.length));
