const products = Array.from({ length: 15 }, (_, i) => ({ id: i + 1, name: i === 1 ? 'Lamp & </script><b>shade</b>' : `Product ${i + 1}`, price: 10 * (i + 1) }));

export async function getProducts({ page = 1 } = {}) {
  return products.slice((page - 1) * 10, page * 10);
}
