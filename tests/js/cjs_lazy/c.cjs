console.log('c starts');
const a = require('./a.cjs');
console.log('c sees', Object.keys(a).join());
exports.sawA = a.name;
exports.partial = Object.keys(a).length;
exports.again = () => require('./a.cjs');
exports.done = true;
