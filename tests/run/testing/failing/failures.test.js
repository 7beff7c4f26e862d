import { price } from '../app/lib/price.js';

describe('failures', () => {
  test('a value', () => {
    expect(1 + 1).toBe(3);
  });

  test('a structure', () => {
    expect({ id: 1, tags: ['a', 'b'], name: 'x' }).toEqual({ id: 1, tags: ['a', 'c'], name: 'x' });
  });

  test('an exception of the app', () => {
    price('1');
  });

  test('what is never settled', () => new Promise(() => {}));

  test('what takes too long', () => new Promise((resolve) => setTimeout(resolve, 10_000)), 50);

  test('an endless loop that catches', () => {
    for (;;) {
      try {
        for (;;);
      } catch {
        // Goes on for ever.
      }
    }
  }, 50);

  test('what nobody catches', () => {
    setTimeout(() => {
      throw new RangeError('too late');
    });
    return new Promise((resolve) => setTimeout(resolve, 1000));
  });

  test('process.exit', () => process.exit(3));

  test('a snapshot', () => {
    expect(1).toMatchSnapshot();
  });

  test('a call', () => {
    const f = jest.fn();
    f(1, 'x');
    expect(f).toHaveBeenCalledWith(2);
  });
});

test('the next one runs', () => {
  console.log('seen');
});
