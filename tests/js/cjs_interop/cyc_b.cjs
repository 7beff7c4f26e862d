const a = require('./cyc_a.cjs'); exports.seen = Object.keys(a).join();
