'use strict';
// In place of @protobufjs/inquire, which calls `require` by `eval` so that bundlers do not see it: the modules that protobufjs asks for.

const MODULES = {
  buffer: () => require('buffer'),
  fs: () => require('fs'),
  long: () => require('long'),
};

module.exports = function inquire(name) {
  if (!Object.hasOwn(MODULES, name)) return null;
  try {
    const found = MODULES[name]();
    return found && (found.length || Object.keys(found).length) ? found : null;
  } catch {
    return null;
  }
};
