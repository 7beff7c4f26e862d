import { parseStringPromise, Builder } from 'xml2js';
const soapEnvelope = await parseStringPromise('<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetUser a="1"><UserId>7</UserId></GetUser></soap:Body></soap:Envelope>');
const body = soapEnvelope['soap:Envelope']['soap:Body'][0];
const operation = Object.keys(body)[0];
console.log(operation, body[operation][0].UserId[0], JSON.stringify(soapEnvelope));
const builder = new Builder();
console.log(builder.buildObject({ 'soap:Envelope': { $: { 'xmlns:soap': 'http://schemas.xmlsoap.org/soap/envelope/' }, 'soap:Body': { [`${operation}Response`]: { name: 'a & b' } } } }));
try { await parseStringPromise('<a><b></a>'); } catch (e) { console.log(e.message); }
console.log('1 cases');
