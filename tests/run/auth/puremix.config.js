const stores = ['sqlite', 'postgres', 'redis', 'memory'];

export default {
  session: {
    secret: ['a-test-secret-of-more-than-32-bytes', 'the-secret-before-that-one-0123456789'],
    store: process.env.STORE ?? stores[0],
    rolling: process.env.ROLLING === '1',
    saveUninitialized: process.env.SAVE_EMPTY === '1',
    cookie: { maxAge: Number(process.env.MAX_AGE ?? 3600000), sameSite: 'lax', priority: 'high' },
  },
};
