//! Values of documents: reading and setting paths, and what has changed.

use super::{Doc, doc_of};
use crate::doc::{Bson, Map};
use crate::js::errors;
use crate::js::schema::cast::{self, For};
use crate::js::schema::{Kind, PathType, Strict};
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Cx, Kind as ObjectKind, Obj, Own, R, Value};
use std::rc::Rc;

/// One step into a value: of objects, documents, arrays and maps.
fn step(cx: Cx, value: &Value, name: &str) -> Value {
    let Value::Obj(o) = value else { return Value::Undefined };
    if let Some(doc) = o.payload::<Doc>() {
        return own(cx, &doc.data(), name);
    }
    match o.kind() {
        ObjectKind::Map(map) => map.get(&Value::str(name)).unwrap_or_default(),
        ObjectKind::Array(_) => match name.parse::<u32>() {
            Ok(i) => element(o, i),
            Err(_) => array(cx, elements(value).iter().map(|item| step(cx, item, name)).collect()),
        },
        _ => own(cx, o, name),
    }
}

/// An own data property: prototypes are no part of documents.
fn own(cx: Cx, o: &Obj, name: &str) -> Value {
    match o.get_own(cx, &cx.key_of(name)) {
        Some(Own::Data { value, .. }) => value,
        _ => Value::Undefined,
    }
}

/// The raw value at a path.
pub fn get_at(cx: Cx, data: &Obj, path: &str) -> Value {
    path.split('.').fold(Value::Obj(data.clone()), |value, name| step(cx, &value, name))
}

/// Puts a raw value at a path; objects are made on the way.
pub fn put_at(cx: Cx, data: &Obj, path: &str, value: Value) {
    let mut at = data.clone();
    let mut parts = path.split('.').peekable();
    while let Some(name) = parts.next() {
        if parts.peek().is_none() {
            match (at.kind(), name.parse::<u32>()) {
                (ObjectKind::Map(map), _) => map.set(Value::str(name), value),
                _ => put(cx, &at, name, value),
            }
            return;
        }
        let next = match step(cx, &Value::Obj(at.clone()), name) {
            Value::Obj(o) => o.payload::<Doc>().map_or(o.clone(), Doc::data),
            _ => {
                let made = Obj::plain(cx);
                put(cx, &at, name, made.clone());
                made
            }
        };
        at = next;
    }
}

/// `doc.get(path)`: with getters, virtuals among them.
pub fn get_path(cx: Cx, o: &Obj, path: &str) -> R {
    let Some(doc) = o.payload::<Doc>() else { return Ok(Value::Undefined) };
    if let Some(v) = doc.schema.virtual_of(path) {
        return get_virtual(cx, o, &v);
    }
    let value = get_at(cx, &doc.data(), path);
    match doc.schema.path(path) {
        Some(ty) if !ty.getters.is_empty() => apply_getters(cx, o, &ty, value),
        _ => Ok(value),
    }
}

/// `doc.get(path, null, {getters: false})`.
pub fn get_raw(cx: Cx, o: &Obj, path: &str) -> Value {
    o.payload::<Doc>().map(|doc| get_at(cx, &doc.data(), path)).unwrap_or_default()
}

pub fn apply_getters(cx: Cx, o: &Obj, ty: &PathType, mut value: Value) -> R {
    for f in ty.getters.iter().rev() {
        value = ops::call(cx, f, &Value::Obj(o.clone()), &[value, Value::Undefined, Value::Obj(o.clone())])?;
    }
    Ok(value)
}

pub fn get_virtual(cx: Cx, o: &Obj, v: &crate::js::schema::Virtual) -> R {
    if let Some(doc) = o.payload::<Doc>()
        && let Some(values) = &*doc.virtuals.borrow()
    {
        let value = own(cx, values, &v.name);
        if !value.is_undefined() {
            return Ok(value);
        }
    }
    let getters = v.getters.borrow().clone();
    let mut value = Value::Undefined;
    for f in getters {
        value = ops::call(cx, &f, &Value::Obj(o.clone()), &[value, Value::Undefined, Value::Obj(o.clone())])?;
    }
    Ok(value)
}

