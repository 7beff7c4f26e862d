import { entries } from '../app/lib/guests.js';

test('no other file has changed the modules', () => {
  entries.push('a');
  expect(entries).toEqual(['a']);
});
