//! Queries: conditions gathered by chained calls, executed once by `then`, `exec` or a cursor.

mod class;
mod run;

pub use class::{cursor, query_class};
pub use run::exec;

use super::model::{Model, discriminators};
use super::support::*;
use puremix_value::{Class, Cx, Obj, Payload, R, Tracer, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a query does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    Find,
    FindOne,
    Count,
    Distinct,
    UpdateOne,
    UpdateMany,
    ReplaceOne,
    DeleteOne,
    DeleteMany,
    FindOneAndUpdate,
    FindOneAndReplace,
    FindOneAndDelete,
}

impl Op {
    /// mongoose's name, which hooks go by.
    pub fn name(self) -> &'static str {
        match self {
            Op::Find => "find",
            Op::FindOne => "findOne",
            Op::Count => "countDocuments",
            Op::Distinct => "distinct",
            Op::UpdateOne => "updateOne",
            Op::UpdateMany => "updateMany",
            Op::ReplaceOne => "replaceOne",
            Op::DeleteOne => "deleteOne",
            Op::DeleteMany => "deleteMany",
            Op::FindOneAndUpdate => "findOneAndUpdate",
            Op::FindOneAndReplace => "findOneAndReplace",
            Op::FindOneAndDelete => "findOneAndDelete",
        }
    }
}

/// The payload of a query.
pub struct Query {
    pub model: Rc<Model>,
    pub op: Cell<Op>,
    /// A plain object, as programs and hooks see and change it.
    pub conditions: RefCell<Obj>,
    pub update: RefCell<Value>,
    pub options: RefCell<Obj>,
    /// Each as given: text, list or object.
    pub projection: RefCell<Vec<Value>>,
    pub populate: RefCell<Vec<Value>>,
    pub distinct: RefCell<String>,
    /// The path of `where`, for the operators that follow.
    pub path: RefCell<Option<String>>,
    pub or_fail: RefCell<Option<Value>>,
    pub executed: Cell<bool>,
    pub transform: RefCell<Vec<Value>>,
}

impl Payload for Query {
    fn trace(&self, t: &mut Tracer<'_>) {
        for o in [&self.conditions, &self.options] {
            if let Ok(o) = o.try_borrow() {
                t.obj(&o);
            }
        }
        if let Ok(v) = self.update.try_borrow() {
            t.value(&v);
        }
        for list in [&self.projection, &self.populate, &self.transform] {
            if let Ok(list) = list.try_borrow() {
                t.values(&list);
            }
        }
    }
}

pub fn new_query(cx: Cx, model: Rc<Model>, op: Op) -> Value {
    let conditions = Obj::plain(cx);
    discriminators::narrow(cx, &model, &conditions);
    let query = Query {
        model: model.clone(),
        op: Cell::new(op),
        conditions: RefCell::new(conditions),
        update: RefCell::default(),
        options: RefCell::new(Obj::plain(cx)),
        projection: RefCell::default(),
        populate: RefCell::default(),
        distinct: RefCell::default(),
        path: RefCell::default(),
        or_fail: RefCell::default(),
        executed: Cell::new(false),
        transform: RefCell::default(),
    };
    let o = Obj::native(cx, Some(query_class(cx).1), Class::Other, query);
    // Query helpers of the schema.
    for (name, f) in entries(cx, &model.schema.query.clone().into()).unwrap_or_default() {
        o.put_hidden(cx, cx.key_of(&name), f);
    }
    o.into()
}

pub fn query_of(cx: Cx, v: &Value) -> R<&Query> {
    v.as_obj().and_then(|o| o.payload::<Query>()).ok_or_else(|| type_error(cx, "this is no Query"))
}

/// Takes the arguments of the method that starts a query.
pub fn set(cx: Cx, q: &Value, filter: &Value, update: &Value, projection: &Value, options: &Value) -> R<()> {
    let query = query_of(cx, q)?;
    class::merge_conditions(cx, query, filter)?;
    if !update.is_undefined() {
        query.update.replace(update.clone());
    }
    if truthy(projection) {
        query.projection.borrow_mut().push(projection.clone());
    }
    for (name, value) in entries(cx, options)? {
        set_option(cx, q, &name, value)?;
    }
    Ok(())
}

pub fn set_option(cx: Cx, q: &Value, name: &str, value: Value) -> R<()> {
    let query = query_of(cx, q)?;
    match name {
        "projection" | "fields" | "select" => query.projection.borrow_mut().push(value),
        "populate" => query.populate.borrow_mut().push(value),
        "sort" => class::add_sort(cx, query, &value)?,
        _ => put(cx, &query.options.borrow().clone(), name, value),
    }
    Ok(())
}

pub fn set_distinct(cx: Cx, q: &Value, path: &str) -> R<()> {
    query_of(cx, q)?.distinct.replace(path.to_owned());
    Ok(())
}
