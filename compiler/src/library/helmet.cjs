'use strict';
// The middleware `helmet` of npm. Its Content-Security-Policy is sent where directives are given: the server has one of its own for its pages.

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const DIRECTIVES = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'https:', 'data:'],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'", 'https:', "'unsafe-inline'"],
  'upgrade-insecure-requests': [],
};

function contentSecurityPolicy(options = {}) {
  const name = options.reportOnly ? 'Content-Security-Policy-Report-Only' : 'Content-Security-Policy';
  const directives = options.useDefaults === false ? {} : { ...DIRECTIVES };
  for (const [key, value] of Object.entries(options.directives ?? {})) {
    if (value === null || value === undefined && key in directives) delete directives[dashed(key)];
    else directives[dashed(key)] = typeof value === 'string' ? [value] : value;
  }
  return (req, res, next) => {
    const parts = [];
    for (const [key, values] of Object.entries(directives)) {
      if (values === false) continue;
      const texts = values === true ? [] : Array.from(values, (value) => (typeof value === 'function' ? value(req, res) : value));
      if (texts.some((text) => /[;,]/.test(text))) {
        return next(new Error(`Content-Security-Policy received an invalid directive value for ${JSON.stringify(key)}`));
      }
      parts.push([key, ...texts].join(' '));
    }
    res.setHeader(name, parts.join(';'));
    return next();
  };
}
contentSecurityPolicy.getDefaultDirectives = () => ({ ...DIRECTIVES });

const header = (name, value) => (req, res, next) => {
  res.setHeader(name, value);
  next();
};

function strictTransportSecurity(options = {}) {
  const age = options.maxAge ?? 31536000;
  if (!(age >= 0 && Number.isFinite(age))) throw new Error(`Strict-Transport-Security: ${JSON.stringify(age)} is not a valid value for maxAge. Please choose a positive integer.`);
  const parts = [`max-age=${Math.floor(age)}`];
  if (options.includeSubDomains !== false) parts.push('includeSubDomains');
  if (options.preload) parts.push('preload');
  return header('Strict-Transport-Security', parts.join('; '));
}

function frameguard(options = {}) {
  const action = (options.action ?? 'sameorigin').toUpperCase();
  if (action !== 'DENY' && action !== 'SAMEORIGIN') throw new Error(`X-Frame-Options received an invalid action ${JSON.stringify(action)}`);
  return header('X-Frame-Options', action);
}

const crossOriginEmbedderPolicy = (options = {}) => header('Cross-Origin-Embedder-Policy', options.policy ?? 'require-corp');
const crossOriginOpenerPolicy = (options = {}) => header('Cross-Origin-Opener-Policy', options.policy ?? 'same-origin');
const crossOriginResourcePolicy = (options = {}) => header('Cross-Origin-Resource-Policy', options.policy ?? 'same-origin');
const originAgentCluster = () => header('Origin-Agent-Cluster', '?1');
const referrerPolicy = (options = {}) => header('Referrer-Policy', [].concat(options.policy ?? 'no-referrer').join(','));
const noSniff = () => header('X-Content-Type-Options', 'nosniff');
const dnsPrefetchControl = (options = {}) => header('X-DNS-Prefetch-Control', options.allow ? 'on' : 'off');
const ieNoOpen = () => header('X-Download-Options', 'noopen');
const permittedCrossDomainPolicies = (options = {}) => header('X-Permitted-Cross-Domain-Policies', options.permittedPolicies ?? 'none');
const xssFilter = () => header('X-XSS-Protection', '0');
const hidePoweredBy = () => (req, res, next) => {
  res.removeHeader('X-Powered-By');
  next();
};

// Names and aliases of options, the middleware, and whether it is on by default.
const PARTS = [
  [['contentSecurityPolicy'], contentSecurityPolicy, false],
  [['crossOriginEmbedderPolicy'], crossOriginEmbedderPolicy, false],
  [['crossOriginOpenerPolicy'], crossOriginOpenerPolicy, true],
  [['crossOriginResourcePolicy'], crossOriginResourcePolicy, true],
  [['originAgentCluster'], originAgentCluster, true],
  [['referrerPolicy'], referrerPolicy, true],
  [['strictTransportSecurity', 'hsts'], strictTransportSecurity, true],
  [['xContentTypeOptions', 'noSniff'], noSniff, true],
  [['xDnsPrefetchControl', 'dnsPrefetchControl'], dnsPrefetchControl, true],
  [['xDownloadOptions', 'ieNoOpen'], ieNoOpen, true],
  [['xFrameOptions', 'frameguard'], frameguard, true],
  [['xPermittedCrossDomainPolicies', 'permittedCrossDomainPolicies'], permittedCrossDomainPolicies, true],
  [['xPoweredBy', 'hidePoweredBy'], hidePoweredBy, true],
  [['xXssProtection', 'xssFilter'], xssFilter, true],
];

function helmet(options = {}) {
  if (options.constructor?.name === 'IncomingMessage') throw new Error('It appears you have done something like `app.use(helmet)`, but it should be `app.use(helmet())`.');
  const parts = [];
  for (const [names, make, isOn] of PARTS) {
    const given = names.map((name) => options[name]).find((value) => value !== undefined);
    if (given === false || given === undefined && !isOn) continue;
    parts.push(make(given === true || given === undefined ? {} : given));
  }
  return function helmetMiddleware(req, res, next) {
    let at = 0;
    const step = (error) => (error ? next(error) : at < parts.length ? parts[at++](req, res, step) : next());
    step();
  };
}

module.exports = Object.assign(helmet, {
  contentSecurityPolicy, crossOriginEmbedderPolicy, crossOriginOpenerPolicy, crossOriginResourcePolicy, originAgentCluster, referrerPolicy,
  strictTransportSecurity, hsts: strictTransportSecurity, xContentTypeOptions: noSniff, noSniff, xDnsPrefetchControl: dnsPrefetchControl, dnsPrefetchControl,
  xDownloadOptions: ieNoOpen, ieNoOpen, xFrameOptions: frameguard, frameguard, xPermittedCrossDomainPolicies: permittedCrossDomainPolicies,
  permittedCrossDomainPolicies, xPoweredBy: hidePoweredBy, hidePoweredBy, xXssProtection: xssFilter, xssFilter,
});
