import { b, early } from './b.mjs'; console.log('a body', b); export let a = 'A'; export const readB = () => b; export const callEarly = early; export function hoisted() { return 'hoisted from a'; }
