// `require` runs a module when it is first called, in order; a cycle sees the exports as they are.
console.log('main starts');
function load() { return require('./cjs_lazy/b.cjs'); }
console.log('before a');
const a = require('./cjs_lazy/a.cjs');
console.log('a', a.name, a.partial);
console.log('before load');
console.log(load().n, load().n, load() === require('./cjs_lazy/b.cjs'));
if (a.never) require('./cjs_lazy/never.cjs');
try { require('./cjs_lazy/throws.cjs'); } catch (e) { console.log('caught', e.message); }
try { require('./cjs_lazy/throws.cjs'); } catch (e) { console.log('again', e.message); }
console.log(require('./cjs_lazy/data.json').list.length);
const pick = (name) => (name === 'x' ? require('./cjs_lazy/x.cjs') : require('./cjs_lazy/y.cjs'));
console.log(pick('y'));
exports.late = 1;
console.log(pick('x'));
import('./cjs_lazy/late.mjs').then((m) => console.log('imported', m.default, m.count));
console.log('sync end');
Promise.resolve().then(() => console.log('microtask'));
process.nextTick(() => console.log('tick'));
