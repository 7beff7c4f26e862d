// Everything that the three spellings say of files, and whether their bytes agree.
import { createHash } from 'node:crypto';
import fs from 'node:fs';

const sha = bytes => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

function show(file) {
  const { name, originalFilename, originalname, mimetype, type, size, newFilename, fieldname, truncated, detectedMimetype } = file;
  const onDisk = fs.readFileSync(file.filepath);
  return {
    names: [name, originalFilename, originalname],
    types: [mimetype, type, detectedMimetype],
    sizes: [size, file.data.length, file.buffer.length, onDisk.length],
    hashes: [sha(file.data), sha(onDisk)],
    newFilename,
    filepath: file.filepath,
    fieldname,
    truncated,
    keys: Object.keys(file).includes('name'),
  };
}

export default function handler(request, response) {
  const files = {};
  for (const [field, value] of Object.entries(request.files)) {
    files[field] = Array.isArray(value) ? value.map(show) : show(value);
  }
  response.json({ body: request.body, files, first: request.file?.name ?? null });
}
