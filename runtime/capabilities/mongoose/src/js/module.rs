//! The module `mongoose`.

use super::connection::{self, Connection};
use super::document::document_class;
use super::errors;
use super::model::{collection_name, model_class};
use super::object_id::{decimal_class, id_class, is_valid};
use super::query::query_class;
use super::schema::schema_class;
use super::session;
use super::support::*;
use puremix_js::ops;
use puremix_value::{Code, Cx, Obj, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// What can be imported by name, sorted.
pub const EXPORTS: &[&str] = &[
    "Aggregate", "Connection", "Document", "Error", "Model", "Mongoose", "MongooseError", "Query", "STATES", "Schema", "SchemaType", "SchemaTypes", "Types", "connect",
    "connection", "connections", "createConnection", "default", "deleteModel", "disconnect", "get", "isObjectIdOrHexString", "isValidObjectId", "model", "modelNames",
    "models", "mongo", "mongoose", "plugin", "pluralize", "sanitizeFilter", "set", "startSession", "trusted", "version",
];

struct State {
    connection: Rc<Connection>,
    connection_object: Obj,
    others: RefCell<Vec<(Rc<Connection>, Obj)>>,
    settings: Obj,
    plugins: RefCell<Vec<(Value, Value)>>,
    module: Obj,
}

thread_local! {
    static STATE: RefCell<Option<Rc<State>>> = const { RefCell::new(None) };
}

fn state(cx: Cx) -> Rc<State> {
    if let Some(known) = STATE.with_borrow(Clone::clone) {
        return known;
    }
    let (connection, connection_object) = Connection::make(cx);
    let made = Rc::new(State {
        connection,
        connection_object,
        others: RefCell::default(),
        settings: Obj::plain(cx),
        plugins: RefCell::default(),
        module: Obj::plain(cx),
    });
    STATE.replace(Some(made.clone()));
    made
}

/// What `mongoose.set` was given.
pub fn setting(cx: Cx, name: &str) -> Value {
    member(cx, &state(cx).settings.clone().into(), name).unwrap_or_default()
}

/// The object of a connection.
pub fn connection_object(cx: Cx, connection: &Rc<Connection>) -> Value {
    let state = state(cx);
    if Rc::ptr_eq(&state.connection, connection) {
        return state.connection_object.clone().into();
    }
    let others = state.others.borrow();
    others.iter().find(|(c, _)| Rc::ptr_eq(c, connection)).map_or(Value::Undefined, |(_, o)| o.clone().into())
}

fn apply_plugins(cx: Cx, schema: &Value) -> R<()> {
    let plugins = state(cx).plugins.borrow().clone();
    for (plugin, options) in plugins {
        let done = symbol("plugins applied");
        if schema.as_obj().is_some_and(|o| o.get_own(cx, &done).is_none()) {
            ops::call(cx, &plugin, &Value::Undefined, &[schema.clone(), options])?;
        }
    }
    if let Value::Obj(o) = schema {
        o.put_hidden(cx, symbol("plugins applied"), true);
    }
    Ok(())
}

const FUNCTIONS: &[(&str, u32, Code)] = &[
    ("connect", 2, |cx, a| {
        let state = state(cx);
        connection::connect(cx, &state.connection, state.connection_object.clone().into(), a.get(0).clone(), a.get(1), state.module.clone().into())
    }),
    ("disconnect", 0, |cx, _| {
        let state = state(cx);
        Ok(connection::disconnect(cx, state.connection.clone(), state.connection_object.clone().into()))
    }),
    ("createConnection", 2, |cx, a| {
        let (made, object) = Connection::make(cx);
        state(cx).others.borrow_mut().push((made.clone(), object.clone()));
        if !a.is_empty() {
            connection::begin(cx, &made, object.clone().into(), a.get(0));
        }
        Ok(object.into())
    }),
    ("model", 3, |cx, a| {
        if a.get(1).is_object() {
            apply_plugins(cx, a.get(1))?;
        }
        connection::model(cx, &state(cx).connection, a)
    }),
    ("modelNames", 0, |cx, _| invoke(cx, &state(cx).connection_object.clone().into(), "modelNames", &[])),
    ("deleteModel", 1, |cx, a| {
        let state = state(cx);
        connection::delete_model(cx, &state.connection, a.get(0))?;
        Ok(state.module.clone().into())
    }),
    ("plugin", 2, |cx, a| {
        let state = state(cx);
        state.plugins.borrow_mut().push((a.get(0).clone(), a.get(1).clone()));
        Ok(state.module.clone().into())
    }),
    ("set", 2, |cx, a| {
        let state = state(cx);
        match a.get(0) {
            Value::Str(name) => put(cx, &state.settings, name.as_str(), a.get(1).clone()),
            object => entries(cx, object)?.into_iter().for_each(|(n, v)| put(cx, &state.settings, &n, v)),
        }
        Ok(state.module.clone().into())
    }),
    ("get", 1, |cx, a| Ok(setting(cx, &text_of(cx, a.get(0))?))),
    ("startSession", 1, |cx, _| Ok(task(cx, async move { Ok(session::new_session(cx)) }))),
    ("isValidObjectId", 1, |cx, a| Ok(Value::Bool(is_valid(cx, a.get(0))?))),
    ("isObjectIdOrHexString", 1, |_, a| Ok(Value::Bool(super::object_id::id_of(a.get(0)).is_some() || a.get(0).as_str().is_some_and(|s| crate::doc::json::parse_hex(s.as_str()).is_some())))),
    ("trusted", 1, |cx, a| {
        if let Value::Obj(o) = a.get(0) {
            o.put_hidden(cx, super::criteria::trusted_key(), true);
        }
        Ok(a.get(0).clone())
    }),
    ("sanitizeFilter", 1, |cx, a| sanitize(cx, a.get(0))),
    ("pluralize", 1, |cx, _| {
        static PLURAL: puremix_value::FnDef = puremix_value::FnDef::native("pluralize", 1, |cx, a| Ok(Value::from(collection_name(&text_of(cx, a.get(0))?))));
        Ok(native_with(cx, &PLURAL, vec![]))
    }),
];

/// Values that look like operators become values: `{$ne: ''}` becomes `{$eq: {$ne: ''}}`.
fn sanitize(cx: Cx, filter: &Value) -> R {
    let Value::Obj(o) = filter else { return Ok(filter.clone()) };
    for (name, value) in entries(cx, filter)? {
        if name == "$and" || name == "$or" {
            for part in elements(&value) {
                sanitize(cx, &part)?;
            }
            continue;
        }
        let trusted = value.as_obj().is_some_and(|v| v.get_own(cx, &super::criteria::trusted_key()).is_some());
        if is_plain(cx, &value) && !trusted && entries(cx, &value)?.iter().any(|(n, _)| n.starts_with('$')) {
            let wrapped = Obj::plain(cx);
            put(cx, &wrapped, "$eq", value);
            put(cx, o, &name, wrapped);
        }
    }
    Ok(filter.clone())
}

/// A function that only names a type.
fn type_function(cx: Cx, name: &'static str) -> Value {
    let proto = Obj::plain(cx);
    ops::constructor_of(cx, name, 0, |cx, _| Err(type_error(cx, "this names a type of schemas; it makes no values")), &proto).into()
}

fn types(cx: Cx) -> Obj {
    let out = Obj::plain(cx);
    for name in ["String", "Number", "Boolean", "Date", "Buffer", "Mixed", "Map", "Array", "BigInt", "UUID", "Double", "Int32"] {
        put(cx, &out, name, type_function(cx, name));
    }
    for (name, ctor) in [("ObjectId", id_class(cx).0), ("Decimal128", decimal_class(cx).0)] {
        put(cx, &out, name, ctor);
    }
    for (alias, name) in [("Bool", "Boolean"), ("Object", "Mixed"), ("Oid", "ObjectId"), ("ObjectID", "ObjectId")] {
        let known = member(cx, &out.clone().into(), name).unwrap_or_default();
        put(cx, &out, alias, known);
    }
    out
}

/// Makes the module, once an isolate.
pub fn module(cx: Cx) -> R {
    let state = state(cx);
    let o = state.module.clone();
    for (name, length, code) in FUNCTIONS {
        o.put(cx, &cx.key_of(name), ops::native(cx, name, *length, *code));
    }
    let schema_types = types(cx);
    let schema = schema_class(cx).0;
    put(cx, &schema, "Types", schema_types.clone());
    put(cx, &schema, "ObjectId", id_class(cx).0);
    let types = Obj::plain(cx);
    put(cx, &types, "ObjectId", id_class(cx).0);
    put(cx, &types, "ObjectID", id_class(cx).0);
    put(cx, &types, "Decimal128", decimal_class(cx).0);
    let base = errors::error_class(cx, "MongooseError").0;
    for (name, above) in errors::CLASSES {
        if above == "MongooseError" {
            put(cx, &base, name, errors::error_class(cx, name).0);
        }
    }
    let mongo = Obj::plain(cx);
    put(cx, &mongo, "ObjectId", id_class(cx).0);
    put(cx, &mongo, "MongoServerError", errors::error_class(cx, "MongoServerError").0);
    put(cx, &mongo, "MongoError", errors::error_class(cx, "MongoServerError").0);
    let states = Obj::plain(cx);
    for (n, name) in ["disconnected", "connected", "connecting", "disconnecting"].iter().enumerate() {
        put(cx, &states, name, n);
        put(cx, &states, &n.to_string(), Value::str(name));
    }
    for (name, value) in [
        ("Schema", Value::Obj(schema)),
        ("SchemaTypes", schema_types.into()),
        ("SchemaType", type_function(cx, "SchemaType")),
        ("Types", types.into()),
        ("Model", model_class(cx).0.into()),
        ("Document", document_class(cx).0.into()),
        ("Query", query_class(cx).0.into()),
        ("Aggregate", super::aggregate::aggregate_class(cx).0.into()),
        ("Connection", connection::connection_class(cx).0.into()),
        ("Error", Value::Obj(base.clone())),
        ("MongooseError", base.into()),
        ("Mongoose", type_function(cx, "Mongoose")),
        ("mongo", mongo.into()),
        ("connection", state.connection_object.clone().into()),
        ("connections", array(cx, vec![state.connection_object.clone().into()])),
        ("STATES", states.into()),
        ("version", Value::str("8.24.10")),
        ("mongoose", o.clone().into()),
    ] {
        put(cx, &o, name, value);
    }
    // `mongoose.models` changes with every model: the object is made when it is read.
    let get = ops::native(cx, "get models", 0, |cx, _| Ok(live_models(cx)));
    o.define_accessor(cx, &cx.key_of("models"), get, Value::Undefined, puremix_value::Attr::ENUMERABLE);
    Ok(o.into())
}

/// An object that knows the models of now.
fn live_models(cx: Cx) -> Value {
    connection::models_object(cx, &state(cx).connection)
}
