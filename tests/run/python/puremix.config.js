export default {
  python: { minWorkers: 1, maxWorkers: 2, timeout: 20000 },
};
