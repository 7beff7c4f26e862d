//! Making documents: of a program's values, and of what the database answers.

use super::{Doc, doc_of, state};
use crate::js::convert;
use crate::js::model::Model;
use crate::js::object_id;
use crate::js::schema::cast::{self, For};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::schema::{Kind, PathType, Schema};
use crate::js::support::*;
use crate::query::project::Projection;
use puremix_js::ops;
use puremix_value::{Class, Cx, Kind as ObjectKind, Obj, R, Value};
use std::rc::Rc;

/// `new Model(values)`.
pub fn construct(cx: Cx, schema: &Rc<Schema>, model: Option<Rc<Model>>, proto: Obj, values: &Value, defaults: bool) -> R<Obj> {
    let doc = Obj::native(cx, Some(proto), Class::Other, Doc::new(schema.clone(), model, Obj::plain(cx)));
    fill(cx, &doc, values, defaults)?;
    Ok(doc)
}

fn fill(cx: Cx, o: &Obj, values: &Value, defaults: bool) -> R<()> {
    let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
    let data = doc.data();
    skeleton(cx, &doc.schema, &data, None);
    if defaults {
        apply_defaults(cx, o, doc, true)?;
    }
    if values.is_object() {
        state::set_object(cx, o, values, "", true)?;
    } else if !values.is_nullish() {
        return Err(crate::js::errors::throw(cx, "ObjectParameterError", &format!("Parameter \"obj\" to Document() must be an object, got \"{}\" (type {})", text_of(cx, values)?, puremix_js::js_typeof(values).as_str().map(|s| s.to_string()).unwrap_or_default())));
    }
    if defaults {
        apply_defaults(cx, o, doc, false)?;
    }
    Ok(())
}

/// Empty objects for nested paths.
fn skeleton(cx: Cx, schema: &Schema, data: &Obj, shown: Option<&Projection>) {
    for path in schema.nested.borrow().iter() {
        if shown.is_none_or(|p| p.shows(path)) && state::get_at(cx, data, path).is_undefined() {
            state::put_at(cx, data, path, Obj::plain(cx).into());
        }
    }
}

/// Puts defaults where nothing is. `before`: those that are values, and arrays; functions run when the values are set.
fn apply_defaults(cx: Cx, o: &Obj, doc: &Doc, before: bool) -> R<()> {
    let data = doc.data();
    let paths = doc.schema.paths.borrow().clone();
    for (path, ty) in &paths {
        let is_early = ty.default.as_ref().is_some_and(|default| !default.is_callable());
        let has_any = ty.default.is_some() || ty.auto || matches!(ty.kind, Kind::Array(_) | Kind::Documents(_));
        if !has_any || is_early != before || !doc.selected.shows(path) || !state::get_at(cx, &data, path).is_undefined() {
            continue;
        }
        let value = default_of(cx, ty, Some(o))?;
        if value.is_undefined() {
            continue;
        }
        let kept = convert::to_bson(cx, &value)?;
        state::put_at(cx, &data, path, value);
        doc.defaulted.borrow_mut().push((path.clone(), kept));
    }
    Ok(())
}

/// A path's default, cast.
pub fn default_of(cx: Cx, ty: &PathType, owner: Option<&Obj>) -> R {
    let this = owner.map_or(Value::Undefined, |o| Value::Obj(o.clone()));
    let value = match &ty.default {
        Some(f) if f.is_callable() => ops::call(cx, f, &this, std::slice::from_ref(&this))?,
        // Each document has its own.
        Some(value) if is_plain(cx, value) || is_array(value) => convert::to_bson(cx, value)?.map(|b| convert::from_bson(cx, &b)).unwrap_or_default(),
        Some(value) => value.clone(),
        None if ty.auto => object_id::new_id(cx, object_id::generate()),
        None if matches!(ty.kind, Kind::Array(_) | Kind::Documents(_)) => array(cx, vec![]),
        None => Value::Undefined,
    };
    if value.is_nullish() {
        return Ok(value);
    }
    cast::cast(cx, ty, &value, For { path: &ty.path, owner, loading: false, model: None })
}

