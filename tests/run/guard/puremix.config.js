export default {
  session: { secret: process.env.SESSION_SECRET },
  cors: { origin: ['https://a.example', /^https:\/\/[a-z]+\.partner\.example$/], credentials: true, exposedHeaders: ['X-Total'], maxAge: 600 },
  rateLimit: { routes: { '/api/limited': { windowMs: 60_000, limit: 2, standardHeaders: 'draft-7', message: { error: 'slow down' } } } },
  security: {
    trustedOrigins: ['https://trusted.example'],
    headers: { contentSecurityPolicy: { directives: { 'script-src': ["'self'", "'unsafe-inline'"] } }, xFrameOptions: { action: 'deny' } },
  },
  compression: { threshold: '2kb' },
  limits: { body: '100kb', headerTimeout: '1s', bodyTimeout: '1s', writeTimeout: '2s' },
  verboseDebug: { enabled: true, console: false, save: true, includeData: true, trackPerformance: true, maxFileSize: '20kb', maxFiles: 3 },
};
