// As tutorials write it: what the client sends is the filter.
import { User } from '../../lib/models.js';

export async function GET(request, response) {
  const user = await User.findOne({ name: request.query.name, password: request.query.password });
  response.status(user ? 200 : 401).json({ user: user?.name ?? null, error: user ? undefined : 'wrong name or password' });
}

export async function POST(request, response) {
  const user = await User.findOne({ name: request.body.name, password: request.body.password });
  response.status(user ? 200 : 401).json({ user: user?.name ?? null, error: user ? undefined : 'wrong name or password' });
}
