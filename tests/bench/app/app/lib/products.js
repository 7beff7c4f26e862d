const adjectives = ['Small', 'Large', 'Plain', 'Fancy', 'Old & New', 'Bright'];
const nouns = ['Desk', 'Chair', 'Lamp', 'Shelf', 'Table', 'Stool', 'Rack'];

export const products = Array.from({ length: 120 }, (_, i) => ({
  id: i + 1,
  name: `${adjectives[i % 6]} ${nouns[i % 7]} <${i}>`,
  price: 10 + ((i * 37) % 100) + 0.5,
  stock: (i * 7) % 13,
  active: i % 6 !== 5,
  rating: (i % 5) + 1,
  description: `Item number ${i}: a "fine" ${nouns[i % 7].toLowerCase()} for every home & office.`,
}));
