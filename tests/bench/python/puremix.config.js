export default {
  python: { usePool: process.env.BENCH_POOL !== 'off', minWorkers: 2, maxWorkers: 2 },
};
