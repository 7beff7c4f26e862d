// Values and their differences as text.

import { isAsymmetric } from 'puremix:test/equality';

/** A value on one line where it is short, else a line for each member. */
export function show(value) {
  const short = format(value, '', false);
  return short.length <= 72 && !short.includes('\n') ? short : format(value, '', true);
}

const MAX_MEMBERS = 200;

function format(value, indent, isLong, path = []) {
  if (isAsymmetric(value) && value.name) return value.shown === undefined ? value.name : `${value.name}<${typeof value.shown === 'string' ? value.shown : format(value.shown, indent, isLong, path)}>`;
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'function':
      return `[Function ${value.name || 'anonymous'}]`;
    case 'symbol':
      return value.toString();
    case 'undefined':
    case 'boolean':
      return String(value);
  }
  if (value === null) return 'null';
  if (path.includes(value)) return '[Circular]';
  const inner = [...path, value];
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Date { NaN }' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return 'Promise {}';
  const member = (item) => format(item, `${indent}  `, isLong, inner);
  const block = (open, items, close) => {
    if (items.length === 0) return `${open}${close}`;
    const shown = items.slice(0, MAX_MEMBERS);
    if (items.length > MAX_MEMBERS) shown.push(`… ${items.length - MAX_MEMBERS} more`);
    if (!isLong) return `${open}${open.endsWith('[') ? '' : ' '}${shown.join(', ')}${close === ']' ? '' : ' '}${close}`;
    return `${open}\n${shown.map((item) => `${indent}  ${item},\n`).join('')}${indent}${close}`;
  };
  if (Array.isArray(value)) return block('[', Array.from(value, member), ']');
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return block(`${value.constructor.name} [`, Array.from(value, member), ']');
  if (value instanceof Map) return block('Map {', [...value].map(([key, item]) => `${member(key)} => ${member(item)}`), '}');
  if (value instanceof Set) return block('Set {', [...value].map(member), '}');
  const keys = [...Object.keys(value).sort(), ...Object.getOwnPropertySymbols(value)];
  const name = value.constructor?.name;
  const open = name && name !== 'Object' ? `${name} {` : '{';
  const property = (key) => `${typeof key === 'symbol' ? `[${key.toString()}]` : /^[\w$]+$/.test(key) ? key : quote(key)}: ${member(value[key])}`;
  return block(open, keys.map(property), '}');
}

function quote(text) {
  return text.includes('\n') ? `\`${text}\`` : JSON.stringify(text);
}

/** Above this many lines on both sides, comparing each with each would take too long. */
const MAX_LINES = 600;

/** What must be taken away from and added to `received`: lines with `-` are expected, with `+` received. */
export function difference(expected, received) {
  const [a, b] = [format(expected, '', true).split('\n'), format(received, '', true).split('\n')];
  if (a.length * b.length < 2 || a.length > MAX_LINES || b.length > MAX_LINES) return undefined;
  // Lengths of common subsequences of what is left, from behind.
  const common = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || common[i + 1][j] >= common[i][j + 1])) {
      lines.push(`- ${a[i++]}`);
    } else {
      lines.push(`+ ${b[j++]}`);
    }
  }
  return shorten(lines).join('\n');
}

/** Lines around what differs. */
function shorten(lines) {
  const CONTEXT = 3;
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => !line.startsWith('  ')));
  const shown = [];
  lines.forEach((line, at) => {
    if (near[at]) shown.push(line);
    else if (at === 0 || near[at - 1]) shown.push('  …');
  });
  return shown;
}
