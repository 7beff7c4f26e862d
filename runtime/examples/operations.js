// The same loops in Node.
const n = 5e6
let sink
function time(name, n, f) { const t = process.hrtime.bigint(); sink = f(); console.log(name.padEnd(28), (Number(process.hrtime.bigint() - t) / n).toFixed(2).padStart(8), 'ns') }
const keep = []
const object = () => ({ a: 1, b: 2, c: 3 })
time('object literal', n, () => { let last; for (let i = 0; i < n; i++) { last = object(); keep[i & 15] = last } return last })
const o = object()
time('object spread + 1 property', n, () => { let last; for (let i = 0; i < n; i++) { last = { ...o, a: 1 }; keep[i & 15] = last } return last })
time('property get (warm)', n * 10, () => { let s = 0; for (let i = 0; i < n * 10; i++) s += keep[i & 15].b; return s })
time('property set (warm)', n * 10, () => { for (let i = 0; i < n * 10; i++) keep[i & 15].b = i })
const a = Array.from({ length: 1000 }, (_, i) => i)
time('array read', n * 10, () => { let s = 0; for (let i = 0; i < n * 10; i++) s += a[i % 1000]; return s })
time('array push', n, () => { const a = []; for (let i = 0; i < n; i++) a.push(i); return a })
time('array for-of', n * 2, () => { let s = 0; for (let i = 0; i < n / 500; i++) for (const v of a) s += v; return s })
time('array map', n * 2, () => { let l; for (let i = 0; i < n / 500; i++) l = a.map(x => x + 1); return l })
time("s = s + 'x'", n, () => { let s = ''; for (let i = 0; i < n; i++) s = s + 'x'; return s.charCodeAt(5) })
time('s += `<li>${i}</li>`', n, () => { let s = ''; for (let i = 0; i < n; i++) s += `<li>${i}</li>`; return s.charCodeAt(5) })
const text = 'the quick brown fox jumps over the lazy dog'.repeat(10)
time('charCodeAt', n * 2, () => { let s = 0; for (let i = 0; i < n * 2; i++) s += text.charCodeAt(i % 400); return s })
const ks = ['a', 'b', 'c']
time('obj[key] dynamic', n, () => { let s = 0; for (let i = 0; i < n; i++) s += o[ks[i % 3]]; return s })
time('sort 1000 numbers', 5e5, () => { let b; for (let j = 0; j < 500; j++) { b = Array.from({ length: 1000 }, () => Math.random() * 1e7 | 0); b.sort((p, q) => p - q) } return b })
time('linked list build + drop', n, () => { let h = null; for (let i = 0; i < n; i++) h = { a: i, b: h, c: null }; return h })
