console.log('throwing module'); throw new Error('module failed'); export const never = 1;
