export default function (req, res) {
  res.json({ user: req.user, trace: res.locals.trace, same: req === res.req, twice: req.res === res });
}
