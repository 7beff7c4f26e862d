export function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

export function queens(size) {
  const columns = [];
  let found = 0;
  const safe = (row, column) => {
    for (let r = 0; r < row; r++) {
      const other = columns[r];
      if (other === column || Math.abs(other - column) === row - r) return false;
    }
    return true;
  };
  const place = (row) => {
    if (row === size) {
      found++;
      return;
    }
    for (let column = 0; column < size; column++) {
      if (safe(row, column)) {
        columns[row] = column;
        place(row + 1);
      }
    }
  };
  place(0);
  return found;
}

function counter(start) {
  let count = start;
  return {
    add: (n) => {
      count += n;
    },
    get: () => count,
  };
}

const compose = (...steps) => (x) => steps.reduce((value, step) => step(value), x);

export function closures(n) {
  const c = counter(1);
  const pipeline = compose((x) => x + 1, (x) => x * 2, (x) => x % 1000);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    c.add(i & 3);
    if (i % 10 === 0) sum += pipeline(i);
  }
  return sum + c.get();
}

function* range(from, to) {
  for (let i = from; i < to; i++) yield i;
}

function* odd(items) {
  for (const item of items) if (item % 2 === 1) yield item;
}

export function generators(n) {
  let sum = 0;
  for (const x of odd(range(0, n))) sum += x;
  return sum;
}

function risky(i) {
  if (i % 2 === 0) throw new Error('even ' + i);
  return i;
}

export function exceptions(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    try {
      sum += risky(i);
    } catch (e) {
      sum += e.message.length;
    }
  }
  return sum;
}
