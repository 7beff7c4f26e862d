export { get, remove as delete } from '../../../lib/verbs-more.js';
