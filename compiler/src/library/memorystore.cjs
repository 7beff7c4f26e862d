'use strict';
// npm's `memorystore`: called with express-session, it gives the class of stores.
const { MemoryStore } = require('puremix:session-stores');

module.exports = () => MemoryStore;
