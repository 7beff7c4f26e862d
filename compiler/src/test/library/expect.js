// `expect(value)`: negation, promises, and what a failed matcher throws. The matchers themselves are in `matchers.js`.

import { asymmetric, Asymmetric, equals } from 'puremix:test/equality';
import { currentTest, HarnessError } from 'puremix:test/harness';
import { matchers } from 'puremix:test/matchers';
import { show } from 'puremix:test/show';

/** Assertions of each test so far, for `expect.assertions`. */
const counts = new WeakMap();

class ExpectationError extends Error {
  constructor(message) {
    super(message);
    this.name = 'AssertionError';
    this.code = 'ERR_ASSERTION';
  }
}

/** Checks a matcher's verdict. */
function conclude(name, verdict, { isNot, note, side }) {
  if (verdict.pass !== isNot) return;
  const call = `expect(received)${side ? `.${side}` : ''}${isNot ? '.not' : ''}.${name}(${verdict.shownArgument ?? 'expected'})`;
  const body = typeof verdict.message === 'function' ? verdict.message() : verdict.message;
  throw new ExpectationError(`${note ? `${note}\n\n` : ''}${call}\n\n${body}`);
}

function count() {
  const test = currentTest();
  if (test) counts.set(test, (counts.get(test) ?? 0) + 1);
}

/** A value with what was said about it so far: `expect(value).not`. */
class Expectation {
  constructor(received, state) {
    this.received = received;
    this.state = state;
  }
  get not() {
    return new this.constructor(this.received, { ...this.state, isNot: true });
  }
  get resolves() {
    return new SettledExpectation(this.received, { ...this.state, side: 'resolves' });
  }
  get rejects() {
    return new SettledExpectation(this.received, { ...this.state, side: 'rejects' });
  }
  check(name, matcher, args) {
    count();
    return verdict(name, matcher, this.received, args, this.state);
  }
}

/** What a promise brings. */
class SettledExpectation extends Expectation {
  async check(name, matcher, args) {
    count();
    const { side } = this.state;
    const promise = typeof this.received === 'function' ? this.received() : this.received;
    const head = `expect(received).${side}.${name}()`;
    if (typeof promise?.then !== 'function') throw new ExpectationError(`${head}\n\nReceived is no promise: ${show(promise)}`);
    const [value, came] = await promise.then((v) => [v, 'resolves'], (e) => [e, 'rejects']);
    if (came !== side) throw new ExpectationError(`${head}\n\nThe promise ${came === 'resolves' ? 'resolved' : 'was rejected'} with ${show(value)}`);
    // `rejects.toThrow` means the error itself.
    const subject = side === 'rejects' && name.startsWith('toThrow') ? () => { throw value; } : value;
    await verdict(name, matcher, subject, args, this.state);
  }
}

function verdict(name, matcher, received, args, state) {
  const context = { isNot: state.isNot, equals, utils: { printReceived: show, printExpected: show, stringify: show } };
  const found = matcher.apply(context, [received, ...args]);
  // A custom matcher may be asynchronous.
  if (typeof found?.then === 'function') return found.then((late) => conclude(name, late, state));
  return conclude(name, found, state);
}

function addMatchers(all) {
  for (const [name, matcher] of Object.entries(all)) {
    Object.defineProperty(Expectation.prototype, name, {
      configurable: true,
      value(...args) {
        return this.check(name, matcher, args);
      },
    });
  }
}
addMatchers(matchers);

export function expect(received, note) {
  return new Expectation(received, { isNot: false, note });
}

Object.assign(expect, asymmetric, {
  extend(more) {
    addMatchers(more);
    for (const [name, matcher] of Object.entries(more)) {
      expect[name] = (...args) => new Asymmetric(name, (value) => matcher.call({ equals }, value, ...args).pass, args);
    }
  },
  assertions(expected) {
    const test = currentTest();
    test?.checks.push(() => {
      const found = counts.get(test) ?? 0;
      if (found !== expected) throw new HarnessError('testCodeFailure', `expect.assertions(${expected})\n\nExpected ${expected} assertions, received ${found}`);
    });
  },
  hasAssertions() {
    const test = currentTest();
    test?.checks.push(() => {
      if (!counts.get(test)) throw new HarnessError('testCodeFailure', 'expect.hasAssertions()\n\nExpected at least one assertion, received none');
    });
  },
  unreachable(message) {
    throw new ExpectationError(message ?? 'expected not to come here');
  },
  fail(message) {
    throw new ExpectationError(message ?? 'expect.fail()');
  },
});

/** `soft` would need a test that goes on after a failure. */
expect.soft = () => {
  throw new Error('expect.soft is not supported: a test ends with its first failure; use expect');
};
