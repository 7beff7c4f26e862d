// `xml2js` as the guide uses it, and its options.
import { Builder, Parser, parseString, parseStringPromise, processors } from 'xml2js';

let cases = 0;
async function attempt(label, run) {
  cases += 1;
  let outcome;
  try { outcome = JSON.stringify(await run()); } catch (error) { outcome = `${error.name}: ${error.message}`; }
  console.log(`${label} => ${outcome}`);
}

const soap = '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetUser a="1"><UserId>7</UserId></GetUser></soap:Body></soap:Envelope>';
await attempt('soap', () => parseStringPromise(soap));
await attempt('the guide', async () => {
  const body = (await parseStringPromise(soap))['soap:Envelope']['soap:Body'][0];
  const operation = Object.keys(body)[0];
  const answer = { 'soap:Envelope': { $: { 'xmlns:soap': 'http://schemas.xmlsoap.org/soap/envelope/' }, 'soap:Body': { [`${operation}Response`]: { name: 'a & b' } } } };
  return [operation, body[operation][0].UserId[0], new Builder().buildObject(answer)];
});
const list = '<list n="2"><!-- c --><item id="1">a &amp; b &#228;</item><item>  two  </item><![CDATA[<raw>]]><Empty/><deep><x>1</x><x>2</x></deep></list>';
for (const options of [
  {}, { explicitArray: false }, { mergeAttrs: true }, { explicitRoot: false }, { trim: true }, { normalize: true }, { normalizeTags: true }, { attrkey: '@', charkey: '#' }, { explicitCharkey: true }, { ignoreAttrs: true }, { emptyTag: null },
  { explicitChildren: true }, { explicitChildren: true, preserveChildrenOrder: true }, { charsAsChildren: true, explicitChildren: true }, { includeWhiteChars: true }, { async: true }, { strict: false }, { xmlns: true }, { valueProcessors: [processors.parseNumbers, processors.parseBooleans] },
  { tagNameProcessors: [processors.normalize], attrNameProcessors: [(name) => `_${name}`], attrValueProcessors: [processors.parseNumbers] },
]) await attempt(`options ${JSON.stringify(options)}`, () => parseStringPromise(list, options));
await attempt('prefix', () => parseStringPromise(soap, { tagNameProcessors: [processors.stripPrefix, processors.firstCharLowerCase], explicitArray: false }));
await attempt('callback', () => new Promise((done) => parseString('<a>1</a>', (error, result) => done([error, result]))));
await attempt('parser twice', async () => { const parser = new Parser({ explicitArray: false }); return [await parser.parseStringPromise('<a>1</a>'), await parser.parseStringPromise('<b c="2"/>')]; });
for (const bad of ['<a><b></a>', '<a', 'text', '', '   ', '<a/><b/>', '<a b=1/>', '<a>&nope;</a>', '<a b="1" b="2"/>', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '<a>\u0000</a>']) await attempt(`bad ${JSON.stringify(bad)}`, () => parseStringPromise(bad));
await attempt('prototype', async () => { const result = await parseStringPromise('<a><__proto__><x>1</x></__proto__><constructor>2</constructor></a>'); return [result, ({}).x ?? null]; });
const tree = { root: { $: { id: 1 }, _: 'text <&>"\'', item: ['a', { $: { b: 'c"<' }, _: 'd' }, { sub: null }], empty: '', zero: 0, no: false, when: new Date(784111777000) } };
for (const options of [{}, { headless: true }, { renderOpts: { pretty: false } }, { cdata: true }, { rootName: 'r' }, { xmldec: { version: '1.0', encoding: 'UTF-8' } }, { attrkey: '@' }, { renderOpts: { pretty: true, indent: '\t', newline: '\n' } }]) {
  await attempt(`build ${JSON.stringify(options)}`, () => new Builder(options).buildObject(tree));
}
await attempt('build a list', () => new Builder({ headless: true }).buildObject({ a: { b: [1, 2, 3] } }));
await attempt('there and back', async () => parseStringPromise(new Builder().buildObject(tree)));
console.log(`${cases} cases`);
