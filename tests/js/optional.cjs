const log = console.log; const o = { a: { b: { c: 1, f() { return this.c; } } }, n: null, list: [10], fn: () => 'called', u: undefined, zero: 0, empty: '' };
log(o?.a?.b?.c, o.x?.y.z.w, o.n?.foo(), o.a.b.f?.(), o.a.nope?.(), o.list?.[0], o.nolist?.[0].x, o.fn?.(), o.a?.b.f(), (o.a?.b).f());
let calls = 0; const side = () => (calls++, 'k'); o.x?.[side()]; o.n?.m(side()); log(calls, delete o.x?.y, delete o?.zero, 'zero' in o);
for (const f of [() => o.x?.y, () => o.x.y?.z, () => o.fn?.().x.y, () => o.zero?.(), () => o.list?.(), () => (o.x?.y).z, () => null?.a, () => o.a.b.f?.call({ c: 2 }), () => undefined?.()]) try { log(f()); } catch (e) { log(e.name, e.message); }
log(null ?? 'd', undefined ?? 'd', 0 ?? 'd', '' ?? 'd', false ?? 'd', NaN ?? 'd'); log(0 || 'or', '' || null, 1 && 2, 0 && x, null?.x ?? 'chain', (null || undefined) ?? 'both');
const t = { a: null, b: 0, c: 'c', get g() { log('get g'); return 1; }, set g(v) { log('set g', v); } }; t.a ??= 'A'; t.b ||= 'B'; t.c &&= 'C'; t.d ??= 'D'; t.g ??= 'no'; t.g ||= 'no'; t.g &&= 'yes'; log(JSON.stringify(t));
const arr = []; arr[0] ??= []; arr[0].push(1); let i = 0; arr[i++] ||= 'kept'; arr[i++] ||= 'set'; log(arr, i); let z; z ??= z || 'zz'; log(z);
const s = 'str'; log(s?.length, s?.[1], s?.toUpperCase?.(), s.nope?.(), 5?.toFixed(1), true?.toString()); const m = new Map([['k', { v: [1, 2] }]]); log(m.get('k')?.v?.at?.(-1), m.get('z')?.v.length ?? 'none'); const fnName = (() => { })?.name; log(JSON.stringify(fnName)); let named; named ??= () => { }; log(named.name);
