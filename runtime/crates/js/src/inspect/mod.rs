//! `util.inspect` as Node 20 does it without colours: what `console.log` prints of a value. Getters are not run; proxies show
//! their target; `Symbol.for('nodejs.util.inspect.custom')` is honoured.

mod entries;
mod error;
mod format;
mod layout;
mod names;
mod text;

pub use format::format_args;
pub use text::quote_js;

use crate::{call, get_value};
use entries::Entries;
use puremix_value::{Attr, Cx, FnKind, Key, Kind, Obj, Own, Str, Value};

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Levels of objects that are opened below the first; `None` for all.
    pub depth: Option<usize>,
    /// Also prints properties that are not enumerable.
    pub show_hidden: bool,
    /// Columns at which a list is broken over lines.
    pub break_length: usize,
    /// Innermost levels that may share a line.
    pub compact: usize,
    pub sorted: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { depth: Some(2), show_hidden: false, break_length: 80, compact: 3, sorted: false }
    }
}

/// The value as text, with Node's defaults.
pub fn inspect(cx: Cx, v: &Value) -> String {
    inspect_with(cx, v, Options::default())
}

pub fn inspect_with(cx: Cx, v: &Value, options: Options) -> String {
    Inspector { cx, options, seen: vec![], circular: vec![], indentation: 0, current_depth: 0 }.value(v, 0)
}

/// Objects in one another that are shown where no depth is asked for.
const MAX_DEPTH: usize = 1_000;

struct Inspector {
    cx: Cx,
    options: Options,
    /// The objects being printed, outermost first.
    seen: Vec<Obj>,
    /// Objects referred to from within themselves; the place is the number in `<ref *1>`.
    circular: Vec<Obj>,
    indentation: usize,
    /// The depth of the object opened last.
    current_depth: usize,
}

/// What is listed, which decides how lines are made of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Object,
    Array,
}

impl Inspector {
    fn value(&mut self, v: &Value, depth: usize) -> String {
        match v {
            Value::Obj(o) => self.object(o, depth),
            Value::Str(s) => self.string(s),
            _ => primitive(v),
        }
    }

    /// Long strings are broken after their line ends.
    fn string(&self, s: &Str) -> String {
        const MIN_LINE: usize = 16;
        const MAX_STRING: usize = 10_000;
        let (s, more) = match s.len_utf16() {
            n if n > MAX_STRING => (s.slice(0, MAX_STRING), n - MAX_STRING),
            _ => (s.clone(), 0),
        };
        let rest = match more {
            0 => String::new(),
            n => format!("... {n} more character{}", if n > 1 { "s" } else { "" }),
        };
        let len = s.len_utf16();
        if len > MIN_LINE && len + self.indentation + 4 > self.options.break_length && s.as_bytes().contains(&b'\n') {
            let lines: Vec<String> = s.as_str().split_inclusive('\n').map(|l| quote_js(&Str::from(l))).collect();
            return lines.join(&format!(" +\n{}", " ".repeat(self.indentation + 2))) + &rest;
        }
        quote_js(&s) + &rest
    }

    fn object(&mut self, o: &Obj, depth: usize) -> String {
        let cx = self.cx;
        if let Kind::Proxy(p) = o.kind() {
            return match p.parts() {
                Some((target, _)) => self.object(&target, depth),
                None => "<Revoked Proxy>".into(),
            };
        }
        if let Some(text) = self.custom(o, depth) {
            return text;
        }
        if self.seen.contains(o) {
            let known = self.circular.iter().position(|c| c == o);
            let index = known.unwrap_or_else(|| {
                self.circular.push(o.clone());
                self.circular.len() - 1
            });
            return format!("[Circular *{}]", index + 1);
        }
        if puremix_value::check_stack(cx).is_err() {
            cx.take_exception();
            return "[Object]".into();
        }
        self.raw(o, depth)
    }

    /// The answer of a method under `Symbol.for('nodejs.util.inspect.custom')`.
    fn custom(&mut self, o: &Obj, depth: usize) -> Option<String> {
        let cx = self.cx;
        let this = Value::Obj(o.clone());
        let key = Key::from(cx.registered_symbol(&Str::from("nodejs.util.inspect.custom")));
        let f = get_value(cx, &this, &key).unwrap_or_else(|_| cx.take_exception());
        if !f.is_callable() {
            return None;
        }
        let levels = self.options.depth.map_or(f64::INFINITY, |d| d as f64 - depth as f64);
        let options = Obj::plain(cx);
        options.put(cx, &cx.key_of("depth"), levels.into());
        match call(cx, &f, &this, &[levels.into(), options.into()]) {
            Ok(Value::Str(s)) => Some(s.as_str().replace('\n', &format!("\n{}", " ".repeat(self.indentation)))),
            Ok(other) if other.as_obj() == Some(o) => None,
            Ok(other) => Some(self.value(&other, depth)),
            Err(_) => {
                cx.take_exception();
                None
            }
        }
    }