/// Sets an object's members.
pub fn set_object(cx: Cx, o: &Obj, values: &Value, prefix: &str, constructing: bool) -> R<()> {
    let source = match doc_of(values) {
        Some(doc) => Value::Obj(doc.data()),
        None => values.clone(),
    };
    for (name, value) in entries(cx, &source)? {
        if constructing && value.is_undefined() {
            continue;
        }
        set_path(cx, o, &format!("{prefix}{name}"), &value, constructing)?;
    }
    if let (Some(doc), true) = (o.payload::<Doc>(), prefix.is_empty()) {
        in_schema_order(cx, doc);
    }
    Ok(())
}

/// As mongoose orders documents whenever an object was set: the schema's members first, as it names them.
fn in_schema_order(cx: Cx, doc: &Doc) {
    let data = doc.data();
    let names = doc.schema.top_names();
    let now: Vec<String> = data.own_keys(cx).iter().map(|(key, _)| cx.key_str(key).to_string()).collect();
    let mut wanted: Vec<&String> = names.iter().filter(|n| now.contains(n)).collect();
    if now.iter().zip(&wanted).all(|(a, b)| a == *b) {
        return;
    }
    wanted.extend(now.iter().filter(|n| !names.contains(n)));
    let ordered = Obj::plain(cx);
    for name in wanted {
        put(cx, &ordered, name, own(cx, &data, name));
    }
    doc.set_data(ordered);
}

/// Sets one path. What cannot be cast is remembered and refused by validation.
pub fn set_path(cx: Cx, o: &Obj, path: &str, value: &Value, constructing: bool) -> R<()> {
    let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
    if path.split('.').any(|p| matches!(p, "__proto__" | "constructor" | "prototype")) {
        return Ok(());
    }
    let schema = doc.schema.clone();
    if let Some(ty) = schema.path(path) {
        return set_value(cx, o, doc, &ty, path, value, constructing);
    }
    if schema.is_nested(path) {
        return set_nested(cx, o, doc, path, value, constructing);
    }
    if let Some(v) = schema.virtual_of(path) {
        let setters = v.setters.borrow().clone();
        let mut value = value.clone();
        for f in setters.iter().rev() {
            value = ops::call(cx, f, &Value::Obj(o.clone()), &[value, Value::Undefined, Value::Obj(o.clone())])?;
        }
        if setters.is_empty() && v.options.is_object() {
            virtual_value(cx, doc, &v.name, value);
        }
        return Ok(());
    }
    for (at, _) in path.match_indices('.').rev() {
        let Some(ty) = schema.path(&path[..at]) else { continue };
        return set_below(cx, o, doc, &ty, &path[..at], &path[at + 1..], value, constructing);
    }
    match schema.options.borrow().strict {
        Strict::Drop => Ok(()),
        Strict::Throw => Err(errors::throw(cx, "StrictModeError", &format!("Field `{path}` is not in schema and strict mode is set to throw."))),
        Strict::Keep => {
            put_at(cx, &doc.data(), path, value.clone());
            Ok(())
        }
    }
}

/// A populated virtual's value.
pub fn virtual_value(cx: Cx, doc: &Doc, name: &str, value: Value) {
    let values = doc.virtuals.borrow().clone().unwrap_or_else(|| Obj::plain(cx));
    put(cx, &values, name, value);
    doc.virtuals.replace(Some(values));
}

