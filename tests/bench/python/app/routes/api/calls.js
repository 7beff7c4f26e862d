import { own_time, quote } from '../../services/quotes';

const order = { id: '7', items: { apple: 3, pear: 1, plum: 7 } };

// Microseconds of calls one after the other, sorted, and what the function itself takes.
export default async function (request, response) {
  const count = Number(request.query.count);
  const times = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    await quote(order);
    times.push((performance.now() - begun) * 1000);
  }
  times.sort((a, b) => a - b);
  return { own: await own_time(order, 1000), p50: times[Math.floor(count / 2)], p99: times[Math.floor(count * 0.99)] };
}
