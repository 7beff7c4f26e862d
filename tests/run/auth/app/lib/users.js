import { hashPassword } from './jwt-auth.js';

const users = new Map();

export async function register(email, password) {
  if (users.has(email)) return null;
  const user = { id: users.size + 1, email, password: await hashPassword(password), role: 'user' };
  users.set(email, user);
  return user;
}

export const find = (email) => users.get(email);
