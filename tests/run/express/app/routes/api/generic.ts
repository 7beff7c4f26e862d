export const process = (req, res) => res.json({ by: 'process', refused: req.app.get('refused'), title: req.app.get('title') });
export const execute = () => 'never';
