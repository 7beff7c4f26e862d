// `jest.fn`, `vi.fn`, `spyOn`: functions that remember their calls.

const spies = new Set();
let order = 0;

export function isSpy(value) {
  return typeof value === 'function' && value._isMockFunction === true;
}

/** A new mock function; `original` is what it does until told otherwise. */
export function fn(original) {
  let implementation = original;
  let once = [];
  let name = original?.name || 'mock';
  let restore = () => {};

  function spy(...args) {
    const { calls, contexts, instances, invocationCallOrder, results } = spy.mock;
    calls.push(args);
    contexts.push(this);
    instances.push(this);
    invocationCallOrder.push(++order);
    const at = results.push({ type: 'incomplete', value: undefined }) - 1;
    try {
      const run = once.length > 0 ? once.shift() : implementation;
      let value;
      if (new.target && isClass(run)) value = Reflect.construct(run, args, new.target);
      else value = run?.apply(this, args);
      results[at] = { type: 'return', value };
      return value;
    } catch (error) {
      results[at] = { type: 'throw', value: error };
      throw error;
    }
  }
  const change = (methods) => {
    for (const [key, method] of Object.entries(methods)) {
      Object.defineProperty(spy, key, { configurable: true, writable: true, value: (...args) => (method(...args), spy) });
    }
  };
  const clear = () => {
    spy.mock = { calls: [], contexts: [], instances: [], invocationCallOrder: [], results: [], get lastCall() { return this.calls.at(-1); } };
  };
  const promise = (value) => () => Promise.resolve(value);
  const rejection = (error) => () => Promise.reject(error);
  Object.defineProperty(spy, '_isMockFunction', { value: true });
  Object.defineProperty(spy, 'mock', { writable: true, value: undefined });
  clear();
  change({
    mockClear: clear,
    mockReset() {
      clear();
      once = [];
      implementation = original;
    },
    mockRestore() {
      spy.mockReset();
      restore();
    },
    mockImplementation: (run) => { implementation = run; },
    mockImplementationOnce: (run) => { once.push(run); },
    mockReturnValue: (value) => { implementation = () => value; },
    mockReturnValueOnce: (value) => { once.push(() => value); },
    mockReturnThis: () => { implementation = function () { return this; }; },
    mockResolvedValue: (value) => { implementation = promise(value); },
    mockResolvedValueOnce: (value) => { once.push(promise(value)); },
    mockRejectedValue: (error) => { implementation = rejection(error); },
    mockRejectedValueOnce: (error) => { once.push(rejection(error)); },
    mockName: (given) => { name = given; },
    onRestore: (run) => { restore = run; },
  });
  spy.getMockName = () => name;
  spy.getMockImplementation = () => implementation;
  for (const key of ['getMockName', 'getMockImplementation']) Object.defineProperty(spy, key, { enumerable: false });
  spies.add(spy);
  return spy;
}

function isClass(run) {
  return typeof run === 'function' && /^class\b/.test(Function.prototype.toString.call(run));
}

/** Replaces a method, or with `access` a getter or setter, by a mock function that calls it. */
export function spyOn(object, name, access) {
  let owner = object;
  let found;
  while (owner && !(found = Object.getOwnPropertyDescriptor(owner, name))) owner = Object.getPrototypeOf(owner);
  const which = access ?? 'value';
  const original = found?.[which];
  if (isSpy(original)) return original;
  if (typeof original !== 'function') throw new TypeError(`spyOn: ${String(name)} is not a ${access ? `${access}ter` : 'method'} of the object`);
  const spy = fn(original);
  const isOwn = owner === object;
  Object.defineProperty(object, name, { ...found, configurable: true, [which]: spy });
  spy.onRestore(() => (isOwn ? Object.defineProperty(object, name, found) : delete object[name]));
  return spy;
}

export const clearAll = () => spies.forEach((spy) => spy.mockClear());
export const resetAll = () => spies.forEach((spy) => spy.mockReset());
export const restoreAll = () => spies.forEach((spy) => spy.mockRestore());
