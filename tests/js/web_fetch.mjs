// fetch and its classes without a server: what can be said offline.
const log = console.log;
const attempt = async (f) => { try { log(await f()); } catch (e) { log(e.name, '|', e.message, '|', e.code, '|', e.cause?.message, e.cause?.code); } };

const h = new Headers({ B: '2', a: '1' });
h.append('Set-Cookie', 'x=1'); h.append('set-cookie', 'y=2'); h.append('A', ' 3\t');
log(h, [...h], h.get('a'), h.get('none'), h.has('B'), h.getSetCookie());
h.set('b', 'new'); h.delete('SET-COOKIE'); log([...h.keys()], [...h.values()], new Headers(h).get('b'), new Headers([['k', 'v']]).get('K'));
h.forEach((v, k, all) => log(k, v, all === h));
for (const f of [() => new Headers({ 'b ad': 'x' }), () => new Headers({ a: 'x\ny' }), () => new Headers([['a']]), () => h.append('a'), () => new Headers({ a: '€' })]) await attempt(f);

await attempt(() => new Response('x'));
await attempt(() => new Response('x', { status: 201, statusText: 'Made', headers: { 'X-A': 'b' } }));
await attempt(() => new Response('x', { status: 99 }));
await attempt(() => Response.json({ a: [1] }).text());
await attempt(() => Response.json({ a: 1 }).headers.get('content-type'));
await attempt(() => [Response.redirect('http://a/b', 301).headers.get('location'), Response.error().type, Response.error().status]);
await attempt(() => new Response('{"a":1}').json());
await attempt(() => new Response('abc').json());
await attempt(async () => { const r = new Response('héé'); return [await r.clone().arrayBuffer(), await r.clone().blob(), await r.text(), r.bodyUsed]; });
await attempt(async () => { const r = new Response('a'); await r.text(); return r.text(); });
await attempt(async () => { let n = 0; for await (const piece of new Response('some text').body) n += piece.length; return n; });
await attempt(async () => { const r = new Response('xy').body.getReader(); const one = await r.read(); return [one.value.length, one.done, (await r.read()).done]; });
await attempt(() => [new Response(null).body, new Response().ok]);
await attempt(async () => [...await new Response(new URLSearchParams({ a: 1, b: 'c d' })).formData()]);

await attempt(() => new Request('http://a/b', { method: 'post', body: 'x' }));
await attempt(() => new Request('http://a/b', { body: 'x' }));
await attempt(() => new Request('http://a/b', { method: 'b ad' }));
await attempt(() => new Request('/rel'));
await attempt(() => new Request('http://u:p@a/'));
await attempt(async () => { const r = new Request('http://a/b', { method: 'PUT', body: new URLSearchParams({ q: '1' }), headers: { 'X-Y': 'z' } }); return [r.method, r.url, [...r.headers], await r.clone().text(), r.signal.aborted]; });
await attempt(async () => { const a = new Request('http://a/', { method: 'POST', body: 'b' }), b = new Request(a, { headers: { c: 'd' } }); return [b.method, await b.text(), a.bodyUsed, [...b.headers]]; });

const form = new FormData();
form.append('a', 1); form.append('a', 'two'); form.set('c', new Blob(['hi'], { type: 'text/x' }), 'n.txt');
log([...form].map(([k, v]) => [k, typeof v === 'string' ? v : [v.name, v.size, v.type, v instanceof File, v instanceof Blob]]), form.getAll('a'), form.has('b'), form.get('c').name);
const multipart = new Request('http://a/', { method: 'POST', body: form });
const type = multipart.headers.get('content-type');
log((await multipart.text()).replaceAll(type.split('boundary=')[1], 'BOUNDARY'));

const blob = new Blob(['ab', new Uint8Array([99]), new Blob(['d'])], { type: 'Text/Plain' });
log(blob, await blob.text(), await blob.slice(1, -1).text(), blob.slice(0, 1, 'x/y').type, new File(['x'], 'a.txt', { type: 't/p', lastModified: 5 }));

await attempt(() => fetch('data:text/plain;charset=utf-8,h%C3%A9llo').then(async (r) => [r.status, r.headers.get('content-type'), await r.text()]));
await attempt(() => fetch('data:;base64,aGk=').then((r) => r.text()));
await attempt(() => fetch('/rel'));
await attempt(() => fetch('foo:bar'));
await attempt(() => fetch('http://127.0.0.1:1'));
await attempt(() => fetch('http://127.0.0.1:9'));
await attempt(() => fetch('http://127.0.0.1:59998/'));
await attempt(() => fetch('http://127.0.0.1:59998/', { signal: AbortSignal.abort() }));
await attempt(() => fetch('http://127.0.0.1:59998/', { signal: AbortSignal.abort(new Error('mine')) }));
await attempt(() => fetch('http://127.0.0.1:59998/', { method: 'GET', body: 'x' }));
