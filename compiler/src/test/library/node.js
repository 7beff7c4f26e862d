// `node:test` (Node 20), over the harness.

import { addHook, addSubtest, addSuite, addTest, currentHome, options as runOptions, HarnessError } from 'puremix:test/harness';
import { MockTracker } from 'puremix:test/mock';
import assert from 'node:assert';

/** `(name, options, fn)` with everything optional. */
function parse(name, options, fn) {
  if (typeof name === 'function') [name, options, fn] = [undefined, {}, name];
  else if (name !== null && typeof name === 'object') [name, options, fn] = [undefined, name, options];
  else if (typeof options === 'function') [options, fn] = [{}, options];
  return { name: String(name || fn?.name || '<anonymous>'), options: options ?? {}, fn };
}

/** `only` counts when the run asks for it, as in Node. */
function entryOptions({ skip, todo, only, timeout, plan }) {
  return { skip, todo, only: Boolean(only && runOptions.only), timeout, plan, style: 'node' };
}

class TestContext {
  #entry;
  #mock;
  #planned;
  #asserted = 0;

  constructor(entry) {
    this.#entry = entry;
    if (entry.plan !== undefined) this.plan(entry.plan);
  }

  get name() {
    return this.#entry.name;
  }
  get fullName() {
    return this.#entry.path.join(' > ');
  }
  get signal() {
    return (this.abortController ??= new AbortController()).signal;
  }
  get mock() {
    if (!this.#mock) {
      this.#mock = new MockTracker();
      this.#entry.cleanups.push(() => this.#mock.reset());
    }
    return this.#mock;
  }
  /** The assertions of `node:assert`; they count for `plan`. */
  get assert() {
    const count = (fn) => (...args) => {
      this.#asserted += 1;
      return fn(...args);
    };
    const counting = {};
    for (const key of Object.keys(assert)) if (typeof assert[key] === 'function') counting[key] = count(assert[key]);
    return counting;
  }

  plan(count) {
    if (this.#planned !== undefined) throw new Error('cannot set plan more than once');
    this.#planned = count;
    this.#entry.checks.push(() => {
      const found = this.#asserted + this.#entry.children.length;
      if (found !== count) throw new HarnessError('testCodeFailure', `plan expected ${count} assertions but received ${found}`);
    });
  }
  test(name, options, fn) {
    const parsed = parse(name, options, fn);
    return start(addSubtest(this.#entry, parsed.name, entryOptions(parsed.options), parsed.fn ?? (() => {})));
  }
  diagnostic(message) {
    this.#entry.diagnostics.push(String(message));
  }
  skip(message) {
    this.#entry.skip = message || true;
  }
  todo(message) {
    this.#entry.todo = message || true;
  }
  before(fn, options) {
    addHook(this.#entry, 'before', fn, { ...options, style: 'node' });
  }
  after(fn, options) {
    addHook(this.#entry, 'after', fn, { ...options, style: 'node' });
  }
  beforeEach(fn, options) {
    addHook(this.#entry, 'beforeEach', fn, { ...options, style: 'node' });
  }
  afterEach(fn, options) {
    addHook(this.#entry, 'afterEach', fn, { ...options, style: 'node' });
  }
  runOnly() {}
}

/** Gives the entry its context; the promise is settled when it has run. */
function start(entry) {
  entry.context = new TestContext(entry);
  return entry.done;
}

function define(add) {
  const plain = (name, options, fn) => {
    const parsed = parse(name, options, fn);
    return add(parsed.name, entryOptions(parsed.options), parsed.fn);
  };
  const marked = (mark) => (name, options, fn) => {
    const parsed = parse(name, options, fn);
    return add(parsed.name, entryOptions({ ...parsed.options, [mark]: parsed.options[mark] || true }), parsed.fn);
  };
  return Object.assign(plain, { skip: marked('skip'), todo: marked('todo'), only: marked('only') });
}

export const test = define((name, options, fn) => start(addTest(name, options, fn ?? (() => {}))));
export const it = test;
export const describe = define((name, options, fn) => addSuite(name, options, fn).done);
export const suite = describe;

const hook = (which) => (fn, options) => addHook(currentHome(), which, fn, { ...options, style: 'node' });
export const before = hook('before');
export const after = hook('after');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');

export const { skip, todo, only } = test;
export const mock = new MockTracker();

export function run() {
  throw new Error('`run` of node:test starts processes of Node; use `puremixc test`');
}

Object.assign(test, { test, it, describe, suite, before, after, beforeEach, afterEach, mock, run });
export default test;
