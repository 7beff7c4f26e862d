// Notes live in memory: they are gone when the server stops.
const notes = [];

export function allNotes() {
  return notes;
}

export function addNote(text) {
  notes.push({ id: notes.length + 1, text });
}
