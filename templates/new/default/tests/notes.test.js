import { app, expect, request, test } from 'puremix:test';
import { allNotes } from '../app/lib/notes.js';

test('the first page is there', async () => {
  await request(app).get('/').expect(200).expect('content-type', /html/);
});

test('a note that is sent is shown', async () => {
  const page = await request(app).submit('/notes', { text: 'Water the <plants>' });
  expect(page.text).toContain('Water the &lt;plants&gt;');
  expect(allNotes()).toHaveLength(1);
});
