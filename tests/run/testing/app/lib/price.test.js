import { clock, price } from './price.js';

describe('price', () => {
  test.each([
    [0, '0.00 €'],
    [1999, '19.99 €'],
  ])('of %i is %s', (cents, text) => {
    expect(price(cents)).toBe(text);
  });

  test('refuses fractions', () => {
    expect(() => price(1.5)).toThrow(TypeError);
    expect(() => price(1.5)).toThrow(/whole/);
    expect(() => price(1)).not.toThrow();
  });
});

test('a method is replaced and put back', () => {
  const spy = jest.spyOn(clock, 'now').mockReturnValue(42);
  expect(clock.now()).toBe(42);
  expect(spy).toHaveBeenCalledTimes(1);
  spy.mockRestore();
  expect(clock.now()).toBeGreaterThan(42);
});
