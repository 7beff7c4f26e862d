const a = []; a.length = 3000000000; console.log(a.length, a.length - 1);
const b = new Array(4294967295); const n = b.length; let s = 0; for (let i = n - 3; i < b.length; i++) s++;
console.log(n, s, b.length > 5, b.length === 4294967295);
function f() { const c = []; c.length = 3e9; return c.length }
console.log(f());
const short = [1, 2, 3];
for (let i = 0; i < short.length; i++) console.log(short[i], short[short.length - 1 - i], i === short.length - 1);
