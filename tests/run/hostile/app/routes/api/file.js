// Sends what the query names, from one folder.
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(process.cwd(), 'reports');
fs.mkdirSync(root, { recursive: true });
fs.writeFileSync(path.join(root, 'may.txt'), 'the report of May');
fs.writeFileSync(path.join(process.cwd(), 'secret.txt'), 'the secret');

export default function handler(request, response) {
  response.sendFile(request.query.name, { root });
}
