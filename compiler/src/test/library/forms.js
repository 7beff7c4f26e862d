// The forms and the text of a page, found in its HTML: enough to send forms as a browser would, and to say what a page is.

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"' };

const unescape = (text) => text.replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? (/^#\d+$/.test(name) ? String.fromCodePoint(Number(name.slice(1))) : whole));

/** The attributes of a start tag; those without a value are empty strings. */
function attributes(tag) {
  const found = {};
  for (const [, name, double, single, bare] of tag.matchAll(/([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g)) {
    found[name.toLowerCase()] ??= unescape(double ?? single ?? bare ?? '');
  }
  return found;
}

/** What people read of a page, as one line. */
export function textOf(html) {
  return unescape(html.replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

/** What a form sends when nobody touches it. */
export function fieldsOf(html) {
  const fields = {};
  const put = (name, value) => {
    if (name) fields[name] = value;
  };
  for (const [, tag] of html.matchAll(/<input\b([^>]*)>/gi)) {
    const { name, type = 'text', value, checked, disabled } = attributes(tag);
    if (disabled !== undefined || ['submit', 'button', 'image', 'reset', 'file'].includes(type)) continue;
    if ((type === 'checkbox' || type === 'radio') && checked === undefined) continue;
    put(name, value ?? (type === 'checkbox' || type === 'radio' ? 'on' : ''));
  }
  for (const [, tag, text] of html.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/gi)) put(attributes(tag).name, unescape(text));
  for (const [, tag, inner] of html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/gi)) {
    const options = [...inner.matchAll(/<option\b([^>]*)>([^<]*)/gi)].map(([, option, text]) => ({ ...attributes(option), text: unescape(text.trim()) }));
    const chosen = options.find((option) => option.selected !== undefined) ?? options[0];
    if (chosen) put(attributes(tag).name, chosen.value ?? chosen.text);
  }
  return fields;
}

/** The first form that has fields of all these names, one that calls a server function before others; with `wanted`, the one of that id, name or action. */
export function formFor(html, names, wanted) {
  const found = [];
  for (const [, tag, inner] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)) {
    const form = attributes(tag);
    const fields = fieldsOf(inner);
    const known = new Set([...inner.matchAll(/\bname\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/gi)].map(([, a, b, c]) => unescape(a ?? b ?? c)));
    const isWanted = wanted === undefined || [form.id, form.name, form.action, fields._action].includes(wanted);
    if (isWanted && names.every((name) => known.has(name))) found.push({ action: form.action, method: (form.method || (fields._action ? 'post' : 'get')).toUpperCase(), fields });
  }
  return found.find((form) => form.fields._action) ?? found[0];
}
