export default (req, res) => res.json({ params: req.params, method: req.method });
