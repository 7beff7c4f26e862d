//! Filters and updates of programs: cast by the schema, then BSON.

use super::convert::{to_bson, to_map};
use super::document::Doc;
use super::errors;
use super::schema::cast::{self, For};
use super::schema::{Kind, PathType, Schema, Strict};
use super::support::*;
use crate::doc::{Bson, Map};
use puremix_value::{Cx, R, Thrown, Value};
use std::rc::Rc;

/// For whom a filter is cast.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub schema: &'a Schema,
    /// Named in cast errors.
    pub model: &'a str,
    /// Unknown paths are left out, as `strictQuery` says.
    pub strict: bool,
    /// Operators in values are values, as `sanitizeFilter` says.
    pub sanitize: bool,
}

/// Marks an object whose operators are meant: `mongoose.trusted({…})`.
pub fn trusted_key() -> puremix_value::Key {
    symbol("trusted")
}

/// Operators that a client sent are never obeyed: a filter or update of a request's own making is an error of the client's.
///
/// # Errors
/// A `CastError` with status 400, unless `mongoose.trusted()` was asked.
pub fn refuse_request(cx: Cx, at: &str, value: &Value) -> R<()> {
    if !is_from_request(cx, value) {
        return Ok(());
    }
    let format = Some("{PATH} has operators that came with the request: {VALUE}".to_owned());
    let error = errors::cast_error(cx, &errors::Cast { kind: "query", value, path: at, model: None, because: None, format });
    error.put_hidden(cx, cx.key_of("status"), 400.0);
    Err(cx.throw(error.into()))
}

fn is_from_request(cx: Cx, value: &Value) -> bool {
    puremix_js::provenance::is_marked(cx, value) && value.as_obj().is_some_and(|o| o.get_own(cx, &trusted_key()).is_none())
}

fn bson(cx: Cx, v: &Value) -> R<Bson> {
    Ok(to_bson(cx, v)?.unwrap_or(Bson::Null))
}

fn refuse(cx: Cx, message: &str) -> Thrown {
    errors::throw(cx, "MongooseError", message)
}

/// Casts a filter.
pub fn cast_filter(cx: Cx, to: Context<'_>, filter: &Value) -> R<Map> {
    let mut out = Map::default();
    if filter.is_nullish() {
        return Ok(out);
    }
    if !filter.is_object() || is_array(filter) {
        return Err(errors::throw(cx, "ObjectParameterError", &format!("Parameter \"filter\" to find() must be an object, got \"{}\" (type {})", text_of(cx, filter)?, text_of(cx, &puremix_js::js_typeof(filter))?)));
    }
    refuse_request(cx, "filter", filter)?;
    let source = match filter.as_obj().and_then(|o| o.payload::<Doc>()) {
        Some(doc) => Value::Obj(doc.data()),
        None => filter.clone(),
    };
    for (path, value) in entries(cx, &source)? {
        match path.as_str() {
            "$and" | "$or" | "$nor" => {
                if !is_array(&value) {
                    let error = errors::cast_error(cx, &errors::Cast { kind: "Array", value: &value, path: &path, because: None, format: None, model: Some(to.model) });
                    return Err(cx.throw(error.into()));
                }
                // An empty list says nothing.
                if elements(&value).is_empty() {
                    continue;
                }
                let parts: R<Vec<Bson>> = elements(&value).iter().map(|part| cast_filter(cx, to, part).map(Bson::Object)).collect();
                out.set(&path, Bson::Array(parts?));
            }
            "$where" | "$function" => return Err(refuse(cx, &format!("{path} runs code that comes as data; it is not supported: use $expr, or filter in JavaScript"))),
            path if path.starts_with('$') => out.set(path, bson(cx, &value)?),
            path => {
                if let Some(cast) = cast_condition(cx, to, path, &value)? {
                    out.set(path, cast);
                }
            }
        }
    }
    Ok(out)
}

