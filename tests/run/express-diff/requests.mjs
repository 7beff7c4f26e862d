// The requests that are compared, as JSON lines: `{method, path, headers, body}`.
import { readFileSync } from 'node:fs';

const requests = [];
const ask = (path, headers = {}, method = 'GET', body = '') => requests.push({ method, path, headers, body });
const casesOf = (file) => casesIn(`routes/api/${file}`);
const casesIn = (file) => [...readFileSync(new URL(`app/${file}.js`, import.meta.url), 'utf8').matchAll(/^  (\w+): (?:async )?\(/gm)].map((found) => found[1]);

for (const c of casesOf('send')) ask(`/api/send?c=${c}`);
for (const c of ['text', 'json', 'buffer', 'write', 'etagOwn', 'status204', 'long', 'endText']) ask(`/api/send?c=${c}`, {}, 'HEAD');
for (const c of ['text', 'json', 'endText', 'status204']) ask(`/api/send?c=${c}`, { 'content-type': 'text/plain' }, 'POST', 'x');
for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) ask('/api/send?c=json', {}, method);
for (const tag of ['W/"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"', '"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"', '*', '"other", W/"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"', '"other"']) ask('/api/send?c=text', { 'if-none-match': tag });
for (const tag of ['"own"', 'W/"own"']) for (const c of ['etagOwn', 'etagWeakOwn']) ask(`/api/send?c=${c}`, { 'if-none-match': tag });
ask('/api/send?c=text', { 'if-none-match': '*', 'cache-control': 'no-cache' });
for (const date of ['Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2014 07:28:00 GMT', 'Wed, 21 Oct 2020 07:28:00 GMT', 'nonsense']) ask('/api/send?c=modified', { 'if-modified-since': date });
for (const callback of ['cb', 'a.b[0]', 'x%3Balert(1)', '', 'a&callback=b']) ask(`/api/send?c=jsonp&callback=${callback}`);

ask('/api/send?c=method', {}, 'HEAD');
ask('/api/send?c=method', {}, 'PROPFIND');
for (const c of ['redirectBack', 'locationBack']) ask(`/api/headers?c=${c}`, { referer: '/from' });
const special = ['type', 'typeGet', 'location', 'redirect', 'redirectStatus', 'attachmentName'];
for (const c of casesOf('headers')) if (!special.includes(c)) ask(`/api/headers?c=${c}`);
for (const t of ['html', '.html', 'json', 'application/json', 'png', 'text', 'txt', 'bin', 'js', 'css', 'svg', 'xml', 'pdf', 'text/html', 'application/xml', 'webp', 'mp4', 'csv', 'md', 'wasm', 'woff2', 'nonsense']) {
  ask(`/api/headers?c=type&t=${encodeURIComponent(t)}`);
  ask(`/api/headers?c=typeGet&t=${encodeURIComponent(t)}`);
}
for (const to of ['/login', 'http://example.com/a b', '../up', '/ü?x=ä', '//example.com', '/a%20b', '/x"y<z>', 'https://user:pw@example.com/%zz']) {
  ask(`/api/headers?c=location&to=${encodeURIComponent(to)}`);
  ask(`/api/headers?c=redirect&to=${encodeURIComponent(to)}`, { accept: 'text/html' });
  ask(`/api/headers?c=redirectStatus&to=${encodeURIComponent(to)}`, { accept: 'text/plain' });
}
ask('/api/headers?c=redirect&to=/x', { accept: 'application/json' });
ask('/api/headers?c=redirect&to=/x');
ask('/api/headers?c=redirect&to=/x', { accept: 'text/html' }, 'HEAD');
for (const name of ['plans.pdf', 'naïve.txt', '€ rates.html', 'quote"s.txt', 'a/b/c.png', 'semi;colon.csv', 'no-extension', "it's.txt"]) ask(`/api/headers?c=attachmentName&name=${encodeURIComponent(name)}`);

for (const c of casesOf('cookies')) if (c !== 'read') ask(`/api/cookies?c=${c}`);
for (const cookie of ['a=b', 'a=b; c=d', 'a="quoted"', 'a=b%20c', 'a=%zz', 'a=1; a=2', 'j=j:{"a":1}', 'bad=j:{', 'user=s%3Atobi.wrong', '', 'noequals', ' spaced = x ; y=', '__proto__=x; constructor=y']) ask('/api/cookies?c=read', { cookie });

