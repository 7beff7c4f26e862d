export enum Currency {
  Euro = 'EUR',
  Dollar = 'USD',
}

const symbols: Record<Currency, string> = { [Currency.Euro]: '€', [Currency.Dollar]: '$' };

/** Cents, so that sums are exact. */
export class Money {
  static readonly zero = new Money(0);

  constructor(
    public readonly cents: number,
    public readonly currency: Currency = Currency.Euro,
  ) {}

  static of(amount: number): Money {
    return new Money(Math.round(amount * 100));
  }

  plus(other: Money): Money {
    return new Money(this.cents + other.cents, this.currency);
  }

  times(factor: number): Money {
    return new Money(Math.round(this.cents * factor), this.currency);
  }

  get amount(): number {
    return this.cents / 100;
  }

  toString(): string {
    const sign = this.cents < 0 ? '-' : '';
    const whole = String(Math.floor(Math.abs(this.cents) / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
    const rest = String(Math.abs(this.cents) % 100).padStart(2, '0');
    return `${sign}${symbols[this.currency]}${whole}.${rest}`;
  }

  toJSON(): number {
    return this.amount;
  }
}

export function price(amount: number): string {
  return Money.of(amount).toString();
}
