export default {
  port: process.env.PORT || 3000,
  host: process.env.HOST || 'localhost',
  appDir: 'app',
  session: {
    secret: process.env.SESSION_SECRET,
    maxAge: 7 * 24 * 60 * 60 * 1000,
  },
};
