//! Form fields as JavaScript: plain objects, and the first argument of actions.

use super::{BadRequest, Exchange, host};
use crate::body::{Field, Fields, Kind};
use crate::lang;
use puremix_value::{Args, Cx, FnDef, HostObject, Obj, R, Tracer, Value, WellKnownSymbol};
use std::any::Any;

/// Fields that carry the framework's own data.
const OWN_FIELDS: [&str; 3] = ["_action", "_component", "_csrf"];

/// Adds the arguments of a button's function to the fields of its form: the properties of a JSON object. Other JSON adds nothing, as in calls.
///
/// # Errors
/// What reading `request.body` throws. The inner error says what is wrong with the arguments.
pub fn add_arguments(cx: Cx, request: &Value, exchange: &Exchange, json: &str) -> R<Result<(), BadRequest>> {
    let arguments = match super::object::json(cx, json.as_bytes())? {
        Ok(arguments) => arguments,
        Err(refused) => return Ok(Err(refused)),
    };
    let body = lang::get(cx, request, "body")?;
    if let (Some(object), Some(body)) = (arguments.as_obj().filter(|o| !o.is_array()), body.as_obj()) {
        for key in lang::keys(cx, object) {
            let value = lang::get_key(cx, &arguments, &key)?;
            let mut entries = Vec::new();
            push_entries(&mut entries, cx.key_str(&key).as_str(), value.clone());
            exchange.add_arguments(entries);
            body.put(cx, &key, value);
        }
    }
    Ok(Ok(()))
}

/// Fields as a plain object, lists as arrays.
pub(super) fn fields_object(cx: Cx, fields: &Fields) -> Value {
    let object = Value::from(Obj::plain(cx));
    add_fields(cx, &object, fields);
    object
}

/// Adds fields to the properties of an object.
pub(super) fn add_fields(cx: Cx, object: &Value, fields: &Fields) {
    let Some(object) = object.as_obj() else { return };
    for (name, field) in &fields.0 {
        lang::put(cx, object, name, field_value(cx, field));
    }
}

// Nesting is bounded by the parser (`urlencoded::DEPTH`).
fn field_value(cx: Cx, field: &Field) -> Value {
    match field {
        Field::Text(text) => text.as_str().into(),
        Field::List(list) => Obj::array(cx, list.iter().map(|f| field_value(cx, f)).collect()).into(),
        Field::Map(map) => fields_object(cx, map),
    }
}

/// The entries behind the methods of `formData`.
struct FormHost {
    entries: Vec<(String, Value)>,
}

