const first = (req, res, next) => {
  res.locals.seen = ['first'];
  next();
};

export default [
  first,
  [async (req, res, next) => {
    await null;
    res.locals.seen.push('second');
    next(req.query.fail ? new Error('failed') : undefined);
  }],
  (req, res) => res.json(res.locals.seen),
];
