//! What objects are called: the constructor's name, `Symbol.toStringTag`, functions and boxed primitives.

use super::{function_kind, primitive};
use crate::get_value;
use puremix_value::{Attr, Cx, Kind, Obj, Own, Value, WellKnownSymbol, well_known};

/// The name of the nearest constructor along the prototypes that `o` is an instance of.
pub(super) fn constructor_of(cx: Cx, o: &Obj) -> Option<String> {
    let mut holder = Some(o.clone());
    while let Some(h) = holder {
        if let Some(Own::Data { value: Value::Obj(ctor), .. }) = h.get_own(cx, &well_known::CONSTRUCTOR.into())
            && let Some(Own::Data { value: Value::Str(name), .. }) = ctor.get_own(cx, &well_known::NAME.into())
            && !name.is_empty()
            && is_instance(cx, o, &ctor)
        {
            return Some(name.to_string());
        }
        holder = h.proto();
    }
    None
}

fn is_instance(cx: Cx, o: &Obj, ctor: &Obj) -> bool {
    let Some(Own::Data { value: Value::Obj(proto), .. }) = ctor.get_own(cx, &well_known::PROTOTYPE.into()) else { return false };
    let mut at = o.proto();
    while let Some(p) = at {
        if p == proto {
            return true;
        }
        at = p.proto();
    }
    false
}

/// `Symbol.toStringTag`, unless it says what the name says or is printed as a property anyway.
pub(super) fn tag_of(cx: Cx, o: &Obj, name: Option<&str>) -> String {
    let key = cx.symbol(WellKnownSymbol::ToStringTag).into();
    if o.get_own(cx, &key).is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
        return String::new();
    }
    let tag = get_value(cx, &o.clone().into(), &key).unwrap_or_else(|_| cx.take_exception());
    match tag {
        Value::Str(s) if Some(s.as_str()) != name => s.to_string(),
        _ => String::new(),
    }
}

/// What stands before the brace, with a space at its end: `Foo `, `Map(2) `, `[Object: null prototype] `.
pub(super) fn prefix(name: Option<&str>, tag: &str, fallback: &str, size: Option<usize>) -> String {
    let size = size.map_or(String::new(), |n| format!("({n})"));
    match name {
        None if !tag.is_empty() && fallback != tag => format!("[{fallback}{size}: null prototype] [{tag}] "),
        None => format!("[{fallback}{size}: null prototype] "),
        Some(name) if !tag.is_empty() && name != tag => format!("{name}{size} [{tag}] "),
        Some(name) => format!("{name}{size} "),
    }
}

fn own_name(cx: Cx, o: &Obj) -> String {
    match o.get_own(cx, &well_known::NAME.into()) {
        Some(Own::Data { value: Value::Str(s), .. }) => s.to_string(),
        _ => String::new(),
    }
}

/// `[Function: f]`, `[class A extends B]`.
pub(super) fn function(cx: Cx, o: &Obj, name: Option<&str>, tag: &str) -> String {
    let own = own_name(cx, o);
    let kind = match o.kind() {
        Kind::Function(f) if f.def.kind.is_class() => {
            let mut base = format!("class {}", if own.is_empty() { "(anonymous)" } else { &own });
            if let Some(parent) = o.proto().map(|p| own_name(cx, &p)).filter(|n| !n.is_empty()) {
                base.push_str(&format!(" extends {parent}"));
            }
            return format!("[{base}]");
        }
        Kind::Function(f) => function_kind(f.def.kind),
        _ => "Function",
    };
    let null = if name.is_none() { " (null prototype)" } else { "" };
    let own = if own.is_empty() { " (anonymous)".to_string() } else { format!(": {own}") };
    let mut base = format!("[{kind}{null}{own}]");
    if let Some(name) = name.filter(|n| *n != kind && *n != "Function") {
        base.push_str(&format!(" {name}"));
    }
    if !tag.is_empty() && tag != kind {
        base.push_str(&format!(" [{tag}]"));
    }
    base
}

/// `[Number: 1]`, `[String: 'x']`.
pub(super) fn boxed(inner: &Value, class: &str, name: Option<&str>, tag: &str) -> String {
    let mut base = format!("[{class}");
    match name {
        None => base.push_str(" (null prototype)"),
        Some(name) if name != class => base.push_str(&format!(" ({name})")),
        Some(_) => {}
    }
    base.push_str(&format!(": {}]", primitive(inner)));
    if !tag.is_empty() && Some(tag) != name && tag != class {
        base.push_str(&format!(" [{tag}]"));
    }
    base
}
