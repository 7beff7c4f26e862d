export async function getUser(id) {
  return { id, name: `User ${id}` };
}

export async function saveUser(id, user) {
  return { id, ...user };
}
