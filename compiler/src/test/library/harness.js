// Tests as a tree that runs itself: suites, tests, hooks, limits of time. What people write against is in `node.js` and `expect_api.js`.
//
// In: registrations, while a test file runs. Out: for each test at the top its whole result, as JSON to the host (`host.result`).

const host = globalThis['puremix:test'];

// Tests may replace these with mocks.
const { setTimeout, clearTimeout, setImmediate, performance } = globalThis;

export const options = host.options;

/** A failure that is the harness's finding, not an exception of the code under test. */
export class HarnessError extends Error {
  constructor(kind, message, cause) {
    super(message);
    this.name = 'Error';
    this.kind = kind;
    if (cause !== undefined) this.cause = cause;
  }
}

/** Whether anything is marked with `only`. */
let someOnly = false;

/** A suite or a test. */
export class Entry {
  constructor(parent, kind, name, options, fn) {
    this.parent = parent;
    this.kind = kind;
    this.name = name;
    this.fn = fn;
    this.skip = options.skip ?? false;
    this.todo = options.todo ?? false;
    this.only = options.only ?? false;
    someOnly ||= this.only;
    this.timeout = options.timeout;
    this.fails = options.fails ?? false;
    this.style = options.style;
    this.plan = options.plan;
    this.children = [];
    /** How many of them have run. */
    this.next = 0;
    this.hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
    this.diagnostics = [];
    this.error = undefined;
    this.isCancelled = false;
    this.isOpen = false;
    this.state = 'waiting';
    this.took = 0;
    /** Called when the body has ended, before the result is decided; may throw. */
    this.checks = [];
    this.cleanups = [];
    this.done = new Promise((resolve) => { this.resolve = resolve; });
    parent?.children.push(this);
  }

  get path() {
    const names = [];
    for (let at = this; at.parent; at = at.parent) names.unshift(at.name);
    return names;
  }

  get isSubtest() {
    return this.parent?.kind === 'test';
  }

  fail(error) {
    this.error ??= { value: error };
  }
}

export const root = new Entry(undefined, 'suite', '', {}, undefined);
root.isOpen = true;

/** Where `test()` and hooks register: the suite whose body runs. */
let collecting = root;
/** The innermost test that runs. */
let running;
/** Errors that belong to no test. */
const strays = [];
/** Objects that were thrown where nobody catches. */
const uncaughts = new WeakSet();
let hasFailed = false;
let isLoaded = false;

export const currentTest = () => running;

/** What a call of `test` or a hook belongs to. */
export function currentHome() {
  return collecting === root && running ? running : collecting;
}

export function addTest(name, options, fn) {
  const home = currentHome();
  const entry = new Entry(home, 'test', name, options, fn);
  begin(home);
  return entry;
}

export function addSubtest(parent, name, options, fn) {
  const entry = new Entry(parent, 'test', name, options, fn);
  if (!parent.isOpen) {
    cancel(entry, 'parentAlreadyFinished', 'test could not be started because its parent finished');
    return entry;
  }
  begin(parent);
  return entry;
}

export function addSuite(name, options, fn) {
  const home = currentHome();
  const entry = new Entry(home, 'suite', name, options, fn);
  if (!entry.skip && fn) {
    const outer = collecting;
    collecting = entry;
    try {
      entry.body = fn(entry.context ?? {});
    } catch (error) {
      entry.fail(error);
    } finally {
      collecting = outer;
    }
  }
  begin(home);
  return entry;
}

export function addHook(home, which, fn, options = {}) {
  home.hooks[which].push({ fn, timeout: options.timeout, style: options.style });
}

/** Children of the root and of tests run as soon as those before them have; those of a suite run when it does. */
function begin(home) {
  if (home === root) {
    if (!home.pump) {
      // The file's other registrations come first: a hook below a test is its hook, too.
      home.pump = new Promise((resolve) => setImmediate(resolve)).then(() => pump(home));
    }
  } else if (home.kind === 'test') {
    home.pump ??= Promise.resolve().then(() => pump(home));
  }
}

