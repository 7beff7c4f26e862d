'use strict';
// What `import()` is where a package calls it with a name it computes: as `require` there, with a promise for a namespace.

const find = require('puremix:require');

module.exports = async function (name) {
  const found = find(name);
  return { ...found, default: found };
};
