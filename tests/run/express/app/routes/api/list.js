const count = (req, res, next) => {
  res.locals.count = (res.locals.count ?? 0) + 1;
  next();
};

export const GET = [
  count,
  [count],
  async (req, res, next) => {
    if (req.query.stop) return res.status(403).json({ stopped: res.locals.count });
    if (req.query.fail) throw Object.assign(new Error('in the list'), { status: 409 });
    if (req.query.skip) return next('route');
    return next();
  },
  (req, res) => ({ count: res.locals.count }),
];

// Three parameters: the third is `next`.
export function POST(req, res, next) {
  next(Object.assign(new Error('no such thing'), { status: 422 }));
}
