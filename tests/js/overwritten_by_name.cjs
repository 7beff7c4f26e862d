// Replaced by name, with fast ways around.
Number.prototype.toFixed = function () { return 'fixed' };
String.prototype.trim = function () { return 'trimmed' };
Array.prototype.map = function (f) { return 'mapped' };
Map.prototype.get = function () { return 'got' };
Array.prototype.join = () => 7;
Math.floor = () => 'floor';
globalThis.parseInt = () => 'int';
String.prototype.charCodeAt = () => 'code';
Set.prototype.has = () => 'has';
Array.prototype.includes = () => 'inc';
const xs = [3.14159, 2];
function total(list) { let t = 0; for (const x of list) t += x; return t }
console.log(total(xs).toFixed(2), ' a '.trim(), xs.map((x) => x * 2), new Map([[1, 2]]).get(1), xs.join() + 1, Math.floor(2.5) + 1, parseInt('3') + 1, 'abc'.charCodeAt(0) + 1, new Set([1]).has(1), xs.includes(2));
const s = 'text'; let n = 0; for (let i = 0; i < s.length; i++) n += s.charCodeAt(i); console.log(n);
