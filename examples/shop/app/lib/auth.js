import crypto from 'crypto';

const sessions = new Map();

const users = [
  { id: 1, email: 'ada@example.com', name: 'Ada', salt: 'pepper', hash: digest('lovelace', 'pepper') },
  { id: 2, email: 'alan@example.com', name: 'Alan <Turing>', salt: 'salt', hash: digest('enigma', 'salt') },
];

function digest(password, salt) {
  return crypto.createHash('sha256').update(`${salt}:${password}`).digest('hex');
}

export async function verifyUser(email, password) {
  const user = users.find((u) => u.email === String(email).trim().toLowerCase());
  if (!user || user.hash !== digest(password, user.salt)) return null;
  return { id: user.id, name: user.name, email: user.email };
}

export function createSession(userId) {
  const sessionId = crypto.randomUUID();
  sessions.set(sessionId, { userId, createdAt: Date.now() });
  return sessionId;
}

export function destroySession(sessionId) {
  return sessions.delete(sessionId);
}

export function requireAuth(request) {
  const session = sessions.get(request.cookies.sessionId);
  if (!session) throw new Error('Unauthorized');
  return session;
}

export function currentUser(request) {
  const session = sessions.get(request.cookies.sessionId);
  return session ? users.find((u) => u.id === session.userId) : null;
}
