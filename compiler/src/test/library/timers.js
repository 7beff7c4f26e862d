// Controlled time: `setTimeout`, `setInterval`, `setImmediate` and `Date` that stand still until a test moves them.

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
};
const APIS = ['setTimeout', 'setInterval', 'setImmediate', 'Date'];

class FakeTimer {
  constructor(timers, id) {
    this.timers = timers;
    this.id = id;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  refresh() {
    this.timers.restart(this.id);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.id;
  }
}

export class FakeTimers {
  #now = 0;
  #queue = new Map();
  #next = 1;
  #replaced = [];

  get isEnabled() {
    return this.#replaced.length > 0;
  }

  /** `{ apis, now }`, or a list of names as older versions of Node take. */
  enable(given = {}) {
    if (this.isEnabled) throw new Error('Invalid state: MockTimers is already enabled!');
    const { apis = APIS, now = 0 } = Array.isArray(given) ? { apis: given } : given;
    this.#now = Number(now);
    for (const api of apis) {
      if (!APIS.includes(api)) throw new TypeError(`The argument 'apis' names ${api}, which cannot be mocked; it can name ${APIS.join(', ')}`);
      if (api === 'Date') this.#put('Date', fakeDate(this));
      else this.#replace(api);
    }
  }

  #replace(api) {
    const clear = (timer) => {
      this.#queue.delete(Number(timer));
    };
    if (api === 'setImmediate') {
      this.#put('setImmediate', (fn, ...args) => this.#add(fn, -1, args));
      this.#put('clearImmediate', clear);
      return;
    }
    const repeats = api === 'setInterval';
    this.#put(api, (fn, delay, ...args) => this.#add(fn, Math.max(1, Number(delay) || 1), args, repeats));
    this.#put(repeats ? 'clearInterval' : 'clearTimeout', clear);
  }

  #put(name, value) {
    this.#replaced.push(name);
    globalThis[name] = value;
  }

  #add(fn, delay, args, repeats = false) {
    const id = this.#next++;
    this.#queue.set(id, { fn, args, delay, repeats, due: this.#now + delay, id });
    return new FakeTimer(this, id);
  }

  restart(id) {
    const timer = this.#queue.get(id);
    if (timer) timer.due = this.#now + timer.delay;
  }

  now() {
    return this.#now;
  }

  /** How many timers wait. */
  count() {
    return this.#queue.size;
  }

  #first() {
    let first;
    for (const timer of this.#queue.values()) {
      if (!first || timer.due < first.due) first = timer;
    }
    return first;
  }

  #fire(timer) {
    this.#now = Math.max(this.#now, timer.due);
    if (timer.repeats) timer.due += timer.delay;
    else this.#queue.delete(timer.id);
    timer.fn(...timer.args);
  }

  tick(time = 1) {
    this.#mustBeEnabled();
    const until = this.#now + time;
    for (let timer; (timer = this.#first()) && timer.due <= until; ) this.#fire(timer);
    this.#now = until;
  }

  /** As `tick`; promises between timers settle. */
  async tickAsync(time = 1) {
    this.#mustBeEnabled();
    const until = this.#now + time;
    await settle();
    for (let timer; (timer = this.#first()) && timer.due <= until; ) {
      this.#fire(timer);
      await settle();
    }
    this.#now = until;
  }

  runAll() {
    this.#mustBeEnabled();
    const last = Math.max(this.#now, ...[...this.#queue.values()].map((timer) => timer.due));
    this.tick(last - this.#now);
  }

  /** Until none is left; intervals make this an error after a while. */
  runEverything() {
    for (let turns = 0, timer; (timer = this.#first()); turns++) {
      if (turns === 100_000) throw new Error('100000 timers have run and others are waiting: an interval, or a timer that sets itself again?');
      this.#fire(timer);
    }
  }

  runWaiting() {
    for (const timer of [...this.#queue.values()].sort((a, b) => a.due - b.due)) {
      if (this.#queue.has(timer.id)) this.#fire(timer);
    }
  }

  next() {
    const timer = this.#first();
    if (timer) this.#fire(timer);
  }

  clear() {
    this.#queue.clear();
  }

  setTime(time) {
    this.#mustBeEnabled();
    const to = Number(time);
    if (to > this.#now) this.tick(to - this.#now);
    this.#now = to;
  }

  /** Changes the clock only. */
  setClock(time) {
    const to = Number(time);
    for (const timer of this.#queue.values()) timer.due += to - this.#now;
    this.#now = to;
  }

  reset() {
    for (const name of this.#replaced) globalThis[name] = real[name];
    this.#replaced = [];
    this.#queue.clear();
    this.#now = 0;
  }

  [Symbol.dispose ?? Symbol.for('dispose')]() {
    this.reset();
  }

  #mustBeEnabled() {
    if (!this.isEnabled) throw new Error('Invalid state: You should enable MockTimers first by calling the .enable function');
  }
}

/** Lets everything run that is waiting for promises only. */
function settle() {
  return new Promise((resolve) => real.setImmediate(resolve));
}

function fakeDate(timers) {
  function FakeDate(...args) {
    if (!new.target) return new real.Date(timers.now()).toString();
    return Reflect.construct(real.Date, args.length === 0 ? [timers.now()] : args, new.target === FakeDate ? real.Date : new.target);
  }
  Object.setPrototypeOf(FakeDate, real.Date);
  FakeDate.prototype = real.Date.prototype;
  FakeDate.now = () => timers.now();
  return FakeDate;
}
