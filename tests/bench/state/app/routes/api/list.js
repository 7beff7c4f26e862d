import { products } from '../../lib/products.js';

export default function handler(request, response) {
  const data = products.filter(p => p.inStock).map(p => ({ id: p.id, name: p.name, price: p.price }));
  return response.json({ success: true, data, total: data.length });
}