async function pump(home) {
  for (; home.next < home.children.length; home.next++) {
    const next = home.children[home.next];
    if (next.state !== 'waiting') continue;
    if (home !== root && !home.isOpen) break;
    if (home === root && isToEnd()) {
      cancel(next, 'cancelledByParent', NOT_RUN);
    } else {
      await run(next);
    }
    if (home === root) host.result(JSON.stringify(result(next)));
  }
  home.pump = undefined;
}

const NOT_RUN = 'not run: an earlier test failed (--bail)';

/** Whether an earlier failure ends the run. */
function isToEnd() {
  return options.bail && (hasFailed || host.failed());
}

function cancel(entry, kind, message) {
  entry.isCancelled = true;
  entry.fail(new HarnessError(kind, message));
  for (const child of entry.children) {
    if (child.state === 'waiting') cancel(child, 'cancelledByParent', 'test did not finish before its parent and was cancelled');
  }
  entry.state = 'done';
  entry.resolve();
}

// Which tests run

const pattern = options.pattern === undefined ? undefined : new RegExp(options.pattern);

function hasOnly(entry) {
  return entry.only || entry.children.some(hasOnly);
}

/** Why a test does not run although nobody skips it; undefined when it does. */
function leftOut(entry) {
  if (entry.isSubtest) return undefined;
  if (entry.kind === 'suite') {
    const reasons = entry.children.map(leftOut);
    return reasons.length > 0 && reasons.every((reason) => reason) ? reasons[0] : undefined;
  }
  if (pattern && !pattern.test(entry.path.join(' '))) return 'test name does not match pattern';
  if (someOnly) {
    for (let at = entry, below = false; at; at = at.parent) {
      if (at.only && !below) return undefined;
      below ||= at.children.some(hasOnly);
    }
    return "'only' option not set";
  }
  return undefined;
}

function skipAll(entry, reason) {
  entry.skip ||= reason;
  for (const child of entry.children) skipAll(child, reason);
}

// Running

async function run(entry) {
  entry.state = 'running';
  const began = performance.now();
  const reason = entry.skip ? undefined : leftOut(entry);
  if (reason) skipAll(entry, reason);
  if (!entry.skip) {
    if (entry.kind === 'suite') await runSuite(entry);
    else await runTest(entry);
  }
  judge(entry);
  entry.took = performance.now() - began;
  entry.state = 'done';
  entry.resolve();
}

async function runSuite(entry) {
  entry.isOpen = true;
  try {
    await attempt(entry, () => entry.body, entry.timeout);
    await runBefore(entry);
  } catch (error) {
    entry.fail(error);
  }
  for (const child of entry.children) {
    if (entry.error) {
      cancel(child, 'cancelledByParent', 'test did not finish before its parent and was cancelled');
    } else if (isToEnd()) {
      cancel(child, 'cancelledByParent', NOT_RUN);
    } else {
      await run(child);
    }
  }
  await runHooks(entry, [entry], 'after');
  entry.isOpen = false;
}

async function runTest(entry) {
  if (!entry.fn) return;
  const above = ancestors(entry);
  const outer = running;
  running = entry;
  entry.isOpen = true;
  const limit = entry.timeout ?? options.timeout;
  const outerLimit = host.limit(limit);
  const interruptions = host.interruptions();
  const mayFail = entry.fails ? (error) => { entry.expectedFailure = error; } : (error) => entry.fail(error);
  try {
    for (const home of above) await runBefore(home);
    for (const home of above) {
      for (const hook of home.hooks.beforeEach) await attempt(entry, () => callHook(hook, entry), hook.timeout ?? options.timeout);
    }
    await attempt(entry, () => callBody(entry), limit);
    endSubtests(entry);
    for (const check of entry.checks) check();
    if (host.interruptions() > interruptions) throw interruption(limit);
  } catch (error) {
    // What came of an interruption says less than that there was one.
    const isConsequence = host.interruptions() > interruptions && error?.kind !== 'testTimeoutFailure';
    mayFail(isConsequence ? interruption(limit) : error);
    endSubtests(entry);
  }
  entry.isOpen = false;
  if (entry.fails && !entry.expectedFailure && !entry.error) {
    entry.fail(new HarnessError('testCodeFailure', 'the test is marked as failing, but it passed'));
  }
  // As in Node, a test that skips itself has no hooks behind it.
  if (!entry.skip || entry.style !== 'node') await runHooks(entry, [...above].reverse(), 'afterEach');
  await runHooks(entry, [entry], 'after');
  for (const cleanup of entry.cleanups) {
    try {
      await cleanup();
    } catch (error) {
      entry.fail(error);
    }
  }
  host.limit(outerLimit);
  // A subtest that nobody waited for may still run.
  for (let at = running; at; at = at.parent) if (at === entry) running = outer;
}

