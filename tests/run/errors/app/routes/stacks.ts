import { Cart, later } from '../lib/cart';

function stack(run: () => unknown): string[] {
  try {
    run();
  } catch (e) {
    return (e as Error).stack!.split('\n').map((line) => line.trim());
  }
  return [];
}

export default async function (request: unknown, response: { json(value: unknown): void }) {
  const late = await later().catch((e: Error) => e.stack);
  response.json({
    method: stack(() => new Cart().total([null])),
    name: stack(() => undeclared()),
    parse: stack(() => JSON.parse('{')),
    late,
  });
}
