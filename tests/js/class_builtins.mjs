class Stack extends Array { top() { return this[this.length - 1]; } }
const s = Stack.from([1, 2, 3]); s.push(4);
console.log(s.length, s.top(), s instanceof Stack, s instanceof Array, Array.isArray(s), s.map((x) => x * 2) instanceof Stack, s.filter((x) => x > 2).top());
s.length = 1; console.log([...s], new Stack(3).length);
class HttpError extends Error { constructor(status, message, options) { super(message, options); this.status = status; this.name = 'HttpError'; } get isClient() { return this.status < 500; } }
const e = new HttpError(404, 'gone', { cause: 'why' });
console.log(e instanceof HttpError, e instanceof Error, String(e), e.isClient, e.cause, Object.keys(e), e.stack.split('\n')[0]);
class DefaultMap extends Map { constructor(make, entries) { super(entries); this.make = make; } get(k) { if (!this.has(k)) this.set(k, this.make(k)); return super.get(k); } }
const m = new DefaultMap((k) => k.length, [['a', 'given']]); console.log(m.get('a'), m.get('four'), m.size, [...m]);
class Tags extends Set { add(t) { return super.add(t.toLowerCase()); } } const t = new Tags(['A', 'a', 'B']); console.log(t.size, [...t]);
class P extends Promise { static get [Symbol.species]() { return Promise; } }
const p = P.resolve(1); console.log(p instanceof P, p.then(() => { }) instanceof P, p.then(() => { }) instanceof Promise);
class Typed extends TypeError { } try { throw new Typed('typed'); } catch (x) { console.log(x.name, x.message, x instanceof TypeError, x.constructor.name, `${x}`); }
class Str extends String { shout() { return this.toUpperCase() + '!'; } } console.log(new Str('hey').shout(), new Str('abc').length, `${new Str('q')}`);
class Num extends Number { plus(n) { return this + n; } } console.log(new Num(4).plus(2), typeof new Num(1), new Num(3) * 2);
class D extends Date { iso() { return this.toISOString().slice(0, 10); } } console.log(new D(0).iso());
class R extends RegExp { test(x) { return !super.test(x); } } console.log(new R('a').test('b'));
