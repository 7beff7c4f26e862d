// Keeps an upload below public/, under its own name or a new one.
import fs from 'node:fs';
import path from 'node:path';

export default async function handler(request, response) {
  const file = request.files.file;
  const folder = path.join(process.cwd(), 'public/uploads');
  await fs.promises.mkdir(folder, { recursive: true });
  const name = request.query.unique ? file.newFilename : file.name;
  const before = file.filepath;
  if (request.query.how === 'callback') {
    return file.mv(path.join(folder, name), error => response.json({ error: error ?? null, url: `/uploads/${name}` }));
  }
  if (request.query.how === 'rename') {
    await fs.promises.rename(file.filepath, path.join(folder, name));
  } else if (request.query.how === 'nowhere') {
    try {
      await file.mv(path.join(folder, 'no', 'such', 'folder'));
    } catch (error) {
      return { json: { failed: error.message.includes('No such file') } };
    }
  } else {
    await file.mv(path.join(folder, name));
  }
  response.json({ url: `/uploads/${name}`, moved: !fs.existsSync(before) });
}
