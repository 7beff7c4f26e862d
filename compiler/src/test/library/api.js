// `describe`, `test`, `it`, hooks, `test.each`: as users of Jest, Vitest and Bun know them, over the harness.

import { addHook, addSuite, addTest, currentHome, options as runOptions } from 'puremix:test/harness';
import { expect } from 'puremix:test/expect';
import { MockTracker } from 'puremix:test/mock';
import * as spies from 'puremix:test/spies';
import { show } from 'puremix:test/show';

/** `(name, fn, timeout)`, `(name, options, fn)`: what stands where. */
function parse(name, second, third) {
  const [fn, given] = typeof second === 'function' ? [second, third] : [third, second];
  const options = typeof given === 'number' ? { timeout: given } : (given ?? {});
  return { name: typeof name === 'function' ? name.name : String(name), fn, options };
}

/** What Vitest hands to a test. */
function contextOf(entry) {
  return {
    expect,
    task: { name: entry.name },
    skip(reason) {
      entry.skip = reason || true;
    },
    onTestFinished: (fn) => addHook(entry, 'after', fn, { style: 'context' }),
  };
}

function define(add, style) {
  const make = (marks) => {
    const define = (name, second, third) => {
      const { name: text, fn, options } = parse(name, second, third);
      const { skip, todo, only, timeout, fails } = { ...options, ...marks };
      const entry = add(text, { skip, todo: todo || (fn ? false : !skip), only, timeout, fails, style }, fn);
      if (style === 'context') entry.context = contextOf(entry);
    };
    define.each = (...table) => each(define, table);
    define.for = (rows) => (name, second, third) => {
      const { fn, options } = parse(name, second, third);
      rows.forEach((row, index) => define(titled(name, row, index), options, (context) => fn(row, context)));
    };
    return define;
  };
  const plain = make({});
  const when = (marks) => (condition) => (condition ? make(marks) : plain);
  const unless = (marks) => (condition) => (condition ? plain : make(marks));
  const marked = {
    skip: make({ skip: true }),
    only: make({ only: true }),
    todo: make({ todo: true }),
    fails: make({ fails: true }),
    failing: make({ fails: true }),
    concurrent: plain,
    sequential: plain,
    skipIf: when({ skip: true }),
    todoIf: when({ todo: true }),
    runIf: unless({ skip: true }),
    if: unless({ skip: true }),
  };
  for (const [key, value] of Object.entries(marked)) Object.defineProperty(plain, key, { value, enumerable: true });
  return plain;
}

/** `test.each(rows)(name, fn)` and test.each`table`. */
function each(define, [table, ...values]) {
  const rows = table.raw ? tableRows(table, values) : table;
  return (name, second, third) => {
    const { fn, options } = parse(name, second, third);
    rows.forEach((row, index) => {
      const args = Array.isArray(row) ? row : [row];
      const takesCallback = fn && fn.length > args.length;
      define(titled(name, row, index), options, takesCallback ? (done) => fn(...args, done) : () => fn(...args));
    });
  };
}

/** The rows of a table written as a template: names in its first line, `|` between cells. */
function tableRows(texts, values) {
  const names = texts[0].trim().split('|').map((name) => name.trim());
  const rows = [];
  for (let at = 0; at < values.length; at += names.length) {
    rows.push(Object.fromEntries(names.map((name, column) => [name, values[at + column]])));
  }
  return rows;
}

