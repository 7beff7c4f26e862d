'use strict';
// npm's `connect-redis`: version 7 exports the class as its default, version 8 by its name.
const { RedisStore } = require('puremix:session-stores');

exports.default = RedisStore;
exports.RedisStore = RedisStore;
