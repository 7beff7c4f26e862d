export function methods(n) {
  const items = Array.from({ length: n }, (_, i) => ({ id: i, price: (i * 37) % 100, tags: [i % 3, i % 5] }));
  const total = items
    .filter((item) => item.price > 20)
    .map((item) => ({ id: item.id, price: item.price * 2 }))
    .reduce((sum, item) => sum + item.price, 0);
  const found = items.find((item) => item.id === n - 1);
  let tags = 0;
  items.forEach((item) => {
    tags += item.tags.length;
  });
  const some = items.some((item) => item.price > 1000);
  const indices = items.map((item, index) => item.id + index).slice(5, 50).includes(14);
  return `${total}/${found.price}/${tags}/${some}/${indices}`;
}

export function sorting(n) {
  const numbers = [];
  let seed = 42;
  for (let i = 0; i < n; i++) {
    seed = (seed * 16807) % 2147483647;
    numbers.push(seed % 100000);
  }
  const ascending = [...numbers].sort((a, b) => a - b);
  const rows = numbers.map((value, id) => ({ id, value, name: 'n' + (value % 1000) }));
  rows.sort((a, b) => a.name.localeCompare(b.name) || b.value - a.value);
  const words = rows.map((row) => row.name).sort();
  return `${ascending[n >> 1]}/${rows[n >> 1].value}/${words[n >> 1]}`;
}

export function spread(n) {
  const base = [1, 2, 3, 4];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const copy = [...base, i, ...base];
    sum += Math.max(...copy) + copy.length;
  }
  return sum;
}

function bounds([low, high], { scale = 1, ...rest }) {
  return (high - low) * scale + rest.shift;
}

export function destructuring(n) {
  let sum = 0;
  let [a, b] = [0, 1];
  for (let i = 0; i < n; i++) {
    [a, b] = [b, (a + b) % 1000];
    if (i % 8 === 0) sum += bounds([a, b], { scale: 2, shift: i % 3 });
  }
  return sum + a;
}

export function stack(n) {
  const work = [];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    work.push(i);
    if (i % 3 === 2) sum += work.pop() + work[work.length - 1];
  }
  while (work.length > 0) sum -= work.pop();
  return sum;
}
