'use strict';
// What the values of PostgreSQL's types are in JavaScript, as the package `pg-types` (version 2) has them.

const DATE_TIME = /^(\d{1,})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(\.\d{1,})?.*?( BC)?$/;
const DATE = /^(\d{1,})-(\d{2})-(\d{2})( BC)?$/;
const ZONE = /([Z+-])(\d{2})?:?(\d{2})?:?(\d{2})?/;

function yearOf(text, isBc) {
  const year = parseInt(text, 10);
  return isBc ? -(year - 1) : year;
}

function parseDate(text) {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const day = DATE.exec(text);
  if (day) {
    const year = yearOf(day[1], day[4]);
    const date = new Date(year, parseInt(day[2], 10) - 1, day[3]);
    if (year >= 0 && year < 100) date.setFullYear(year);
    return date;
  }
  const match = DATE_TIME.exec(text);
  if (!match) return null;
  const isBc = Boolean(match[8]);
  const year = yearOf(match[1], isBc);
  const [month, date, hour, minute, second] = [match[2] - 1, +match[3], +match[4], +match[5], +match[6]];
  const ms = match[7] ? Number(match[7].slice(0, 4)) * 1000 : 0;
  const offset = zoneOffset(text);
  let result;
  if (offset !== undefined) {
    result = new Date(Date.UTC(year, month, date, hour, minute, second, ms));
    if (year >= 0 && year < 100) result.setUTCFullYear(year);
    if (offset !== 0) result.setTime(result.getTime() - offset);
  } else {
    result = new Date(year, month, date, hour, minute, second, ms);
    if (year >= 0 && year < 100) result.setFullYear(year);
  }
  return result;
}

/** Milliseconds east of UTC; undefined where the text names no zone. */
function zoneOffset(text) {
  if (text.endsWith('+00')) return 0;
  const zone = ZONE.exec(text.split(' ')[1]);
  if (!zone) return undefined;
  if (zone[1] === 'Z') return 0;
  const sign = zone[1] === '-' ? -1 : 1;
  return sign * (parseInt(zone[2], 10) * 3600 + parseInt(zone[3] || 0, 10) * 60 + parseInt(zone[4] || 0, 10)) * 1000;
}

/** `{1,"a b",NULL,{2}}` */
function parseArray(text, parse = (item) => item) {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  const list = () => {
    const items = [];
    at++;
    while (at < text.length) {
      const c = text[at];
      if (c === '}') {
        at++;
        return items;
      }
      if (c === ',') {
        at++;
      } else if (c === '{') {
        items.push(list());
      } else if (c === '"') {
        let item = '';
        for (at++; at < text.length && text[at] !== '"'; at++) {
          if (text[at] === '\\') at++;
          item += text[at];
        }
        at++;
        items.push(parse(item));
      } else {
        const start = at;
        while (at < text.length && text[at] !== ',' && text[at] !== '}') at++;
        const item = text.slice(start, at);
        items.push(item === 'NULL' ? null : parse(item));
      }
    }
    return items;
  };
  return list();
}

const arrayOf = (parse) => (text) => (text === null ? null : parseArray(text, parse));

const bool = (text) => (text === null ? text : text === 'TRUE' || text === 't' || text === 'true' || text === 'y' || text === 'yes' || text === 'on' || text === '1');
const integer = (text) => parseInt(text, 10);
const bytes = (text) => {
  if (/^\\x/.test(text)) return Buffer.from(text.slice(2), 'hex');
  return Buffer.from(text.replace(/\\(\\|\d{3})/g, (_, c) => (c === '\\' ? c : String.fromCharCode(parseInt(c, 8)))), 'latin1');
};
const point = (text) => {
  if (text[0] !== '(') return null;
  const [x, y] = text.slice(1, -1).split(',');
  return { x: parseFloat(x), y: parseFloat(y) };
};
const circle = (text) => {
  const match = /^<(\(.*\)),([^)]*)>$/.exec(text);
  return match ? { ...point(match[1]), radius: parseFloat(match[2]) } : null;
};

