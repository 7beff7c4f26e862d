import { describe, it, mock, test } from 'node:test';
import assert from 'node:assert/strict';

describe('mock.fn', () => {
  it('remembers calls', () => {
    const sum = mock.fn((a, b) => a + b);
    assert.equal(sum.mock.callCount(), 0);
    assert.equal(sum(3, 4), 7);
    const [call] = sum.mock.calls;
    assert.deepEqual(call.arguments, [3, 4]);
    assert.equal(call.result, 7);
    assert.equal(call.error, undefined);
    assert.equal(call.this, undefined);
    sum.mock.resetCalls();
    assert.equal(sum.mock.calls.length, 0);
  });

  it('has other implementations', () => {
    const f = mock.fn(() => 1);
    f.mock.mockImplementation(() => 2);
    f.mock.mockImplementationOnce(() => 3, 1);
    assert.deepEqual([f(), f(), f()], [2, 3, 2]);
    f.mock.restore();
    assert.equal(f(), 1);
    const twice = mock.fn(() => 'real', () => 'mock', { times: 2 });
    assert.deepEqual([twice(), twice(), twice()], ['mock', 'mock', 'real']);
  });

  it('constructs', () => {
    class Point {
      constructor(x) {
        this.x = x;
      }
    }
    const Mocked = mock.fn(Point);
    const point = new Mocked(5);
    assert.equal(point.x, 5);
    assert.equal(Mocked.mock.calls[0].target, Mocked);
  });

  it('records what is thrown', () => {
    const f = mock.fn(() => {
      throw new Error('x');
    });
    assert.throws(() => f(), /x/);
    assert.equal(f.mock.calls[0].error.message, 'x');
  });
});

describe('mock.method', () => {
  const number = {
    value: 5,
    subtract(a) {
      return this.value - a;
    },
    get twice() {
      return this.value * 2;
    },
  };

  test('spies and is put back with the test', (t) => {
    t.mock.method(number, 'subtract');
    assert.equal(number.subtract(3), 2);
    assert.equal(number.subtract.mock.callCount(), 1);
    assert.equal(number.subtract.mock.calls[0].this, number);
  });
  test('is put back', () => {
    assert.equal(number.subtract.mock, undefined);
  });
  test('replaces getters', (t) => {
    t.mock.getter(number, 'twice', () => 'mocked');
    assert.equal(number.twice, 'mocked');
    t.mock.restoreAll();
    assert.equal(number.twice, 10);
  });
  test('refuses what is no method', (t) => {
    assert.throws(() => t.mock.method(number, 'value'), TypeError);
  });
});

describe('mock.timers', () => {
  test('tick', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const order = [];
    setTimeout(() => order.push('b'), 20);
    setTimeout(() => order.push('a'), 10);
    const interval = setInterval(() => order.push('i'), 15);
    t.mock.timers.tick(9);
    assert.deepEqual(order, []);
    t.mock.timers.tick(11);
    assert.deepEqual(order, ['a', 'i', 'b']);
    clearInterval(interval);
    t.mock.timers.tick(100);
    assert.equal(order.length, 3);
  });
  test('runAll and Date', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
    assert.equal(Date.now(), 1000);
    const f = t.mock.fn();
    setTimeout(f, 500);
    t.mock.timers.runAll();
    assert.equal(f.mock.callCount(), 1);
    assert.equal(Date.now(), 1500);
    assert.equal(new Date().getTime(), 1500);
    t.mock.timers.setTime(5000);
    assert.equal(Date.now(), 5000);
  });
  test('are real again', async () => {
    assert.ok(Date.now() > 1e12);
    await new Promise((resolve) => setTimeout(resolve, 1));
  });
});