    fn raw(&mut self, o: &Obj, depth: usize) -> String {
        let cx = self.cx;
        let name = names::constructor_of(cx, o);
        let tag = names::tag_of(cx, o, name.as_deref());
        let prefix = |fallback: &str, size: Option<usize>| names::prefix(name.as_deref(), &tag, fallback, size);
        let mut keys = self.keys(o);
        let mut base = String::new();
        let mut listing = Listing::Object;
        let mut braces = ("{".to_string(), "}");
        let mut entries = Entries::None;
        match o.kind() {
            Kind::Array(_) => {
                let len = o.array_len() as usize;
                keys.retain(|k| !matches!(k, Key::Index(_)));
                let shown = if name.as_deref() != Some("Array") || !tag.is_empty() { prefix("Array", Some(len)) } else { String::new() };
                if len == 0 && keys.is_empty() {
                    return format!("{shown}[]");
                }
                (braces, listing, entries) = ((format!("{shown}["), "]"), Listing::Array, Entries::Elements);
            }
            Kind::Map(m) => {
                let shown = prefix("Map", Some(m.len()));
                if m.is_empty() && keys.is_empty() {
                    return format!("{shown}{{}}");
                }
                (braces.0, entries) = (format!("{shown}{{"), Entries::Map);
            }
            Kind::Set(s) => {
                let shown = prefix("Set", Some(s.len()));
                if s.is_empty() && keys.is_empty() {
                    return format!("{shown}{{}}");
                }
                (braces.0, entries) = (format!("{shown}{{"), Entries::Set);
            }
            Kind::Arguments => {
                if keys.is_empty() {
                    return "[Arguments] {}".into();
                }
                braces.0 = "[Arguments] {".into();
            }
            Kind::Function(_) | Kind::Bound(_) => {
                base = names::function(cx, o, name.as_deref(), &tag);
                if keys.is_empty() {
                    return base;
                }
            }
            Kind::Error => {
                base = self.error(o, name.as_deref(), &tag, &mut keys);
                if keys.is_empty() {
                    return base;
                }
            }
            Kind::Date(t) => {
                base = if t.get().is_nan() { "Invalid Date".into() } else { crate::date::iso(t.get()) };
                base = with_prefix(prefix("Date", None), "Date ", base);
                if keys.is_empty() {
                    return base;
                }
            }
            Kind::Boxed(inner) => {
                if let Value::Str(_) = inner {
                    keys.retain(|k| !matches!(k, Key::Index(_)));
                }
                base = names::boxed(inner, o.kind().class_name(), name.as_deref(), &tag);
                if keys.is_empty() {
                    return base;
                }
            }
            Kind::WeakMap(_) | Kind::WeakSet(_) => {
                (braces.0, entries) = (format!("{}{{", prefix(o.kind().class_name(), None)), Entries::Unknown);
            }
            _ => {
                if let Some((_, d)) = crate::regexp::as_regexp(&o.clone().into()) {
                    let text = format!("/{}/{}", crate::regexp::escaped_source(&d.source), d.program.flags.text());
                    base = with_prefix(prefix("RegExp", None), "RegExp ", text);
                    if keys.is_empty() {
                        return base;
                    }
                } else if crate::promise::as_promise(&o.clone().into()).is_some() {
                    (braces.0, entries) = (format!("{}{{", prefix("Promise", None)), Entries::Promise);
                } else if let Some(len) = crate::builtins::typed::array_len(o) {
                    keys.retain(|k| !matches!(k, Key::Index(_)));
                    let shown = prefix(o.kind().class_name(), Some(len));
                    if len == 0 && keys.is_empty() {
                        return format!("{shown}[]");
                    }
                    (braces, listing, entries) = ((format!("{shown}["), "]"), Listing::Array, Entries::Typed);
                } else if crate::builtins::typed::buffer_bytes(o).is_some() {
                    (braces.0, entries) = (format!("{}{{", prefix("ArrayBuffer", None)), Entries::Buffer);
                } else if let Some(tag) = entries::iterator_tag(cx, o) {
                    (braces.0, entries) = (format!("[{tag}] {{"), Entries::Remaining);
                } else {
                    let plain = name.as_deref() == Some("Object") && tag.is_empty();
                    let shown = if plain { String::new() } else { prefix("Object", None) };
                    if keys.is_empty() {
                        return format!("{shown}{{}}");
                    }
                    braces.0 = format!("{shown}{{");
                }
            }
        }
        if depth > MAX_DEPTH {
            // As Node says it when its stack is used up. Text grows with the square of the depth, since each line is indented.
            let what = prefix(if listing == Listing::Array { "Array" } else { "Object" }, None);
            return format!("[{}: Inspection interrupted prematurely. Maximum call stack size exceeded.]", what.trim_end());
        }
        if self.options.depth.is_some_and(|d| depth > d) {
            let fallback = if listing == Listing::Array { "Array" } else { "Object" };
            return format!("[{}]", prefix(fallback, None).trim_end());
        }
        self.seen.push(o.clone());
        self.current_depth = depth + 1;
        let mut output = self.entries(o, entries, depth + 1);
        for key in &keys {
            output.push(self.property(o, key, depth + 1));
        }
        self.seen.pop();
        if let Some(index) = self.circular.iter().position(|c| c == o) {
            let reference = format!("<ref *{}>", index + 1);
            base = if base.is_empty() { reference } else { format!("{reference} {base}") };
        }
        if self.options.sorted && listing == Listing::Object {
            output.sort();
        }
        let numbers = matches!(entries, Entries::Typed) || is_numeric(o);
        self.lay_out(output, &base, &braces, listing, depth + 1, numbers)
    }

