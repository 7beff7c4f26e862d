// The matchers of `expect`: functions from the received value and arguments to a verdict, `{ pass, message }`.

import { Asymmetric, equals, isClose } from 'puremix:test/equality';
import { difference, show } from 'puremix:test/show';
import { isSpy } from 'puremix:test/spies';

/** Expected and received, with what differs when both are structures. */
function compared(expected, received, isNot, words = 'Expected') {
  if (isNot) return `${words}: not ${show(expected)}`;
  const isStructure = (value) => (value !== null && typeof value === 'object') || (typeof value === 'string' && value.includes('\n'));
  const lines = isStructure(expected) && isStructure(received) ? difference(expected, received) : undefined;
  return lines ? `- ${words}\n+ Received\n\n${lines}` : `${words}: ${show(expected)}\nReceived: ${show(received)}`;
}

/** A matcher of one value that needs only a test. */
const is = (words, test) =>
  function (received) {
    return { pass: test(received), shownArgument: '', message: `Expected: ${this.isNot ? 'not ' : ''}${words}\nReceived: ${show(received)}` };
  };

/** A comparison of numbers. */
const number = (sign, test) =>
  function (received, expected) {
    for (const value of [received, expected]) {
      if (typeof value !== 'number' && typeof value !== 'bigint') throw new TypeError(`${show(value)} is no number`);
    }
    return { pass: test(received, expected), message: `Expected: ${this.isNot ? 'not ' : ''}${sign} ${show(expected)}\nReceived: ${show(received)}` };
  };

/** Equality, by this rule. */
const equality = (test, hint) =>
  function (received, expected) {
    const pass = test(received, expected);
    const more = !pass && hint ? hint(received, expected) : '';
    return { pass, message: () => compared(expected, received, this.isNot) + more };
  };

export const matchers = {
  toBe: equality(Object.is, (a, b) => (equals(a, b) ? '\n\nThey are equal in structure, but not the same value: use toEqual' : '')),
  toEqual: equality((a, b) => equals(a, b)),
  toStrictEqual: equality((a, b) => equals(a, b, { strict: true }), (a, b) => (equals(a, b) ? '\n\nThey are equal but for their classes or undefined members' : '')),
  toMatchObject: equality((a, b) => a !== null && typeof a === 'object' && equals(a, b, { subset: true })),

  toBeTruthy: is('truthy', Boolean),
  toBeFalsy: is('falsy', (v) => !v),
  toBeNull: is('null', (v) => v === null),
  toBeUndefined: is('undefined', (v) => v === undefined),
  toBeDefined: is('defined', (v) => v !== undefined),
  toBeNullable: is('null or undefined', (v) => v === null || v === undefined),
  toBeNaN: is('NaN', Number.isNaN),
  toBeTrue: is('true', (v) => v === true),
  toBeFalse: is('false', (v) => v === false),

  toBeGreaterThan: number('>', (a, b) => a > b),
  toBeGreaterThanOrEqual: number('>=', (a, b) => a >= b),
  toBeLessThan: number('<', (a, b) => a < b),
  toBeLessThanOrEqual: number('<=', (a, b) => a <= b),
  toBeCloseTo(received, expected, digits = 2) {
    const message = `Expected: ${this.isNot ? 'not ' : ''}${show(expected)} to ${digits} digits\nReceived: ${show(received)}`;
    return { pass: isClose(received, expected, digits), message };
  },

  toBeInstanceOf(received, type) {
    if (typeof type !== 'function') throw new TypeError(`${show(type)} is no class`);
    const message = `Expected: ${this.isNot ? 'not ' : ''}an instance of ${type.name}\nReceived: ${show(received)}`;
    return { pass: received instanceof type, message };
  },
  toBeTypeOf(received, type) {
    return { pass: typeof received === type, message: `Expected: ${this.isNot ? 'not ' : ''}of type ${type}\nReceived: ${show(received)}` };
  },
  toBeOneOf(received, list) {
    return { pass: [...list].some((item) => equals(received, item)), message: `Expected: ${this.isNot ? 'none' : 'one'} of ${show(list)}\nReceived: ${show(received)}` };
  },
  toSatisfy(received, test) {
    return { pass: Boolean(test(received)), message: `Expected: ${this.isNot ? 'not ' : ''}what ${test.name || 'the function'} accepts\nReceived: ${show(received)}` };
  },

  toContain(received, item) {
    const pass = typeof received === 'string' ? received.includes(item) : [...(received ?? [])].includes(item);
    return { pass, message: `Expected: ${this.isNot ? 'not ' : ''}to contain ${show(item)}\nReceived: ${show(received)}` };
  },
  toContainEqual(received, item) {
    const pass = [...(received ?? [])].some((other) => equals(other, item));
    return { pass, message: `Expected: ${this.isNot ? 'not ' : ''}to contain an equal of ${show(item)}\nReceived: ${show(received)}` };
  },
  toHaveLength(received, length) {
    const message = `Expected length: ${this.isNot ? 'not ' : ''}${length}\nReceived length: ${received?.length}\nReceived: ${show(received)}`;
    return { pass: received?.length === length, message };
  },
  toMatch(received, pattern) {
    if (typeof received !== 'string') throw new TypeError(`toMatch needs a string, received ${show(received)}`);
    const pass = typeof pattern === 'string' ? received.includes(pattern) : new RegExp(pattern).test(received);
    return { pass, message: `Expected: ${this.isNot ? 'not ' : ''}to match ${show(pattern)}\nReceived: ${show(received)}` };
  },
  toHaveProperty(received, path, ...expected) {
    const keys = Array.isArray(path) ? path : String(path).replace(/\[(\w+)\]/g, '.$1').split('.');
    let at = received;
    const has = keys.every((key) => {
      if (at === null || at === undefined || !(key in Object(at))) return false;
      at = at[key];
      return true;
    });
    const name = keys.join('.');
    if (!has) return { pass: false, message: `Expected: a property ${name}\nReceived: ${show(received)}` };
    if (expected.length === 0) return { pass: true, message: `Expected: no property ${name}\nReceived: ${show(at)}` };
    return { pass: equals(at, expected[0]), message: () => `Property ${name}\n${compared(expected[0], at, this.isNot)}` };
  },

  toThrow,
  toThrowError: toThrow,

  ...refused(),
};

