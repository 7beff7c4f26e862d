// `request(app)`: requests to the app under test, without a network. The app answers as the built binary does: the same router, loaders,
// actions, sessions, files and limits.

import { HarnessError } from 'puremix:test/harness';
import { equals } from 'puremix:test/equality';
import { difference, show } from 'puremix:test/show';
import { formFor, textOf } from 'puremix:test/forms';

const host = globalThis['puremix:test'];

/** The app under test. */
export const app = Object.freeze({ [Symbol.toStringTag]: 'App' });

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];
const ORIGIN = 'http://localhost';

/** A client of the app. An agent keeps cookies, a plain client forgets them. */
export function request(of = app) {
  if (of !== app) throw new TypeError("request(app) takes the app of 'puremix:test'");
  return new Client(undefined);
}
request.agent = (of = app) => request(of).agent();

class Client {
  constructor(jar) {
    this.jar = jar;
    this.defaults = [];
  }
  /** A client that keeps cookies. */
  agent() {
    return new Client(new Jar());
  }
  /** Header lines of every request. */
  set(name, value) {
    this.defaults.push([name, value]);
    return this;
  }
  /** Opens the page, fills in its form and sends it, hidden fields included. */
  submit(url, fields, { form } = {}) {
    const client = this.jar ? this : Object.assign(new Client(new Jar()), { defaults: this.defaults });
    const sending = new Request(client, 'POST', url);
    sending.before = async () => {
      const page = await client.get(url).redirects(5);
      const found = formFor(page.text, Object.keys(fields), form);
      if (!found) throw new HarnessError('testCodeFailure', `${url} answers ${page.status} without a form that has ${Object.keys(fields).join(', ') || 'fields'}\n\n${excerpt(page.text)}`);
      const target = new URL(found.action || page.url, `${ORIGIN}${page.url}`);
      sending.url = target.pathname + target.search;
      const all = { ...found.fields, ...fields };
      if (found.method === 'GET') {
        sending.method = 'GET';
        sending.query(all);
      } else {
        sending.form(all);
      }
    };
    return sending;
  }
}
for (const method of METHODS) {
  Client.prototype[method] = function (url) {
    return new Request(this, method.toUpperCase(), String(url));
  };
}
Client.prototype.del = Client.prototype.delete;

/** A request that is sent when somebody awaits it. */
class Request {
  #headers = new Map();
  #body;
  #parts;
  #checks = [];
  #redirects = 0;
  #sent;

  constructor(client, method, url) {
    this.client = client;
    this.method = method;
    this.url = url;
    for (const [name, value] of client.defaults) this.set(name, value);
  }

