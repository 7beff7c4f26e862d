'use strict';
// The middleware `express-rate-limit` of npm (version 8), option for option, without its warnings about misuse. Counts are of the whole app: the
// module's memory keeps the app in one isolate. The server's own `rateLimit` does without.

const { createHash } = require('node:crypto');

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// The eight groups of an IPv6 address, or undefined for anything else.
function groupsOf(ip) {
  if (typeof ip !== 'string' || !ip.includes(':')) return undefined;
  let text = ip.split('%')[0];
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number);
    if (Math.max(a, b, c, d) > 255) return undefined;
    text = `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = tail === undefined ? head : [...head, ...Array(missing).fill('0'), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((group) => parseInt(group, 16)) : undefined;
}

// As RFC 5952 writes an address: the longest run of zeros is left out.
function shown(groups) {
  let [best, length] = [0, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [best, length] = [i, end - i];
  }
  const text = (part) => part.map((group) => group.toString(16)).join(':');
  return length > 1 ? `${text(groups.slice(0, best))}::${text(groups.slice(best + length))}` : text(groups);
}

// IPv6 clients are told apart by their network: one has as many addresses as it likes.
function ipKeyGenerator(ip, ipv6Subnet = 56) {
  const groups = groupsOf(ip);
  if (groups === undefined) return ip;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255].join('.');
  if (!ipv6Subnet) return ip;
  const masked = groups.map((group, i) => {
    const bits = Math.min(16, Math.max(0, ipv6Subnet - 16 * i));
    return group & ((0xffff << (16 - bits)) & 0xffff);
  });
  return `${shown(masked)}/${ipv6Subnet}`;
}

// All clients of all limiters: one module variable, so that every isolate is the same one.
const clients = new Map();
let limiters = 0;

class MemoryStore {
  constructor() {
    this.localKeys = true;
    this.prefix = `${++limiters} `;
    this.swept = Date.now();
  }

  init(options) {
    this.windowMs = options.windowMs;
  }

  async get(key) {
    const client = clients.get(this.prefix + key);
    return client && client.resetTime.getTime() > Date.now() ? client : undefined;
  }

  async increment(key) {
    const now = Date.now();
    if (now - this.swept >= this.windowMs) this.sweep(now);
    let client = clients.get(this.prefix + key);
    if (client === undefined || client.resetTime.getTime() <= now) {
      client = { totalHits: 0, resetTime: new Date(now + this.windowMs) };
      clients.set(this.prefix + key, client);
    }
    client.totalHits++;
    return client;
  }

  async decrement(key) {
    const client = clients.get(this.prefix + key);
    if (client && client.totalHits > 0) client.totalHits--;
  }

  async resetKey(key) {
    clients.delete(this.prefix + key);
  }

  async resetAll() {
    for (const key of [...clients.keys()]) if (key.startsWith(this.prefix)) clients.delete(key);
  }

  shutdown() {
    void this.resetAll();
  }

  // What has expired goes, once a window.
  sweep(now) {
    this.swept = now;
    for (const [key, client] of [...clients]) if (key.startsWith(this.prefix) && client.resetTime.getTime() <= now) clients.delete(key);
  }
}

// A store from before version 6, with a callback.
function modern(store) {
  if (typeof store.incr !== 'function' || typeof store.increment === 'function') return store;
  const incremented = (key) => new Promise((resolve, reject) => {
    store.incr(key, (error, totalHits, resetTime) => (error ? reject(error) : resolve({ totalHits, resetTime })));
  });
  return { increment: incremented, decrement: async (key) => store.decrement(key), resetKey: async (key) => store.resetKey(key), resetAll: async () => store.resetAll?.() };
}

function identifier({ limit }, windowMs) {
  const plural = (count, word) => `${limit}-in-${count}${word}${count > 1 ? 's' : ''}`;
  if (windowMs < MINUTE) return `${limit}-in-${windowMs / SECOND}sec`;
  if (windowMs < HOUR) return `${limit}-in-${windowMs / MINUTE}min`;
  return windowMs < DAY ? plural(windowMs / HOUR, 'hr') : plural(windowMs / DAY, 'day');
}

function parse(passed) {
  const given = Object.fromEntries(Object.entries(passed).filter(([, value]) => value !== undefined));
  const standard = given.standardHeaders ?? false;
  const config = {
    windowMs: MINUTE,
    limit: passed.max ?? 5,
    message: 'Too many requests, please try again later.',
    statusCode: 429,
    legacyHeaders: passed.headers ?? true,
    identifier: (request) => identifier(request[config.requestPropertyName], config.windowMs),
    requestPropertyName: 'rateLimit',
    skipFailedRequests: false,
    skipSuccessfulRequests: false,
    requestWasSuccessful: (request, response) => response.statusCode < 400,
    skip: () => false,
    ipv6Subnet: 56,
    passOnStoreError: false,
    async keyGenerator(request, response) {
      const subnet = typeof config.ipv6Subnet === 'function' ? await config.ipv6Subnet(request, response) : config.ipv6Subnet;
      return ipKeyGenerator(request.ip, subnet);
    },
    async handler(request, response) {
      response.status(config.statusCode);
      const message = typeof config.message === 'function' ? await config.message(request, response) : config.message;
      if (!response.writableEnded) response.send(message);
    },
    logger: { warn: (...what) => console.warn(...what.reverse()), error: (...what) => console.error(...what.reverse()) },
    ...given,
    standardHeaders: standard === true ? 'draft-6' : standard,
    store: modern(given.store ?? new MemoryStore()),
  };
  const { store } = config;
  if (['increment', 'decrement', 'resetKey'].some((name) => typeof store[name] !== 'function')) {
    throw new TypeError('An invalid store was passed. Please ensure that the store is a class that implements the `Store` interface.');
  }
  return config;
}

const secondsLeft = (config, info) =>
  info.resetTime ? Math.max(0, Math.ceil((info.resetTime.getTime() - Date.now()) / SECOND)) : Math.ceil(config.windowMs / SECOND);

function setLegacy(response, info) {
  response.setHeader('X-RateLimit-Limit', String(info.limit));
  response.setHeader('X-RateLimit-Remaining', String(info.remaining));
  if (info.resetTime instanceof Date) response.setHeader('X-RateLimit-Reset', String(Math.ceil(info.resetTime.getTime() / SECOND)));
}

async function setStandard(config, request, response, info) {
  const [window, left] = [Math.ceil(config.windowMs / SECOND), secondsLeft(config, info)];
  switch (config.standardHeaders) {
    case 'draft-6':
      response.setHeader('RateLimit-Policy', `${info.limit};w=${window}`);
      response.setHeader('RateLimit-Limit', String(info.limit));
      response.setHeader('RateLimit-Remaining', String(info.remaining));
      response.setHeader('RateLimit-Reset', String(left));
      break;
    case 'draft-7':
      response.setHeader('RateLimit-Policy', `${info.limit};w=${window}`);
      response.setHeader('RateLimit', `limit=${info.limit}, remaining=${info.remaining}, reset=${left}`);
      break;
    case 'draft-8': {
      const name = await (typeof config.identifier === 'function' ? config.identifier(request, response) : config.identifier);
      const partition = Buffer.from(createHash('sha256').update(info.key).digest('hex').slice(0, 12)).toString('base64');
      response.append('RateLimit', `"${name}"; r=${info.remaining}; t=${left}`);
      response.append('RateLimit-Policy', `"${name}"; q=${info.limit}; w=${window}; pk=:${partition}:`);
      break;
    }
  }
}

// Takes a hit back once the answer is known.
function takeBack(config, request, response, info) {
  let isDone = false;
  const { store } = config;
  const until = info.resetTime?.getTime();
  const decrement = async () => {
    if (isDone || (until !== undefined && Date.now() >= until)) return;
    isDone = true;
    try {
      await store.decrement(info.key);
    } catch (error) {
      config.logger.error(error, 'express-rate-limit: error from store during decrement.');
    }
  };
  response.once('finish', async () => {
    const succeeded = await config.requestWasSuccessful(request, response);
    if (succeeded ? config.skipSuccessfulRequests : config.skipFailedRequests) await decrement();
  });
  if (!config.skipFailedRequests) return;
  response.once('close', () => response.writableEnded || decrement());
  response.once('error', decrement);
}

async function limit(config, options, request, response, next) {
  if (await config.skip(request, response)) return next();
  const key = await config.keyGenerator(request, response);
  let hit;
  try {
    hit = await config.store.increment(key);
  } catch (error) {
    if (!config.passOnStoreError) throw error;
    config.logger.error(error, 'express-rate-limit: error from store, allowing request without rate-limiting.');
    return next();
  }
  const most = await (typeof config.limit === 'function' ? config.limit(request, response) : config.limit);
  const info = { limit: most, used: hit.totalHits, remaining: Math.max(most - hit.totalHits, 0), resetTime: hit.resetTime, key };
  Object.defineProperty(info, 'current', { configurable: false, enumerable: false, value: hit.totalHits });
  request[config.requestPropertyName] = info;
  if (config.legacyHeaders && !response.headersSent) setLegacy(response, info);
  if (config.standardHeaders && !response.headersSent) await setStandard(config, request, response, info);
  if (config.skipFailedRequests || config.skipSuccessfulRequests) takeBack(config, request, response, info);
  if (info.used <= most) return next();
  if ((config.legacyHeaders || config.standardHeaders) && !response.headersSent) {
    const wait = typeof config.retryAfter === 'function' ? await config.retryAfter(request, response) : config.retryAfter;
    response.setHeader('Retry-After', String(wait ?? secondsLeft(config, info)));
  }
  await config.handler(request, response, next, options);
}

function rateLimit(passed) {
  const config = parse(passed ?? {});
  const { store } = config;
  const options = { ...config };
  if (typeof store.init === 'function') {
    const failed = (error) => config.logger.error(error, 'express-rate-limit: error during store initialization.');
    try {
      Promise.resolve(store.init(options)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
  const middleware = async (request, response, next) => {
    try {
      await limit(config, options, request, response, next);
    } catch (error) {
      next(error);
    }
  };
  middleware.resetKey = (key) => store.resetKey(key);
  middleware.getKey = (key) => {
    if (typeof store.get !== 'function') throw new Error('The current store does not support the get/getKey method');
    return store.get(key);
  };
  return middleware;
}

module.exports = Object.assign(rateLimit, { rateLimit, default: rateLimit, MemoryStore, ipKeyGenerator, SECOND, MINUTE, HOUR, DAY });
