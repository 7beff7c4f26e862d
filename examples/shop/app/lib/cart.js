import crypto from 'crypto';
import { findById } from './catalog';
import { Money } from './money';

// Carts live in the module's state: one isolate serves the app, as one Node process would.
const carts = new Map();

const COOKIE = 'cart';
const VAT = 0.19;

export class CartError extends Error {
  constructor(message, field) {
    super(message);
    this.name = 'CartError';
    this.field = field;
  }
}

export function cartOf(request) {
  return carts.get(request.cookies[COOKIE]) ?? new Map();
}

function ownCart(request) {
  let id = request.cookies[COOKIE];
  if (!carts.has(id)) {
    id = crypto.randomUUID();
    carts.set(id, new Map());
    request.res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax', maxAge: 30 * 24 * 60 * 60 * 1000 });
  }
  return carts.get(id);
}

export function addToCart(request, productId, quantity) {
  const product = findById(productId);
  if (!product) throw new CartError('No such product', 'productId');
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 99) {
    throw new CartError('Quantity must be between 1 and 99', 'quantity');
  }
  const cart = ownCart(request);
  const wanted = (cart.get(productId) ?? 0) + quantity;
  if (wanted > product.stock) throw new CartError(`Only ${product.stock} of ${product.name} left`, 'quantity');
  cart.set(productId, wanted);
  return summary(cart);
}

export function setQuantity(request, productId, quantity) {
  const cart = ownCart(request);
  if (quantity <= 0) cart.delete(productId);
  else cart.set(productId, Math.min(quantity, 99));
  return summary(cart);
}

export function emptyCart(request) {
  cartOf(request).clear();
}

export function summary(cart) {
  const lines = [...cart].map(([id, quantity]) => {
    const product = findById(id);
    return { product, quantity, total: Money.of(product.price).times(quantity) };
  });
  const net = lines.reduce((sum, line) => sum.plus(line.total), Money.zero);
  const count = lines.reduce((n, line) => n + line.quantity, 0);
  return { lines, count, net, vat: net.times(VAT), gross: net.times(1 + VAT), isEmpty: count === 0 };
}
