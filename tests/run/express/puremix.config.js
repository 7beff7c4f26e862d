import compression from 'compression';
import cors from 'cors';
import helmet from 'helmet';
import morgan from 'morgan';

export default {
  session: { secret: 'a secret that is long enough for a test of cookies' },
  limits: { responseTimeout: 300 },
  middleware: [
    morgan('MORGAN :method :url :status :res[content-length] :req[x-user]', { skip: (req) => !req.get('x-logged') }),
    helmet({ frameguard: { action: 'deny' }, referrerPolicy: false, contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'self'", 'https:'] } } }),
    cors({ origin: ['https://a.test', /\.b\.test$/], credentials: true, maxAge: 60 }),
    compression(),
  ],
};
