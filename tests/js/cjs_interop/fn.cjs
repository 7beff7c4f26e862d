module.exports = (x) => x * 2; module.exports.extra = 'e';
