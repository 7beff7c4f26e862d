console.log('late runs');
import { part } from './part.mjs';
export let count = 1;
count += part;
export default 'late';
