import { app, request } from 'puremix:test';

test('a file and a field', async () => {
  const answer = await request(app).post('/api/upload').auth('ann', 'pw').field('title', 'x').attach('picture', 'bytes', 'a.txt', 'text/plain').expect(200);
  expect(answer.body).toEqual({ title: 'x', auth: 'Basic YW5uOnB3', file: { name: 'a.txt', size: 5 } });
});

test('no body', () => request(app).put('/api/upload').expect(204, ''));

test('another method', () => request(app).get('/api/upload').expect(405).expect('allow', /POST/));

test('HEAD has no body', async () => {
  const answer = await request(app).head('/').expect(200);
  expect(answer.text).toBe('');
  expect(Number(answer.get('content-length'))).toBeGreaterThan(0);
});
