console.log('lazy evaluated'); let n = 0; module.exports = { get v() { return ++n; } };
