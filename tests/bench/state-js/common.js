// What both JavaScript peers answer with.
import { readFileSync } from 'node:fs';

export const migration = readFileSync(new URL('../state/migrations/001_items.sql', import.meta.url), 'utf8');
export const SELECT = 'SELECT id, name, note, price FROM items ORDER BY id';
export const INSERT = 'INSERT INTO notes (text) VALUES (?)';

const base = "base-uri 'self';frame-ancestors 'self';object-src 'none'";
// What `puremixc` sends by default; nothing of it where the server is asked to be bare.
const headers = (type, policy) => ({
  'content-type': type,
  ...(process.env.BARE ? {} : {
    'content-security-policy': policy,
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
  }),
});
export const jsonHeaders = headers('application/json; charset=utf-8', base);
export const pageHeaders = headers(
  'text/html; charset=utf-8',
  `${base};script-src 'none';script-src-attr 'none';frame-src 'none';media-src 'none';connect-src 'none';img-src 'self';font-src 'none';style-src 'none'`,
);

export const user = { id: 7, name: 'Ada & Co', email: 'ada@example.com' };
export const products = Array.from({ length: 60 }, (_, i) => ({
  id: i + 1,
  name: `Product ${i + 1} & more`,
  price: 10 + ((i * 37) % 100) + 0.5,
  inStock: i % 6 !== 5,
}));

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = text => String(text).replace(/[&<>"']/g, c => entities[c]);

export function list() {
  const data = products.filter(p => p.inStock).map(p => ({ id: p.id, name: p.name, price: p.price }));
  return { success: true, data, total: data.length };
}

export const account = user =>
  `<!DOCTYPE html>\n<html><head><title>Account</title></head><body><h1>${escape(user.name)}</h1><p>${escape(user.email)}</p></body></html>\n`;

export function items(rows) {
  rows.push({ id: 0, name: 'Added', note: 'in the loader', price: 0 });
  rows.sort((a, b) => a.price - b.price);
  const lines = rows.map(i => `<tr><td>${i.id}</td><td>${escape(i.name)}</td><td>${escape(i.note)}</td><td>${i.price.toFixed(2)}</td></tr>`);
  return `<!DOCTYPE html>\n<html><head><title>Items</title></head><body><table>${lines.join('')}</table></body></html>\n`;
}
