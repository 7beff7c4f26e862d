module.exports = Object.assign(new Error('e'), { code: 'ECODE' });
