// The catalogue is plain data: nothing writes to it after the module was loaded.
const products = [
  { id: 1, slug: 'walnut-desk', name: 'Walnut Desk', category: 'desks', price: 749, rating: 4.8, stock: 7, tags: ['wood', 'office'], description: 'A solid walnut top on a steel frame. Room for two screens & a cat.' },
  { id: 2, slug: 'standing-desk', name: 'Standing Desk', category: 'desks', price: 599, rating: 4.5, stock: 12, tags: ['office', 'electric'], description: 'Two motors, four memory positions, very quiet.' },
  { id: 3, slug: 'kids-desk', name: 'Kids\' Desk', category: 'desks', price: 189.5, rating: 4.1, stock: 0, tags: ['wood'], description: 'Grows along: three heights, rounded corners.' },
  { id: 4, slug: 'task-chair', name: 'Task Chair', category: 'chairs', price: 329, rating: 4.6, stock: 31, tags: ['office'], description: 'Mesh back, adjustable arms, "no nonsense".' },
  { id: 5, slug: 'reading-chair', name: 'Reading Chair', category: 'chairs', price: 459, rating: 4.9, stock: 4, tags: ['wood', 'living'], description: 'Deep seat and a wide arm for the cup.' },
  { id: 6, slug: 'stool', name: 'Stool', category: 'chairs', price: 59, rating: 3.9, stock: 80, tags: ['wood'], description: 'Three legs never wobble.' },
  { id: 7, slug: 'desk-lamp', name: 'Desk Lamp', category: 'lamps', price: 89.9, rating: 4.4, stock: 25, tags: ['office'], description: 'Warm to cool, dimmable, no flicker.' },
  { id: 8, slug: 'floor-lamp', name: 'Floor Lamp', category: 'lamps', price: 149, rating: 4.2, stock: 9, tags: ['living'], description: 'Lights the ceiling and the book.' },
  { id: 9, slug: 'paper-lamp', name: 'Paper Lamp <large>', category: 'lamps', price: 39, rating: 3.7, stock: 54, tags: ['living'], description: 'Rice paper on a wire frame. <b>Handle with care.</b>' },
  { id: 10, slug: 'bookshelf', name: 'Bookshelf', category: 'storage', price: 279, rating: 4.3, stock: 15, tags: ['wood', 'living'], description: 'Five boards, no tools needed.' },
  { id: 11, slug: 'drawer-unit', name: 'Drawer Unit', category: 'storage', price: 199, rating: 4.0, stock: 22, tags: ['office'], description: 'Fits under every desk of ours.' },
  { id: 12, slug: 'coat-rack', name: 'Coat Rack', category: 'storage', price: 79, rating: 4.1, stock: 18, tags: ['wood'], description: 'Beech, eight hooks.' },
];

const categories = ['desks', 'chairs', 'lamps', 'storage'];

export const PAGE_SIZE = 5;

export function allCategories() {
  return categories.map((name) => ({ name, title: name[0].toUpperCase() + name.slice(1), count: products.filter((p) => p.category === name).length }));
}

export function findBySlug(slug) {
  return products.find((p) => p.slug === slug);
}

export function findById(id) {
  return products.find((p) => p.id === id);
}

const orders = {
  name: (a, b) => a.name.localeCompare(b.name),
  price: (a, b) => a.price - b.price,
  '-price': (a, b) => b.price - a.price,
  rating: (a, b) => b.rating - a.rating || a.id - b.id,
};

/**
 * One page of the catalogue.
 */
export function listProducts({ category, inStock, sort = 'name', page = 1 } = {}) {
  const found = products
    .filter((p) => !category || p.category === category)
    .filter((p) => !inStock || p.stock > 0)
    .toSorted(orders[sort] ?? orders.name);
  const totalPages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const current = Math.min(Math.max(1, page), totalPages);
  return {
    items: found.slice((current - 1) * PAGE_SIZE, current * PAGE_SIZE),
    total: found.length,
    page: current,
    totalPages,
  };
}

export function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return products.filter((p) => {
    const haystack = `${p.name} ${p.description} ${p.tags.join(' ')}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export function related(product, count = 3) {
  return products
    .filter((p) => p.id !== product.id && p.tags.some((tag) => product.tags.includes(tag)))
    .slice(0, count);
}
