export default {
  session: { secret: 'a secret that is long enough for a test of cookies' },
  limits: { responseTimeout: 300 },
};
