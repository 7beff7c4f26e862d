import { generateToken, requireJWTAuth, verifyPassword } from '../../lib/jwt-auth.js';
import { find, register } from '../../lib/users.js';

export async function PUT(request, response) {
  const user = await register(request.body.email, request.body.password);
  if (!user) return response.status(409).json({ error: 'Email already registered' });
  return response.status(201).json({ token: generateToken(user), hash: user.password.slice(0, 7) });
}

export async function POST(request, response) {
  const { email, password } = request.body;
  const user = find(email);
  if (!user || !(await verifyPassword(password, user.password))) return response.status(401).json({ error: 'Invalid credentials' });
  const token = generateToken(user);
  response.cookie('token', token, { httpOnly: true, sameSite: 'strict' });
  return response.json({ token });
}

export function GET(request, response) {
  try {
    const { userId, email, role } = requireJWTAuth(request);
    return response.json({ userId, email, role });
  } catch (error) {
    return response.status(401).json({ error: error.message });
  }
}
