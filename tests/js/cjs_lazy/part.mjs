console.log('part runs'); export const part = 41;
