'use strict';
// The middleware `cors` of npm, option for option.

const DEFAULTS = { origin: '*', methods: 'GET,HEAD,PUT,PATCH,POST,DELETE', preflightContinue: false, optionsSuccessStatus: 204 };

// What the server's own `cors` configuration understands; it then covers files too.
const CONFIGURABLE = ['origin', 'methods', 'allowedHeaders', 'exposedHeaders', 'credentials', 'maxAge', 'optionsSuccessStatus', 'preflightContinue'];

const isText = (value) => typeof value === 'string' || value instanceof String;

function isAllowed(origin, allowed) {
  if (Array.isArray(allowed)) return allowed.some((one) => isAllowed(origin, one));
  if (isText(allowed)) return origin === allowed;
  if (allowed instanceof RegExp) return allowed.test(origin);
  return !!allowed;
}

const listed = (value) => (Array.isArray(value) ? value.join(',') : value);

function setOrigin(options, req, res) {
  const { origin } = options;
  if (!origin || origin === '*') return res.setHeader('Access-Control-Allow-Origin', '*');
  res.vary('Origin');
  if (isText(origin)) return res.setHeader('Access-Control-Allow-Origin', origin);
  const asking = req.headers.origin;
  if (isAllowed(asking, origin) && asking !== undefined) res.setHeader('Access-Control-Allow-Origin', asking);
}

function setCredentials(options, res) {
  // Browsers refuse credentials where any origin is allowed.
  if (options.credentials === true && options.origin && options.origin !== '*') res.setHeader('Access-Control-Allow-Credentials', 'true');
}

function setExposed(options, res) {
  const exposed = listed(options.exposedHeaders);
  if (exposed) res.setHeader('Access-Control-Expose-Headers', exposed);
}

function setAllowedHeaders(options, req, res) {
  let allowed = options.allowedHeaders || options.headers;
  if (!allowed) {
    allowed = req.headers['access-control-request-headers'];
    res.vary('Access-Control-Request-Headers');
  }
  allowed = listed(allowed);
  if (allowed) res.setHeader('Access-Control-Allow-Headers', allowed);
}

function apply(options, req, res, next) {
  setOrigin(options, req, res);
  setCredentials(options, res);
  if (req.method.toUpperCase() !== 'OPTIONS') {
    setExposed(options, res);
    return next();
  }
  res.setHeader('Access-Control-Allow-Methods', listed(options.methods));
  setAllowedHeaders(options, req, res);
  const age = typeof options.maxAge === 'number' || options.maxAge ? String(options.maxAge) : '';
  if (age) res.setHeader('Access-Control-Max-Age', age);
  setExposed(options, res);
  if (options.preflightContinue) return next();
  res.statusCode = options.optionsSuccessStatus;
  res.setHeader('Content-Length', '0');
  return res.end();
}

function cors(given) {
  const ask = typeof given === 'function' ? given : (req, callback) => callback(null, given);
  function corsMiddleware(req, res, next) {
    ask(req, (error, chosen) => {
      if (error) return next(error);
      const options = { ...DEFAULTS, ...chosen };
      if (!options.origin) return next();
      if (typeof options.origin !== 'function') return apply(options, req, res, next);
      return options.origin(req.headers.origin, (failure, origin) => {
        if (failure || !origin) return next(failure);
        return apply({ ...options, origin }, req, res, next);
      });
    });
  }
  const isPlain = (value) => (Array.isArray(value) ? value.every(isPlain) : isText(value) || value instanceof RegExp || typeof value === 'boolean' || typeof value === 'number');
  const options = typeof given === 'function' ? { origin: given } : given ?? {};
  if (Object.keys(options).every((name) => CONFIGURABLE.includes(name) && isPlain(options[name])) && options.origin !== false) {
    if ((options.origin ?? '*') === '*' && options.credentials) console.warn("cors: browsers refuse `credentials: true` where any origin is allowed; name the origins");
    Object.defineProperty(corsMiddleware, 'puremixSettings', { value: { cors: { enabled: true, ...options } } });
  }
  return corsMiddleware;
}

module.exports = cors;
