import { shout } from './parts/shout.js';

const element = document.querySelector<HTMLElement>('#second');
if (element) element.textContent = shout('second');
// Loaded only when it is wanted.
import('./parts/late.js').then(({ late }) => late());
