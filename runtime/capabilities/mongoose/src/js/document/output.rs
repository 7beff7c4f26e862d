//! Documents as plain objects: `toObject` and `toJSON`.

use super::{Doc, doc_of, state};
use crate::js::object_id::id_of;
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Cursor, Cx, Intrinsic, Kind, MapData, Obj, R, Value};

/// What was asked for.
#[derive(Clone)]
struct Wanted {
    json: bool,
    getters: bool,
    virtuals: Value,
    minimize: bool,
    version_key: bool,
    flatten_maps: bool,
    flatten_ids: bool,
    depopulate: bool,
    transform: Value,
    /// `virtuals` and `getters` come from the schema alone: of `toJSON`, subdocuments then use their own schema's.
    by_schema: bool,
    /// As the program gave them, for transforms and subdocuments.
    options: Value,
}

/// `doc.toObject(options)`, or with `json` `doc.toJSON(options)`.
pub fn to_object(cx: Cx, o: &Obj, options: &Value, json: bool) -> R {
    let Some(doc) = o.payload::<Doc>() else { return Ok(Value::Undefined) };
    let of_schema = member(cx, &doc.schema.options_object.clone().into(), if json { "toJSON" } else { "toObject" })?;
    let read = |name: &str| -> R {
        let own = option(cx, options, name)?;
        if own.is_undefined() { option(cx, &of_schema, name) } else { Ok(own) }
    };
    let flag = |name: &str, default: bool| -> R<bool> {
        let v = read(name)?;
        Ok(if v.is_undefined() { default } else { truthy(&v) })
    };
    let getters = flag("getters", false)?;
    let virtuals = read("virtuals")?;
    let wanted = Wanted {
        json,
        getters,
        // `getters: true` means virtuals too.
        virtuals: if virtuals.is_undefined() && getters { Value::Bool(true) } else { virtuals },
        minimize: flag("minimize", doc.schema.options.borrow().minimize)?,
        version_key: flag("versionKey", true)?,
        flatten_maps: flag("flattenMaps", json)?,
        flatten_ids: flag("flattenObjectIds", false)?,
        depopulate: flag("depopulate", false)?,
        transform: read("transform")?,
        by_schema: option(cx, options, "virtuals")?.is_undefined() && option(cx, options, "getters")?.is_undefined(),
        options: if options.is_object() { options.clone() } else { Obj::plain(cx).into() },
    };
    render(cx, o, doc, &wanted)
}

fn render(cx: Cx, o: &Obj, doc: &Doc, wanted: &Wanted) -> R {
    let out = Obj::plain(cx);
    members(cx, &doc.data(), &out, wanted)?;
    for (path, ty) in doc.schema.paths.borrow().clone() {
        if wanted.getters && !ty.getters.is_empty() && !state::get_at(cx, &doc.data(), &path).is_undefined() {
            let value = state::get_path(cx, o, &path)?;
            if !value.is_undefined() {
                state::put_at(cx, &out, &path, copy(cx, &value, wanted)?);
            }
        }
        let transform = option(cx, &ty.options, "transform")?;
        if transform.is_callable() {
            let value = state::get_at(cx, &doc.data(), &path);
            if !value.is_undefined() {
                state::put_at(cx, &out, &path, ops::call(cx, &transform, &Value::Obj(o.clone()), &[value])?);
            }
        }
    }
    let some_virtuals = elements(&wanted.virtuals);
    let mut virtuals = doc.schema.virtuals.borrow().clone();
    // `id` is added last, when the model is made.
    virtuals.sort_by_key(|(name, v)| name == "id" && v.options.is_undefined());
    for (name, v) in virtuals {
        // Populated virtuals are no exception: they too are in the output only where virtuals are asked for.
        let asked = truthy(&wanted.virtuals) && (some_virtuals.is_empty() || some_virtuals.iter().any(|n| n.as_str().is_some_and(|n| n.as_str() == name)));
        if !asked {
            continue;
        }
        let value = state::get_virtual(cx, o, &v)?;
        if !value.is_undefined() {
            state::put_at(cx, &out, &name, copy(cx, &value, wanted)?);
        }
    }
    if wanted.minimize {
        minimize(cx, &out);
    }
    if !wanted.version_key
        && let Some(key) = &doc.schema.options.borrow().version_key
    {
        out.delete_own(cx, &cx.key_of(key));
    }
    if wanted.transform.is_callable() {
        let answer = ops::call(cx, &wanted.transform, &Value::Undefined, &[Value::Obj(o.clone()), Value::Obj(out.clone()), wanted.options.clone()])?;
        if !answer.is_undefined() {
            return Ok(answer);
        }
    }
    Ok(out.into())
}

