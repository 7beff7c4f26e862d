// `cookie` and its relatives, as npm has them, in the cases of RFC 6265.
import * as cookie from 'cookie';
import { sign, unsign } from 'cookie-signature';
import { nanoid } from 'nanoid';
import { v4, v5, validate, version } from 'uuid';

let cases = 0;
function attempt(label, run) {
  cases += 1;
  let outcome;
  try { outcome = JSON.stringify(run()); } catch (error) { outcome = `${error.name}: ${error.message}`; }
  console.log(`${label} => ${outcome}`);
}

const headers = [
  'a=b; c="d e"; e=%20f; g; a=2; __proto__=x', 'SID=31d4d96e407aad42; lang=en-US', 'sid=1; SID=2', 'a="half', 'a=b=c==', 'a=1;b=2;;; c=3 ;\td=4', ' a = 1 ', 'a=', '=1; a; ;', '',
  'a=x,y; b=x y', 'a=%; b=%4; c=%E4; d=%C3%A4', '$Version=1; a=1; $Path=/', '__Host-id=1; __Secure-id=2', 'a=1, b=2', 'a==', 'a=\u00e4', 'constructor=1; toString=2',
];
for (const header of headers) attempt(`parse ${header}`, () => Object.entries(cookie.parse(header)));
attempt('parse raw', () => Object.entries(cookie.parse('a=%20', { decode: (value) => value })));

const names = ['SID', 'a-b', '__Host-id', "!#$%&'*+-.^_`|~", '', 'a b', 'a=b', 'a,b', 'a"', '(a)', 'a@b', 'a\t', '\u007f', '\u00e4', 'a\r\nSet-Cookie: b'];
for (const name of names) attempt(`name ${JSON.stringify(name)}`, () => cookie.serialize(name, 'v'));
const values = ['', 'plain', 'a b', 'a"b', 'a,b', 'a;b', 'a\\b', '\u007f', 'a\r\nb', '\u00e4', '\ud83d\ude00', '%', '!#$%&\'()*+-./:<=>?@[]^_`{|}~'];
for (const value of values) {
  attempt(`value ${JSON.stringify(value)}`, () => cookie.serialize('a', value));
  attempt(`raw ${JSON.stringify(value)}`, () => cookie.serialize('a', value, { encode: (text) => text }));
}
const date = new Date(784111777000);
const options = [
  { maxAge: 5, path: '/', httpOnly: true, sameSite: 'strict', secure: true }, { maxAge: 0 }, { maxAge: -1 }, { maxAge: 1.5 }, { maxAge: '5' }, { maxAge: NaN }, { maxAge: Infinity }, { expires: date }, { expires: new Date(NaN) }, { expires: 'tomorrow' },
  { domain: 'example.com' }, { domain: '.example.com' }, { domain: 'a b' }, { domain: 'x; Secure' }, { domain: 'localhost' }, { path: '/docs' }, { path: '/;x' }, { path: '/\n' }, { path: '' },
  { sameSite: true }, { sameSite: 'Lax' }, { sameSite: 'none' }, { sameSite: 'x' }, { priority: 'High' }, { priority: 'x' }, { partitioned: true, secure: true }, { httpOnly: false, secure: 0 }, { encode: 5 },
];
for (const option of options) attempt(`options ${JSON.stringify(option)}`, () => cookie.serialize('a', 'b', option));

attempt('signed', () => [sign('hello', 'tobiiscool'), unsign(sign('hello', 's'), 's'), unsign('hello.x', 's'), unsign('none', 's')]);
attempt('sign nothing', () => sign(5, 's'));
attempt('ids', () => [validate(v4()), version(v4()), v5('example.com', v5.DNS), validate('x'), nanoid().length, nanoid(10).length, nanoid() === nanoid()]);
console.log(`${cases} cases`);
