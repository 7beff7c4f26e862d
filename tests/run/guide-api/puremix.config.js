export default {
  session: {
    secret: process.env.SESSION_SECRET,
    store: process.env.SESSION_STORE === 'redis' ? 'redis' : 'sqlite',
  },
};
