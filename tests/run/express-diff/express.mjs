// The same handlers under real Express: `node express.mjs NODE_MODULES PORT`.
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [modules, port] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'package.json'));
const express = require('express');
const cookieParser = require('cookie-parser');
const routes = path.join(import.meta.dirname, 'app/routes/api');

const app = express();
app.disable('x-powered-by');
// Express 5 does not nest queries unless told to, and trusts no proxy.
app.set('query parser', 'extended');
app.set('trust proxy', 'loopback');
app.use(cookieParser('keyboard cat of the comparison'));
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
app.use(express.text({ type: ['text/*', 'application/xml'] }));
app.use(express.raw({ type: () => true }));

const load = async (file) => (await import(pathToFileURL(path.join(routes, file)))).default;
for (const file of readdirSync(routes).filter((name) => name.endsWith('.js'))) {
  app.all(`/api/${file.slice(0, -3)}`, await load(file));
}
const { shared } = await import(pathToFileURL(path.join(import.meta.dirname, 'app/lib/shared.js')));
app.all(['/page', '/form'], (req, res) => shared[req.query.c](req, res));
app.all('/api/item/:id', await load('item/[id].js'));
app.use((await import(pathToFileURL(path.join(import.meta.dirname, 'app/middleware.js')))).default);
app.listen(Number(port), '127.0.0.1', () => console.log('listening'));