fn cast_condition(cx: Cx, to: Context<'_>, path: &str, value: &Value) -> R<Option<Bson>> {
    if value.is_undefined() {
        return Ok(Some(Bson::Null));
    }
    let is_operators = is_plain(cx, value) && entries(cx, value)?.first().is_some_and(|(n, _)| n.starts_with('$'));
    if is_operators {
        refuse_request(cx, path, value)?;
    }
    if is_operators && to.sanitize && value.as_obj().is_some_and(|o| o.get_own(cx, &trusted_key()).is_none()) {
        // What looks like operators is a value, which the path's type then refuses or takes.
        let ty = to.schema.resolve(path);
        let cast = match &ty {
            Some(ty) => cast_value(cx, to, ty, path, value)?,
            None => bson(cx, value)?,
        };
        return Ok(Some(Bson::Object(Map(vec![("$eq".to_owned(), cast)]))));
    }
    let Some(ty) = to.schema.resolve(path) else {
        let known = to.schema.is_nested(path) || to.schema.options.borrow().strict == Strict::Keep;
        return if to.strict && !known { Ok(None) } else { bson(cx, value).map(Some) };
    };
    if is_operators {
        return cast_operators(cx, to, &ty, path, value).map(|m| Some(Bson::Object(m)));
    }
    if is_array(value) && matches!(ty.kind, Kind::String | Kind::Number | Kind::Boolean | Kind::Date | Kind::ObjectId) {
        // A list for a path that holds one value: any of them.
        let any: R<Vec<Bson>> = elements(value).iter().map(|item| cast_value(cx, to, &ty, path, item)).collect();
        return Ok(Some(Bson::Object(Map(vec![("$in".to_owned(), Bson::Array(any?))]))));
    }
    cast_value(cx, to, &ty, path, value).map(Some)
}

fn cast_operators(cx: Cx, to: Context<'_>, ty: &Rc<PathType>, path: &str, value: &Value) -> R<Map> {
    let mut out = Map::default();
    for (name, operand) in entries(cx, value)? {
        let cast = match name.as_str() {
            "$in" | "$nin" | "$all" => {
                let items = if is_array(&operand) { elements(&operand) } else { vec![operand] };
                let items: R<Vec<Bson>> = items
                    .iter()
                    .map(|item| match entries(cx, item)?.first() {
                        Some((n, _)) if is_plain(cx, item) && n == "$elemMatch" => cast_operators(cx, to, ty, path, item).map(Bson::Object),
                        _ => cast_value(cx, to, ty, path, item),
                    })
                    .collect();
                Bson::Array(items?)
            }
            "$exists" => Bson::Bool(truthy(&operand)),
            "$type" | "$mod" | "$options" | "$comment" => bson(cx, &operand)?,
            "$size" => Bson::Num(puremix_js::js_to_number(cx, &operand)?),
            "$regex" => match &operand {
                Value::Obj(_) if puremix_js::regexp::as_regexp(&operand).is_some() => bson(cx, &operand)?,
                other => Bson::Str(text_of(cx, other)?),
            },
            "$not" if is_plain(cx, &operand) => Bson::Object(cast_operators(cx, to, ty, path, &operand)?),
            "$not" => bson(cx, &operand)?,
            "$elemMatch" => match &ty.kind {
                Kind::Documents(schema) => Bson::Object(cast_filter(cx, Context { schema, ..to }, &operand)?),
                Kind::Array(of) if entries(cx, &operand)?.first().is_some_and(|(n, _)| n.starts_with('$')) => Bson::Object(cast_operators(cx, to, of, path, &operand)?),
                _ => bson(cx, &operand)?,
            },
            "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte" => cast_value(cx, to, ty, path, &operand)?,
            other => {
                let message = format!("Can't use {other} with {}.", ty.kind.name());
                return Err(cx.throw(puremix_js::builtins::error::make_error(cx, puremix_value::ErrorKind::Error, &message)));
            }
        };
        out.set(&name, cast);
    }
    Ok(out)
}

fn cast_value(cx: Cx, to: Context<'_>, ty: &PathType, path: &str, value: &Value) -> R<Bson> {
    if value.is_nullish() {
        return Ok(Bson::Null);
    }
    if puremix_js::regexp::as_regexp(value).is_some() && matches!(ty.kind, Kind::String | Kind::Mixed | Kind::Array(_)) {
        return bson(cx, value);
    }
    // Of a subdocument's path, messages give the part in its own schema.
    let named = if ty.path.is_empty() { path } else { &ty.path };
    let model = For { path: named, owner: None, loading: false, model: Some(to.model) };
    match &ty.kind {
        Kind::Document(_) if !value.is_object() => {
            let error = errors::cast_error(cx, &errors::Cast { kind: "Embedded", value, path: named, because: None, format: None, model: Some(to.model) });
            Err(cx.throw(error.into()))
        }
        Kind::Array(of) => {
            if is_array(value) {
                let items: R<Vec<Bson>> = elements(value).iter().map(|item| cast_value(cx, to, of, path, item)).collect();
                return items.map(Bson::Array);
            }
            cast_value(cx, to, of, path, value)
        }
        Kind::Documents(_) | Kind::Document(_) | Kind::Mixed | Kind::Map(_) => bson(cx, value),
        _ => {
            let cast = cast::set(cx, ty, value, model)?;
            // A document where an id is meant.
            bson(cx, &if matches!(ty.kind, Kind::ObjectId) && cast.as_obj().is_some_and(|o| o.payload::<Doc>().is_some()) { member(cx, &cast, "_id")? } else { cast })
        }
    }
}

