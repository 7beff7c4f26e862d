//! What is inside besides properties: elements, entries, a promise's state.

use super::{Inspector, primitive};
use crate::builtins::collections::remaining;
use crate::builtins::iterator::Yields;
use crate::builtins::typed;
use crate::promise::{Settled, settled};
use puremix_value::{Class, Cursor, Cx, Key, Kind, Obj, Own, Value};

/// What an object lists before its properties.
#[derive(Clone, Copy)]
pub(super) enum Entries {
    None,
    Elements,
    Map,
    Set,
    Typed,
    Buffer,
    Promise,
    /// What an iterator has still to give.
    Remaining,
    Unknown,
}

/// More entries than this are only counted.
const MAX_ENTRIES: usize = 100;

/// The tag of an iterator over a map or a set: what it walks, or `Entries` of it.
pub(super) fn iterator_tag(cx: Cx, o: &Obj) -> Option<String> {
    let what = match o.class()? {
        Class::MapIterator => "Map",
        Class::SetIterator => "Set",
        _ => return None,
    };
    let (yields, _) = remaining(cx, o)?;
    Some(format!("{what} {}", if yields == Yields::Entries { "Entries" } else { "Iterator" }))
}

fn more(n: usize) -> String {
    format!("... {n} more item{}", if n > 1 { "s" } else { "" })
}

impl Inspector {
    pub(super) fn entries(&mut self, o: &Obj, what: Entries, depth: usize) -> Vec<String> {
        match (what, o.kind()) {
            (Entries::Elements, _) => self.elements(o, depth),
            (Entries::Map, Kind::Map(m)) => {
                let mut cursor = Cursor::default();
                let mut out = vec![];
                while let Some((k, v)) = m.next_at(&mut cursor).filter(|_| out.len() < MAX_ENTRIES) {
                    let k = self.nested(&k, depth);
                    out.push(format!("{k} => {}", self.nested(&v, depth)));
                }
                self.rest(out, m.len())
            }
            (Entries::Set, Kind::Set(s)) => {
                let mut cursor = Cursor::default();
                let mut out = vec![];
                while let Some((k, _)) = s.next_at(&mut cursor).filter(|_| out.len() < MAX_ENTRIES) {
                    out.push(self.nested(&k, depth));
                }
                self.rest(out, s.len())
            }
            (Entries::Typed, _) => {
                let len = typed::array_len(o).unwrap_or(0);
                let out = (0..len.min(MAX_ENTRIES)).map(|i| primitive(&typed::element(o, i).unwrap_or_default())).collect();
                self.rest(out, len)
            }
            (Entries::Buffer, _) => {
                let bytes = typed::buffer_bytes(o).unwrap_or_default();
                let shown: Vec<String> = bytes.iter().take(50).map(|b| format!("{b:02x}")).collect();
                let rest = match bytes.len() {
                    n if n > 50 => format!(" ... {} more byte{}", n - 50, if n > 51 { "s" } else { "" }),
                    _ => String::new(),
                };
                vec![format!("[Uint8Contents]: <{}{rest}>", shown.join(" ")), format!("byteLength: {}", bytes.len())]
            }
            (Entries::Promise, _) => vec![match settled(o) {
                Settled::Pending => "<pending>".into(),
                Settled::Fulfilled(v) => self.nested(&v, depth),
                Settled::Rejected(v) => format!("<rejected> {}", self.nested(&v, depth)),
            }],
            (Entries::Remaining, _) => {
                let (_, values) = remaining(self.cx, o).unwrap_or((Yields::Values, vec![]));
                let out = values.iter().take(MAX_ENTRIES).map(|v| self.nested(v, depth)).collect();
                self.rest(out, values.len())
            }
            (Entries::Unknown, _) => vec!["<items unknown>".into()],
            _ => vec![],
        }
    }

    fn rest(&self, mut out: Vec<String>, len: usize) -> Vec<String> {
        if len > out.len() {
            out.push(more(len - out.len()));
        }
        out
    }

    /// Array elements; each run of holes is one entry.
    fn elements(&mut self, o: &Obj, depth: usize) -> Vec<String> {
        let cx = self.cx;
        let len = match o.kind() {
            Kind::Array(_) => o.array_len() as usize,
            _ => o.own_keys(cx).iter().filter(|(k, _)| matches!(k, Key::Index(_))).count(),
        };
        let mut out = vec![];
        let mut i = 0;
        while i < len && out.len() < MAX_ENTRIES {
            let own = |i: usize| o.get_own(cx, &Key::Index(i as u32));
            match own(i) {
                Some(Own::Data { value, .. }) => {
                    out.push(self.nested(&value, depth));
                    i += 1;
                }
                Some(Own::Accessor { .. }) => {
                    out.push("[Getter]".into());
                    i += 1;
                }
                None => {
                    let from = i;
                    // A sparse array's holes are found by its keys, so that a length of 2^32 costs nothing.
                    i = match o.dense() {
                        Some(s) => (i..len).find(|k| !matches!(s.get(*k), None | Some(Value::Uninit))).unwrap_or(len),
                        None => {
                            let next = |(k, _): &(Key, _)| matches!(k, Key::Index(n) if *n as usize > from).then(|| k.clone());
                            match o.own_keys(cx).iter().find_map(next) {
                                Some(Key::Index(n)) => n as usize,
                                _ => len,
                            }
                        }
                    };
                    out.push(format!("<{} empty item{}>", i - from, if i - from > 1 { "s" } else { "" }));
                }
            }
        }
        if i < len {
            out.push(more(len - i));
        }
        out
    }
}
