import jwt from 'jsonwebtoken';

const secret = process.env.JWT_SECRET;

export default function handler(request, response) {
  try {
    const header = request.headers.authorization;
    const { userId, email, role } = jwt.verify(header.substring(7), secret, { algorithms: ['HS256'] });
    return response.json({ userId, email, role });
  } catch (error) {
    return response.status(401).json({ error: 'Invalid or expired token' });
  }
}
