const stores = ['sqlite', 'postgres', 'redis', 'memory'];

export default {
  session: {
    secret: process.env.SECRETS?.split(',') ?? ['a-test-secret-of-more-than-32-bytes', 'the-secret-before-that-one-0123456789'],
    store: process.env.STORE ?? stores[0],
    rolling: process.env.ROLLING === '1',
    unset: process.env.UNSET ?? 'keep',
    saveUninitialized: process.env.SAVE_EMPTY === '1',
    cookie: { maxAge: Number(process.env.MAX_AGE ?? 3600000), sameSite: 'lax', secure: process.env.SECURE === '1' || 'auto', priority: 'high' },
  },
};
