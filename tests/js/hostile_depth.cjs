// Recursion of every kind ends in a RangeError, and deep structures are built, walked and dropped. Depths that Node's smaller stack does not
// reach are left out; deep sources are refused by the front ends' own tests.
const t = (name, f) => { try { const r = f(); console.log(name, typeof r === 'string' && r.length > 60 ? r.length : r); } catch (e) { console.log(name, e instanceof RangeError ? 'RangeError' : e instanceof SyntaxError ? 'SyntaxError' : String(e).slice(0, 100)); } };
const N = 5000;
t('calls', () => { const f = (n) => n === 0 ? 0 : 1 + f(n - 1); return f(1e7); });
t('getter', () => { const o = { get x() { return this.x; } }; return o.x; });
t('toJSON', () => { const o = { toJSON() { return JSON.stringify(this); } }; return JSON.stringify(o); });
t('proto chain', () => { let p = {x: 1}; for (let i = 0; i < N; i++) p = Object.create(p); return p.x + ' ' + p.y + ' ' + ('z' in p); });
t('bind chain', () => { let f = () => 1; for (let i = 0; i < N; i++) f = f.bind(null); return f(); });
t('cause chain', () => { let e = new Error('0'); for (let i = 0; i < 2000; i++) e = new Error('x', { cause: e }); return String(e); });
t('tree drop', () => { const mk = (d) => d === 0 ? null : { l: mk(d - 1), r: mk(d - 1) }; let x = mk(18); x = null; return 'ok'; });
t('closure chain drop', () => { let f = null; for (let i = 0; i < 1e5; i++) { const g = f; f = () => g; } f = null; return 'ok'; });
t('map chain drop', () => { let m = null; for (let i = 0; i < 5e4; i++) m = new Map([[1, m]]); m = null; return 'ok'; });
t('array chain drop', () => { let m = null; for (let i = 0; i < 1e5; i++) m = [m]; m = null; return 'ok'; });
t('string rope', () => { let s = ''; for (let i = 0; i < 1e5; i++) s = s + 'abcdefgh'; return s.length; });
t('rope deep mid', () => { let s = 'x'.repeat(300); for (let i = 0; i < 5e4; i++) s = 'a' + s + 'b'; return s.charAt(300000) + s.length; });
t('array too long', () => new Array(2 ** 32));
t('sort recursive', () => { const f = (a, b) => [2, 1].sort(f)[0]; return [1, 2].sort(f); });
t('generator next', () => { function* g() { yield it.next(); } const it = g(); return it.next(); });
t('spread iter recursive', () => { const o = { [Symbol.iterator]() { return [...o]; } }; return [...o]; });
t('field recursive', () => { class A { x = new A(); } return new A(); });
t('join cyc', () => { const a = [1]; a.push(a, 2); return a.join(); });
t('Map recursive', () => { const m = new Map(); const f = () => { m.forEach(f); }; m.set(1, 1); return f(); });
