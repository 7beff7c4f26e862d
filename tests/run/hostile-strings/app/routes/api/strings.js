import { strings } from '../../lib/strings.js';

export const GET = (request, response) => response.json(strings);
