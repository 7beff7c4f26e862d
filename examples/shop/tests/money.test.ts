import { Currency, Money } from '../app/lib/money';

test.each([
  [0, 0],
  [0.1, 10],
  [19.99, 1999],
])('%f euros are %i cents', (euros: number, cents: number) => {
  expect(Money.of(euros).cents).toBe(cents);
});

test('euros, unless something else is said', () => {
  expect(Money.zero.currency).toBe(Currency.Euro);
});
