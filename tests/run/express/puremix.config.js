import compression from 'compression';
import cors from 'cors';
import helmet from 'helmet';
import morgan from 'morgan';

// As the guide writes it.
app.use(compression());
app.use('/mw/used', (req, res, next) => (req.query.next ? next() : res.json({ used: req.baseUrl, path: req.path, env: app.get('env') })));
app.set('trust proxy', ['loopback', '10.0.0.0/255.0.0.0']);
app.set('title', 'Express here');

const refused = {};
for (const [name, call] of Object.entries({ get: () => app.get('/users/:id', () => {}), listen: () => app.listen(3000) })) {
  try {
    call();
  } catch (error) {
    refused[name] = error.message;
  }
}
app.set('refused', refused);

export default {
  session: { secret: 'a secret that is long enough for a test of cookies' },
  limits: { responseTimeout: 300 },
  middleware: [
    morgan('MORGAN :method :url :status :res[content-length] :req[x-user]', { skip: (req) => !req.get('x-logged') }),
    helmet({ frameguard: { action: 'deny' }, referrerPolicy: false, contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'self'", 'https:'] } } }),
    cors({ origin: ['https://a.test', /\.b\.test$/], credentials: true, maxAge: 60 }),
  ],
};
