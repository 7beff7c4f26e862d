import { Note } from '../../lib/models.js';

export async function GET(request, response) {
  response.json((await Note.find().sort('text')).map(note => note.text));
}

export async function POST(request, response) {
  const note = await Note.create({ text: request.body.text });
  response.status(201).json({ text: note.text });
}

// A filter of the client's own making.
export async function PUT(request, response) {
  try {
    response.json((await Note.find(request.body)).map(note => note.text));
  } catch (error) {
    response.status(400).json({ error: error.message });
  }
}