/** The app answers a request whose code is interrupted as any that has failed, so the test itself may not have noticed. */
function interruption(limit) {
  return new HarnessError('testTimeoutFailure', `code that the test ran did not give control back for ${limit} ms: an endless loop?`);
}

/** From the root to the parent. */
function ancestors(entry) {
  const list = [];
  for (let at = entry.parent; at; at = at.parent) list.unshift(at);
  return list;
}

async function runBefore(home) {
  // What failed once fails everything that needs it.
  home.beforeRan ??= (async () => {
    for (const hook of home.hooks.before) await attempt(home, () => callHook(hook, home), hook.timeout ?? options.timeout);
  })();
  await home.beforeRan;
}

async function runHooks(entry, homes, which) {
  for (const home of homes) {
    for (const hook of home.hooks[which]) {
      try {
        await attempt(entry, () => callHook(hook, entry), hook.timeout ?? options.timeout);
      } catch (error) {
        entry.fail(error);
      }
    }
  }
}

const callHook = (hook, entry) => callStyled(hook.fn, entry.context, hook.style);
const callBody = (entry) => callStyled(entry.fn, entry.context, entry.style);

/** What a function of a test gets: in Node's style a context and perhaps a callback, else one of them. */
function callStyled(fn, context, style) {
  if (style === 'node') return fn.length >= 2 ? withCallback((done) => fn.call(context, context, done)) : fn.call(context, context);
  if (style === 'context' || fn.length === 0) return fn(context);
  return withCallback((done) => fn(done));
}

/** Calls what tells its end through a callback. */
function withCallback(call) {
  return new Promise((resolve, reject) => {
    let settle;
    let hasReturned = false;
    const end = (run) => {
      settle ??= run;
      if (hasReturned) settle();
    };
    const done = (error) => end(() => (error ? reject(error) : resolve()));
    done.fail = (error) => end(() => reject(error instanceof Error ? error : new Error(error ?? 'done.fail() was called')));
    const answer = call(done);
    if (typeof answer?.then === 'function') {
      reject(new HarnessError('callbackAndPromisePresent', 'passed a callback but also returned a Promise'));
    }
    hasReturned = true;
    settle?.();
  });
}

/** Runs a piece of a test within its time; what it throws, and what nobody catches meanwhile, is the error. */
function attempt(entry, call, limit) {
  return new Promise((resolve, reject) => {
    let timer;
    const end = (settle) => (value) => {
      clearTimeout(timer);
      if (entry.abort === abort) entry.abort = undefined;
      settle(value);
    };
    const abort = end((error) => reject(host.interrupted(error) ? catchable(error) : error));
    entry.abort = abort;
    if (limit !== undefined && Number.isFinite(limit)) {
      timer = setTimeout(() => {
        entry.isCancelled = true;
        abort(new HarnessError('testTimeoutFailure', `test timed out after ${limit}ms`));
      }, limit);
      timer.unref();
    }
    // The promise catches what an endless loop is interrupted with, which no `try` of a program does.
    new Promise((ok) => ok(call())).then(end(resolve), abort);
  });
}

