import { beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { app, request } from 'puremix:test';
import { entries } from '../app/lib/guests.js';

interface Guest {
  name: string;
  text: string;
}

beforeEach(() => {
  entries.length = 0;
});

describe('pages', () => {
  test('have loaders, layouts and components', async () => {
    await request(app)
      .get('/')
      .query({ name: 'Zoë & co' })
      .expect(200)
      .expect('content-type', 'text/html; charset=utf-8')
      .expect(/<h1>hello from .env.test, Zoë &amp; co<\/h1>/)
      .expect(/<span class="tag">19.99 €<\/span>/);
  });

  test('have sessions, which an agent keeps', async () => {
    const agent = request(app).agent();
    await agent.get('/').expect(/visit 1</);
    await agent.get('/').expect(/visit 2</);
    await request(app).get('/').expect(/visit 1</);
  });
});

describe('forms', () => {
  test('are filled in and sent', async () => {
    const answer = await request(app).submit('/guestbook', { text: 'so long' });
    assert.equal(answer.status, 200);
    assert.deepEqual(entries as Guest[], [{ name: 'anonymous', text: 'so long' }]);
    assert.match(answer.text, /<li>anonymous: so long<\/li>/);
  });

  test('keep what nobody changed', async () => {
    await request(app).submit('/guestbook', { name: 'Ann' });
    assert.deepEqual(entries, [{ name: 'Ann', text: 'hi & bye' }]);
  });

  test('are refused when another site sends them', async () => {
    const answer = await request(app).post('/guestbook').set('sec-fetch-site', 'cross-site').form({ _action: 'sign', name: 'x', text: 'y' });
    assert.equal(answer.status, 403);
    assert.deepEqual(entries, []);
  });

  test('show errors of actions', async () => {
    await request(app).submit('/guestbook', { text: ' ' }).expect(/<p class="error">say something<\/p>/);
  });
});
