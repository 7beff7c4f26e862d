import fs from 'fs';

export async function getUploadedFiles() {
  return fs.existsSync('public/uploads') ? fs.readdirSync('public/uploads') : [];
}
