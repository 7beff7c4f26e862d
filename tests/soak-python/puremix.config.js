export default {
  python: { minWorkers: 2, maxWorkers: 3, timeout: 4000, maxIdleTime: 1000 },
};
