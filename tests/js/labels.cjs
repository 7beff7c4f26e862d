const log = console.log; const out = [];
a: for (let i = 0; i < 4; i++) { b: for (let j = 0; j < 4; j++) { if (j === 2) continue a; if (i === 1) continue b; if (i === 3) break a; out.push(`${i}${j}`); } } log(out.join());
block: { log('in'); if (out.length) break block; log('never'); } log('out');
let n = 0; w: while (true) { do { n++; if (n > 5) break w; if (n % 2) continue w; } while (n < 100); } log(n);
x: y: for (; ;) { for (; ;) break x; } log('double label'); l1: if (true) { break l1; }
const r = []; loop: for (const k in { a: 1, b: 2, c: 3 }) { switch (k) { case 'b': continue loop; case 'c': break loop; } r.push(k); } log(r);
let s = ''; for (let i = 0; ; i++) { if (i === 2) continue; if (i > 4) break; s += i; } log(s);
outer: do { let t = 0; while (t < 3) { t++; if (t === 2) continue outer; s += t; } } while (s.length < 5); log(s);
for (var i = 0, j = 10; i < j; i += 3, j -= 2); log(i, j); let k = 5; while (k-- > 0) if (k === 2) break; log(k);
o: for (const v of [1, 2, 3]) { try { for (const u of [4, 5]) { if (u === 5) continue o; log(v, u); if (v === 2) break o; } } finally { log('f', v); } }