pub fn set_value(cx: Cx, o: &Obj, doc: &Doc, ty: &PathType, path: &str, value: &Value, constructing: bool) -> R<()> {
    if let Some(immutable) = &ty.immutable
        && !doc.is_new.get()
    {
        let fixed = if immutable.is_callable() { truthy(&ops::call(cx, immutable, &Value::Obj(o.clone()), &[Value::Obj(o.clone())])?) } else { true };
        if fixed {
            return match doc.schema.options.borrow().strict {
                Strict::Throw => Err(errors::throw(cx, "StrictModeError", &format!("Path `{path}` is immutable and strict mode is set to throw."))),
                _ => Ok(()),
            };
        }
    }
    doc.invalid.borrow_mut().retain(|(p, _)| p != path);
    match cast::set(cx, ty, value, For { path, owner: Some(o), loading: false, model: None }) {
        Ok(cast) => {
            doc.defaulted.borrow_mut().retain(|(p, _)| p != path);
            if let Some(populated) = doc_of(&cast)
                && populated.model.is_some()
            {
                doc.populated.borrow_mut().retain(|(p, _)| p != path);
                let id = member(cx, &cast, "_id")?;
                doc.populated.borrow_mut().push((path.to_owned(), id));
            }
            put_at(cx, &doc.data(), path, cast);
            let _ = constructing;
            Ok(())
        }
        Err(_) => {
            let error = cx.take_exception();
            if class_name(cx, &error) == "CastError" {
                let at = member(cx, &error, "path")?.as_str().map_or(path.to_owned(), |s| s.to_string());
                doc.invalid.borrow_mut().push((at, error));
                return Ok(());
            }
            Err(cx.throw(error))
        }
    }
}

fn set_nested(cx: Cx, o: &Obj, doc: &Doc, path: &str, value: &Value, constructing: bool) -> R<()> {
    if value.is_nullish() {
        put_at(cx, &doc.data(), path, if value.is_undefined() { Obj::plain(cx).into() } else { value.clone() });
        return Ok(());
    }
    if !value.is_object() || is_array(value) {
        let cast = errors::Cast { kind: "Object", value, path, because: Some("ObjectExpectedError"), format: None, model: None };
        let error = errors::cast_error(cx, &cast);
        doc.invalid.borrow_mut().push((path.to_owned(), error.into()));
        return Ok(());
    }
    let known = get_at(cx, &doc.data(), path);
    if ops::js_strict_eq(&known, value) {
        return Ok(());
    }
    let members = entries(cx, value)?;
    if !constructing {
        put_at(cx, &doc.data(), path, Obj::plain(cx).into());
    }
    for (name, value) in members {
        set_path(cx, o, &format!("{path}.{name}"), &value, constructing)?;
    }
    Ok(())
}

/// Sets a path below a value: of a subdocument, an array's element, a map, or free values.
#[expect(clippy::too_many_arguments, reason = "one call, whose arguments have nothing in common")]
fn set_below(cx: Cx, o: &Obj, doc: &Doc, ty: &Rc<PathType>, path: &str, rest: &str, value: &Value, constructing: bool) -> R<()> {
    let at = get_at(cx, &doc.data(), path);
    let (first, more) = rest.split_once('.').map_or((rest, None), |(f, m)| (f, Some(m)));
    match &ty.kind {
        Kind::Document(schema) => {
            let inner = if at.is_object() { at } else {
                let made = super::subdocument(cx, schema, &Obj::plain(cx).into(), Some(o), path, false)?;
                put_at(cx, &doc.data(), path, made.clone());
                made
            };
            match &inner {
                Value::Obj(inner) => set_path(cx, inner, rest, value, constructing),
                _ => Ok(()),
            }
        }
        Kind::Documents(_) | Kind::Array(_) if first.bytes().all(|b| b.is_ascii_digit()) => {
            let Value::Obj(items) = &at else { return Ok(()) };
            let i: u32 = first.parse().unwrap_or(0);
            match (more, element(items, i)) {
                (Some(more), Value::Obj(inner)) if inner.payload::<Doc>().is_some() => set_path(cx, &inner, more, value, constructing),
                (Some(more), inner) => {
                    if let Value::Obj(inner) = &inner {
                        put_at(cx, inner, more, value.clone());
                    }
                    Ok(())
                }
                (None, _) => {
                    let cast = cast::cast_element(cx, ty, value, i as usize, For { path, owner: Some(o), loading: false, model: None })?;
                    items.put(cx, &puremix_value::Key::Index(i), cast);
                    Ok(())
                }
            }
        }
        Kind::Map(of) => {
            let full = format!("{path}.{rest}");
            let cast = cast::set(cx, of, value, For { path: &full, owner: Some(o), loading: false, model: None })?;
            match at.as_obj().map(Obj::kind) {
                Some(ObjectKind::Map(map)) => map.set(Value::str(rest), cast),
                _ => {
                    let members = Obj::plain(cx);
                    put(cx, &members, rest, cast);
                    set_path(cx, o, path, &members.into(), constructing)?;
                }
            }
            Ok(())
        }
        _ => {
            put_at(cx, &doc.data(), &format!("{path}.{rest}"), value.clone());
            Ok(())
        }
    }
}

