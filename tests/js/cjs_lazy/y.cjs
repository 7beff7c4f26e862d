console.log('y runs'); module.exports = 'Y';
