// express-rate-limit: keys of addresses, headers, stores, and what becomes of requests, with requests made by hand.
import { EventEmitter } from 'node:events';
import rateLimit, { ipKeyGenerator, MemoryStore, rateLimit as named } from 'express-rate-limit';

let cases = 0;
const tell = (what, ...values) => {
  cases++;
  console.log(what, ...values.map((value) => JSON.stringify(value)));
};
// Seconds that are left, to the next ten: some have passed.
const coarse = (seconds) => Math.ceil(seconds / 10) * 10;
const shown = (name, text) => (/^(retry-after|ratelimit-reset)$/.test(name) ? coarse(text) : text.replace(/(reset|t)=(\d+)/g, (_, what, seconds) => `${what}=${coarse(seconds)}`));

for (const ip of ['203.0.113.9', '2001:db8::1', '2001:db8:0:1ff::1', '2001:db8:0:100::', '::1', '::', 'fe80::1', '::ffff:192.0.2.1', '::ffff:c000:201', '2001:0db8:0000:0000:0001:0000:0000:0001', 'no address', '1:2:3:4:5:6:7:8', '1::2::3']) {
  tell('key', ip, ipKeyGenerator(ip), ipKeyGenerator(ip, 64), ipKeyGenerator(ip, 48), ipKeyGenerator(ip, false));
}

class Response extends EventEmitter {
  constructor() {
    super();
    Object.assign(this, { statusCode: 200, headers: {}, headersSent: false, writableEnded: false });
  }
  setHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
  }
  append(name, value) {
    this.setHeader(name, this.headers[name.toLowerCase()] ? `${this.headers[name.toLowerCase()]}, ${value}` : value);
  }
  status(code) {
    this.statusCode = code;
    return this;
  }
  send(body) {
    this.body = body;
    this.headersSent = this.writableEnded = true;
    this.emit('finish');
  }
}

// `asks` requests, one after the other: what each was answered.
async function drive(what, options, asks) {
  const limiter = named({ validate: false, ...options });
  for (const ask of asks) {
    const request = { ip: '203.0.113.1', headers: {}, app: { get: () => false }, ...ask };
    const response = new Response();
    let passed = false;
    await limiter(request, response, (error) => {
      passed = error ? String(error) : true;
    });
    if (passed === true) {
      response.statusCode = ask.status ?? 200;
      response.send('page');
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    const { date, 'x-ratelimit-reset': reset, ...headers } = response.headers;
    for (const name in headers) headers[name] = shown(name, headers[name]);
    const info = request.rateLimit ?? request.limited;
    tell(what, passed, response.statusCode, response.body, headers, reset !== undefined, info && [info.limit, info.used, info.remaining, info.current, Object.keys(info)]);
  }
  return limiter;
}

const many = (count, ask = {}) => Array.from({ length: count }, () => ask);
await drive('defaults', {}, many(7));
await drive('max', { max: 1 }, many(2));
for (const standardHeaders of [true, 'draft-6', 'draft-7', 'draft-8']) await drive(String(standardHeaders), { limit: 1, standardHeaders, legacyHeaders: false }, many(2));
for (const windowMs of [5000, 60_000, 15 * 60_000, 3_600_000, 7_200_000, 86_400_000, 3 * 86_400_000]) await drive('identifier', { windowMs, limit: 2, standardHeaders: 'draft-8', legacyHeaders: false }, many(1));
await drive('own identifier', { limit: 2, standardHeaders: 'draft-8', identifier: (request) => `of ${request.ip}` }, many(1));
await drive('message', { limit: 0, message: { error: 'later' }, statusCode: 503 }, many(1));
await drive('message of a function', { limit: 0, message: async (request) => `wait, ${request.ip}` }, many(1));
await drive('handler', { limit: 1, handler: (request, response, next, options) => response.status(options.statusCode).send({ used: request.rateLimit.used }) }, many(2));
await drive('limit of a function', { limit: async (request) => (request.gold ? 2 : 1) }, [{ gold: true }, { gold: true }, { gold: false }]);
await drive('skip', { limit: 1, skip: (request) => request.skipped }, [{ skipped: true }, {}, { skipped: true }, {}]);
await drive('keys', { limit: 1, keyGenerator: (request) => request.user }, [{ user: 'a' }, { user: 'b' }, { user: 'a' }]);
await drive('networks', { limit: 1 }, [{ ip: '2001:db8::1' }, { ip: '2001:db8::2' }, { ip: '2001:db8:1::1' }]);
await drive('failed do not count', { limit: 1, skipFailedRequests: true }, [{ status: 500 }, { status: 404 }, {}, {}]);
await drive('successful do not count', { limit: 1, skipSuccessfulRequests: true }, [{}, {}, { status: 401 }, {}]);
await drive('own success', { limit: 1, skipSuccessfulRequests: true, requestWasSuccessful: (request, response) => response.statusCode === 401 }, [{ status: 401 }, {}, {}]);
await drive('property', { limit: 1, requestPropertyName: 'limited' }, many(1));
await drive('retry', { limit: 0, retryAfter: 77 }, many(1));
const broken = { increment: async () => { throw new Error('store is down'); }, decrement: async () => {}, resetKey: async () => {} };
await drive('a broken store', { store: broken }, many(1));
await drive('a broken store that is passed', { store: broken, passOnStoreError: true, logger: { error: () => {}, warn: () => {} } }, many(1));
const old = { hits: 0, incr(key, done) { done(null, ++this.hits, new Date(Date.now() + 9000)); }, decrement() {}, resetKey() { this.hits = 0; } };
await drive('a store of old', { store: old, limit: 1 }, many(2));
try {
  rateLimit({ store: {} });
} catch (error) {
  tell('no store', error.name, error.message);
}
const limiter = await drive('reset', { limit: 1 }, many(2));
tell('get', (await limiter.getKey('203.0.113.1')).totalHits, await limiter.getKey('other'));
await limiter.resetKey('203.0.113.1');
tell('gone', await limiter.getKey('203.0.113.1'));
const short = await drive('a short window', { windowMs: 20, limit: 1 }, many(1));
await new Promise((resolve) => setTimeout(resolve, 60));
tell('has passed', await short.getKey('203.0.113.1'));
const store = new MemoryStore();
store.init({ windowMs: 50 });
tell('store', (await store.increment('a')).totalHits, (await store.increment('a')).totalHits, await store.decrement('a'), (await store.get('a')).totalHits, await store.resetAll(), await store.get('a'));
store.shutdown();
console.log(`${cases} cases`);
process.exit(0);