/// The paths whose values differ from the stored ones, outermost first.
pub fn changed(cx: Cx, doc: &Doc) -> R<Vec<String>> {
    let now = doc.to_map(cx)?;
    let mut out = vec![];
    if doc.is_new.get() && doc.saved.borrow().is_none() {
        let defaulted = doc.defaulted.borrow().clone();
        all_paths("", &now, &mut out);
        out.retain(|path| {
            let still_default = |(p, value): &(String, Option<Bson>)| p == path && crate::doc::path::find(&now, &p.split('.').collect::<Vec<_>>()) == value.as_ref();
            !defaulted.iter().any(still_default)
        });
    } else {
        differences("", &doc.before(), &now, &mut out);
        // What lies below free values is theirs: mongoose names the path alone.
        let free: Vec<String> = doc.schema.paths.borrow().iter().filter(|(_, ty)| matches!(ty.kind, Kind::Mixed)).map(|(p, _)| format!("{p}.")).collect();
        out.retain(|path| !free.iter().any(|f| path.starts_with(f)));
    }
    for path in doc.marked.borrow().iter() {
        if !out.contains(path) {
            out.push(path.clone());
        }
    }
    Ok(out)
}

fn all_paths(prefix: &str, map: &Map, out: &mut Vec<String>) {
    for (name, value) in map.iter() {
        let path = format!("{prefix}{name}");
        match value {
            Bson::Object(inner) => {
                if !inner.is_empty() {
                    out.push(path.clone());
                    all_paths(&format!("{path}."), inner, out);
                }
            }
            _ => out.push(path),
        }
    }
}

fn differences(prefix: &str, before: &Map, now: &Map, out: &mut Vec<String>) {
    let empty = |v: &Bson| matches!(v, Bson::Object(m) if m.is_empty());
    for (name, value) in now.iter() {
        let path = format!("{prefix}{name}");
        match (before.get(name), value) {
            (Some(old), value) if old == value => {}
            (None, value) if empty(value) => {}
            (Some(Bson::Object(old)), Bson::Object(new)) => {
                out.push(path.clone());
                differences(&format!("{path}."), old, new, out);
            }
            (Some(Bson::Array(old)), Bson::Array(new)) => {
                out.push(path.clone());
                if old.len() != new.len() {
                    continue;
                }
                for (i, (x, y)) in old.iter().zip(new).enumerate() {
                    if let (Bson::Object(x), Bson::Object(y)) = (x, y)
                        && x != y
                    {
                        out.push(format!("{path}.{i}"));
                        differences(&format!("{path}.{i}."), x, y, out);
                    }
                }
            }
            (_, Bson::Object(new)) => {
                out.push(path.clone());
                all_paths(&format!("{path}."), new, out);
            }
            _ => out.push(path),
        }
    }
    for (name, value) in before.iter() {
        if now.get(name).is_none() && !empty(value) {
            out.push(format!("{prefix}{name}"));
        }
    }
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// The changed paths below which nothing is told apart.
pub fn direct(changed: &[String]) -> Vec<String> {
    changed.iter().filter(|c| !changed.iter().any(|other| is_below(other, c))).cloned().collect()
}

/// Whether a path is among the changed ones, or lies below one that changed as a whole.
pub fn is_changed(changed: &[String], path: &str) -> bool {
    changed.iter().any(|c| c == path || is_below(c, path)) || direct(changed).iter().any(|c| is_below(path, c))
}