/// An update of a program: operators cast, or a whole document.
pub struct Cast {
    pub operators: Map,
    pub replacement: Option<Map>,
}

/// Casts an update. Members without an operator are set.
pub fn cast_update(cx: Cx, to: Context<'_>, update: &Value, replace: bool) -> R<Cast> {
    if is_array(update) {
        return Err(refuse(cx, "updates by a pipeline are not supported: use update operators"));
    }
    refuse_request(cx, "update", update)?;
    let source = match update.as_obj().and_then(|o| o.payload::<Doc>()) {
        Some(_) => invoke(cx, update, "toObject", &[])?,
        None => update.clone(),
    };
    let mut operators = Map::default();
    let mut set = Map::default();
    for (name, value) in entries(cx, &source)? {
        if replace && !name.starts_with('$') || !name.starts_with('$') {
            cast_set(cx, to, &name, &value, &mut set)?;
            continue;
        }
        if !value.is_object() {
            return Err(refuse(cx, &format!("Invalid update: Unexpected value \"{}\" for update operator \"{name}\"", text_of(cx, &value)?)));
        }
        let mut cast = Map::default();
        for (path, operand) in entries(cx, &value)? {
            if name == "$set" || name == "$setOnInsert" {
                cast_set(cx, to, &path, &operand, &mut cast)?;
                continue;
            }
            let Some(operand) = cast_operand(cx, to, &name, &path, &operand)? else { continue };
            cast.set(&path, operand);
        }
        if name == "$set" {
            set.0.extend(cast.0);
        } else if !cast.is_empty() {
            operators.set(&name, Bson::Object(cast));
        }
    }
    if replace {
        return Ok(Cast { operators: Map::default(), replacement: Some(set) });
    }
    if !set.is_empty() {
        operators.0.insert(0, ("$set".to_owned(), Bson::Object(set)));
    }
    Ok(Cast { operators, replacement: None })
}

/// Whether the schema has the path; otherwise `strict` decides.
fn is_known(cx: Cx, to: Context<'_>, path: &str) -> R<bool> {
    let plain: String = path.split('.').filter(|p| !p.starts_with('$')).collect::<Vec<_>>().join(".");
    let versioned = to.schema.options.borrow().version_key.as_deref() == Some(path);
    if to.schema.resolve(path).is_some() || to.schema.resolve(&plain).is_some() || to.schema.is_nested(path) || versioned {
        return Ok(true);
    }
    match to.schema.options.borrow().strict {
        Strict::Keep => Ok(true),
        Strict::Drop => Ok(false),
        Strict::Throw => Err(errors::throw(cx, "StrictModeError", &format!("Path \"{path}\" is not in schema, strict mode is `true`, and upsert is `true`."))),
    }
}

fn cast_set(cx: Cx, to: Context<'_>, path: &str, value: &Value, out: &mut Map) -> R<()> {
    if value.is_undefined() || path.split('.').any(|p| matches!(p, "__proto__" | "constructor" | "prototype")) || !is_known(cx, to, path)? {
        return Ok(());
    }
    if let Some(ty) = to.schema.resolve(path) {
        if ty.immutable.as_ref().is_some_and(|i| !i.is_callable()) && to.schema.path(path).is_some() {
            return Ok(());
        }
        let cast = if value.is_nullish() { value.clone() } else { cast::set(cx, &ty, value, For { path, owner: None, loading: false, model: Some(to.model) })? };
        let is_reference = matches!(ty.kind, Kind::ObjectId) && cast.as_obj().is_some_and(|o| o.payload::<Doc>().is_some());
        out.set(path, bson(cx, &if is_reference { member(cx, &cast, "_id")? } else { cast })?);
        return Ok(());
    }
    if to.schema.is_nested(path) && is_plain(cx, value) {
        let mut inner = Map::default();
        for (name, value) in entries(cx, value)? {
            cast_set(cx, to, &format!("{path}.{name}"), &value, &mut inner)?;
        }
        // As one object: members that are not named go.
        let mut whole = Map::default();
        for (full, value) in inner.0 {
            let below: Vec<&str> = full[path.len() + 1..].split('.').collect();
            if let Ok(place) = crate::doc::path::place(&mut whole, &below) {
                *place = value;
            }
        }
        out.set(path, Bson::Object(whole));
        return Ok(());
    }
    out.set(path, bson(cx, value)?);
    Ok(())
}

