'use strict';
// npm's `connect-sqlite3`: called with express-session, it gives the class of stores.
const { SqliteStore } = require('puremix:session-stores');

module.exports = () => SqliteStore;
