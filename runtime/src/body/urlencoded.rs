//! `application/x-www-form-urlencoded`, and nesting of names as Express does it (the `qs` package, "extended").

use super::{Field, Fields};

/// Nesting beyond this is kept as part of the name (Express sets 32).
const DEPTH: usize = 32;
/// Pairs beyond this are ignored (`parameterLimit`).
const PAIRS: usize = 1000;
/// A list's greatest index; beyond, it is a map (`arrayLimit`, at least the number of pairs).
const LIST_INDEX: usize = 100;

/// Names of `Object.prototype`, which a request must not be able to shadow.
const INHERITED: [&str; 12] = [
    "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "__defineGetter__",
    "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
];

/// The decoded pairs in order. Bytes that are no UTF-8 become U+FFFD.
pub fn parse_pairs(text: &[u8]) -> Vec<(String, String)> {
    let pairs = text.split(|b| *b == b'&').filter(|p| !p.is_empty()).take(PAIRS);
    pairs
        .map(|pair| {
            // `a[]=b`: the `=` that ends the name is the first after a closing bracket, if there is one.
            let at = find(pair, b"]=").map(|i| i + 1).or_else(|| pair.iter().position(|b| *b == b'='));
            match at {
                Some(i) => (decode(&pair[..i]), decode(&pair[i + 1..])),
                None => (decode(pair), String::new()),
            }
        })
        .collect()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// Percent-decoding with `+` as space; malformed escapes stay as they are.
pub fn decode(text: &[u8]) -> String {
    if !text.iter().any(|b| matches!(b, b'%' | b'+')) {
        return String::from_utf8_lossy(text).into_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match text[i] {
            b'+' => out.push(b' '),
            b'%' => match text.get(i + 1..i + 3).and_then(hex_pair) {
                Some(byte) => {
                    out.push(byte);
                    i += 2;
                }
                None => out.push(b'%'),
            },
            b => out.push(b),
        }
        i += 1;
    }
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

/// Nests pairs: `a[b]=1&a[c][]=2` is `{a: {b: "1", c: ["2"]}}`; a repeated plain name is a list.
pub fn nest(pairs: impl IntoIterator<Item = (String, String)>) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in pairs {
        let path = split_name(&name);
        if path.iter().any(|p| INHERITED.contains(p)) {
            continue;
        }
        insert(&mut fields, &path, value);
    }
    fields
}

/// `a[b][]` → `a`, `b`, ``.
fn split_name(name: &str) -> Vec<&str> {
    let Some(open) = name.find('[').filter(|i| *i > 0) else { return vec![name] };
    let mut path = vec![&name[..open]];
    let mut rest = &name[open..];
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(close) = inner.find(']').filter(|_| path.len() <= DEPTH) else { break };
        path.push(&inner[..close]);
        rest = &inner[close + 1..];
    }
    // What does not nest belongs to no name that `qs` knows: the whole is one name.
    if rest.is_empty() { path } else { vec![name] }
}

fn insert(fields: &mut Fields, path: &[&str], value: String) {
    let at = match fields.0.iter().position(|(n, _)| n == path[0]) {
        Some(at) => at,
        None => {
            fields.0.push((path[0].to_string(), fresh(&path[1..])));
            fields.0.len() - 1
        }
    };
    let is_new = matches!(&fields.0[at].1, Field::List(l) if l.is_empty()) || matches!(&fields.0[at].1, Field::Map(m) if m.0.is_empty());
    put(&mut fields.0[at].1, &path[1..], value, is_new);
}

/// An empty place for what the rest of a name describes.
fn fresh(rest: &[&str]) -> Field {
    match rest.first() {
        None => Field::List(Vec::new()),
        Some(part) if part.is_empty() || list_index(part).is_some() => Field::List(Vec::new()),
        Some(_) => Field::Map(Fields::default()),
    }
}

fn list_index(part: &str) -> Option<usize> {
    let n: usize = part.parse().ok()?;
    (n <= LIST_INDEX && n.to_string() == part).then_some(n)
}

fn put(place: &mut Field, rest: &[&str], value: String, is_new: bool) {
    let Some(part) = rest.first() else {
        return match place {
            Field::List(list) if is_new && list.is_empty() => *place = Field::Text(value),
            Field::List(list) => list.push(Field::Text(value)),
            Field::Text(_) => {
                let first = std::mem::replace(place, Field::List(Vec::new()));
                *place = Field::List(vec![first, Field::Text(value)]);
            }
            // `a[b]=1&a=2`: `qs` makes the text a name that is set.
            Field::Map(map) => map.0.push((value, Field::Text("true".into()))),
        };
    };
    // A text that turns out to have members becomes the first of a list.
    if let Field::Text(_) = place {
        let first = std::mem::replace(place, Field::List(Vec::new()));
        *place = Field::List(vec![first]);
    }
    if let Field::List(list) = place {
        if part.is_empty() {
            let mut item = fresh(&rest[1..]);
            put(&mut item, &rest[1..], value, true);
            return list.push(item);
        }
        match list_index(part) {
            // Indices give an order, not places: holes are closed, as `qs` compacts.
            Some(i) if i < list.len() => return put(&mut list[i], &rest[1..], value, false),
            Some(_) => {
                let mut item = fresh(&rest[1..]);
                put(&mut item, &rest[1..], value, true);
                return list.push(item);
            }
            None => {
                let items = std::mem::take(list);
                *place = Field::Map(Fields(items.into_iter().enumerate().map(|(i, f)| (i.to_string(), f)).collect()));
            }
        }
    }
    if let Field::Map(map) = place {
        insert(map, rest, value);
    }
}

/// A query string or form body as nested fields.
pub fn parse(text: &[u8]) -> Fields {
    nest(parse_pairs(text))
}
