import fs from 'node:fs';
import path from 'node:path';

export default async function handler(request, response) {
  const folder = path.join(process.cwd(), 'uploads');
  await fs.promises.mkdir(folder, { recursive: true });
  const file = request.files?.file;
  if (!file) return response.status(400).json({ error: 'no file' });
  await file.mv(path.join(folder, file.name));
  response.json({ name: file.name, isInside: fs.existsSync(path.join(folder, file.name)) });
}