/// A document of the database's.
pub fn hydrate(cx: Cx, schema: &Rc<Schema>, model: Option<Rc<Model>>, proto: Obj, loaded: &Obj, selected: Projection) -> R<Obj> {
    let mut doc = Doc::new(schema.clone(), model, Obj::plain(cx));
    doc.is_new.set(false);
    doc.selected = selected;
    let o = Obj::native(cx, Some(proto), Class::Other, doc);
    let Some(doc) = o.payload::<Doc>() else { return Ok(o) };
    let data = doc.data();
    for f in hooks::of(cx, schema, When::Pre, "init", Target::Document)? {
        ops::call(cx, &f, &Value::Obj(o.clone()), &[Value::Obj(loaded.clone())])?;
    }
    skeleton(cx, schema, &data, Some(&doc.selected));
    apply_defaults(cx, &o, doc, true)?;
    init(cx, &o, schema, &data, loaded, "")?;
    apply_defaults(cx, &o, doc, false)?;
    for f in hooks::of(cx, schema, When::Post, "init", Target::Document)? {
        ops::call(cx, &f, &Value::Obj(o.clone()), &[Value::Obj(o.clone())])?;
    }
    Ok(o)
}

fn init(cx: Cx, o: &Obj, schema: &Schema, into: &Obj, loaded: &Obj, prefix: &str) -> R<()> {
    let from = Value::Obj(loaded.clone());
    for (key, _) in loaded.own_keys(cx) {
        let value = ops::get_key(cx, loaded, &key, &from)?;
        let name = cx.key_str(&key);
        let ty = if prefix.is_empty() { schema.path(name.as_str()) } else { schema.path(&format!("{prefix}{name}")) };
        let Some(ty) = ty else {
            let path = format!("{prefix}{name}");
            if schema.is_nested(&path)
                && let (Value::Obj(inner), true) = (&value, is_plain(cx, &value))
            {
                let place = match ops::get_key(cx, into, &key, &Value::Obj(into.clone()))? {
                    Value::Obj(place) => place,
                    _ => Obj::plain(cx),
                };
                into.put(cx, &key, Value::Obj(place.clone()));
                init(cx, o, schema, &place, inner, &format!("{path}."))?;
                continue;
            }
            into.put(cx, &key, value);
            continue;
        };
        let as_is = match (&ty.kind, &value) {
            (_, Value::Null) => true,
            (Kind::String, Value::Str(_)) | (Kind::Number, Value::Num(_)) | (Kind::Boolean, Value::Bool(_)) | (Kind::Mixed, _) => true,
            (Kind::Date, Value::Obj(d)) => matches!(d.kind(), ObjectKind::Date(_)),
            (Kind::ObjectId, v) => object_id::id_of(v).is_some(),
            _ => false,
        };
        let value = if as_is {
            value
        } else {
            match cast::cast(cx, &ty, &value, For { path: &ty.path, owner: Some(o), loading: true, model: None }) {
                Ok(value) => value,
                Err(_) => {
                    let error = cx.take_exception();
                    if let Some(doc) = o.payload::<Doc>() {
                        doc.invalid.borrow_mut().push((ty.path.clone(), error));
                    }
                    value
                }
            }
        };
        into.put(cx, &key, value);
    }
    Ok(())
}

/// A subdocument of a value, which belongs to `owner`.
pub fn subdocument(cx: Cx, schema: &Rc<Schema>, value: &Value, owner: Option<&Obj>, path: &str, loading: bool) -> R {
    let (_, proto) = super::subdocument_class(cx, schema);
    if let (Value::Obj(o), Some(doc)) = (value, doc_of(value))
        && Rc::ptr_eq(&doc.schema, schema)
    {
        if doc.parent.borrow().is_none() || doc.parent.borrow().as_ref() == owner {
            tie(doc, owner, path);
            return Ok(Value::Obj(o.clone()));
        }
        let data = invoke(cx, value, "toObject", &[])?;
        return subdocument(cx, schema, &data, owner, path, loading);
    }
    let source = if doc_of(value).is_some() { invoke(cx, value, "toObject", &[])? } else { value.clone() };
    let made = match (&source, loading) {
        (Value::Obj(source), true) => hydrate(cx, schema, None, proto, source, Projection::default())?,
        _ => {
            let made = Obj::native(cx, Some(proto), Class::Other, Doc::new(schema.clone(), None, Obj::plain(cx)));
            if let Some(doc) = made.payload::<Doc>() {
                tie(doc, owner, path);
            }
            fill(cx, &made, &source, true)?;
            made
        }
    };
    if let Some(doc) = made.payload::<Doc>() {
        tie(doc, owner, path);
    }
    Ok(made.into())
}

fn tie(doc: &Doc, owner: Option<&Obj>, path: &str) {
    if let Some(owner) = owner {
        doc.parent.replace(Some(owner.clone()));
        doc.parent_path.replace(path.to_owned());
    }
}

/// The default of a path for a document that does not exist yet.
pub fn default_value(cx: Cx, ty: &PathType) -> R {
    default_of(cx, ty, None)
}
