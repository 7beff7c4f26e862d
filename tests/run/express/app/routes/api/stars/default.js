export { default } from '../../../lib/whole.js';
