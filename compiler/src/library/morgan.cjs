'use strict';
// The middleware `morgan` of npm: a line a request, when the response is sent.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n) => String(n).padStart(2, '0');

function commonDate(date) {
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

const elapsed = (since, digits) => (since === undefined ? undefined : (performance.now() - since).toFixed(digits === undefined ? 3 : Number(digits)));

function user(req) {
  const [scheme, value] = (req.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic' || !value) return undefined;
  const text = Buffer.from(value, 'base64').toString();
  const at = text.indexOf(':');
  return at > 0 ? text.slice(0, at) : undefined;
}

const formats = Object.create(null);
const tokens = Object.create(null);

function token(name, read) {
  tokens[name] = read;
  return morgan;
}

function format(name, text) {
  formats[name] = text;
  return morgan;
}

// A format as a function of the tokens, the request and the response.
function compile(text) {
  if (typeof text !== 'string') throw new TypeError('argument format must be a string');
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(/:([-\w]{2,})(?:\[([^\]]+)\])?/g)) {
    parts.push(text.slice(last, found.index), { name: found[1], argument: found[2] });
    last = found.index + found[0].length;
  }
  parts.push(text.slice(last));
  return (known, req, res) =>
    parts.map((part) => (typeof part === 'string' ? part : (known[part.name]?.(req, res, part.argument) ?? '-') || '-')).join('');
}

function morgan(wanted = 'default', options = {}) {
  if (typeof wanted === 'object' && wanted !== null) return morgan(wanted.format ?? 'default', wanted);
  const { immediate = false, skip, stream } = options;
  const named = typeof wanted === 'function' ? wanted : formats[wanted] ?? wanted;
  const line = typeof named === 'function' ? named : compile(named);
  const write = stream ? (text) => stream.write(`${text}\n`) : (text) => console.log(text);
  return function logger(req, res, next) {
    req._startAt = performance.now();
    req._startTime = new Date();
    const log = () => {
      if (skip && skip(req, res)) return;
      const text = line(morgan, req, res);
      if (text !== undefined && text !== null) write(text);
    };
    if (immediate) {
      log();
    } else {
      let end;
      Object.defineProperty(res, '_startAt', { configurable: true, get: () => (end ??= performance.now()) });
      res.on('close', log);
    }
    next();
  };
}

token('url', (req) => req.originalUrl || req.url);
token('method', (req) => req.method);
token('response-time', (req, res, digits) => elapsed(req._startAt, digits));
token('total-time', (req, res, digits) => elapsed(req._startAt, digits));
token('date', (req, res, kind) => {
  const now = new Date();
  return kind === 'clf' ? commonDate(now) : kind === 'iso' ? now.toISOString() : now.toUTCString();
});
token('status', (req, res) => (res.headersSent ? String(res.statusCode) : undefined));
token('referrer', (req) => req.headers.referer || req.headers.referrer);
token('remote-addr', (req) => req.ip);
token('remote-user', user);
token('http-version', (req) => req.httpVersion);
token('user-agent', (req) => req.headers['user-agent']);
token('req', (req, res, name) => {
  const value = req.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
});
token('res', (req, res, name) => {
  const value = res.getHeader(name);
  return Array.isArray(value) ? value.join(', ') : value === undefined ? undefined : String(value);
});
token('pid', () => String(process.pid));

const COMMON = ':remote-addr - :remote-user [:date[clf]] ":method :url HTTP/:http-version" :status :res[content-length]';
format('combined', `${COMMON} ":referrer" ":user-agent"`);
format('common', COMMON);
format('default', ':remote-addr - :remote-user [:date] ":method :url HTTP/:http-version" :status :res[content-length] ":referrer" ":user-agent"');
format('short', ':remote-addr :remote-user :method :url HTTP/:http-version :status :res[content-length] - :response-time ms');
format('tiny', ':method :url :status :res[content-length] - :response-time ms');
format('dev', (known, req, res) => {
  const status = res.headersSent ? res.statusCode : undefined;
  const color = status >= 500 ? 31 : status >= 400 ? 33 : status >= 300 ? 36 : status >= 200 ? 32 : 0;
  return compile(`\x1b[0m:method :url \x1b[${color}m:status\x1b[0m :response-time ms - :res[content-length]\x1b[0m`)(known, req, res);
});

module.exports = Object.assign(morgan, tokens, { compile, format, token });
