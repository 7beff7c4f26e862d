// The other side of the guide's RPC and action endpoints.
export const sent = [];

export async function createUser(params) {
  return { created: params.name };
}

export async function getUser(params) {
  return { id: params.id, name: 'Alice', email: 'alice@example.com', profile: { bio: 'hi' } };
}

export async function placeOrder(params) {
  return { order: params.items.length };
}

export async function processPayment() {
  throw new Error('payment refused');
}

export async function sendEmail(mail) {
  sent.push(mail);
}

export async function generateReport(type, startDate, endDate) {
  return { url: `/reports/${type}-${startDate}-${endDate}.pdf` };
}

const hooks = [];

export async function registerWebhook(hook) {
  hooks.push(hook);
}

export function generateId() {
  return `sub-${hooks.length}`;
}