/** A name with `%s` and `$member` filled in. */
function titled(name, row, index) {
  const args = Array.isArray(row) ? [...row] : [row];
  const text = String(name).replace(/%(%|[sdifjoOp#])/g, (whole, letter) => {
    if (letter === '%') return '%';
    if (letter === '#') return String(index);
    if (args.length === 0) return whole;
    const value = args.shift();
    switch (letter) {
      case 'd':
      case 'f':
        return String(Number(value));
      case 'i':
        return String(Math.trunc(Number(value)));
      case 'j':
        return JSON.stringify(value);
      case 's':
        return typeof value === 'object' && value !== null ? show(value) : String(value);
      default:
        return show(value);
    }
  });
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return text;
  return text.replace(/\$(#|[\w$]+(?:\.[\w$]+)*)/g, (whole, path) => {
    if (path === '#') return String(index);
    let value = row;
    for (const key of path.split('.')) {
      if (value === null || value === undefined || !(key in Object(value))) return whole;
      value = value[key];
    }
    return typeof value === 'string' ? value : show(value);
  });
}

const hook = (which, style) => (fn, given) => addHook(currentHome(), which, fn, { ...(typeof given === 'number' ? { timeout: given } : given), style });

/** The functions; `style` says what a test's function gets: `context` an object (Vitest), `done` a callback (Jest, Bun). */
export function api(style) {
  const test = define(addTest, style);
  const describe = define((name, options, fn) => addSuite(name, { ...options, todo: false }, fn), style);
  return {
    test,
    it: test,
    describe,
    suite: describe,
    xtest: test.skip,
    xit: test.skip,
    fit: test.only,
    xdescribe: describe.skip,
    fdescribe: describe.only,
    beforeAll: hook('before', style),
    afterAll: hook('after', style),
    beforeEach: hook('beforeEach', style),
    afterEach: hook('afterEach', style),
    before: hook('before', style),
    after: hook('after', style),
    onTestFinished: (fn) => addHook(currentHome(), 'after', fn, { style }),
  };
}

const { timers } = new MockTracker();
const unsupported = (name, why) => () => {
  throw new Error(`${name} is not supported: ${why}`);
};
const modules = 'modules are linked before tests run; pass what the code depends on as an argument, or use spyOn with an object it uses';
const env = new Map();
const globals = new Map();

/** `jest` and `vi`. */
export const tools = {
  fn: spies.fn,
  spyOn: spies.spyOn,
  isMockFunction: spies.isSpy,
  mocked: (value) => value,
  clearAllMocks: () => (spies.clearAll(), tools),
  resetAllMocks: () => (spies.resetAll(), tools),
  restoreAllMocks: () => (spies.restoreAll(), tools),
  setTimeout: (ms) => {
    runOptions.timeout = ms;
    return tools;
  },
  setConfig: ({ testTimeout }) => {
    runOptions.timeout = testTimeout ?? runOptions.timeout;
  },
  useFakeTimers(given = {}) {
    if (timers.isEnabled) timers.reset();
    timers.enable({ now: given.now ?? Date.now() });
    return tools;
  },
  useRealTimers: () => (timers.reset(), tools),
  isFakeTimers: () => timers.isEnabled,
  advanceTimersByTime: (ms) => (timers.tick(ms), tools),
  advanceTimersByTimeAsync: async (ms) => (await timers.tickAsync(ms), tools),
  advanceTimersToNextTimer: () => (timers.next(), tools),
  runAllTimers: () => (timers.runEverything(), tools),
  runOnlyPendingTimers: () => (timers.runWaiting(), tools),
  clearAllTimers: () => (timers.clear(), tools),
  getTimerCount: () => timers.count(),
  setSystemTime: (time) => (timers.isEnabled ? timers.setClock(time) : timers.enable({ apis: ['Date'], now: time }), tools),
  getMockedSystemTime: () => (timers.isEnabled ? new Date(timers.now()) : null),
  stubEnv(name, value) {
    if (!env.has(name)) env.set(name, process.env[name]);
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
    return tools;
  },
  unstubAllEnvs() {
    for (const [name, value] of env) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    env.clear();
    return tools;
  },
  stubGlobal(name, value) {
    if (!globals.has(name)) globals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    return tools;
  },
  unstubAllGlobals() {
    for (const [name, found] of globals) {
      if (found) Object.defineProperty(globalThis, name, found);
      else delete globalThis[name];
    }
    globals.clear();
    return tools;
  },
  async waitFor(check, { timeout = 1000, interval = 10 } = {}) {
    const until = performance.now() + timeout;
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (performance.now() >= until) throw error;
        await new Promise((resolve) => setTimeout(resolve, interval));
      }
    }
  },
  mock: unsupported('mock(module)', modules),
  doMock: unsupported('doMock(module)', modules),
  unmock: unsupported('unmock(module)', modules),
  requireActual: unsupported('requireActual', 'no module is mocked; use require'),
  importActual: (specifier) => Promise.reject(new Error(`importActual('${specifier}') is not supported: no module is mocked; use import`)),
  resetModules: unsupported('resetModules', 'each test file has modules of its own'),
};
