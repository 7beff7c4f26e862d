'use strict';
// The middleware `cookie-parser` of npm. Cookies are read anyway; with a secret, signed ones are checked against it.

const crypto = require('crypto');

function JSONCookie(text) {
  if (typeof text !== 'string' || !text.startsWith('j:')) return undefined;
  try {
    return JSON.parse(text.slice(2));
  } catch {
    return undefined;
  }
}

function mapped(cookies, read) {
  for (const name of Object.keys(cookies)) {
    const value = read(cookies[name], name);
    if (value !== undefined) cookies[name] = value;
  }
  return cookies;
}

function signedCookie(text, secret) {
  if (typeof text !== 'string') return undefined;
  if (!text.startsWith('s:')) return text;
  const value = text.slice(2, text.lastIndexOf('.'));
  for (const key of [].concat(secret ?? [])) {
    const ours = Buffer.from(`${value}.${crypto.createHmac('sha256', key).update(value).digest('base64').replace(/=+$/, '')}`);
    const theirs = Buffer.from(text.slice(2));
    if (ours.length === theirs.length && crypto.timingSafeEqual(ours, theirs)) return value;
  }
  return false;
}

function signedCookies(cookies, secret) {
  const signed = Object.create(null);
  for (const name of Object.keys(cookies)) {
    const value = signedCookie(cookies[name], secret);
    if (value !== cookies[name]) {
      signed[name] = value;
      delete cookies[name];
    }
  }
  return signed;
}

function cookieParser(secret, options = {}) {
  if (options.decode) throw new TypeError('cookie-parser: the option `decode` is not supported; cookies are decoded as decodeURIComponent does');
  const secrets = secret === undefined || secret === null ? [] : [].concat(secret);
  return function cookieParserMiddleware(req, res, next) {
    // Also what `res.cookie(…, { signed: true })` signs with.
    if (secrets.length > 0) req.secret = secrets;
    next();
  };
}

module.exports = Object.assign(cookieParser, {
  JSONCookie,
  JSONCookies: (cookies) => mapped(cookies, JSONCookie),
  signedCookie,
  signedCookies,
});
