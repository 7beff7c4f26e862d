// Every line must be the same under Node with the package, and compiled with the native module.
import jwt from 'jsonwebtoken';
const { JsonWebTokenError, TokenExpiredError, NotBeforeError } = jwt;
import { readFileSync } from 'node:fs';
import { createHmac, createSecretKey, createPublicKey, createPrivateKey } from 'node:crypto';

const pem = (name) => readFileSync(`${process.env.KEYS}/${name}.pem`, 'utf8');
const NOW = 1700000000;
let cases = 0;

function describe(error) {
  const kind = error instanceof TokenExpiredError ? 'expired' : error instanceof NotBeforeError ? 'early' : error instanceof JsonWebTokenError ? 'jwt' : error.constructor.name;
  const more = error.expiredAt ?? error.date;
  return `${kind}: ${error.message}${more ? ' ' + more.toISOString() : ''}`;
}

function attempt(label, run) {
  cases += 1;
  let outcome;
  try { outcome = JSON.stringify(run()); } catch (error) { outcome = describe(error); }
  console.log(`${label} => ${outcome}`);
}

const b64 = (text) => Buffer.from(text).toString('base64url');
const hmac = (signed, secret, bits = 256) => createHmac('sha' + bits, secret).update(signed).digest('base64url');
const forge = (header, payload, secret = 'secret', bits = 256) => {
  const text = (v) => (typeof v === 'string' ? v : JSON.stringify(v));
  const signed = `${b64(text(header))}.${b64(text(payload))}`;
  return `${signed}.${hmac(signed, secret, bits)}`;
};

// Signing: options and payloads.
const payloads = { object: { a: 1, iat: NOW }, empty: {}, text: 'plain', number: 5, json: '{"a":1}', array: [1], nothing: null, none: undefined, buffer: Buffer.from('bytes'), nested: { a: { b: [1, 'é', '😀'] }, iat: NOW }, yes: true, exp: { exp: NOW + 9, iat: NOW }, nbf: { nbf: NOW, iat: NOW }, badExp: { exp: '1', iat: NOW }, badIat: { iat: 'x' }, aud: { aud: 'a', iat: NOW }, created: Object.create(null), klass: new (class A { x = 1; })(), date: new Date(0) };
const options = {
  none: undefined, empty: {}, expires: { expiresIn: '7d' }, seconds: { expiresIn: 60 }, fraction: { expiresIn: 1.5 }, bad: { expiresIn: 'soon' }, blank: { expiresIn: '' }, span: { expiresIn: '1.5 hrs' }, digits: { expiresIn: '1500' },
  before: { notBefore: '2h' }, badBefore: { notBefore: true }, audience: { audience: 'x' }, audiences: { audience: ['x', 'y'] }, badAudience: { audience: 4 }, issuer: { issuer: 'me', subject: 'you', jwtid: '7' },
  badIssuer: { issuer: 1 }, badSubject: { subject: 1 }, badId: { jwtid: 1 }, keyid: { keyid: 'k1' }, badKeyid: { keyid: 1 }, header: { header: { x: 1, typ: 'T' } }, badHeader: { header: [] }, badHeader2: { header: 'a' },
  noTimestamp: { noTimestamp: true }, badTimestamp: { noTimestamp: 1 }, unknown: { whatever: 1 }, mutate: { mutatePayload: 'x' }, algorithm: { algorithm: 'HS999' }, hs384: { algorithm: 'HS384' }, hs512: { algorithm: 'HS512' },
  unsigned: { algorithm: 'none' }, encoding: { encoding: 'latin1' }, badEncoding: { encoding: 1 }, headerAlg: { header: { alg: 'HS512' } }, headerBad: { header: { alg: 'HS1' } }, size: { allowInsecureKeySizes: 1 }, types: { allowInvalidAsymmetricKeyTypes: 1 }, several: { expiresIn: 1, audience: 'a', subject: 's' },
};
for (const [p, payload] of Object.entries(payloads)) {
  for (const [o, option] of Object.entries(options)) {
    // What has no time of its own would differ from one second to the next.
    const hasTime = payload === null || typeof payload !== 'object' || Buffer.isBuffer(payload) || 'iat' in payload;
    if (!hasTime && !option?.noTimestamp) continue;
    attempt(`sign ${p} ${o}`, () => jwt.sign(payload, 'secret', option));
  }
}
{
  const payload = { iat: NOW };
  jwt.sign(payload, 's', { expiresIn: 5, mutatePayload: true });
  attempt('mutated', () => payload);
}

