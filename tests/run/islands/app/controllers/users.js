export async function getUserData(id) {
  return { id, name: "Ada O'Hara", email: 'ada@example.org' };
}

export async function saveUser(user) {
  return user;
}
