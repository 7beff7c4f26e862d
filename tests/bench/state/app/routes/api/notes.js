import { sql } from 'puremix:db';

export async function POST(request, response) {
  const { text } = request.body;
  await sql`INSERT INTO notes (text) VALUES (${text})`;
  return response.json({ ok: true });
}