// Keys.
const keys = {
  secret: 'secret', bytes: Buffer.from('secret'), array: new Uint8Array([1, 2, 3]), object: createSecretKey(Buffer.from('secret')), empty: '', nothing: null, none: undefined, number: 5, plain: {}, broken: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
  rsa: pem('rsa'), rsaBytes: Buffer.from(pem('rsa')), rsaObject: createPrivateKey(pem('rsa')), pkcs1: pem('rsa.pkcs1'), rsaPublic: pem('rsa.pub'), rsaPublicObject: createPublicKey(pem('rsa.pub')), rsaPublic1: pem('rsa.pub.pkcs1'), certificate: pem('rsa.cert'),
  short: pem('rsa1024'), pss: pem('pss'), pssPublic: pem('pss.pub'), p256: pem('p256'), p256sec1: pem('p256.sec1'), p256Public: pem('p256.pub'), p384: pem('p384'), p384Public: pem('p384.pub'), p521: pem('p521'), p521Public: pem('p521.pub'), k256: pem('k256'), k256Public: pem('k256.pub'),
  ed: pem('ed25519'), edPublic: pem('ed25519.pub'), encrypted: { key: pem('rsa.encrypted'), passphrase: 'hunter2' }, wrongPassphrase: { key: pem('rsa.encrypted'), passphrase: 'x' }, noPassphrase: pem('rsa.encrypted'), dek: { key: pem('rsa.dek'), passphrase: 'hunter2' },
  jwk: { key: createPublicKey(pem('p256.pub')).export({ format: 'jwk' }), format: 'jwk' },
};
const algorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'none'];
const deterministic = (alg) => /^(HS|RS|none)/.test(alg);
for (const [k, key] of Object.entries(keys)) {
  for (const algorithm of algorithms) {
    attempt(`key ${k} ${algorithm}`, () => {
      const token = jwt.sign({ a: 1, iat: NOW }, key, { algorithm });
      return deterministic(algorithm) ? token : token.split('.').slice(0, 2).join('.') + ' ' + token.split('.')[2].length;
    });
  }
}
const good = {};
for (const algorithm of algorithms) {
  const key = { H: 'secret', R: keys.rsa, P: keys.rsa, n: null }[algorithm[0]];
  const ec = { ES256: keys.p256, ES384: keys.p384, ES512: keys.p521 }[algorithm];
  good[algorithm] = jwt.sign({ a: 1, iat: NOW }, ec ?? key, { algorithm });
}
for (const [algorithm, token] of Object.entries(good)) {
  for (const [k, key] of Object.entries(keys)) {
    attempt(`verify ${algorithm} ${k}`, () => jwt.verify(token, key));
  }
  attempt(`verify ${algorithm} allowed`, () => jwt.verify(token, { H: 'secret', R: keys.rsaPublic, P: keys.certificate, n: null }[algorithm[0]] ?? { ES256: keys.jwk, ES384: keys.p384Public, ES512: keys.p521Public, none: undefined }[algorithm], { algorithms: [algorithm] }));
  attempt(`verify ${algorithm} others`, () => jwt.verify(token, { H: 'secret', R: keys.rsaPublic }[algorithm[0]] ?? keys.p256Public, { algorithms: algorithms.filter((a) => a !== algorithm) }));
  attempt(`verify ${algorithm} changed`, () => jwt.verify(token.replace(/\..*\./, `.${b64('{"a":2}')}.`), { H: 'secret', R: keys.rsaPublic, P: keys.rsaPublic, E: { ES256: keys.p256Public, ES384: keys.p384Public, ES512: keys.p521Public }[algorithm] }[algorithm[0]], { algorithms: [algorithm] }));
}

// Confusion: a public key as an HMAC secret; algorithms that are none.
attempt('RS to HS', () => jwt.verify(forge({ alg: 'HS256', typ: 'JWT' }, { a: 1 }, keys.rsaPublic), keys.rsaPublic));
attempt('RS to HS, all allowed', () => jwt.verify(forge({ alg: 'HS256', typ: 'JWT' }, { a: 1 }, keys.rsaPublic), keys.rsaPublic, { algorithms }));
for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'hs256', 'HS255', null, 0, ['HS256'], undefined]) {
  const signed = `${b64(JSON.stringify({ alg, typ: 'JWT' }))}.${b64('{"a":1}')}`;
  for (const signature of ['', hmac(signed, 'secret')]) {
    for (const algorithmsAllowed of [undefined, ['HS256'], ['none']]) {
      for (const key of ['secret', undefined]) {
        attempt(`alg ${JSON.stringify(alg)} ${signature.length} ${algorithmsAllowed} ${key}`, () => jwt.verify(`${signed}.${signature}`, key, algorithmsAllowed && { algorithms: algorithmsAllowed }));
      }
    }
  }
}

