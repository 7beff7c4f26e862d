let nextNumber = 1001;
const orders = new Map();

export function placeOrder(userName, address, cart) {
  const number = nextNumber++;
  const order = {
    number,
    userName,
    address,
    placedAt: new Date(),
    lines: cart.lines.map(({ product, quantity, total }) => ({ name: product.name, quantity, total: total.toString() })),
    gross: cart.gross.toString(),
  };
  orders.set(number, order);
  return order;
}

export function findOrder(number) {
  return orders.get(number);
}

export const allOrders = () => [...orders.values()].reverse();
