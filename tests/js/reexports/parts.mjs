export const one = 1, two = 2; export const shadow = 'theirs'; export default 'not re-exported'; console.log('parts');
