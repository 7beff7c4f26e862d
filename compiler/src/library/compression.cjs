'use strict';
// The middleware `compression` of npm: the server compresses itself, by the key `compression` of the configuration.

function compression(options = {}) {
  const unsupported = Object.keys(options).filter((name) => !['level', 'threshold'].includes(name));
  if (unsupported.length > 0) {
    console.warn(`compression: ${unsupported.map((name) => `\`${name}\``).join(', ')} ${unsupported.length === 1 ? 'has' : 'have'} no effect; the server compresses by the key \`compression\` of puremix.config.js`);
  }
  const settings = Object.fromEntries(Object.entries(options).filter(([name]) => !unsupported.includes(name)));
  const middleware = (req, res, next) => next();
  return Object.defineProperty(middleware, 'puremixSettings', { value: { compression: Object.keys(settings).length > 0 ? settings : true } });
}

module.exports = Object.assign(compression, { filter: () => true });