function toThrow(received, expected) {
  if (typeof received !== 'function') throw new TypeError(`toThrow needs a function that is called, received ${show(received)}`);
  let thrown;
  try {
    received();
  } catch (error) {
    thrown = { error };
  }
  const not = this.isNot ? 'not ' : '';
  if (!thrown) return { pass: false, message: `Expected: an exception${expected === undefined ? '' : `, ${wanted(expected)}`}\nReceived: none` };
  const { error } = thrown;
  const found = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
  return { pass: accepts(error, expected), message: `Expected: ${not}${expected === undefined ? 'an exception' : wanted(expected)}\nReceived: ${found}` };
}

function wanted(expected) {
  if (typeof expected === 'function') return `an instance of ${expected.name}`;
  if (expected instanceof Error) return `the message ${show(expected.message)}`;
  return typeof expected === 'string' ? `a message with ${show(expected)}` : `a message like ${show(expected)}`;
}

function accepts(error, expected) {
  const message = error instanceof Error || (error !== null && typeof error === 'object') ? String(error.message) : String(error);
  if (expected === undefined) return true;
  if (typeof expected === 'string') return message.includes(expected);
  if (expected instanceof RegExp) return expected.test(message);
  if (typeof expected === 'function') return error instanceof expected;
  if (expected instanceof Asymmetric) return expected.asymmetricMatch(error);
  return expected instanceof Error ? message === expected.message : equals(error, expected, { subset: true });
}

/** Snapshots would be files beside the tests that nobody reads; comparing with a text says more. */
function refused() {
  const names = ['toMatchSnapshot', 'toMatchInlineSnapshot', 'toThrowErrorMatchingSnapshot', 'toThrowErrorMatchingInlineSnapshot', 'toMatchFileSnapshot'];
  const refuse = (name) => () => {
    throw new Error(`${name} is not supported: puremixc writes no snapshots; compare with toBe, toEqual or toContain`);
  };
  return Object.fromEntries(names.map((name) => [name, refuse(name)]));
}

// Mock functions

/** Calls, results of both kinds of mock function: ours, and those of `node:test`. */
function record(received) {
  if (isSpy(received)) return received.mock;
  if (typeof received === 'function' && Array.isArray(received.mock?.calls)) {
    const calls = received.mock.calls;
    return {
      calls: calls.map((call) => call.arguments),
      results: calls.map((call) => (call.error === undefined ? { type: 'return', value: call.result } : { type: 'throw', value: call.error })),
    };
  }
  throw new TypeError(`received is no mock function: ${show(received)}`);
}

