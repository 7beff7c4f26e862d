export function numeric(n) {
  let sum = 0;
  for (let i = 1; i <= n; i++) {
    if (i % 3 === 0) sum += Math.sqrt(i);
    else sum += (i % 7) * 0.5;
  }
  return sum;
}

export function strings(n) {
  let text = '';
  for (let i = 0; i < n; i++) {
    text += 'item-' + i + (i % 2 === 0 ? ',' : ';');
  }
  let commas = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === 44) commas++;
  }
  return `${text.length}:${commas}:${text.slice(0, 12).toUpperCase()}`;
}

export function objects(n) {
  const rows = [];
  for (let i = 0; i < n; i++) rows.push({ id: i, group: 'g' + (i % 17), value: i % 101 });
  const groups = new Map();
  for (const row of rows) {
    const entry = groups.get(row.group);
    if (entry) {
      entry.count++;
      entry.total += row.value;
    } else {
      groups.set(row.group, { count: 1, total: row.value });
    }
  }
  let out = '';
  for (const [name, { count, total }] of groups) out += `${name}=${count}/${total};`;
  return out;
}
