import test, { after, afterEach, before, beforeEach, describe, it, suite } from 'node:test';
import assert from 'node:assert';

const seen = [];
before(() => seen.push('before'));
beforeEach(() => seen.push('each'));
afterEach(() => seen.push('/each'));
after(() => console.log(seen.join(' ')));

test('passes', () => {});
test('has subtests', async (t) => {
  await t.test('one', () => {});
  await t.test('two', async (t) => {
    await t.test('deep', () => assert.strictEqual(1, 2));
  });
});
test('skipped', { skip: true }, () => assert.fail());
test('skipped with a reason', { skip: 'because' }, () => assert.fail());
test('to do', { todo: 'later' }, () => assert.fail('not yet'));
test.skip('short skip');
test.todo('short todo');
test('says things', (t) => {
  t.diagnostic('something');
  t.skip('on the way');
});
test(function named() {});
test(() => {});
test('throws a string', () => {
  throw 'text';
});
test('# and \\ in names', () => {});

describe('a suite', () => {
  before(() => seen.push('suite'));
  beforeEach(() => seen.push('inner'));
  afterEach(() => seen.push('/inner'));
  after(() => seen.push('/suite'));

  it('passes', () => {});
  it('takes a callback', (t, done) => setTimeout(done, 2));
  it('fails through a callback', (t, done) => done(new Error('no')));
  it('answers a promise and takes a callback', async (t, done) => done());
  describe('inside', () => {
    it('is deep', () => seen.push('deep'));
    it('is late', { timeout: 20 }, () => new Promise((resolve) => setTimeout(resolve, 100)));
  });
});
describe('an empty suite', () => {});
describe('a suite that throws', () => {
  it('is never there', () => {});
  throw new Error('bad');
});
describe.skip('a skipped suite', () => {
  it('is not run', () => {});
});
suite('an asynchronous suite', async () => {
  it('runs', async () => {
    await null;
  });
});
describe('a suite whose hook fails', () => {
  before(() => {
    throw new Error('hook');
  });
  it('is cancelled', () => {});
});

test('what nobody catches', () => {
  setTimeout(() => {
    throw new Error('later');
  }, 1);
  return new Promise((resolve) => setTimeout(resolve, 20));
});
test('what nobody handles', async () => {
  Promise.reject(new Error('nobody'));
  await new Promise((resolve) => setTimeout(resolve, 10));
});
