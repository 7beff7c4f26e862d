// The users the guide's pages speak of.
const users = new Map([
  ['1', { id: '1', name: 'Ada', email: 'ada@example.com' }],
  ['2', { id: '2', name: 'Bob <b>', email: 'bob@example.com' }],
]);

export async function getUser(id) {
  return users.get(String(id)) ?? { id: '0', name: 'Nobody' };
}

export async function saveUser(id, changes) {
  const user = { ...(await getUser(id)), ...changes };
  users.set(String(id), user);
  return user;
}

export async function verifyUser(email, password) {
  if (password !== 'correct') return null;
  return [...users.values()].find((user) => user.email === email) ?? null;
}

export async function getUserData(id) {
  return getUser(id);
}
