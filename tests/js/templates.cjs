const log = console.log; const a = 1, o = { toString: () => 'TS', valueOf: () => 'VO' };
log(`x${a}y${a + 1}z`, `${o}`, o + '', `${[1, [2, 3]]}`, `${null} ${undefined} ${true} ${1e21} ${-0}`, `a
b`, `\u0041\x42\n|`, `$\{a} $a ${'$'}{a}`, `nested ${`inner ${a ? `deep ${a}` : ''}`}`);
const tag = (s, ...v) => s.raw.map((r, i) => `[${r}|${s[i]}]` + (i < v.length ? `<${v[i]}>` : '')).join(''); log(tag`a\n${1}b${2}\u0041`, tag``, tag`${'only'}`);
const same = () => ((s) => s)`once`; log(same() === same(), Object.isFrozen(same()), ((s) => s)`x` === ((s) => s)`x`, Array.isArray(same()));
const bad = ((s) => [s[0], s.raw[0]])`\unicode`; log(bad); const obj = { name: 'this', t(s) { return this.name + s[0]; } }; log(obj.t`!`, obj['t']`?`, String.raw`a\n${1}\t`, String.raw({ raw: ['x', 'y', 'z'] }, 0, 1, 2));
const chain = (s, ...v) => (t, ...w) => [s.length, v, t.length, w]; log(chain`a${1}``b${2}c${3}`); const html = (s, ...v) => s.reduce((r, x, i) => r + String(v[i - 1]).replace(/[<&]/g, (c) => ({ '<': '&lt;', '&': '&amp;' })[c]) + x); log(html`<b>${'<i>&'}</b>`);
try { `${Symbol('s')}`; } catch (e) { log(e.name, e.message); } try { `${{ toString() { throw new Error('ts'); } }}`; } catch (e) { log(e.message); } const order = []; `${order.push('a')}${order.push('b')}`; log(order, `${(() => 'iife')()}`, `${{}}`, `${() => 1}`, `line1\
continued`);
