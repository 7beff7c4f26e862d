// node:util, node:assert, node:querystring, node:url, node:os, node:string_decoder.
const util = require('node:util'), assert = require('node:assert'), qs = require('node:querystring'), url = require('url'), os = require('os');
const { StringDecoder } = require('string_decoder');
const log = console.log;
const attempt = (f) => { try { log(f()); } catch (e) { log(e.name, e.code, '|', e.message, '|', e.operator, e.generatedMessage); } };

log(util.format('%s %d %j', 'a', 1, { b: 2 }), util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 }), util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: null }), util.inspect({ b: 1, a: [3, 2] }, { compact: false, sorted: true }));
class Temp { constructor(c) { this.c = c; } [util.inspect.custom](depth, options) { return `Temp<${this.c}>`; } }
log(new Temp(5), [new Temp(6)], util.inspect('x'), util.inspect(new Map([['k', new Set([1])]]), { showHidden: true }));
function Old() { } function Base() { } Base.prototype.hi = function () { return 'hi'; }; util.inherits(Old, Base); log(new Old().hi(), Old.super_ === Base, new Old() instanceof Base);
log(util.types.isDate(new Date()), util.types.isRegExp(/x/), util.types.isPromise(Promise.resolve()), util.types.isMap({}), util.types.isTypedArray(Buffer.from('')), util.types.isUint8Array(Buffer.from('')), util.types.isAsyncFunction(async () => { }), util.types.isGeneratorFunction(function* () { }), util.types.isNativeError(new TypeError()), util.types.isProxy(new Proxy({}, {})), util.types.isBoxedPrimitive(Object(1)));
log(util.isDeepStrictEqual({ a: [1, { b: new Date(5) }] }, { a: [1, { b: new Date(5) }] }), util.isDeepStrictEqual([1], ['1']), util.isDeepStrictEqual(new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])), util.isDeepStrictEqual(NaN, NaN), util.isDeepStrictEqual(0, -0), util.isDeepStrictEqual(new Set([1, { x: 1 }]), new Set([{ x: 1 }, 1])), util.isDeepStrictEqual({ a: undefined }, {}), util.isDeepStrictEqual(/a/g, /a/i), util.isDeepStrictEqual(Buffer.from('ab'), Buffer.from('ab')), util.isDeepStrictEqual([1, , 2], [1, undefined, 2]));
log(util.stripVTControlCharacters('\u001b[31mred\u001b[0m'), util.isArray([]), util.promisify.custom, util.inspect.custom);
const p1 = util.promisify((a, b, cb) => cb(null, a + b)), p2 = util.promisify((cb) => cb(new Error('no')));
(async () => {
  log(await p1(1, 2), await p2().catch((e) => e.message), typeof await util.promisify(setTimeout)(1, 'v'));
  util.callbackify(async (x) => x * 2)(4, (e, v) => log('callbackified', e, v));
  await assert.rejects(Promise.reject(new TypeError('bad')), TypeError);
  await assert.rejects(async () => { throw new Error('x'); }, { message: 'x' });
  await assert.rejects(Promise.resolve(1)).catch((e) => log(e.code, e.message));
  await assert.doesNotReject(Promise.resolve());
})();

assert(true); assert.ok(1); assert.equal(1, '1'); assert.deepEqual({ a: 1 }, { a: '1' }); assert.strict.equal(1, 1);
attempt(() => assert.strictEqual(1, 2));
attempt(() => assert.strictEqual('a longer text here', 'a longer text there'));
attempt(() => assert.strictEqual(1, 2, 'my message'));
attempt(() => assert.deepStrictEqual({ a: 1 }, { a: 2 }, 'mine'));
attempt(() => assert.strictEqual({}, {}));
attempt(() => assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }));
attempt(() => assert.deepStrictEqual([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 7, 8, 10]));
attempt(() => assert.deepStrictEqual({ a: 1 }, { a: 1, c: 2 }));
attempt(() => assert.notStrictEqual(1, 1));
attempt(() => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }));
attempt(() => assert.equal(1, 2));
attempt(() => assert.deepEqual({ a: 1 }, { a: 2 }));
attempt(() => assert.throws(() => { }));
attempt(() => assert.throws(() => { throw new Error('wrong'); }, /right/));
attempt(() => assert.throws(() => { throw new TypeError('t'); }, RangeError));
attempt(() => assert.throws(() => { throw new TypeError('t'); }, { name: 'TypeError', message: 't' }));
attempt(() => assert.throws(() => { throw new TypeError('t'); }, (e) => e instanceof TypeError));
attempt(() => assert.doesNotThrow(() => { throw new Error('oops'); }));
attempt(() => assert.match('abc', /x/));
attempt(() => assert.doesNotMatch('abc', /b/));
attempt(() => assert.fail());
attempt(() => assert.fail('because'));
attempt(() => assert.ifError(null));
attempt(() => assert.ifError(new Error('e')));
attempt(() => assert.strictEqual());
attempt(() => { throw new assert.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' }); });

log(qs.parse('a=1&b=2&a=3&c=%20x+y&d&=e'), qs.stringify({ a: [1, 'b c'], d: true, e: null, f: 'é&', g: NaN }), qs.escape('a b&c='), qs.unescape('%41%zz'), qs.parse('a:1;b:2', ';', ':'));
log(url.fileURLToPath('file:///a/b%20c'), url.pathToFileURL('/x/a b#c?d').href, url.format(new URL('http://u:p@h/p?q#f'), { auth: false, fragment: false, search: false }), url.format({ protocol: 'https', host: 'h:1', pathname: 'p', query: { a: 1 } }), url.urlToHttpOptions(new URL('http://h:81/p?q')).path);
attempt(() => url.fileURLToPath('http://a'));
attempt(() => new url.URL('x'));
log(os.EOL, os.platform(), typeof os.cpus().length, os.hostname() === require('fs').readFileSync('/proc/sys/kernel/hostname', 'utf8').trim(), os.type(), os.totalmem() > 0, os.userInfo().uid === process.getuid(), os.endianness());
const d = new StringDecoder('utf8'); log(d.write(Buffer.from([0xe2, 0x82])), d.write(Buffer.from([0xac])), d.end(Buffer.from([0xe2])), new StringDecoder('base64').write(Buffer.from('abcd')));
