export * from '../../../lib/whole.js';
