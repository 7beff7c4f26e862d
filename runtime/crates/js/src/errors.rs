//! Throwing, and the wording of messages (V8's).

use crate::builtins::error::make_error;
use crate::state::place_of;
use puremix_value::{Atom, Attr, Cx, ErrorKind, Key, Kind, Obj, Own, R, Str, Thrown, Value, well_known};
use std::cell::RefCell;

/// `throw v`.
#[inline]
pub fn throw(cx: Cx, v: Value) -> Thrown {
    cx.throw(v)
}

/// Places in a `stack`, as Node's `Error.stackTraceLimit`.
const MAX_PLACES: usize = 10;

/// How an exception comes to a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// It is thrown there: an error that has places keeps them.
    Thrown,
    /// It goes through a call there, on its way to whoever catches it.
    Through,
}

/// The waiting exception, if it is an error, notes the place in its `stack`.
#[cold]
#[inline(never)]
pub fn pass(cx: Cx, site: u32, how: Passes) {
    if cx.is_placed() {
        return;
    }
    let Some(place) = place_of(cx, site) else { return };
    let mut is_placed = false;
    let exception = cx.take_exception();
    if let Value::Obj(o) = &exception
        && let Kind::Error = o.kind()
        && let Some(Own::Data { value: Value::Str(stack), .. }) = o.get_own(cx, &well_known::STACK.into())
    {
        let known = stack.as_str().matches("\n    at ").count();
        is_placed = known >= MAX_PLACES;
        if known < if how == Passes::Thrown { 1 } else { MAX_PLACES } {
            o.put_hidden(cx, well_known::STACK, stack.concat(&Str::from(format!("\n    at {place}"))));
        }
    }
    cx.throw(exception);
    if is_placed {
        cx.set_placed();
    }
}

/// Throws a `TypeError`.
#[cold]
pub fn throw_type(cx: Cx, message: &str) -> Thrown {
    cx.throw(make_error(cx, ErrorKind::Type, message))
}

/// Throws a `RangeError`.
#[cold]
pub fn throw_range(cx: Cx, message: &str) -> Thrown {
    cx.throw(make_error(cx, ErrorKind::Range, message))
}

/// Throws a `ReferenceError`.
#[cold]
pub fn throw_reference(cx: Cx, message: &str) -> Thrown {
    cx.throw(make_error(cx, ErrorKind::Reference, message))
}

/// Throws a `SyntaxError`.
#[cold]
pub fn throw_syntax(cx: Cx, message: &str) -> Thrown {
    cx.throw(make_error(cx, ErrorKind::Syntax, message))
}

/// Throws for a variable used before its initialisation whose name is not at hand.
#[cold]
pub fn throw_uninitialised(cx: Cx) -> Thrown {
    throw_reference(cx, "Cannot access a variable before initialization")
}

/// Throws for variable `name` used before its initialisation.
#[cold]
pub fn throw_tdz(cx: Cx, name: &str) -> Thrown {
    if name == "this" {
        let text = "Must call super constructor in derived class before accessing 'this' or returning from derived constructor";
        return throw_reference(cx, text);
    }
    throw_reference(cx, &format!("Cannot access '{name}' before initialization"))
}

/// Throws for an assignment to a constant.
#[cold]
pub fn throw_const(cx: Cx) -> Thrown {
    throw_type(cx, "Assignment to constant variable.")
}

