import rateLimit, { ipKeyGenerator } from 'express-rate-limit';

// What the configuration's rateLimit cannot say: functions.
export const byUser = rateLimit({
  windowMs: 60_000,
  limit: (request) => (request.get('x-plan') === 'gold' ? 3 : 1),
  standardHeaders: 'draft-8',
  legacyHeaders: false,
  keyGenerator: (request) => request.get('x-user') ?? ipKeyGenerator(request.ip),
  handler: (request, response, next, options) => response.status(options.statusCode).json({ error: 'slow down', used: request.rateLimit.used }),
});

export const failures = rateLimit({ windowMs: 60_000, limit: 2, skipSuccessfulRequests: true, message: { error: 'too many failures' } });
