export const products = Array.from({ length: 60 }, (_, i) => ({
  id: i + 1,
  name: `Product ${i + 1} & more`,
  price: 10 + ((i * 37) % 100) + 0.5,
  inStock: i % 6 !== 5,
}));