const times = (n) => (n === 1 ? '1 time' : `${n} times`);
const listed = (calls) => (calls.length === 0 ? 'none' : calls.slice(-5).map((args) => `\n  (${args.map(show).join(', ')})`).join(''));

const aboutCalls = {
  toHaveBeenCalled(received) {
    const { calls } = record(received);
    const message = this.isNot ? `Expected: no calls\nReceived: ${listed(calls)}` : 'Expected: a call\nReceived: none';
    return { pass: calls.length > 0, shownArgument: '', message };
  },
  toHaveBeenCalledTimes(received, expected) {
    const { calls } = record(received);
    return { pass: calls.length === expected, message: `Expected: ${this.isNot ? 'not ' : ''}called ${times(expected)}\nReceived: called ${times(calls.length)}` };
  },
  toHaveBeenCalledOnce(received) {
    return aboutCalls.toHaveBeenCalledTimes.call(this, received, 1);
  },
  toHaveBeenCalledWith(received, ...args) {
    const { calls } = record(received);
    const message = `Expected: ${this.isNot ? 'not ' : ''}called with (${args.map(show).join(', ')})\nCalls: ${listed(calls)}`;
    return { pass: calls.some((call) => equals(call, args)), shownArgument: '...expected', message };
  },
  toHaveBeenCalledExactlyOnceWith(received, ...args) {
    const once = aboutCalls.toHaveBeenCalledTimes.call(this, received, 1);
    return once.pass ? aboutCalls.toHaveBeenCalledWith.call(this, received, ...args) : once;
  },
  toHaveBeenNthCalledWith(received, n, ...args) {
    const call = record(received).calls[n - 1];
    const message = `Expected: call ${n} ${this.isNot ? 'not ' : ''}with (${args.map(show).join(', ')})\nReceived: ${call ? `(${call.map(show).join(', ')})` : 'no such call'}`;
    return { pass: call !== undefined && equals(call, args), message };
  },
  toHaveBeenLastCalledWith(received, ...args) {
    const { calls } = record(received);
    return aboutCalls.toHaveBeenNthCalledWith.call(this, received, Math.max(1, calls.length), ...args);
  },
  toHaveReturned(received) {
    const returned = record(received).results.filter((result) => result.type === 'return');
    return { pass: returned.length > 0, shownArgument: '', message: `Expected: ${this.isNot ? 'no call that returns' : 'a call that returns'}\nReceived: ${returned.length}` };
  },
  toHaveReturnedTimes(received, expected) {
    const returned = record(received).results.filter((result) => result.type === 'return').length;
    return { pass: returned === expected, message: `Expected: ${this.isNot ? 'not ' : ''}returned ${times(expected)}\nReceived: ${times(returned)}` };
  },
  toHaveReturnedWith(received, expected) {
    const values = record(received).results.filter((result) => result.type === 'return').map((result) => result.value);
    return { pass: values.some((value) => equals(value, expected)), message: `Expected: ${this.isNot ? 'not ' : ''}returned ${show(expected)}\nReceived: ${values.map(show).join(', ') || 'nothing'}` };
  },
  toHaveLastReturnedWith(received, expected) {
    const last = record(received).results.at(-1);
    return { pass: last?.type === 'return' && equals(last.value, expected), message: `Expected: ${this.isNot ? 'not ' : ''}${show(expected)}\nReceived: ${last ? show(last.value) : 'no call'}` };
  },
  toHaveNthReturnedWith(received, n, expected) {
    const result = record(received).results[n - 1];
    return { pass: result?.type === 'return' && equals(result.value, expected), message: `Expected: call ${n} ${this.isNot ? 'not ' : ''}returns ${show(expected)}\nReceived: ${result ? show(result.value) : 'no such call'}` };
  },
};

Object.assign(matchers, aboutCalls, {
  // Jest's short names.
  toBeCalled: aboutCalls.toHaveBeenCalled,
  toBeCalledTimes: aboutCalls.toHaveBeenCalledTimes,
  toBeCalledWith: aboutCalls.toHaveBeenCalledWith,
  lastCalledWith: aboutCalls.toHaveBeenLastCalledWith,
  nthCalledWith: aboutCalls.toHaveBeenNthCalledWith,
  toReturn: aboutCalls.toHaveReturned,
  toReturnWith: aboutCalls.toHaveReturnedWith,
});
