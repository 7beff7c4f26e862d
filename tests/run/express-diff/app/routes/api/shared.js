import { shared } from '../../lib/shared.js';

export default (req, res) => shared[req.query.c](req, res);
