// Lists that are wanted as JSON only: under Express they are ordinary objects.
const items = [
  { id: 1, name: 'Lamp "Ö" \\ & </script>', price: 10.5, tags: ['a'], at: new Date(0) },
  { id: 2, name: '', price: -0.125, tags: [], at: null },
  { id: 300, name: '\u2028\ud83d\ude00\ud800', price: 1e21, tags: null, at: undefined },
  { id: -4, name: 'x'.repeat(33), price: 123456789.25, tags: { b: 1 }, at: NaN },
];

const variants = {
  plain: (req, res) => {
    const data = items.filter(i => i.id !== 2).map(i => ({ id: i.id, name: i.name, price: i.price }));
    return res.json({ success: true, data, total: data.length });
  },
  direct: (req, res) => res.json(items.map((i, at) => ({ at, up: i.name.toUpperCase(), cheap: i.price < 11, none: null }))),
  empty: (req, res) => res.json({ rows: [].map(i => ({ i })) }),
  nested: (req, res) => res.json(items.map(i => ({ tags: i.tags, at: i.at }))),
  gone: (req, res) => res.json(items.map(i => ({ at: i.at, missing: i.missing }))),
  zero: (req, res) => res.json([0, -0, 1 / 3].map(n => ({ n }))),
  status: (req, res) => res.status(201).json({ a: items.map(i => ({ id: i.id })), b: items.map(i => ({ id: i.id })) }),
  replaced: (req, res) => {
    const json = res.json.bind(res);
    res.json = value => json({ wrapped: value, first: value.rows[0].id, keys: Object.keys(value.rows[1]) });
    const rows = items.map(i => ({ id: i.id, name: i.name }));
    return res.json({ rows, count: rows.length });
  },
  statements: (req, res) => {
    const rate = Number(req.query.rate ?? 1);
    return res.json({
      rows: items.map(i => {
        const gross = Math.round(i.price * rate * 100) / 100;
        return { id: i.id, gross, text: `${gross} €` };
      }),
    });
  },
};

export default function handler(req, res) {
  return variants[req.query.as](req, res);
}