// Claims.
const H = { alg: 'HS256', typ: 'JWT' };
const claims = {
  expired: { exp: NOW - 10 }, exact: { exp: NOW }, later: { exp: NOW + 10 }, early: { nbf: NOW + 10 }, active: { nbf: NOW }, textExp: { exp: 'x' }, textNbf: { nbf: 'x' }, nullExp: { exp: null }, huge: { exp: 1e15 }, negative: { exp: -1 },
  aud: { aud: 'a' }, auds: { aud: ['a', 'b'] }, iss: { iss: 'i' }, sub: { sub: 's' }, jti: { jti: 'j' }, nonce: { nonce: 'n' }, iat: { iat: NOW - 100 }, textIat: { iat: 'x' }, all: { aud: 'a', iss: 'i', sub: 's', jti: 'j', nonce: 'n', iat: NOW - 1, exp: NOW + 1, nbf: NOW - 1 },
};
const checks = {
  plain: {}, tolerance: { clockTolerance: 10 }, tolerance11: { clockTolerance: 11 }, noExp: { ignoreExpiration: true }, noNbf: { ignoreNotBefore: true }, audience: { audience: 'a' }, audiences: { audience: ['x', 'b'] }, pattern: { audience: /^A$/i }, patterns: { audience: [/x/, 'y'] },
  issuer: { issuer: 'i' }, issuers: { issuer: ['x', 'i'] }, subject: { subject: 's' }, jwtid: { jwtid: 'j' }, nonce: { nonce: 'n' }, badNonce: { nonce: '' }, badNonce2: { nonce: 3 }, maxAge: { maxAge: '1m' }, maxAgeNumber: { maxAge: 200 }, badMaxAge: { maxAge: 'soon' }, complete: { complete: true }, types: { allowInvalidAsymmetricKeyTypes: 'x' },
};
for (const [c, claim] of Object.entries(claims)) {
  for (const [o, option] of Object.entries(checks)) {
    attempt(`claims ${c} ${o}`, () => jwt.verify(forge(H, claim), 'secret', { clockTimestamp: NOW, ...option }));
  }
}
attempt('bad clock', () => jwt.verify(forge(H, {}), 'secret', { clockTimestamp: 'x' }));

// Malformed.
for (const token of [undefined, null, '', 5, {}, 'a', 'a.b', 'a.b.c', 'a.b.c.d', '...', 'é.é.é', forge('{', '{}'), forge('null', '{}'), forge('5', '{}'), forge('[]', '{}'), forge('"x"', '{}'), forge(H, '{'), forge({ alg: 'HS256' }, 'text'), forge({ alg: 'HS256' }, '{"a":1}'), forge(H, '"text"'), forge(H, '5'), forge(H, '[]'),
  forge(H, {}) + ' ', ' ' + forge(H, {}), forge(H, {}) + '=', forge(H, {}).replace('.', '..'), forge(H, {}, 'other'), forge(H, { __proto__: null, ['__proto__']: 1 }), forge({ ...H, kid: '../../dev/null' }, {}), forge({ ...H, jku: 'https://evil.test', x5u: 'x', jwk: {} }, {}), forge({ alg: 'HS256', typ: 'jwt' }, '{"a":1}')]) {
  attempt(`malformed ${JSON.stringify(token)}`, () => jwt.verify(token, 'secret'));
  attempt(`decode ${JSON.stringify(token)}`, () => jwt.decode(token));
  attempt(`decode whole ${JSON.stringify(token)}`, () => jwt.decode(token, { complete: true }));
}
attempt('decode json', () => jwt.decode(forge({ alg: 'HS256' }, '5'), { json: true }));

// Errors as objects.
attempt('error as JSON', () => { try { jwt.verify(forge(H, { exp: 1 }), 'secret'); } catch (e) { return { ...e, json: JSON.stringify(e), text: String(e), isError: e instanceof Error, name: e.name }; } });
attempt('made', () => { const e = new JsonWebTokenError('m', new Error('inner')); return [e.message, e.name, e.inner.message]; });
attempt('made expired', () => { const e = new TokenExpiredError('m', new Date(0)); return [e.message, e.name, e.expiredAt, e instanceof JsonWebTokenError]; });

// Callbacks.
const order = [];
const show = (label) => (error, value) => { cases += 1; console.log(`${label} => ${error ? describe(error) : JSON.stringify(value)}`); };
jwt.sign({ iat: NOW }, 'secret', show('callback sign'));
jwt.sign({ iat: NOW }, 'secret', { expiresIn: 'soon' }, show('callback bad sign'));
jwt.sign({ iat: NOW }, keys.rsa, { algorithm: 'RS256' }, show('callback RS'));
order.push('after');
jwt.verify(good.HS256, 'secret', show('callback verify'));
jwt.verify(good.HS256, 'wrong', {}, show('callback wrong'));
jwt.verify(good.HS256, (header, done) => done(null, header.alg === 'HS256' ? 'secret' : null), show('key function'));
jwt.verify(good.RS256, (header, done) => setTimeout(() => done(null, keys.rsaPublic), 1), { algorithms: ['RS256'], complete: true }, show('late key'));
jwt.verify(good.HS256, (header, done) => done(new Error('no key')), show('no key'));
attempt('key function without callback', () => jwt.verify(good.HS256, () => {}));
setTimeout(() => console.log(`${cases} cases`), 50);