fn cast_operand(cx: Cx, to: Context<'_>, operator: &str, path: &str, operand: &Value) -> R<Option<Bson>> {
    if operand.is_undefined() || path.split('.').any(|p| matches!(p, "__proto__" | "constructor" | "prototype")) || !is_known(cx, to, path)? {
        return Ok(None);
    }
    let ty = to.schema.resolve(path);
    let as_path = |ty: &PathType, v: &Value| -> R<Bson> { bson(cx, &cast::set(cx, ty, v, For { path, owner: None, loading: false, model: Some(to.model) })?) };
    let as_element = |v: &Value| -> R<Bson> {
        match ty.as_deref() {
            Some(ty @ PathType { kind: Kind::Documents(_) | Kind::Array(_), .. }) => {
                let value = cast::cast_element(cx, ty, v, 0, For { path, owner: None, loading: false, model: Some(to.model) })?;
                bson(cx, &match &ty.kind {
                    Kind::Array(of) if matches!(of.kind, Kind::ObjectId) && value.as_obj().is_some_and(|o| o.payload::<Doc>().is_some()) => member(cx, &value, "_id")?,
                    _ => value,
                })
            }
            _ => bson(cx, v),
        }
    };
    Ok(Some(match operator {
        "$inc" | "$mul" => {
            let number = PathType::new(path, Kind::Number, Value::Undefined);
            let cast = cast::cast(cx, &number, operand, For { path, owner: None, loading: false, model: Some(to.model) })?;
            bson(cx, &cast)?
        }
        "$min" | "$max" => match &ty {
            Some(ty) => as_path(ty, operand)?,
            None => bson(cx, operand)?,
        },
        "$push" | "$addToSet" => {
            let each = if is_plain(cx, operand) { member(cx, operand, "$each")? } else { Value::Undefined };
            if each.is_undefined() {
                // `$push: {tags: [a, b]}` on an array of scalars adds one array, which the schema does not hold: mongoose means each.
                as_element(operand)?
            } else {
                let mut out = Map::default();
                for (name, value) in entries(cx, operand)? {
                    let cast = if name == "$each" {
                        let items: R<Vec<Bson>> = (if is_array(&value) { elements(&value) } else { vec![value] }).iter().map(as_element).collect();
                        Bson::Array(items?)
                    } else {
                        bson(cx, &value)?
                    };
                    out.set(&name, cast);
                }
                Bson::Object(out)
            }
        }
        "$pullAll" => {
            let items: R<Vec<Bson>> = elements(operand).iter().map(as_element).collect();
            Bson::Array(items?)
        }
        "$pull" => match ty.as_deref() {
            Some(PathType { kind: Kind::Documents(schema), .. }) if is_plain(cx, operand) => Bson::Object(cast_filter(cx, Context { schema, ..to }, operand)?),
            Some(PathType { kind: Kind::Array(of), .. }) => {
                if is_plain(cx, operand) && entries(cx, operand)?.first().is_some_and(|(n, _)| n.starts_with('$')) {
                    Bson::Object(cast_operators(cx, to, of, path, operand)?)
                } else if is_array(operand) {
                    let items: R<Vec<Bson>> = elements(operand).iter().map(|v| cast_value(cx, to, of, path, v)).collect();
                    Bson::Object(Map(vec![("$in".to_owned(), Bson::Array(items?))]))
                } else {
                    cast_value(cx, to, of, path, operand)?
                }
            }
            _ => bson(cx, operand)?,
        },
        _ => bson(cx, operand)?,
    }))
}

/// The members of a plain object, uncast.
pub fn raw(cx: Cx, v: &Value) -> R<Map> {
    to_map(cx, v)
}