class PostgresInterval {
  constructor(text) {
    const match = /^(?:([+-]?\d+) years? ?)?(?:([+-]?\d+) mons? ?)?(?:([+-]?\d+) days? ?)?(?:([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text ?? '');
    if (!match) return;
    const sign = match[4] === '-' ? -1 : 1;
    const parts = { years: +match[1], months: +match[2], days: +match[3], hours: sign * match[5], minutes: sign * match[6], seconds: sign * match[7] };
    parts.milliseconds = match[8] ? (sign * Number(match[8].padEnd(6, '0'))) / 1000 : 0;
    for (const [name, value] of Object.entries(parts)) if (value) this[name] = value;
  }

  toPostgres() {
    const parts = ['years', 'months', 'days', 'hours', 'minutes', 'seconds'].filter((name) => this[name] || (name === 'seconds' && this.milliseconds));
    if (parts.length === 0) return '0';
    return parts.map((name) => {
      const value = name === 'seconds' && this.milliseconds ? ((this.seconds || 0) + this.milliseconds / 1000).toFixed(6).replace(/\.?0+$/, '') : this[name];
      return `${value} ${name}`;
    }).join(' ');
  }
}
const interval = (text) => new PostgresInterval(text);

const builtins = {
  BOOL: 16, BYTEA: 17, CHAR: 18, INT8: 20, INT2: 21, INT4: 23, REGPROC: 24, TEXT: 25, OID: 26, TID: 27, XID: 28, CID: 29, JSON: 114, XML: 142,
  PG_NODE_TREE: 194, SMGR: 210, PATH: 602, POLYGON: 604, CIDR: 650, FLOAT4: 700, FLOAT8: 701, ABSTIME: 702, RELTIME: 703, TINTERVAL: 704,
  CIRCLE: 718, MACADDR8: 774, MONEY: 790, MACADDR: 829, INET: 869, ACLITEM: 1033, BPCHAR: 1042, VARCHAR: 1043, DATE: 1082, TIME: 1083,
  TIMESTAMP: 1114, TIMESTAMPTZ: 1184, INTERVAL: 1186, TIMETZ: 1266, BIT: 1560, VARBIT: 1562, NUMERIC: 1700, REFCURSOR: 1790,
  REGPROCEDURE: 2202, REGOPER: 2203, REGOPERATOR: 2204, REGCLASS: 2205, REGTYPE: 2206, UUID: 2950, TXID_SNAPSHOT: 2970, PG_LSN: 3220,
  PG_NDISTINCT: 3361, PG_DEPENDENCIES: 3402, TSVECTOR: 3614, TSQUERY: 3615, GTSVECTOR: 3642, REGCONFIG: 3734, REGDICTIONARY: 3769,
  JSONB: 3802, REGNAMESPACE: 4089, REGROLE: 4096,
};

const text = (value) => String(value);
const parsers = new Map([
  [16, bool], [17, bytes], [20, text], [21, integer], [23, integer], [26, integer], [114, JSON.parse], [600, point], [700, parseFloat],
  [701, parseFloat], [718, circle], [1082, parseDate], [1114, parseDate], [1184, parseDate], [1186, interval], [3802, JSON.parse],
  [1000, arrayOf(bool)], [1001, arrayOf(bytes)], [1005, arrayOf(integer)], [1007, arrayOf(integer)], [1016, arrayOf(text)], [1028, arrayOf(integer)],
  [1017, arrayOf(point)], [1021, arrayOf(parseFloat)], [1022, arrayOf(parseFloat)], [1231, arrayOf(parseFloat)], [1115, arrayOf(parseDate)],
  [1182, arrayOf(parseDate)], [1185, arrayOf(parseDate)], [1187, arrayOf(interval)], [199, arrayOf(JSON.parse)], [3807, arrayOf(JSON.parse)],
]);
for (const oid of [651, 1008, 1009, 1014, 1015, 1040, 1041, 1183, 1270, 2951, 3907]) parsers.set(oid, arrayOf(text));

const types = {
  builtins,
  arrayParser: { create: (source, parse) => ({ parse: () => parseArray(source, parse) }) },
  getTypeParser: (oid) => parsers.get(oid) ?? text,
  setTypeParser(oid, format, parse) {
    parsers.set(parseInt(oid, 10), typeof format === 'function' ? format : parse);
  },
};

/** A client's own parsers before the shared ones. */
class Overrides {
  #own = new Map();
  #shared;

  constructor(shared) {
    this.#shared = shared ?? types;
  }

  setTypeParser(oid, format, parse) {
    this.#own.set(oid, typeof format === 'function' ? format : parse);
  }

  getTypeParser(oid, format) {
    return this.#own.get(oid) ?? this.#shared.getTypeParser(oid, format);
  }
}

module.exports = { ...types, types, Overrides };
