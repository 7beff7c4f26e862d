export function json(n) {
  const rows = [];
  for (let i = 0; i < n; i++) {
    rows.push({ id: i, name: `Item ${i}`, price: i * 1.25, tags: ['a', 'b"c', 'é'], active: i % 2 === 0, owner: null, at: { x: i, y: -i } });
  }
  const text = JSON.stringify(rows);
  const back = JSON.parse(text);
  return `${text.length}/${back.length}/${back[n - 1].at.y}`;
}

export function regex(n) {
  let text = '';
  for (let i = 0; i < n; i++) text += `user${i}@example.com, 2024-0${(i % 9) + 1}-1${i % 10}; `;
  const dates = text.match(/\d{4}-\d{2}-\d{2}/g).length;
  const masked = text.replace(/([a-z]+)(\d+)@/g, (_, name, id) => name.toUpperCase() + (id.length + 1) + '#');
  let sum = 0;
  const digits = /(\d+)#/g;
  let m;
  while ((m = digits.exec(masked)) !== null) sum += Number(m[1]);
  return `${dates}/${masked.length}/${sum}/${/zebra/.test(text)}`;
}

export function splitJoin(n) {
  const parts = [];
  for (let i = 0; i < n; i++) parts.push('field ' + (i % 97));
  const line = parts.join(',');
  const back = line.split(',').map((part) => part.trim().toUpperCase());
  return `${line.length}/${back.join('|').length}/${line.indexOf('field 96')}/${back[3].padStart(12, '.')}`;
}

export function charCodes(n) {
  const text = 'the quick brown fox jumps over the lazy dog '.repeat(Math.ceil(n / 44));
  let hash = 5381;
  for (let i = 0; i < n; i++) hash = ((hash << 5) + hash + text.charCodeAt(i)) | 0;
  let vowels = 0;
  for (const c of text.slice(0, n / 4)) if ('aeiou'.includes(c)) vowels++;
  let spaces = 0;
  for (let i = 0; i < n; i++) if (text[i] === ' ') spaces++;
  return `${hash}/${vowels}/${spaces}`;
}

export function templates(n) {
  const lines = [];
  for (let i = 0; i < n; i++) lines.push(`<li class="row-${i % 2}">${i}: ${(i * 0.1).toFixed(2)}</li>`);
  return lines.join('\n').length;
}

export function words(n) {
  const source = ['alpha', 'Beta', 'gamma', 'Delta', 'epsilon'];
  let out = '';
  let length = 0;
  for (let i = 0; i < n; i++) {
    const word = source[i % 5];
    out = word.charAt(0).toLowerCase() + word.slice(1).replace('a', 'A') + (word.startsWith('D') ? '!' : '?');
    length += out.length + word.indexOf('t');
  }
  return `${out}/${length}`;
}
