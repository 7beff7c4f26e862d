import fs from 'node:fs';
import path from 'node:path';

const directory = fs.mkdtempSync('/tmp/express-files-');
const file = path.join(directory, 'report.csv');
fs.writeFileSync(file, 'id,name\n1,Desk\n');
fs.writeFileSync(path.join(directory, '.hidden'), 'secret');

export function GET(req, res) {
  switch (req.query.how) {
    case 'send': return res.sendFile(file);
    case 'root': return res.sendFile(req.query.name, { root: directory, maxAge: '1d', headers: { 'x-kind': 'file' } });
    case 'callback': return res.sendFile('/no/such/file', (error) => res.status(error.status).json({ code: error.code }));
    case 'missing': return res.sendFile('/no/such/file');
    case 'download': return res.download(file);
    case 'named': return res.download(file, 'Umsätze (1).csv');
    case 'attachment': return res.attachment('logo.png').send(Buffer.from([1, 2, 3]));
    default: return res.attachment().send('x');
  }
}
