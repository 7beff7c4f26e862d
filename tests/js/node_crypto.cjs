// node:crypto and the global crypto.
const crypto = require('node:crypto');
const log = console.log;
const attempt = (f) => { try { log(f()); } catch (e) { log(e.name, e.code, e.message); } };
log(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'SHA-256', 'RSA-SHA256'].map((n) => crypto.createHash(n).update('abc').digest('hex')));
const h = crypto.createHash('sha256'); h.update('a'); const c = h.copy(); log(h.update('b').digest('base64'), c.digest('base64url'), h.constructor.name, crypto.createHash('sha1').update(Buffer.from([1, 2])).update('zz', 'hex').digest().length, crypto.createHash('md5').digest('latin1').length);
log(crypto.createHmac('sha256', 'key').update('data').digest('hex'), crypto.createHmac('sha512', Buffer.from('k')).update('d').digest('base64'), crypto.hash?.('sha1', 'x'));
attempt(() => crypto.createHash('nope')); attempt(() => crypto.createHash()); attempt(() => crypto.createHash('sha1').update(5)); attempt(() => h.update('x')); attempt(() => h.digest()); attempt(() => crypto.createHmac('nope', 'k')); attempt(() => crypto.createHmac('sha1'));
log(crypto.pbkdf2Sync('secret', 'salt', 1000, 32, 'sha512').toString('hex'), crypto.scryptSync('password', 'salt', 16).toString('hex'), crypto.scryptSync('p', 's', 8, { N: 1024, r: 4, p: 2 }).toString('hex'), Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 20)).toString('hex'));
attempt(() => crypto.pbkdf2Sync('a', 'b', 0, 1, 'sha1')); attempt(() => crypto.pbkdf2Sync('a', 'b', 1, 1, 'nope')); attempt(() => crypto.scryptSync('a', 'b', 8, { N: 3 })); attempt(() => crypto.pbkdf2Sync(1, 'b', 1, 1, 'sha1')); attempt(() => crypto.pbkdf2('a', 'b', 1, 1, 'sha1'));
for (const name of ['aes-256-gcm', 'aes-128-gcm', 'aes-256-cbc', 'aes-192-cbc', 'aes-256-ctr']) {
  const key = Buffer.alloc(+name.slice(4, 7) / 8, 7), iv = Buffer.alloc(name.endsWith('gcm') ? 12 : 16, 9);
  const e = crypto.createCipheriv(name, key, iv);
  if (name.endsWith('gcm')) e.setAAD(Buffer.from('head'));
  const out = e.update('some text that is longer than one block', 'utf8', 'hex') + '|' + e.final('hex');
  const tag = name.endsWith('gcm') ? e.getAuthTag() : null;
  const d = crypto.createDecipheriv(name, key, iv);
  if (tag) d.setAAD(Buffer.from('head')).setAuthTag(tag);
  log(name, out, tag, d.update(out.replace('|', ''), 'hex', 'utf8') + d.final('utf8'));
}
attempt(() => crypto.createCipheriv('aes-256-gcm', Buffer.alloc(5), Buffer.alloc(12))); attempt(() => crypto.createCipheriv('aes-256-cbc', Buffer.alloc(32), Buffer.alloc(12))); attempt(() => crypto.createCipheriv('nope', 'k', 'i'));
attempt(() => { const d = crypto.createDecipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12)); d.setAuthTag(Buffer.alloc(16)); d.update('abcd', 'hex'); return d.final(); });
attempt(() => { const d = crypto.createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); d.update(Buffer.alloc(16)); return d.final(); });
attempt(() => { const d = crypto.createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); d.update(Buffer.alloc(5)); return d.final(); });
log(crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')), crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b'))); attempt(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab'))); attempt(() => crypto.timingSafeEqual('a', 'a'));
log(crypto.randomBytes(8).length, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.randomInt(5) < 5, crypto.randomInt(10, 12) >= 10, globalThis.crypto.randomUUID().length, globalThis.crypto.getRandomValues(new Uint8Array(4)).length, crypto.webcrypto === globalThis.crypto, crypto.randomFillSync(Buffer.alloc(3)).length);
attempt(() => crypto.randomBytes(-1)); attempt(() => crypto.randomBytes('x')); attempt(() => crypto.randomInt(0)); attempt(() => crypto.randomInt(1.5)); attempt(() => crypto.randomInt(5, 3));
crypto.randomBytes(4, (e, b) => log('randomBytes', e, b.length));
crypto.scrypt('password', 'salt', 16, (e, k) => { log('scrypt', e, k.toString('hex')); crypto.pbkdf2('p', 's', 10, 8, 'sha256', async (e, k) => { log('pbkdf2', e, k.toString('hex')); log(Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', Buffer.from('abc'))).toString('hex')); }); });
