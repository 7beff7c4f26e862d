type Item = { price: number };

function inner(item: Item | null): number {
  // The place below is the one to be reported.
  return item!.price * 2;
}

export class Cart {
  total(items: Array<Item | null>): number {
    return items.map((item) => inner(item)).reduce((a, b) => a + b, 0);
  }
}

export async function later(): Promise<never> {
  await null;
  throw new RangeError('late');
}
