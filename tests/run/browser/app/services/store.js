// What the server remembers. `start` begins anew.
export const state = {};

export function start() {
  Object.assign(state, { items: [{ id: 1, name: 'Apple', done: false }, { id: 2, name: 'Pear', done: true }, { id: 3, name: 'Plum', done: false }], saved: 0, slow: 0, mode: 'first', seen: [], notes: [] });
}

start();
