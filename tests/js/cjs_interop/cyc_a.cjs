exports.early = 1; const b = require('./cyc_b.cjs'); exports.fromB = b.seen; exports.late = 2;