  set(name, value) {
    if (typeof name === 'object') {
      for (const [key, one] of Object.entries(name)) this.set(key, one);
    } else {
      this.#headers.set(name.toLowerCase(), String(value));
    }
    return this;
  }
  unset(name) {
    this.#headers.delete(name.toLowerCase());
    return this;
  }
  type(type) {
    const short = { json: 'application/json', form: 'application/x-www-form-urlencoded', html: 'text/html', text: 'text/plain', xml: 'application/xml' };
    return this.set('content-type', short[type] ?? type);
  }
  accept(type) {
    const short = { json: 'application/json', html: 'text/html', text: 'text/plain' };
    return this.set('accept', short[type] ?? type);
  }
  auth(user, password, options) {
    if (options?.type === 'bearer' || password?.type === 'bearer') return this.set('authorization', `Bearer ${user}`);
    return this.set('authorization', `Basic ${btoa(`${user}:${password ?? ''}`)}`);
  }
  query(given) {
    const text = typeof given === 'string' ? given : encode(given);
    if (text) this.url += (this.url.includes('?') ? '&' : '?') + text;
    return this;
  }
  /** A string, bytes, or an object, which goes as JSON unless the type says `form`. */
  send(data) {
    if (data === undefined) return this;
    const isPlain = data !== null && typeof data === 'object' && !ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer);
    const type = this.#headers.get('content-type');
    if (data instanceof URLSearchParams) {
      this.#body = String(data);
      if (!type) this.type('form');
    } else if (!isPlain) {
      this.#body = data;
      if (!type && typeof data === 'string') this.type('form');
    } else if (type?.startsWith('application/x-www-form-urlencoded')) {
      this.#body = encode(data);
    } else {
      // Several objects are one, as in supertest.
      this.#body = typeof this.#body === 'object' && !Array.isArray(data) ? { ...this.#body, ...data } : data;
      if (!type) this.type('json');
    }
    return this;
  }
  /** The fields of a form, as a browser sends them. */
  form(fields) {
    this.type('form');
    this.#body = encode(fields);
    return this;
  }
  field(name, value) {
    (this.#parts ??= []).push({ name, value: String(value) });
    return this;
  }
  /** A file: its content, or `{ path }`-less bytes. */
  attach(name, content, filename = 'file', type = 'application/octet-stream') {
    (this.#parts ??= []).push({ name, value: content, filename, type });
    return this;
  }
  redirects(most) {
    this.#redirects = most;
    return this;
  }

  /** `(status)`, `(status, body)`, `(header, value)`, `(body)`, `(function)`. */
  expect(first, second) {
    this.#checks.push(check(first, second, arguments.length));
    return this;
  }

  then(resolve, reject) {
    this.#sent ??= this.#send();
    return this.#sent.then(resolve, reject);
  }
  catch(reject) {
    return this.then(undefined, reject);
  }
  finally(run) {
    return this.then((value) => (run(), value), (error) => { run(); throw error; });
  }
  end(callback) {
    this.then((response) => callback(null, response), (error) => callback(error, error.response));
    return this;
  }

  async #send() {
    await this.before?.();
    let response = await this.#once(this.method, this.url, this.#payload());
    for (let left = this.#redirects; left > 0 && response.redirect; left--) {
      const target = new URL(response.headers.location, `${ORIGIN}${response.url}`);
      const keeps = response.status === 307 || response.status === 308;
      response = await this.#once(keeps ? this.method : 'GET', target.pathname + target.search, keeps ? this.#payload() : undefined);
    }
    for (const verify of this.#checks) await verify(response);
    return response;
  }

  #payload() {
    if (this.#parts) return multipart(this.#parts, this);
    const body = this.#body;
    if (body === undefined || typeof body === 'string' || ArrayBuffer.isView(body)) return body;
    return body instanceof ArrayBuffer ? new Uint8Array(body) : JSON.stringify(body);
  }

  async #once(method, url, body) {
    const headers = new Map([['host', 'localhost'], ...this.#headers]);
    // What a browser says of a page's own forms and scripts; a test of refusals sets it itself.
    if (!headers.has('sec-fetch-site') && !headers.has('origin')) headers.set('sec-fetch-site', 'same-origin');
    const cookies = this.client.jar?.header(url);
    if (cookies) headers.set('cookie', headers.has('cookie') ? `${headers.get('cookie')}; ${cookies}` : cookies);
    if (body === undefined) headers.delete('content-type');
    const answer = await host.request(method, url, [...headers], body);
    const response = new Response(method, url, answer);
    this.client.jar?.store(response.headers['set-cookie'] ?? []);
    return response;
  }
}

class Response {
  constructor(method, url, { status, headers, body }) {
    this.method = method;
    this.url = url;
    this.status = status;
    this.statusCode = status;
    this.ok = status >= 200 && status < 300;
    this.redirect = [301, 302, 303, 307, 308].includes(status);
    this.headers = {};
    for (const [name, value] of headers) {
      if (name === 'set-cookie') (this.headers[name] ??= []).push(value);
      else this.headers[name] = name in this.headers ? `${this.headers[name]}, ${value}` : value;
    }
    this.header = this.headers;
    this.type = (this.headers['content-type'] ?? '').split(';')[0].trim();
    this.buffer = body;
    this.text = body.toString('utf8');
    this.body = {};
    if (/^application\/(.+\+)?json$/.test(this.type) && this.text) {
      try {
        this.body = JSON.parse(this.text);
      } catch (error) {
        throw new HarnessError('testCodeFailure', `${method} ${url} answers ${this.type} that is not JSON: ${error.message}`);
      }
    }
  }
  get(name) {
    return this.headers[name.toLowerCase()];
  }
}

function check(first, second, count) {
  if (typeof first === 'function') {
    return async (response) => {
      const found = await first(response);
      if (found instanceof Error) throw found;
    };
  }
  if (typeof first === 'number') {
    return (response) => {
      if (response.status !== first) throw failure(response, `expected status ${first}, got ${response.status}\n\n${excerpt(response.text)}`);
      if (count > 1) checkBody(response, second);
    };
  }
  if (count > 1) {
    return (response) => {
      const found = response.get(first);
      const shown = Array.isArray(found) ? found.join('; ') : found;
      if (found === undefined) throw failure(response, `expected the header "${first}", got none`);
      const isMatch = second instanceof RegExp ? second.test(shown) : shown === String(second);
      if (!isMatch) throw failure(response, `expected the header "${first}" ${second instanceof RegExp ? 'like' : 'to be'} ${show(second)}, got ${show(shown)}`);
    };
  }
  return (response) => checkBody(response, first);
}

function checkBody(response, expected) {
  if (expected instanceof RegExp) {
    if (!expected.test(response.text)) throw failure(response, `expected a body like ${expected}, got\n\n${excerpt(response.text)}`);
  } else if (typeof expected === 'string') {
    if (response.text !== expected) throw failure(response, `expected the body ${show(expected)}, got ${show(excerpt(response.text))}`);
  } else if (!equals(response.body, expected)) {
    throw failure(response, `expected another body\n\n- Expected\n+ Received\n\n${difference(expected, response.body) ?? `${show(expected)}\n${show(response.body)}`}`);
  }
}

function failure(response, message) {
  const error = new Error(`${response.method} ${response.url}: ${message}`);
  error.response = response;
  return error;
}

/** Enough of a body to see what it is. */
function excerpt(text) {
  const shown = /^\s*<(!DOCTYPE|html)/i.test(text) ? textOf(text) : text;
  return shown.length > 600 ? `${shown.slice(0, 600)}…` : shown;
}

/** Fields as a form sends them; lists are several of one name. */
function encode(fields) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) pairs.append(name, String(one));
  }
  return String(pairs);
}

function multipart(parts, request) {
  const boundary = 'puremix-test-boundary';
  request.set('content-type', `multipart/form-data; boundary=${boundary}`);
  const chunks = [];
  for (const { name, value, filename, type } of parts) {
    const file = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: ${type}`;
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(chunks);
}

/** An agent's cookies. */
class Jar {
  #cookies = new Map();

  store(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const attribute = (wanted) => attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const maxAge = attribute('max-age');
      const expires = attribute('expires');
      const isOver = maxAge === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(maxAge) <= 0;
      if (isOver) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: attribute('path') ?? '/' });
    }
  }
  header(url) {
    const path = url.split('?')[0];
    const isBelow = (scope) => path === scope || path.startsWith(scope.endsWith('/') ? scope : `${scope}/`);
    return [...this.#cookies].filter(([, cookie]) => isBelow(cookie.path)).map(([name, { value }]) => `${name}=${value}`).join('; ');
  }
}

