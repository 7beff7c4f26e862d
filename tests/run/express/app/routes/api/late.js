export async function GET(req, res) {
  if (req.query.never) await new Promise(() => {});
  if (req.query.later) setTimeout(() => res.json({ later: true }), 20);
}
