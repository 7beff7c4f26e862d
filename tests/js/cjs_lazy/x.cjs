console.log('x runs'); module.exports = 'X' + require('../lazy_require.cjs').late;
