// Methods of an object, as CommonJS has them.
module.exports = {
  get: (req, res) => res.send(`cjs ${req.method}`),
  POST: async (req) => ({ made: req.body.a }),
  helper: 5,
};
