'use strict';
// What `require` is where a package calls it with a name it computes: Node's own modules are there, and nothing else is installed.

const known = {
  assert: () => require('assert'),
  buffer: () => require('buffer'),
  crypto: () => require('crypto'),
  events: () => require('events'),
  fs: () => require('fs'),
  os: () => require('os'),
  path: () => require('path'),
  perf_hooks: () => require('perf_hooks'),
  process: () => require('process'),
  querystring: () => require('querystring'),
  string_decoder: () => require('string_decoder'),
  timers: () => require('timers'),
  url: () => require('url'),
  util: () => require('util'),
};

module.exports = function (name) {
  const bare = String(name).replace(/^node:/, '');
  if (Object.hasOwn(known, bare)) return known[bare]();
  const error = new Error(`Cannot find module '${name}'`);
  error.code = 'MODULE_NOT_FOUND';
  throw error;
};
