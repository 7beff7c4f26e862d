import { app, beforeEach, describe, expect, request, test } from 'puremix:test';

describe('the cart', () => {
  let visitor;
  beforeEach(() => {
    visitor = request(app).agent();
  });

  test('is empty at first', async () => {
    await visitor.get('/cart').expect(200).expect(/Your cart is empty/);
  });

  test('keeps what is bought, for this visitor only', async () => {
    await visitor.submit('/products/desk-lamp', { quantity: 2 }).expect(/Added\. 2 in your cart\./);
    await visitor.get('/cart').expect(/Desk Lamp/);
    await request(app).agent().get('/cart').expect(/Your cart is empty/);
  });

  test('can be emptied', async () => {
    await visitor.submit('/products/desk-lamp', { quantity: 1 });
    await visitor.submit('/cart', {}, { form: 'clear' }).redirects(1).expect(200, /Your cart is empty/);
  });
});

describe('an account', () => {
  test('needs a login', async () => {
    const answer = await request(app).get('/account');
    expect(answer.redirect).toBe(true);
    expect(answer.headers.location).toContain('/login');
  });

  test('refuses a wrong password', async () => {
    await request(app).submit('/login', { email: 'nobody@example.org', password: 'x' }).expect(/Invalid credentials/);
  });
});

test('categories are counted', async () => {
  const answer = await request(app).get('/api/stats').expect(200);
  expect(answer.body).toEqual({ success: true, byCategory: expect.any(Object) });
  await request(app).get('/api/stats').query({ fail: 1 }).expect(418, { error: 'asked to fail' }).expect('x-reason', 'tea');
});

test('what is not there', () => request(app).get('/nothing').expect(404));
