//! Discriminators: models of one collection, told apart by a key that each document has.

use super::{Model, define_model};
use crate::js::errors;
use crate::js::schema::{Index, Schema, define, object_of, schema_of};
use crate::js::support::*;
use puremix_value::{Args, Cx, ErrorKind, FnDef, Obj, R, Thrown, Value};
use std::rc::Rc;

/// What makes a model one of several kinds.
pub struct Mark {
    /// The path that tells kinds apart.
    pub key: String,
    /// Its value in documents of this kind.
    pub value: Value,
}

/// Of a schema that has not chosen another.
const KEY: &str = "__t";

impl Model {
    /// The model of a document with these values: of the kind that they name, else this one.
    pub fn of_kind(self: &Rc<Model>, cx: Cx, values: &Value) -> R<Rc<Model>> {
        if self.kinds.borrow().is_empty() || !values.is_object() {
            return Ok(self.clone());
        }
        let value = member(cx, values, &key_of(cx, &self.schema)?)?;
        let found = self.kinds.borrow().iter().find(|kind| kind.mark.as_ref().is_some_and(|mark| puremix_js::ops::js_strict_eq(&mark.value, &value))).cloned();
        Ok(found.unwrap_or_else(|| self.clone()))
    }
}

fn key_of(cx: Cx, schema: &Schema) -> R<String> {
    Ok(match option(cx, &schema.options_object.clone().into(), "discriminatorKey")? {
        Value::Str(key) => key.to_string(),
        _ => KEY.to_owned(),
    })
}

fn refuse(cx: Cx, message: &str) -> Thrown {
    cx.throw_error(ErrorKind::Error, message)
}

/// `Base.discriminator(name, schema, value)`.
pub fn discriminator(cx: Cx, base: &Rc<Model>, a: &Args<'_>) -> R {
    let name = text_of(cx, a.get(0))?;
    let own = match (schema_of(a.get(1)), a.get(1)) {
        (Some(schema), _) => schema,
        (None, given) if is_plain(cx, given) => Schema::build(cx, given, &Value::Undefined)?,
        (None, _) => return Err(refuse(cx, "You must pass a valid discriminator Schema")),
    };
    let given = if is_plain(cx, a.get(2)) { option(cx, a.get(2), "value")? } else { a.get(2).clone() };
    let is_given = !given.is_nullish() && given.as_str().is_none_or(|text| !text.as_str().is_empty());
    let value = if is_given { given } else { Value::str(&name) };
    if base.mark.is_some() {
        return Err(refuse(cx, &format!("Discriminator \"{name}\" can only be a discriminator of the root model")));
    }
    let key = key_of(cx, &base.schema)?;
    if base.schema.path(&key).is_none() {
        let spec = Obj::plain(cx);
        put(cx, &spec, "type", Value::str("String"));
        base.schema.add_path(cx, define::parse(cx, &key, &spec.into())?)?;
        base.forget_shape();
    }
    if own.path(&key).is_some() {
        return Err(refuse(cx, &format!("Discriminator \"{name}\" cannot have field with name \"{key}\"")));
    }
    if base.kinds.borrow().iter().any(|kind| kind.name == name) {
        return Err(refuse(cx, &format!("Discriminator with name \"{name}\" already exists")));
    }
    if base.connection.model(&name).is_some() {
        return Err(errors::throw(cx, "OverwriteModelError", &format!("Cannot overwrite `{name}` model once compiled.")));
    }
    let schema = merged(cx, &base.schema, &own, &key, &value)?;
    let (ctor, model) = define_model(cx, &base.connection, &name, &schema, Some(base.collection.clone()), Some((base, Mark { key, value })))?;
    put(cx, &ctor, "baseModelName", Value::str(&base.name));
    base.kinds.borrow_mut().push(model.clone());
    if let Value::Obj(above) = base.object() {
        let all = Obj::plain(cx);
        for kind in base.kinds.borrow().iter() {
            put(cx, &all, &kind.name, kind.object());
        }
        put(cx, &above, "discriminators", all);
    }
    base.connection.models.borrow_mut().push((name, ctor.clone(), model));
    Ok(ctor.into())
}

/// The base's schema with what the kind's own adds. Its own indexes are for documents of its kind only.
fn merged(cx: Cx, base: &Rc<Schema>, own: &Rc<Schema>, key: &str, value: &Value) -> R<Rc<Schema>> {
    let schema = Schema::build(cx, &object_of(cx, base, None).into(), &base.options_object.clone().into())?;
    let of_base: Vec<Index> = schema.indexes.borrow().clone();
    schema.absorb(cx, own);
    for (name, value) in entries(cx, &own.options_object.clone().into())? {
        if !matches!(name.as_str(), "discriminatorKey" | "collection" | "_id" | "id") {
            schema.set_option(cx, &name, &value)?;
        }
    }
    schema.add_timestamps(cx)?;
    let mut indexes = of_base;
    for index in own.indexes.borrow().iter() {
        let (options, filter) = (Obj::plain(cx), Obj::plain(cx));
        for (name, value) in entries(cx, &index.options)? {
            put(cx, &options, &name, value);
        }
        put(cx, &filter, key, value.clone());
        for (path, wanted) in entries(cx, &option(cx, &index.options, "partialFilterExpression")?)? {
            put(cx, &filter, &path, wanted);
        }
        put(cx, &options, "partialFilterExpression", filter);
        indexes.push(Index { keys: index.keys.clone(), options: options.into() });
    }
    schema.indexes.replace(indexes);
    static SET: FnDef = FnDef::native("set", 1, |cx, a| {
        if puremix_js::ops::js_strict_eq(a.get(0), &a.env(0).clone()) {
            return Ok(a.get(0).clone());
        }
        Err(refuse(cx, &format!("Can't set discriminator key \"{}\"", text_of(cx, &a.env(1).clone())?)))
    });
    let spec = Obj::plain(cx);
    let known = base.path(key).map_or("String", |ty| ty.kind.name());
    put(cx, &spec, "type", Value::str(known));
    put(cx, &spec, "default", value.clone());
    put(cx, &spec, "set", native_with(cx, &SET, vec![value.clone(), Value::str(key)]));
    schema.paths.borrow_mut().retain(|(path, _)| path != key);
    schema.add_path(cx, define::parse(cx, key, &spec.into())?)?;
    Ok(schema)
}

/// A filter of one kind finds documents of that kind.
pub fn narrow(cx: Cx, model: &Model, conditions: &Obj) {
    if let Some(mark) = &model.mark {
        put(cx, conditions, &mark.key, mark.value.clone());
    }
}

/// The same for a pipeline.
pub fn stage_of_kind(cx: Cx, model: &Model) -> Option<Value> {
    let mark = model.mark.as_ref()?;
    let (stage, filter) = (Obj::plain(cx), Obj::plain(cx));
    put(cx, &filter, &mark.key, mark.value.clone());
    put(cx, &stage, "$match", filter);
    Some(stage.into())
}
