export * from '../../../lib/whole.js';
export const POST = (request, response) => response.status(202).send('own');