ask('/api/request?c=all&x=1');
ask('/api/request?c=all', { 'x-requested-with': 'XMLHttpRequest', host: 'a.b.example.com:8080' });
ask('/api/request?c=all', { 'x-forwarded-for': '203.0.113.9, 127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example.com' });
ask('/api/request?c=all', { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' });
for (const q of ['a=1', 'a=1&a=2', 'a[b]=1&a[c][d]=2', 'a[]=1&a[]=2', 'a[0]=x&a[1]=y', 'a[2]=x', 'a=&b', 'a=%20b+c', 'a=%zz', 'a.b=1', '__proto__[x]=1', 'a[__proto__]=1', 'constructor=1', 'a[b]=1&a=2', 'a=1&a[b]=2', 'x[y][z][w][v][u][t]=1', 'a;b=1', '=1', '&&a=1&&', 'a[]=1&a[b]=2', 'a%5Bb%5D=1' , 'a[25]=x', 'hasOwnProperty=1']) ask(`/api/request?c=query&${q}`);
ask('/api/request?c=headers', { 'x-a': 'b', referer: 'http://r/' });
for (const accept of [undefined, '*/*', 'text/html', 'application/json', 'text/*;q=0.5, application/json;q=0.9', 'image/*', 'text/html;q=0, */*', 'text/html, application/xhtml+xml, */*;q=0.8', 'nonsense']) {
  const headers = accept ? { accept } : {};
  ask('/api/request?c=accepts', headers);
  ask('/api/request?c=format', headers);
  ask('/api/request?c=formatDefault', headers);
}
ask('/api/request?c=acceptsAll');
ask('/api/request?c=acceptsAll', { 'accept-encoding': 'gzip, br;q=0.5', 'accept-language': 'de-AT, en;q=0.4', 'accept-charset': 'iso-8859-1' });
for (const type of ['application/json', 'application/vnd.api+json', 'text/html; charset=utf-8', 'application/x-www-form-urlencoded', 'image/png', 'APPLICATION/JSON']) ask('/api/request?c=is', { 'content-type': type }, 'POST', type.includes('json') || type.includes('JSON') ? '{}' : 'a=1');
ask('/api/request?c=is');
ask('/api/request?c=is', { 'content-type': 'application/json' });
for (const range of ['bytes=0-9', 'bytes=-5', 'bytes=990-', 'bytes=5-1', 'bytes=0-4,90-99', 'bytes=2000-3000', 'items=0-1', 'bytes', 'bytes=a-b', 'bytes=0-50,40-60,100-']) {
  ask('/api/request?c=range', { range });
  ask('/api/request?c=rangeCombine', { range });
}
const post = (type, body) => ask('/api/request?c=body', type ? { 'content-type': type } : {}, 'POST', body);
post('application/json', '{"a":[1,{"b":null}],"c":"ü"}');
post('application/json', '[1]');
post('application/json', '{"__proto__":{"x":1}}');
post('application/json', '{bad');
post('application/json', '5');
post('application/json', '');
post('application/json; charset=utf-8', ' {"a":1} ');
post('application/problem+json', '{"a":1}');
post('application/x-www-form-urlencoded', 'a=1&b=x+y&c[d]=2&e[]=1&e[]=2');
post('application/x-www-form-urlencoded', '');
post('application/x-www-form-urlencoded', 'a=%zz&b=%20');
post('text/plain', 'some text');
post('text/csv; charset=utf-8', 'a,b\n');
post('application/xml', '<a>ü</a>');
post('application/octet-stream', 'bytes');
post('image/png', 'png');
post('', '');
ask('/api/request?c=distinct', { 'x-a': 'b' });
for (const c of ['getNothing', 'getNumber', 'isNothing', 'raw', 'route', 'methods']) ask(`/api/request?c=${c}`);
for (const c of ['locals', 'socket', 'throw', 'throwStatus', 'next', 'events', 'eventsSaid', 'user']) ask(`/api/request?c=${c}`);
for (const id of ['1', 'a%20b', 'a%2Fb', '%C3%BC', 'x.y', '-', 'a+b', 'a%252Fb']) ask(`/api/item/${id}`);
ask('/api/item/1/');
ask('/API/Item/1');
ask('/api/list');
ask('/api/list?fail=1');
for (const as of ['plain', 'direct', 'empty', 'nested', 'gone', 'zero', 'status', 'replaced', 'statements', 'statements&rate=1.19']) ask(`/api/rows?as=${as}`);

for (const c of casesOf('files')) if (c !== 'root') ask(`/api/files?c=${c}`);
for (const name of ['report.csv', 'page.html', 'data.json', 'empty.txt', 'noextension', 'none.txt', '../app/middleware.js', '.hidden', '%2e%2e/x', 'a%00b', '', 'sub/none', '/report.csv']) ask(`/api/files?c=root&name=${encodeURIComponent(name).replace(/%25/g, '%')}`);
for (const range of ['bytes=0-3', 'bytes=3-', 'bytes=-4', 'bytes=0-3,5-8', 'bytes=100-200', 'bytes=5-2', 'items=0-1', 'bytes=0-']) ask('/api/files?c=send', { range });
ask('/api/files?c=send', {}, 'HEAD');
ask('/api/files?c=send', { range: 'bytes=0-3' }, 'HEAD');
ask('/api/files?c=noRanges', { range: 'bytes=0-3' });
ask('/api/files?c=send', { 'if-modified-since': 'Wed, 21 Oct 2099 07:28:00 GMT' });
ask('/api/files?c=send', { 'if-modified-since': 'Sat, 21 Oct 2000 07:28:00 GMT' });
ask('/api/files?c=send', { 'if-unmodified-since': 'Sat, 21 Oct 2000 07:28:00 GMT' });
ask('/api/files?c=send', { 'if-match': '"other"' });
ask('/api/files?c=send', { 'if-match': '*' });
ask('/api/files?c=send', { 'if-none-match': '*' });
ask('/api/files?c=send', { 'if-none-match': '"other"' });
ask('/api/files?c=send', { range: 'bytes=0-3', 'if-range': 'Wed, 21 Oct 2099 07:28:00 GMT' });
ask('/api/files?c=send', { range: 'bytes=0-3', 'if-range': 'Sat, 21 Oct 2000 07:28:00 GMT' });
ask('/api/files?c=send', { range: 'bytes=0-3', 'if-range': '"other"' });

const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
for (const c of casesIn('lib/shared')) {
  const headers = { cookie: 'a=1; b=2', accept: 'application/json' };
  ask(`/page?c=${c}`, headers);
  ask(`/api/shared?c=${c}`, headers);
  ask(`/api/shared?c=${c}`, { ...headers, ...form }, 'POST', 'x=1');
  ask(`/form?c=${c}`, { ...headers, ...form }, 'POST', '_action=act&x=1');
}

for (const request of requests) console.log(JSON.stringify(request));
