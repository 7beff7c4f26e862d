import { add, crash, deep, flood, fork, large, leave, raises, slow, spin } from '../../services/faults';
import { never } from '../../services/broken';

const functions = { add, crash, deep, flood, fork, large, leave, never, raises, slow, spin };

// `{value}` of the function that is asked for, or what went wrong.
export default async function (request, response) {
  try {
    const value = await functions[request.query.kind]({ a: Number(request.query.a), b: Number(request.query.b) });
    return { value: typeof value === 'string' && value.length > 100 ? value.length : value };
  } catch (error) {
    return { code: error.code ?? error.pythonType, message: error.message };
  }
}
