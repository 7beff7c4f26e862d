// Times each case inside the process: `NAME MILLISECONDS RESULT` a line, the best of the repetitions that fit the budget.
// BENCH_BUDGET is the time of a case in milliseconds, BENCH_ONLY names the cases to run.
import { numeric, strings, objects } from '../app/app/lib/compute.js';
import { fib, queens, closures, generators, exceptions } from './cases/functions.js';
import { vectors, trees, shapes } from './cases/classes.js';
import { matrix, sieve, typed, bits, mandelbrot } from './cases/numbers.js';
import { methods, sorting, spread, destructuring, stack } from './cases/arrays.js';
import { json, regex, splitJoin, charCodes, templates, words } from './cases/text.js';
import { mapSet, dictionary, records } from './cases/collections.js';

const cases = {
  numeric: () => numeric(2000000),
  strings: () => strings(100000),
  objects: () => objects(100000),
  fib: () => fib(27),
  queens: () => queens(8),
  closures: () => closures(200000),
  generators: () => generators(100000),
  exceptions: () => exceptions(10000),
  vectors: () => vectors(200000),
  trees: () => trees(13),
  shapes: () => shapes(100000),
  matrix: () => matrix(90),
  sieve: () => sieve(500000),
  typed: () => typed(500000),
  bits: () => bits(300000),
  mandelbrot: () => mandelbrot(120),
  methods: () => methods(50000),
  sorting: () => sorting(20000),
  spread: () => spread(20000),
  destructuring: () => destructuring(200000),
  stack: () => stack(200000),
  json: () => json(1500),
  regex: () => regex(1500),
  splitJoin: () => splitJoin(20000),
  charCodes: () => charCodes(200000),
  templates: () => templates(50000),
  words: () => words(30000),
  mapSet: () => mapSet(50000),
  dictionary: () => dictionary(100000),
  records: () => records(30000),
};

const budget = Number(process.env.BENCH_BUDGET ?? 200);
const only = process.env.BENCH_ONLY ? process.env.BENCH_ONLY.split(',') : Object.keys(cases);
for (const name of only) {
  const run = cases[name];
  const until = performance.now() + budget;
  let best = Infinity;
  let result;
  let turns = 0;
  while (turns < 3 || performance.now() < until) {
    const started = performance.now();
    result = run();
    best = Math.min(best, performance.now() - started);
    turns++;
  }
  console.log(`${name} ${best.toFixed(4)} ${String(result)}`);
}
