import fs from 'fs';

// Files of the working directory, as Express apps keep and send them.
export function POST(req, res) {
  req.pipe(fs.createWriteStream(req.query.name)).on('finish', () => res.status(201).json({ kept: fs.statSync(req.query.name).size }));
}

export function GET(req, res) {
  const file = fs.createReadStream(req.query.name, { start: Number(req.query.start ?? 0) });
  file.on('error', (error) => res.status(404).json({ code: error.code }));
  res.type('txt');
  file.pipe(res);
}
