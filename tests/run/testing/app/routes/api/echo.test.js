// Beside the route it tests, and no route itself.
import { app, expect, request, test } from 'puremix:test';

test('JSON comes back', async () => {
  await request(app)
    .post('/api/echo')
    .send({ a: [1, 2] })
    .expect(201, { got: { a: [1, 2] }, type: 'application/json' })
    .expect('content-type', /json/);
});

test('a test is no route', async () => {
  await request(app).get('/api/echo.test').expect(404);
});

test('redirects are answers, unless they are followed', async () => {
  const answer = await request(app).get('/api/echo');
  expect(answer.status).toBe(302);
  expect(answer.headers.location).toBe('/api/echo/target');
  await request(app).get('/api/echo').redirects(1).expect(404);
});

test('a failed expectation says what came', async () => {
  await expect(request(app).get('/api/echo').expect(200)).rejects.toThrow('GET /api/echo: expected status 200, got 302');
});
