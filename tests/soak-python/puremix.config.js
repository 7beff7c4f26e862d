export default {
  python: { minWorkers: 2, maxWorkers: 3, timeout: 2000, maxIdleTime: 1000 },
};
