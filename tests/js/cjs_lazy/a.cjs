console.log('a starts');
exports.name = 'a';
const c = require('./c.cjs');
console.log('a has c', c.done, c.sawA);
module.exports = { name: 'replaced', partial: c.partial };
console.log('a ends', require('./c.cjs').again().name);