fn members(cx: Cx, from: &Obj, into: &Obj, wanted: &Wanted) -> R<()> {
    for (name, value) in entries(cx, &Value::Obj(from.clone()))? {
        if !value.is_undefined() {
            put(cx, into, &name, copy(cx, &value, wanted)?);
        }
    }
    Ok(())
}

fn copy(cx: Cx, value: &Value, wanted: &Wanted) -> R {
    puremix_value::check_stack(cx)?;
    let Value::Obj(o) = value else { return Ok(value.clone()) };
    if let Some(doc) = doc_of(value) {
        if wanted.depopulate && doc.model.is_some() {
            return member(cx, value, "_id");
        }
        return to_object(cx, o, &inherited(cx, wanted, doc)?, wanted.json);
    }
    if id_of(value).is_some() {
        return if wanted.flatten_ids { Ok(Value::Str(ops::js_to_string(cx, value)?)) } else { Ok(value.clone()) };
    }
    Ok(match o.kind() {
        Kind::Array(_) => {
            let items: R<Vec<Value>> = elements(value).iter().map(|item| copy(cx, item, wanted)).collect();
            array(cx, items?)
        }
        Kind::Date(t) => puremix_js::date::new_date(cx, t.get()),
        Kind::Map(map) => {
            let (mut cursor, flat, copied) = (Cursor::default(), Obj::plain(cx), MapData::new());
            while let Some((key, item)) = map.next_at(&mut cursor) {
                let item = copy(cx, &item, wanted)?;
                if wanted.flatten_maps {
                    put(cx, &flat, &text_of(cx, &key)?, item);
                } else {
                    copied.set(key, item);
                }
            }
            if wanted.flatten_maps { flat.into() } else { Obj::with(cx, Some(cx.intrinsic(Intrinsic::MapPrototype)), Kind::Map(Box::new(copied))).into() }
        }
        Kind::Plain if is_plain(cx, value) => {
            let out = Obj::plain(cx);
            members(cx, o, &out, wanted)?;
            out.into()
        }
        _ => value.clone(),
    })
}

/// What a document passes on to those inside: the options given, not its schema's transform.
fn inherited(cx: Cx, wanted: &Wanted, inner: &Doc) -> R {
    let out = Obj::plain(cx);
    for (name, value) in entries(cx, &wanted.options)? {
        put(cx, &out, &name, value);
    }
    if wanted.json && wanted.by_schema {
        return Ok(out.into());
    }
    let own = member(cx, &inner.schema.options_object.clone().into(), if wanted.json { "toJSON" } else { "toObject" })?;
    for (name, value) in [("getters", Value::Bool(wanted.getters)), ("virtuals", wanted.virtuals.clone()), ("flattenMaps", Value::Bool(wanted.flatten_maps))] {
        if option(cx, &own, name)?.is_undefined() && !value.is_undefined() {
            put(cx, &out, name, value);
        }
    }
    Ok(out.into())
}

/// Takes out what is empty.
fn minimize(cx: Cx, o: &Obj) {
    for (key, _) in o.own_keys(cx) {
        let Some(puremix_value::Own::Data { value, .. }) = o.get_own(cx, &key) else { continue };
        if !is_plain(cx, &value) {
            continue;
        }
        if let Value::Obj(inner) = &value {
            minimize(cx, inner);
            if inner.own_keys(cx).is_empty() {
                o.delete_own(cx, &key);
            }
        }
    }
}

/// An array of a document as a plain one.
pub fn array_to_object(cx: Cx, v: &Value, options: &Value) -> R {
    let items: R<Vec<Value>> = elements(v)
        .iter()
        .map(|item| match item {
            Value::Obj(o) if o.payload::<Doc>().is_some() => to_object(cx, o, options, false),
            other => Ok(other.clone()),
        })
        .collect();
    Ok(array(cx, items?))
}