    /// Own enumerable keys (all, to show hidden ones), names before symbols.
    fn keys(&self, o: &Obj) -> Vec<Key> {
        let mut keys = match o.kind() {
            Kind::Host(h) => h.own_keys(self.cx, o).unwrap_or_else(|_| {
                self.cx.take_exception();
                vec![]
            }),
            _ => vec![],
        };
        keys.extend(o.own_keys(self.cx));
        keys.retain(|(_, attr)| attr.has(Attr::ENUMERABLE) || self.options.show_hidden);
        keys.into_iter().map(|(k, _)| k).collect()
    }

    fn property(&mut self, o: &Obj, key: &Key, depth: usize) -> String {
        let cx = self.cx;
        let own = crate::own_property(cx, o, key).unwrap_or_else(|_| {
            cx.take_exception();
            None
        });
        let hidden = own.as_ref().is_some_and(|p| !p.attr().has(Attr::ENUMERABLE));
        let shown = match own {
            Some(Own::Data { value, .. }) => self.nested(&value, depth),
            Some(Own::Accessor { get, set, .. }) => match (get.is_undefined(), set.is_undefined()) {
                (false, false) => "[Getter/Setter]".into(),
                (false, true) => "[Getter]".into(),
                (true, false) => "[Setter]".into(),
                (true, true) => "undefined".into(),
            },
            None => "undefined".into(),
        };
        format!("{}: {shown}", text::key(cx, key, hidden))
    }

    /// A value two columns further in.
    fn nested(&mut self, v: &Value, depth: usize) -> String {
        self.indentation += 2;
        let text = self.value(v, depth);
        self.indentation -= 2;
        text
    }
}

fn with_prefix(prefix: String, usual: &str, base: String) -> String {
    if prefix == usual { base } else { format!("{prefix}{base}") }
}

/// True if all elements of an array are numbers, which are then aligned to the right.
fn is_numeric(o: &Obj) -> bool {
    o.dense().is_some_and(|s| (0..s.len()).all(|i| matches!(s.get(i), Some(Value::Num(_) | Value::BigInt(_)))))
}

fn primitive(v: &Value) -> String {
    match v {
        Value::Undefined | Value::Uninit => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Num(n) if *n == 0.0 && n.is_sign_negative() => "-0".into(),
        Value::Num(n) => crate::num_to_str(*n).to_string(),
        Value::BigInt(n) => format!("{n}n"),
        Value::Sym(s) => format!("Symbol({})", s.description().map_or("", |d| d.as_str())),
        Value::Str(s) => quote_js(s),
        Value::Obj(o) => o.kind().class_name().into(),
    }
}

/// The word for a function's kind.
fn function_kind(kind: FnKind) -> &'static str {
    match kind {
        FnKind::Async => "AsyncFunction",
        FnKind::Generator => "GeneratorFunction",
        FnKind::AsyncGenerator => "AsyncGeneratorFunction",
        _ => "Function",
    }
}