impl HostObject for FormHost {
    fn class_name(&self) -> &'static str {
        "FormData"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        self.entries.iter().for_each(|(_, v)| t.value(v));
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The first argument of an action: the fields as own properties, and the methods of `FormData` on its prototype. A field named like a method is
/// reached by `get` only. Files are reached by `get`, not as properties.
///
/// # Errors
/// What reading `request.body` throws; a body that cannot be read was refused before.
pub fn form_data(cx: Cx, request: &Value, exchange: &Exchange) -> R {
    let prototype = host(cx).form_prototype.get_or_init(|| prototype(cx)).clone();
    let is_form = matches!(exchange.body_kind(), Kind::Urlencoded | Kind::Multipart { .. });
    let (fields, entries) = if is_form { form_parts(cx, request, exchange)? } else { json_parts(cx, request)? };
    let data = Obj::host(cx, Some(prototype.clone()), FormHost { entries });
    if let Some(fields) = fields.as_obj() {
        for key in lang::keys(cx, fields) {
            let name = cx.key_str(&key);
            if !OWN_FIELDS.contains(&name.as_str()) && prototype.get_own(cx, &key).is_none() {
                data.put(cx, &key, lang::get_key(cx, &fields.clone().into(), &key)?);
            }
        }
    }
    Ok(data.into())
}

fn form_parts(cx: Cx, request: &Value, exchange: &Exchange) -> R<(Value, Vec<(String, Value)>)> {
    let form = exchange.form();
    let fields = lang::get(cx, request, "body")?;
    let mut entries: Vec<(String, Value)> =
        form.pairs.iter().filter(|(n, _)| !OWN_FIELDS.contains(&n.as_str())).map(|(n, v)| (n.clone(), v.as_str().into())).collect();
    // JSON that came with the form.
    if !exchange.parts.body.is_empty() && let Some(object) = fields.as_obj() {
        for key in lang::keys(cx, object) {
            let name = cx.key_str(&key);
            if form.fields.get(name.as_str()).is_none() && !OWN_FIELDS.contains(&name.as_str()) {
                push_entries(&mut entries, name.as_str(), lang::get_key(cx, &fields, &key)?);
            }
        }
    }
    // What the button that was pressed says comes before fields of its names, as in a call.
    let arguments = exchange.take_arguments();
    entries.retain(|(name, _)| arguments.iter().all(|(n, _)| n != name));
    entries.extend(arguments);
    if !form.files.is_empty() {
        let files = lang::get(cx, request, "files")?;
        for (i, file) in form.files.iter().enumerate() {
            let before = form.files[..i].iter().filter(|f| f.field == file.field).count();
            let value = lang::get(cx, &files, &file.field)?;
            let value = match value.as_obj().and_then(|o| o.dense()) {
                Some(items) => items.get(before).unwrap_or_default(),
                None => value,
            };
            entries.push((file.field.clone(), value));
        }
    }
    Ok((fields, entries))
}

/// A JSON body: its properties are the fields.
fn json_parts(cx: Cx, request: &Value) -> R<(Value, Vec<(String, Value)>)> {
    let body = lang::get(cx, request, "body")?;
    let mut entries = Vec::new();
    if let Some(object) = body.as_obj() {
        for key in lang::keys(cx, object) {
            let name = cx.key_str(&key);
            if !OWN_FIELDS.contains(&name.as_str()) {
                push_entries(&mut entries, name.as_str(), lang::get_key(cx, &body, &key)?);
            }
        }
    }
    Ok((body, entries))
}

/// The entry of a JSON property; of an array one for each item.
fn push_entries(entries: &mut Vec<(String, Value)>, name: &str, value: Value) {
    match value.as_obj().and_then(|o| o.dense()) {
        Some(items) => entries.extend((0..items.len()).filter_map(|i| Some((name.to_string(), items.get(i)?)))),
        None => entries.push((name.to_string(), value)),
    }
}

fn prototype(cx: Cx) -> Obj {
    static METHODS: [FnDef; 7] = [
        FnDef::native("get", 1, get),
        FnDef::native("getAll", 1, get_all),
        FnDef::native("has", 1, has),
        FnDef::native("keys", 0, keys),
        FnDef::native("values", 0, values),
        FnDef::native("entries", 0, entries),
        FnDef::native("forEach", 1, for_each),
    ];
    let prototype = Obj::plain(cx);
    for def in &METHODS {
        prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    prototype.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), lang::function(cx, &METHODS[5], Vec::new()));
    prototype
}

fn data<'a>(cx: Cx, a: &Args<'a>) -> R<&'a FormHost> {
    a.this.as_obj().and_then(|o| o.host_data::<FormHost>()).ok_or_else(|| lang::throw_type(cx, "A method of the form data was called on another object"))
}

/// The values of the first argument's name: names match as sent, or without the brackets of a list (`tags` finds `tags[]`).
fn named<'a>(cx: Cx, a: &Args<'a>) -> R<Vec<&'a Value>> {
    let name = lang::to_string(cx, a.get(0))?;
    let data = data(cx, a)?;
    let matches = |n: &str| n == name.as_str() || n.strip_suffix("[]") == Some(name.as_str());
    Ok(data.entries.iter().filter(|(n, _)| matches(n)).map(|(_, v)| v).collect())
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    Ok(named(cx, a)?.first().map_or(Value::Null, |v| (*v).clone()))
}

fn get_all(cx: Cx, a: &Args<'_>) -> R {
    let all = named(cx, a)?.into_iter().cloned().collect();
    Ok(Obj::array(cx, all).into())
}

fn has(cx: Cx, a: &Args<'_>) -> R {
    Ok((!named(cx, a)?.is_empty()).into())
}

/// An iterator over an array of these.
fn iterator(cx: Cx, items: Vec<Value>) -> R {
    let array = Value::from(Obj::array(cx, items));
    let values = lang::get(cx, &array, "values")?;
    lang::call(cx, &values, &array, &[])
}

fn keys(cx: Cx, a: &Args<'_>) -> R {
    iterator(cx, data(cx, a)?.entries.iter().map(|(n, _)| n.as_str().into()).collect())
}

fn values(cx: Cx, a: &Args<'_>) -> R {
    iterator(cx, data(cx, a)?.entries.iter().map(|(_, v)| v.clone()).collect())
}

fn entries(cx: Cx, a: &Args<'_>) -> R {
    let pair = |(n, v): &(String, Value)| Obj::array(cx, vec![n.as_str().into(), v.clone()]).into();
    iterator(cx, data(cx, a)?.entries.iter().map(pair).collect())
}

fn for_each(cx: Cx, a: &Args<'_>) -> R {
    for (name, value) in &data(cx, a)?.entries {
        lang::call(cx, a.get(0), a.get(1), &[value.clone(), name.as_str().into(), a.this.clone()])?;
    }
    Ok(Value::Undefined)
}