thread_local! {
    /// What surrounds the expression's text in the message of the exception on its way.
    static WORDING: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Throws a `TypeError` about an expression of the program. Until the place in generated code supplies its text ([`reword`]), `shown` stands for it.
/// Only operations whose result generated code passes to a site at once may throw so.
#[cold]
pub fn throw_about(cx: Cx, before: &str, shown: &str, after: &str) -> Thrown {
    let thrown = throw_type(cx, &format!("{before}{shown}{after}"));
    WORDING.replace(Some((before.to_owned(), after.to_owned())));
    thrown
}

/// The exception's message about an expression was thrown with a value's text; from here on with the expression's.
#[cold]
pub fn reword_as(before: &str, after: &str) {
    WORDING.replace(Some((before.to_owned(), after.to_owned())));
}

/// Writes the expression's text (empty: none is known) into the message of the waiting exception, if it was thrown by [`throw_about`].
#[cold]
pub fn reword(cx: Cx, text: &str) {
    let Some((before, after)) = WORDING.take() else { return };
    if text.is_empty() {
        return;
    }
    let exception = cx.take_exception();
    if let Value::Obj(o) = &exception {
        let message = format!("{before}{text}{after}");
        let places = match o.get_own(cx, &well_known::STACK.into()) {
            Some(Own::Data { value: Value::Str(stack), .. }) => stack.as_str().find("\n    at ").map(|at| stack.as_str()[at..].to_owned()),
            _ => None,
        };
        o.put_hidden(cx, well_known::STACK, Str::from(format!("TypeError: {message}{}", places.unwrap_or_default())));
        o.put_hidden(cx, well_known::MESSAGE, Str::from(message));
    }
    let Thrown = cx.throw(exception);
}

/// A value as V8 names what a built-in met where it has no expression to show.
pub fn describe(cx: Cx, v: &Value) -> String {
    match v {
        Value::Undefined | Value::Uninit => "undefined".to_string(),
        Value::Null | Value::Str(_) | Value::Bool(_) | Value::Num(_) => {
            format!("{} {}", crate::typeof_lit(v).text(), show(cx, v))
        }
        _ => crate::typeof_lit(v).text().to_string(),
    }
}

/// `x is not a function`, of a built-in's own call.
#[cold]
pub fn throw_not_function(cx: Cx, f: &Value) -> Thrown {
    throw_type(cx, &format!("{} is not a function", describe(cx, f)))
}

/// `x is not a function`, of the program's call.
#[cold]
pub fn throw_not_callable(cx: Cx, f: &Value) -> Thrown {
    throw_about(cx, "", &show(cx, f), " is not a function")
}

#[cold]
pub fn throw_not_constructor(cx: Cx, f: &Value) -> Thrown {
    throw_type(cx, &format!("{} is not a constructor", show(cx, f)))
}

/// `x is not iterable`.
#[cold]
pub fn throw_not_iterable(cx: Cx, v: &Value) -> Thrown {
    throw_type(cx, &format!("{} is not iterable (cannot read property Symbol(Symbol.iterator))", describe(cx, v)))
}

#[cold]
pub fn throw_read(cx: Cx, v: &Value, key: &Key) -> Thrown {
    if let Value::Uninit = v {
        return throw_uninitialised(cx);
    }
    throw_type(cx, &format!("Cannot read properties of {} (reading '{}')", show(cx, v), key_text(cx, key)))
}

#[cold]
pub fn throw_set(cx: Cx, v: &Value, key: &Key) -> Thrown {
    throw_type(cx, &format!("Cannot set properties of {} (setting '{}')", show(cx, v), key_text(cx, key)))
}

#[cold]
pub fn throw_no_method(cx: Cx, recv: &Value, key: &Key) -> Thrown {
    let recv = match recv {
        Value::Obj(o) if !o.is_callable() => "(intermediate value)".to_string(),
        _ => show(cx, recv),
    };
    let text = match key {
        Key::Index(i) => format!("{recv}[{i}]"),
        Key::Sym(_) => format!("{recv}[{}]", key_text(cx, key)),
        _ => format!("{recv}.{}", key_text(cx, key)),
    };
    throw_about(cx, "", &text, " is not a function")
}

/// Throws for an assignment that `[[Set]]` refused, saying why.
#[cold]
pub fn throw_refused(cx: Cx, v: &Value, key: &Key) -> Thrown {
    let name = key_text(cx, key);
    let Value::Obj(o) = v else {
        let is_fixed = matches!((v, key), (Value::Str(_), Key::Atom(well_known::LENGTH)))
            || matches!((v, key), (Value::Str(s), Key::Index(i)) if (*i as usize) < s.len_utf16());
        if is_fixed {
            return throw_type(cx, &format!("Cannot assign to read only property '{name}' of string '{}'", plain(cx, v)));
        }
        return throw_type(cx, &format!("Cannot create property '{name}' on {} '{}'", crate::typeof_lit(v).text(), plain(cx, v)));
    };
    let mut holder = Some(o.clone());
    while let Some(h) = holder {
        match h.get_own(cx, key) {
            Some(Own::Accessor { .. }) => {
                // V8 names the object that has the accessor, not the one that was assigned to.
                return throw_type(cx, &format!("Cannot set property {name} of {} which has only a getter", show(cx, &Value::Obj(h))));
            }
            Some(Own::Data { attr, .. }) if !attr.has(Attr::WRITABLE) => {
                return throw_type(cx, &format!("Cannot assign to read only property '{name}' of object '{}'", show(cx, v)));
            }
            _ => holder = h.proto(),
        }
    }
    if let Kind::Host(h) = o.kind()
        && matches!(h.has(cx, o, key), Ok(Some(true)))
    {
        return throw_type(cx, &format!("Cannot assign to read only property '{name}' of object '{}'", show(cx, v)));
    }
    if let Kind::Proxy(_) = o.kind() {
        return throw_type(cx, &format!("'set' on proxy: trap returned falsish for property '{name}'"));
    }
    throw_type(cx, &format!("Cannot add property {name}, object is not extensible"))
}

/// Runs `change` of an error's name or message. Node writes the header of `stack` when it is first read, which is usually after such a change.
pub fn retitle(cx: Cx, o: &Obj, change: impl FnOnce() -> R<()>) -> R<()> {
    let before = header(cx, o);
    change()?;
    let stack = o.get_own(cx, &well_known::STACK.into());
    if let (Some(before), Some(after), Some(Own::Data { value: Value::Str(stack), .. })) = (before, header(cx, o), stack)
        && let Some(places) = stack.as_str().strip_prefix(before.as_str())
    {
        o.put_hidden(cx, well_known::STACK, Str::from(format!("{after}{places}")));
    }
    Ok(())
}

/// The text of a property, own or inherited, if it is plain data: without running user code.
pub(crate) fn plain_text(cx: Cx, o: &Obj, name: Atom) -> Option<String> {
    let mut holder = Some(o.clone());
    while let Some(h) = holder {
        match h.get_own(cx, &name.into()) {
            Some(Own::Data { value: Value::Str(s), .. }) => return Some(s.to_string()),
            Some(_) => return None,
            None => holder = h.proto(),
        }
    }
    None
}

/// `name: message` of an error, without running user code.
fn header(cx: Cx, o: &Obj) -> Option<String> {
    let (name, message) = (plain_text(cx, o, well_known::NAME)?, plain_text(cx, o, well_known::MESSAGE)?);
    Some(match (name.is_empty(), message.is_empty()) {
        (true, _) => message,
        (_, true) => name,
        _ => format!("{name}: {message}"),
    })
}

#[cold]
pub fn throw_redefine(cx: Cx, key: &Key) -> Thrown {
    throw_type(cx, &format!("Cannot redefine property: {}", key_text(cx, key)))
}

#[cold]
pub fn throw_undeletable(cx: Cx, v: &Value, key: &Key) -> Thrown {
    throw_type(cx, &format!("Cannot delete property '{}' of {}", key_text(cx, key), show(cx, v)))
}

/// A key as messages name it.
pub fn key_text(cx: Cx, key: &Key) -> String {
    match key {
        Key::Sym(s) if !s.is_private() => format!("Symbol({})", s.description().map_or("", |d| d.as_str())),
        _ => cx.key_str(key).to_string(),
    }
}

/// A value as messages name it; runs no user code.
pub fn show(cx: Cx, v: &Value) -> String {
    match v {
        Value::Str(s) => format!("\"{}\"", s.as_str()),
        Value::Obj(o) => match o.kind() {
            Kind::Function(f) => match o.get_own(cx, &well_known::NAME.into()) {
                Some(Own::Data { value: Value::Str(s), .. }) if f.def.kind.is_class() => format!("class {s}"),
                Some(Own::Data { value: Value::Str(s), .. }) if !s.is_empty() => s.to_string(),
                _ => "(intermediate value)".to_string(),
            },
            Kind::Array(_) => "[object Array]".to_string(),
            _ => match constructor_name(cx, o) {
                Some(name) => format!("#<{name}>"),
                None => format!("[object {}]", o.kind().class_name()),
            },
        },
        _ => plain(cx, v),
    }
}

/// As [`show`], with strings bare.
pub(crate) fn plain(cx: Cx, v: &Value) -> String {
    match v {
        Value::Sym(s) => format!("Symbol({})", s.description().map_or("", |d| d.as_str())),
        Value::Obj(_) => show(cx, v),
        _ => crate::js_to_string(cx, v).map(|s| s.to_string()).unwrap_or_default(),
    }
}

/// The name of what made an object, read without running user code.
pub fn constructor_name(cx: Cx, o: &puremix_value::Obj) -> Option<String> {
    let mut holder = Some(o.clone());
    while let Some(h) = holder {
        if let Some(Own::Data { value: Value::Obj(ctor), .. }) = h.get_own(cx, &well_known::CONSTRUCTOR.into()) {
            return match ctor.get_own(cx, &well_known::NAME.into()) {
                Some(Own::Data { value: Value::Str(s), .. }) if !s.is_empty() => Some(s.to_string()),
                _ => None,
            };
        }
        holder = h.proto();
    }
    None
}
