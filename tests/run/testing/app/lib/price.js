/** Cents as people read them. */
export function price(cents) {
  if (!Number.isInteger(cents)) throw new TypeError('cents are whole');
  return `${(cents / 100).toFixed(2)} €`;
}

export const clock = {
  now: () => Date.now(),
};
