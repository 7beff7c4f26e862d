// The other side of the guide's endpoints: what its blocks call and leave out.
export const products = [
  { id: '1', name: 'Desk', price: 200 },
  { id: '2', name: 'Lamp & <shade>', price: 39.5 },
];

export async function getUserById(id) {
  return { id, name: 'Alice', email: 'alice@example.com' };
}

export function getAllProducts() {
  return products;
}

export async function getUser(id) {
  if (id === '0') throw new Error('no such user');
  return { Id: id, Name: 'Alice' };
}

export async function createOrder(params) {
  return { Items: params.Item.length };
}

// Type 1 turns text round; other types come back as they are.
export async function processBinaryMessage(type, payload) {
  return type === 1 ? Buffer.from(payload.toString('utf8').toUpperCase()) : payload;
}

const subscribers = [];

export async function registerWebhook(hook) {
  subscribers.push(hook);
}

export function generateId() {
  return `sub-${subscribers.length}`;
}

export async function getSubscribers(event) {
  return subscribers.filter((hook) => hook.eventType === event);
}

// A block that answers outside any handler: what it says is kept for the requests that come.
export function recorder() {
  const headers = {};
  let sent;
  return {
    setHeader(name, value) {
      headers[name] = value;
    },
    send(body) {
      sent = body;
    },
    replay(response) {
      response.set(headers).send(sent);
    },
  };
}
