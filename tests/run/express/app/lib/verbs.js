export { remove as DELETE } from './verbs-more.js';
export * from './verbs-more.js';
export default () => 'the default of a star is nobody\'s';
export const shared = () => 'not a handler';
