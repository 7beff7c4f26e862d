import { add, late, spread, options, modules, values, fail, kept, area } from '../../services/calls';
import calls from '../../services/calls.py';
import * as all from '../../services/calls';

const told = (error) => ({ name: error.name, message: error.message, stack: error.stack });

export default async function handler(request, response) {
  const dynamic = await import('../../services/lib/maths.py');
  const found = await values();
  response.json({
    add: [await add(1, 2), await add(1), await calls.add(2, 3), await all.add(3, 4)],
    late: await late(0.01),
    spread: await spread(1, 2, 'three', [4]),
    options: await options([1, 2], { deep: { yes: true } }),
    modules: await modules(),
    area: await area(3, 4),
    dynamic: await dynamic.double(8),
    failed: await fail(2).catch(told),
    wrong: await add().catch(told),
    values: { ...found, bytes: [...found.bytes], isDate: found.date instanceof Date },
    together: await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => add(n, n))),
    names: Object.keys(all).sort().join(' '),
    kept: (await kept()) >= 1,
  });
}
