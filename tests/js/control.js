'use strict';
function sw(x) { switch (x) { case 1: case 2: return 'low'; case 3: { let y = 'three'; return y; } case 'a': x = 'letter'; default: x = x + '!'; case 4: x = x + '?'; break; case 5: return 'five'; } return x; }
console.log([1, 2, 3, 'a', 4, 5, 'zz', null, NaN].map(sw));
function sw2(s) { let out = ''; switch (s) { default: out += 'd'; case 'x': out += 'x'; break; case 'y': out += 'y'; } return out; } console.log(sw2('q'), sw2('x'), sw2('y'));
function sw3(n) { switch (true) { case n < 0: return 'neg'; case n === 0: return 'zero'; case n > 100: return 'big'; default: return 'pos'; } } console.log([-1, 0, 5, 500].map(sw3));
let i = 0; do { i++; if (i === 2) continue; if (i > 4) break; } while (i < 10); console.log(i);
let n = 0; while (true) { if (++n > 3) break; } console.log(n); for (; ;) { n++; if (n > 10) break; } console.log(n);
a: { b: { if (n > 5) break a; console.log('no'); } console.log('no2'); } console.log('after');
for (const k in [7, 8]) console.log(k, typeof k); for (const k in 'ab') console.log(k); for (const k in null) console.log('never'); const inh = Object.create({ p: 1 }); inh.q = 2; for (const k in inh) console.log(k);
const del = { a: 1, b: 2, c: 3 }; for (const k in del) { delete del.c; console.log(k); }
console.log([..."héllo"].length, [...new Map([[1, 2]])], [...new Set([1, 1, 2])]); for (const [k, v] of Object.entries({ a: 1, b: 2 })) console.log(k, v);
const arr = [1, 2, 3]; for (const x of arr) { if (arr.length < 6) arr.push(x * 10); } console.log(arr);
console.log(1 < 2 < 3, 3 > 2 > 1, '2' + 1, '3' * '4', [] + {}, [] == false, null == undefined, null == 0, NaN != NaN, '10' < '9', 10 < '9', 'b' > 'a', !!'0', +'', +' 12 ', +'1x', -'3', ~~3.7, 7 % -3, -7 % 3, 2 ** 10, 2 ** -1, 5 / 0, -5 / 0, 0 / 0);
console.log(1 << 31, 1 << 32, -1 >>> 0, -1 >> 1, 5 & 3, 5 | 3, 5 ^ 3, ~5, 2147483647 + 1, (2147483647 + 1) | 0, 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, -0, [-0], Object.is(-0, 0));
console.log(typeof null, typeof undefined, typeof (() => 1), typeof 1n, typeof Symbol(), typeof {}, typeof 'x', void 0, (1, 2, 3), null ?? 'd', 0 ?? 'd', 0 || 'd', '' && 'x', 'a' && 'b');
let u; u ??= 5; u ||= 6; u &&= 7; console.log(u); const oo = { a: null }; oo.a ??= 'set'; oo.b ||= 'b'; oo.a &&= 'both'; console.log(oo); let cnt = 0; const idx = () => cnt++; const ar = [1, 2, 3]; ar[idx()] += 10; ar[idx()]++; console.log(ar, cnt);
let post = 5; console.log(post++ + ++post, post--, --post, post); const on = { n: '5' }; console.log(on.n++, on.n, ++on.n); let big = 10n; big++; console.log(big * 2n, big ** 3n, 7n / 2n, -7n % 3n, 5n > 3, 2n == 2);
console.log([1, , 3], [1, , 3].length, 1 in [1, , 3], [, 'a'].findIndex(x => x === undefined), [3, 2, 1].sort(), [10, 9, 1].sort(), ['b', undefined, 'a'].sort());
var hoisted = typeof hoistedFn; function hoistedFn() { } console.log(hoisted); if (true) { function blockFn() { return 'block'; } console.log(blockFn()); }
console.log(((a, b = 2, ...c) => a + b + c.length)(1), (function () { return typeof this; })(), (() => { try { return 1; } finally { i = 99; } })(), i);
label1: for (let x = 0; x < 3; x++) { label2: for (let y = 0; y < 3; y++) { if (y === 1) continue label1; if (x === 2) break label1; console.log(x, y); } }
console.log(`multi ${1 + 1} ${`nested ${'x'}`} \u00e9 \n tab\t`, 'it\'s', "q\"", String.raw`a\n${1}`, ((s, ...v) => s.raw.join('|') + v.join(','))`x${1}\ty${2}z`);
const big2 = {}; for (let i = 0; i < 5; i++) { big2['k' + i] = i; } console.log(big2, Object.keys(big2).length); console.log([[1, [2, [3]]]].flat(Infinity), Array.from({ length: 3 }, (_, i) => i * i), Array.of(7), new Array(3).fill(0));
