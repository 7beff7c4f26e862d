import { byUser, failures } from '../../lib/npm-limits.js';

export const GET = [byUser, (request, response) => response.json({ remaining: request.rateLimit.remaining })];
export const POST = [failures, (request, response) => response.status(request.body.ok ? 200 : 401).json({ ok: request.body.ok })];
