// Products and carts in memory.
const products = [
  { id: 1, name: 'Desk', price: 100, inStock: true },
  { id: 2, name: 'Lamp & shade', price: 19.5, inStock: false },
];
const carts = new Map();

export async function getProducts({ page = 1, limit = 10 } = {}) {
  return products.slice((page - 1) * limit, page * limit);
}

export async function getAllProducts() {
  return products;
}

export async function saveProduct(product) {
  const saved = { id: products.length + 1, ...product };
  products.push(saved);
  return saved;
}

export const createProduct = saveProduct;

export async function getProduct(id) {
  return products.find((product) => String(product.id) === id) ?? null;
}

export async function updateProduct(id, changes) {
  return Object.assign(await getProduct(id), changes);
}

export async function deleteProduct(id) {
  const at = products.findIndex((product) => String(product.id) === id);
  if (at >= 0) products.splice(at, 1);
}

export async function addProductToCart(userId, productId) {
  carts.set(userId, [...(carts.get(userId) ?? []), productId]);
}
