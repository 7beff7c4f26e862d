'use strict';
// The middleware `body-parser` of npm: bodies are read anyway, before middleware runs.

function parser(options = {}) {
  const middleware = (req, res, next) => next();
  if (options.limit === undefined) return middleware;
  return Object.defineProperties(middleware, {
    puremixSettings: { value: { limits: { body: options.limit } } },
    puremixConfigOnly: { value: 'the size of bodies must be known before the server starts: write `limits: { body: … }` in puremix.config.js' },
  });
}

function bodyParser(options) {
  return parser(options);
}

module.exports = Object.assign(bodyParser, { json: parser, raw: parser, text: parser, urlencoded: parser });
