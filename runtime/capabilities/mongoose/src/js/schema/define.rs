//! Definitions: from `{name: String, tags: [String], address: {city: String}}` to paths with types.

use super::types::{Kind, PathType};
use super::{Schema, schema_of};
use crate::js::support::*;
use puremix_value::{Cx, R, Value};
use std::rc::Rc;

/// Adds a definition's members under a prefix.
pub fn add(cx: Cx, schema: &Schema, definition: &Value, prefix: &str) -> R<()> {
    for (name, value) in entries(cx, definition)? {
        if name == "_id" && prefix.is_empty() && matches!(value, Value::Bool(false)) {
            schema.options.borrow_mut().id_path = false;
            continue;
        }
        let path = format!("{prefix}{name}");
        if name == "__proto__" || name == "constructor" || name == "prototype" {
            continue;
        }
        if value.is_nullish() {
            return Err(type_error(cx, &format!("Invalid value for schema path `{path}`, got value \"{}\"", if matches!(value, Value::Null) { "null" } else { "undefined" })));
        }
        if is_nested(cx, &value)? {
            schema.nested.borrow_mut().push(path.clone());
            add(cx, schema, &value, &format!("{path}."))?;
            continue;
        }
        let ty = parse(cx, &path, &value)?;
        schema.add_path(cx, ty)?;
    }
    Ok(())
}

/// Whether an object defines members instead of a type.
fn is_nested(cx: Cx, value: &Value) -> R<bool> {
    if !is_plain(cx, value) {
        return Ok(false);
    }
    let ty = member(cx, value, "type")?;
    if ty.is_undefined() {
        return Ok(!entries(cx, value)?.is_empty());
    }
    // `{type: {type: String}}` has a member called `type`.
    Ok(is_plain(cx, &ty) && !member(cx, &ty, "type")?.is_undefined())
}

/// The type of a path.
pub fn parse(cx: Cx, path: &str, value: &Value) -> R<PathType> {
    let wrapped = is_plain(cx, value) && !member(cx, value, "type")?.is_undefined();
    let (ty, options) = if wrapped { (member(cx, value, "type")?, value.clone()) } else { (value.clone(), Value::Undefined) };
    let kind = kind(cx, path, &ty, &options)?;
    let mut out = PathType::new(path, kind, options);
    out.read_options(cx)?;
    if let Kind::Array(of) = &mut out.kind {
        // `{type: [ObjectId], ref: 'User'}` and `{type: [String], enum: […]}` mean the elements.
        let mut element = (**of).clone();
        if element.reference.is_none() {
            element.reference = out.reference.take();
        }
        if element.ref_path.is_none() {
            element.ref_path = out.ref_path.take();
        }
        let (of_elements, of_array): (Vec<_>, Vec<_>) = out.validators.drain(..).partition(|v| matches!(v.rule, super::types::Rule::Enum(_)));
        element.validators.extend(of_elements);
        out.validators = of_array;
        *of = Rc::new(element);
    }
    Ok(out)
}

fn kind(cx: Cx, path: &str, ty: &Value, options: &Value) -> R<Kind> {
    if let Some(schema) = schema_of(ty) {
        return Ok(Kind::Document(schema));
    }
    if is_array(ty) {
        return array_kind(cx, path, elements(ty).first().cloned());
    }
    if is_plain(cx, ty) {
        if entries(cx, ty)?.is_empty() {
            return Ok(Kind::Mixed);
        }
        // `{type: {city: String}}` is a subdocument.
        return Ok(Kind::Document(Schema::build(cx, ty, &Value::Undefined)?));
    }
    let name = match ty {
        Value::Str(s) => s.to_string(),
        Value::Obj(o) if o.is_callable() => match function_name(cx, ty) {
            name if name == "ObjectID" => "ObjectId".to_owned(),
            name => name,
        },
        _ => String::new(),
    };
    Ok(match name.to_ascii_lowercase().as_str() {
        "string" => Kind::String,
        "number" | "double" | "int32" => Kind::Number,
        "boolean" | "bool" => Kind::Boolean,
        "date" => Kind::Date,
        "objectid" | "oid" => Kind::ObjectId,
        "buffer" => Kind::Buffer,
        "decimal128" => Kind::Decimal128,
        "bigint" => Kind::BigInt,
        "uuid" => Kind::String,
        "mixed" | "object" => Kind::Mixed,
        "map" | "schemamap" => {
            let of = option(cx, options, "of")?;
            let of = if of.is_undefined() { PathType::new(path, Kind::Mixed, Value::Undefined) } else { parse(cx, path, &of)? };
            Kind::Map(Rc::new(of))
        }
        "array" => {
            let of = option(cx, options, "of")?;
            array_kind(cx, path, (!of.is_undefined()).then_some(of))?
        }
        _ => {
            let shown = if name.is_empty() { puremix_js::inspect(cx, ty) } else { name };
            return Err(type_error(
                cx,
                &format!("Invalid schema configuration: `{shown}` is not a valid type at path `{path}`. See https://bit.ly/mongoose-schematypes for a list of valid schema types."),
            ));
        }
    })
}

fn array_kind(cx: Cx, path: &str, element: Option<Value>) -> R<Kind> {
    let Some(element) = element else { return Ok(Kind::Array(Rc::new(PathType::new(path, Kind::Mixed, Value::Undefined)))) };
    if let Some(schema) = schema_of(&element) {
        return Ok(Kind::Documents(schema));
    }
    if is_plain(cx, &element) {
        let ty = member(cx, &element, "type")?;
        if let Some(schema) = schema_of(&ty) {
            return Ok(Kind::Documents(schema));
        }
        let has_type = !ty.is_undefined() && !(is_plain(cx, &ty) && !member(cx, &ty, "type")?.is_undefined());
        if !has_type && !entries(cx, &element)?.is_empty() {
            return Ok(Kind::Documents(Schema::build(cx, &element, &Value::Undefined)?));
        }
    }
    Ok(Kind::Array(Rc::new(parse(cx, path, &element)?)))
}
