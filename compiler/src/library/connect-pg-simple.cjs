'use strict';
// npm's `connect-pg-simple`: called with express-session, it gives the class of stores.
const { PgStore } = require('puremix:session-stores');

module.exports = () => PgStore;
