// Functions that remember their calls, replaced methods and controlled time, as `node:test` has them.

import { FakeTimers } from 'puremix:test/timers';

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** What is known of a mock function: `fn.mock`. */
class MockFunctionContext {
  #calls = [];
  #original;
  #implementation;
  #once = new Map();
  #restore;

  constructor(original, implementation, times, restore) {
    this.#original = original;
    this.#implementation = implementation;
    this.#restore = restore;
    this.left = times;
  }

  get calls() {
    return this.#calls.slice();
  }
  callCount() {
    return this.#calls.length;
  }
  mockImplementation(fn) {
    this.#implementation = fn;
  }
  mockImplementationOnce(fn, onCall) {
    this.#once.set(onCall ?? this.#calls.length, fn);
  }
  resetCalls() {
    this.#calls = [];
  }
  restore() {
    this.#implementation = this.#original;
    this.#once.clear();
    this.left = Infinity;
    this.#restore?.();
  }

  call(target, thisValue, args, newTarget) {
    const number = this.#calls.length;
    const isOver = this.left <= 0;
    this.left -= 1;
    const implementation = this.#once.get(number) ?? (isOver ? this.#original : this.#implementation);
    this.#once.delete(number);
    const record = { arguments: args, error: undefined, result: undefined, stack: new Error(), target: newTarget && target, this: thisValue };
    try {
      record.result = newTarget ? construct(implementation, args, newTarget) : apply(implementation, thisValue, args);
      if (newTarget) record.this = record.result;
      return record.result;
    } catch (error) {
      record.error = error;
      throw error;
    } finally {
      this.#calls.push(record);
    }
  }
}

function mockFunction(original, implementation, times, restore) {
  const context = new MockFunctionContext(original, implementation, times, restore);
  const mocked = new Proxy(original, {
    apply: (target, thisValue, args) => context.call(target, thisValue, args),
    construct: (target, args, newTarget) => context.call(target, undefined, args, newTarget),
    get: (target, key, receiver) => (key === 'mock' ? context : Reflect.get(target, key, receiver)),
  });
  return { context, mocked };
}

export class MockTracker {
  #contexts = [];
  #timers;

  get timers() {
    return (this.#timers ??= new FakeTimers());
  }

  fn(original = function () {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') [original, implementation, options] = [function () {}, function () {}, original];
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [original, implementation];
    const { context, mocked } = mockFunction(original, implementation, options.times ?? Infinity);
    this.#contexts.push(context);
    return mocked;
  }

  method(object, name, implementation, options = {}) {
    if (implementation !== null && typeof implementation === 'object') [implementation, options] = [undefined, implementation];
    const which = options.getter ? 'get' : options.setter ? 'set' : 'value';
    let owner = object;
    let found;
    while (owner && !(found = getOwnPropertyDescriptor(owner, name))) owner = getPrototypeOf(owner);
    const original = found?.[which];
    if (typeof original !== 'function') {
      throw new TypeError(`The argument 'methodName' must be a method. Received ${String(name)}`);
    }
    const isOwn = owner === object;
    const restore = () => (isOwn ? defineProperty(object, name, found) : Reflect.deleteProperty(object, name));
    const { context, mocked } = mockFunction(original, implementation ?? original, options.times ?? Infinity, restore);
    const replaced = { configurable: true, enumerable: found.enumerable };
    if (which === 'value') Object.assign(replaced, { value: mocked, writable: found.writable });
    else Object.assign(replaced, { get: found.get, set: found.set, [which]: mocked });
    defineProperty(object, name, replaced);
    this.#contexts.push(context);
    return mocked;
  }

  getter(object, name, implementation, options) {
    return this.method(object, name, implementation, { ...options, getter: true });
  }
  setter(object, name, implementation, options) {
    return this.method(object, name, implementation, { ...options, setter: true });
  }
  module() {
    throw new Error('modules are linked before tests run and cannot be mocked; pass what the code depends on as an argument, or mock a method of an object it uses');
  }

  restoreAll() {
    for (const context of this.#contexts) context.restore();
  }
  reset() {
    this.restoreAll();
    this.#contexts = [];
    this.#timers?.reset();
  }
}
