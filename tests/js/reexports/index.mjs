export * from './parts.mjs'; export * as inner from './parts.mjs'; export { Thing as Renamed, default } from './thing.mjs'; export const shadow = 'mine'; console.log('index');
