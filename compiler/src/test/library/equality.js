// Deep equality as `expect` means it, and what stands for "anything of this kind" in an expected value.

export class Asymmetric {
  constructor(name, matches, shown) {
    this.name = name;
    this.asymmetricMatch = matches;
    this.shown = shown;
  }
}

export function isAsymmetric(value) {
  return value !== null && typeof value === 'object' && typeof value.asymmetricMatch === 'function';
}

const tagOf = (value) => Object.prototype.toString.call(value);

function ownKeys(object) {
  const symbols = Object.getOwnPropertySymbols(object).filter((symbol) => Object.prototype.propertyIsEnumerable.call(object, symbol));
  return [...Object.keys(object), ...symbols];
}

/**
 * Whether two values are equal in structure. `strict` also compares classes, and tells `undefined` from absent. `subset`: objects of the
 * expected value may lack properties.
 */
export function equals(received, expected, { strict = false, subset = false } = {}) {
  return compare(received, expected, []);

  function compare(a, b, path) {
    if (isAsymmetric(b)) return b.asymmetricMatch(a);
    if (isAsymmetric(a)) return a.asymmetricMatch(b);
    if (Object.is(a, b)) return true;
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
    const tag = tagOf(a);
    if (tag !== tagOf(b)) return false;
    if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    // A cycle is equal to one of the same shape.
    if (path.some(([x, y]) => x === a && y === b)) return true;
    const inner = [...path, [a, b]];
    switch (tag) {
      case '[object Date]':
        return Object.is(a.getTime(), b.getTime());
      case '[object RegExp]':
        return a.source === b.source && a.flags === b.flags;
      case '[object Number]':
      case '[object String]':
      case '[object Boolean]':
        return Object.is(a.valueOf(), b.valueOf());
      case '[object Error]':
        return a.message === b.message && a.name === b.name && (!('cause' in a || 'cause' in b) || compare(a.cause, b.cause, inner));
      case '[object Map]':
        return a.size === b.size && sameMembers([...a], [...b], inner);
      case '[object Set]':
        return a.size === b.size && sameMembers([...a], [...b], inner);
      case '[object ArrayBuffer]':
        return compare(new Uint8Array(a), new Uint8Array(b), inner);
      case '[object URL]':
        return a.href === b.href;
    }
    if (a instanceof Promise || a instanceof WeakMap || a instanceof WeakSet) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    if (Array.isArray(a) || ArrayBuffer.isView(a)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) {
        if (strict && i in a !== i in b) return false;
        if (!compare(a[i], b[i], inner)) return false;
      }
      if (ArrayBuffer.isView(a)) return true;
    }
    return sameProperties(a, b, inner);
  }

  function sameProperties(a, b, path) {
    const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
    for (const key of ownKeys(b)) {
      if (!has(a, key) && (strict || b[key] !== undefined) && !(subset && key in a)) return false;
      if (!compare(a[key], b[key], path)) return false;
    }
    if (subset && !Array.isArray(a)) return true;
    return ownKeys(a).every((key) => has(b, key) || (!strict && a[key] === undefined));
  }

  /** In any order. */
  function sameMembers(a, b, path) {
    const left = [...b];
    return a.every((item) => {
      const at = left.findIndex((other) => compare(item, other, path));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  }
}

const kinds = new Map([
  [String, (v) => typeof v === 'string' || v instanceof String],
  [Number, (v) => typeof v === 'number' || v instanceof Number],
  [Boolean, (v) => typeof v === 'boolean' || v instanceof Boolean],
  [Function, (v) => typeof v === 'function'],
  [BigInt, (v) => typeof v === 'bigint'],
  [Symbol, (v) => typeof v === 'symbol'],
  [Object, (v) => typeof v === 'object'],
  [Array, (v) => Array.isArray(v)],
]);

const positive = {
  anything: () => new Asymmetric('Anything', (v) => v !== undefined && v !== null),
  any(type) {
    if (typeof type !== 'function') throw new TypeError('expect.any(type) needs a class, such as String');
    const matches = kinds.get(type) ?? ((v) => v instanceof type);
    return new Asymmetric('Any', matches, type.name);
  },
  objectContaining: (sample) =>
    new Asymmetric('ObjectContaining', (v) => v !== null && typeof v === 'object' && ownKeys(sample).every((key) => key in v && equals(v[key], sample[key])), sample),
  arrayContaining: (sample) =>
    new Asymmetric('ArrayContaining', (v) => Array.isArray(v) && sample.every((item) => v.some((other) => equals(other, item))), sample),
  stringContaining: (part) => new Asymmetric('StringContaining', (v) => typeof v === 'string' && v.includes(part), part),
  stringMatching(pattern) {
    const regex = new RegExp(pattern);
    return new Asymmetric('StringMatching', (v) => typeof v === 'string' && regex.test(v), regex);
  },
  closeTo: (number, digits = 2) => new Asymmetric('NumberCloseTo', (v) => isClose(v, number, digits), number),
};

const negated = (name) => (...args) => {
  const inner = positive[name](...args);
  return new Asymmetric(`Not${inner.name}`, (v) => !inner.asymmetricMatch(v), inner.shown);
};

/** `expect.any` and its like. */
export const asymmetric = {
  ...positive,
  not: Object.fromEntries(['objectContaining', 'arrayContaining', 'stringContaining', 'stringMatching', 'closeTo'].map((name) => [name, negated(name)])),
};

/** Whether numbers differ by less than half a unit of the given decimal digit. */
export function isClose(received, expected, digits) {
  if (received === expected) return true;
  if (typeof received !== 'number' || !Number.isFinite(received) || !Number.isFinite(expected)) return false;
  return Math.abs(expected - received) < 10 ** -digits / 2;
}
