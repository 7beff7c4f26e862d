console.log('b runs');
module.exports = { n: 7 };
