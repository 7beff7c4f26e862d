function filled(size, f) {
  const rows = [];
  for (let i = 0; i < size; i++) {
    const row = [];
    for (let j = 0; j < size; j++) row.push(f(i, j));
    rows.push(row);
  }
  return rows;
}

function multiply(a, b, size) {
  const c = [];
  for (let i = 0; i < size; i++) {
    const row = new Array(size);
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i][k] * b[k][j];
      row[j] = sum;
    }
    c.push(row);
  }
  return c;
}

export function matrix(size) {
  const a = filled(size, (i, j) => i + j);
  const b = filled(size, (i, j) => i - j);
  const c = multiply(a, b, size);
  return c[size - 1][0] + c[1][size - 2];
}

export function sieve(n) {
  const composite = new Array(n + 1).fill(false);
  let primes = 0;
  for (let i = 2; i <= n; i++) {
    if (composite[i]) continue;
    primes++;
    for (let j = i * i; j <= n; j += i) composite[j] = true;
  }
  return primes;
}

export function typed(n) {
  const data = new Float64Array(n);
  for (let i = 0; i < n; i++) data[i] = i * 0.5;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  const bytes = new Uint8Array(n);
  for (let i = 0; i < n; i++) bytes[i] = i;
  for (let i = 0; i < n; i++) sum += bytes[i];
  return sum;
}

const table = [];
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  table.push(c >>> 0);
}

export function bits(n) {
  let crc = 0xffffffff;
  let seed = 1;
  for (let i = 0; i < n; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) | 0;
    crc = table[(crc ^ (seed >>> 16)) & 0xff] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export function mandelbrot(size) {
  let inside = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cr = (x / size) * 3 - 2;
      const ci = (y / size) * 2 - 1;
      let zr = 0;
      let zi = 0;
      let i = 0;
      while (i < 50 && zr * zr + zi * zi < 4) {
        const t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
        i++;
      }
      if (i === 50) inside++;
    }
  }
  return inside;
}
