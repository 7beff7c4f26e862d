export * from '../../../lib/verbs.js';
