// The same under the names that other runners have.
import { describe as d, expect as e, it as vitestIt, vi } from 'vitest';
import { expect as bunExpect, mock, spyOn, test as bunTest } from 'bun:test';

d('vitest', () => {
  vitestIt('gives a context', ({ task, expect: own }) => {
    own(task.name).toBe('gives a context');
  });
  vitestIt('takes options', { timeout: 100 }, async () => {
    const f = vi.fn().mockResolvedValueOnce(1).mockResolvedValue(2);
    e(await Promise.all([f(), f(), f()])).toEqual([1, 2, 2]);
    e(f).toHaveBeenNthCalledWith(1);
    e(f.mock.results[0]).toMatchObject({ type: 'return' });
  });
  vitestIt.for([[1, 1], [2, 4]])('square of %i', ([n, square], { expect: own }) => own(n * n).toBe(square));
  vitestIt('waits for what comes', async () => {
    let value = 0;
    setTimeout(() => { value = 1; }, 5);
    await vi.waitFor(() => e(value).toBe(1));
  });
  vitestIt('moves time with promises', async () => {
    vi.useFakeTimers();
    const seen = [];
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const run = (async () => {
      await sleep(100);
      seen.push(1);
      await sleep(100);
      seen.push(2);
    })();
    await vi.advanceTimersByTimeAsync(150);
    e(seen).toEqual([1]);
    await vi.advanceTimersByTimeAsync(100);
    await run;
    e(seen).toEqual([1, 2]);
    vi.useRealTimers();
  });
});

bunTest('bun', () => {
  const f = mock((a) => a + 1);
  bunExpect(f(1)).toBe(2);
  bunExpect(f).toHaveBeenCalledWith(1);
  const object = { get size() { return 3; } };
  const spy = spyOn(object, 'size', 'get').mockReturnValue(4);
  bunExpect(object.size).toBe(4);
  spy.mockRestore();
  bunExpect(object.size).toBe(3);
});

test('own matchers', () => {
  expect.extend({
    toBeEven(received) {
      return { pass: received % 2 === 0, message: () => `${received} is ${this.isNot ? '' : 'not '}even` };
    },
  });
  expect(2).toBeEven();
  expect(3).not.toBeEven();
  expect({ n: 4 }).toEqual({ n: expect.toBeEven() });
  expect(() => expect(3).toBeEven()).toThrow('3 is not even');
});

test('what it says', () => {
  const said = (run) => {
    try {
      run();
    } catch (error) {
      return error.message;
    }
    return 'nothing';
  };
  expect(said(() => expect({ a: 1 }).toBe({ a: 1 }))).toContain('not the same value: use toEqual');
  expect(said(() => expect([1, 2]).toContain(3))).toBe('expect(received).toContain(expected)\n\nExpected: to contain 3\nReceived: [1, 2]');
  expect(said(() => expect('a').not.toMatch(/a/))).toContain('Expected: not to match /a/');
  expect(said(() => expect(new Set([1])).toEqual(new Set([2])))).toContain('-   2,\n+   1,');
  expect(said(() => expect(vi.fn()).toHaveBeenCalledTimes(1))).toContain('Expected: called 1 time\nReceived: called 0 times');
  expect(said(() => vi.mock('x'))).toContain('mock(module) is not supported');
});
