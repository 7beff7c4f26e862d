import test, { afterEach, describe, it } from 'node:test';

test('does not wait', (t) => {
  t.test('late', () => new Promise((resolve) => setTimeout(resolve, 50)));
});
test('does wait', async (t) => {
  await Promise.all([t.test('first', () => new Promise((resolve) => setTimeout(resolve, 5))), t.test('second', () => {})]);
});

await test('at the top, awaited', () => {});
test('behind an await', () => {});

describe('a hook of each test fails', () => {
  afterEach(() => {
    throw new Error('hook');
  });
  it('fails', () => {});
});
