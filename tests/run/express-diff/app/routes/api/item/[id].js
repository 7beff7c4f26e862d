export default (req, res) => res.json({ params: { ...req.params }, path: req.path, url: req.url });