/** What an endless loop was interrupted with, as an error that this harness may catch. */
function catchable(error) {
  const copy = new HarnessError('testTimeoutFailure', error.message);
  copy.stack = error.stack;
  return copy;
}

/** Subtests that nobody waited for. */
function endSubtests(entry) {
  for (const child of entry.children) {
    if (child.state === 'done') continue;
    child.abort?.(new HarnessError('cancelledByParent', 'test did not finish before its parent and was cancelled'));
    cancel(child, 'cancelledByParent', 'test did not finish before its parent and was cancelled');
  }
}

function isFailure(entry) {
  return entry.error !== undefined && !entry.todo && !entry.skip;
}

function judge(entry) {
  const failed = entry.children.filter(isFailure).length;
  if (failed > 0) entry.fail(new HarnessError('subtestsFailed', `${failed} subtest${failed > 1 ? 's' : ''} failed`));
  hasFailed ||= isFailure(entry);
}

// Results

function result(entry) {
  return {
    kind: entry.kind,
    name: entry.name,
    ok: entry.error === undefined,
    skip: mark(entry.skip),
    todo: mark(entry.todo),
    cancelled: entry.isCancelled,
    ms: entry.took,
    error: entry.error && describe(entry.error.value),
    diagnostics: entry.diagnostics,
    children: entry.children.map(result),
  };
}

/** `false`, `true`, or the reason. */
const mark = (value) => (typeof value === 'string' ? value : Boolean(value));

/** Causes of causes that are told. */
const MAX_CAUSES = 5;

const FRAME = /^ {4}at (?:.*\()?([^()\s]+):(\d+):(\d+)\)?$/;

/** What reporters say of an exception. */
function describe(error, depth = 0) {
  if (!(error instanceof Error)) return { kind: 'testCodeFailure', name: 'Error', message: host.inspect(error), stack: [] };
  const frames = String(error.stack).split('\n').filter((line) => FRAME.test(line) && !line.includes('puremix:test/'));
  const own = frames.find((line) => FRAME.exec(line)[1] === options.file) ?? frames[0];
  const place = own && FRAME.exec(own).slice(1);
  const shown = (key) => (key in error && error.generatedMessage !== undefined ? host.inspect(error[key]) : undefined);
  return {
    kind: error.kind ?? (uncaughts.has(error) ? 'uncaughtException' : 'testCodeFailure'),
    name: String(error.name),
    code: typeof error.code === 'string' ? error.code : undefined,
    message: String(error.message),
    operator: typeof error.operator === 'string' ? error.operator : undefined,
    expected: shown('expected'),
    actual: shown('actual'),
    place: place && { file: place[0], line: Number(place[1]), column: Number(place[2]) },
    stack: frames.map((line) => line.trim()),
    cause: error.cause === undefined || depth === MAX_CAUSES ? undefined : describe(error.cause, depth + 1),
  };
}

// The host's side

/** What nobody caught fails the test that runs. */
function uncaught(error) {
  if (error !== null && typeof error === 'object') uncaughts.add(error);
  const at = running;
  if (at?.abort) at.abort(error);
  else if (at) at.fail(error);
  else strays.push(error);
}
process.on('uncaughtException', uncaught);
process.on('unhandledRejection', uncaught);
process.exit = (code) => {
  throw new HarnessError('testCodeFailure', `process.exit(${code ?? ''}) was called`);
};

/** The file's modules have run: nothing more is registered at the top. */
host.finish = async () => {
  isLoaded = true;
  while (root.pump) await root.pump;
  await runHooks(root, [root], 'after');
  if (root.error) strays.push(root.error.value);
  host.done(JSON.stringify(strays.map((error) => describe(error))));
};

/** Nothing is left that could settle what the running test waits for. */
host.idle = () => {
  const at = running;
  if (!isLoaded || !at?.abort) return false;
  at.isCancelled = true;
  at.abort(new HarnessError('cancelledByParent', 'Promise resolution is still pending but the event loop has already resolved'));
  return true;
};
