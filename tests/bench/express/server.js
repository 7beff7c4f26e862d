import express from 'express';
import { products } from '../app/app/lib/products.js';
import { numeric, strings, objects } from '../app/app/lib/compute.js';

const app = express();
app.set('view engine', 'ejs');
app.set('views', new URL('./views', import.meta.url).pathname);
app.set('view cache', true);
app.set('etag', false);
// The policies that puremixc makes of the pages' markup.
const base = "base-uri 'self';frame-ancestors 'self';object-src 'none'";
const page = base + ";script-src 'none';script-src-attr 'none';frame-src 'none';media-src 'none';connect-src 'none'";
const policy = (path) => path === '/list' ? page + ";style-src 'self' https:" : path.startsWith('/tiny') ? page + ";img-src 'self';font-src 'none';style-src 'none'" : base;
app.disable('x-powered-by');
app.use((req, res, next) => {
  res.set({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN', 'referrer-policy': 'strict-origin-when-cross-origin', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'content-security-policy': policy(req.path) });
  if (req.path === '/list') res.vary('Accept-Encoding');
  next();
});
app.get('/list', (req, res) => {
  const items = products
    .filter((p) => p.active)
    .map((p) => ({ ...p, salePrice: p.price * 0.9 }))
    .sort((a, b) => a.price - b.price || a.id - b.id);
  const total = items.reduce((sum, p) => sum + p.salePrice, 0);
  res.render('list', { items, total: total.toFixed(2) });
});
app.get('/json', (req, res) => {
  const id = parseInt(req.query.id, 10) || 1;
  res.json({ success: true, data: products.find((p) => p.id === id) });
});
app.get('/tiny/:name', (req, res) => res.render('tiny', { name: req.params.name }));
for (const [name, f, n] of [['numeric', numeric, 2000000], ['strings', strings, 100000], ['objects', objects, 100000]]) {
  app.get('/' + name, (req, res) => {
    const started = performance.now();
    const result = f(n);
    res.json({ result, ms: performance.now() - started });
  });
}
app.listen(process.env.PORT || 3002, '127.0.0.1');
