//! Arrays of documents: real arrays, whose methods cast what is added.

use super::doc_of;
use crate::js::object_id::id_of;
use crate::js::schema::cast::{self, For};
use crate::js::schema::PathType;
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Args, Class, Code, Cx, Intrinsic, Kind, Obj, Own, Payload, R, Value};
use std::rc::Rc;

/// What an array's methods need to know; a hidden property of the array.
struct Tie {
    ty: Rc<PathType>,
    owner: Option<Obj>,
}

impl Payload for Tie {
    fn trace(&self, t: &mut puremix_value::Tracer<'_>) {
        if let Some(owner) = &self.owner {
            t.obj(owner);
        }
    }
}

/// Says what an array holds and whose it is.
pub fn tie_array(cx: Cx, o: &Obj, ty: &PathType, owner: Option<&Obj>) {
    let tie = Tie { ty: Rc::new(ty.clone()), owner: owner.cloned() };
    o.put_hidden(cx, symbol("tie"), Obj::native(cx, None, Class::Other, tie));
}

fn tie_of(cx: Cx, v: &Value) -> Option<(Rc<PathType>, Option<Obj>)> {
    match v.as_obj()?.get_own(cx, &symbol("tie")) {
        Some(Own::Data { value: Value::Obj(tie), .. }) => tie.payload::<Tie>().map(|t| (t.ty.clone(), t.owner.clone())),
        _ => None,
    }
}

/// The cast arguments of a method that adds.
fn cast_all(cx: Cx, this: &Value, items: &[Value]) -> R<Vec<Value>> {
    let Some((ty, owner)) = tie_of(cx, this) else { return Ok(items.to_vec()) };
    let from = elements(this).len();
    let to = For { path: &ty.path, owner: owner.as_ref(), loading: false, model: None };
    items.iter().enumerate().map(|(i, item)| cast::cast_element(cx, &ty, item, from + i, to)).collect()
}

/// The built-in method of arrays.
fn builtin(cx: Cx, this: &Value, name: &str, args: &[Value]) -> R {
    let f = member(cx, &cx.intrinsic(Intrinsic::ArrayPrototype).into(), name)?;
    ops::call(cx, &f, this, args)
}

fn same(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    if ops::js_strict_eq(a, b) {
        return Ok(true);
    }
    let key = |v: &Value| -> R<Option<String>> {
        let v = if doc_of(v).is_some() { member(cx, v, "_id")? } else { v.clone() };
        Ok(match id_of(&v) {
            Some(id) => Some(crate::doc::json::hex(&id)),
            None => v.as_str().map(|s| s.to_string()),
        })
    };
    if let (Some(x), Some(y)) = (key(a)?, key(b)?) {
        return Ok(x == y);
    }
    let (x, y) = (crate::js::convert::to_bson(cx, a)?, crate::js::convert::to_bson(cx, b)?);
    Ok(matches!((x, y), (Some(x), Some(y)) if x.equals(&y)))
}

const METHODS: &[(&str, u32, Code)] = &[
    ("push", 1, |cx, a| {
        // `push({$each: […], $position: n})`
        if let [one] = a.args
            && is_plain(cx, one)
        {
            let each = member(cx, one, "$each")?;
            if is_array(&each) {
                let at = member(cx, one, "$position")?;
                let mut args = vec![if at.is_undefined() { Value::from(elements(a.this).len()) } else { at }, Value::Num(0.0)];
                args.extend(cast_all(cx, a.this, &elements(&each))?);
                builtin(cx, a.this, "splice", &args)?;
                return Ok(Value::from(elements(a.this).len()));
            }
        }
        builtin(cx, a.this, "push", &cast_all(cx, a.this, a.args)?)
    }),
    ("unshift", 1, |cx, a| builtin(cx, a.this, "unshift", &cast_all(cx, a.this, a.args)?)),
    ("splice", 2, |cx, a| {
        let mut args: Vec<Value> = a.args.iter().take(2).cloned().collect();
        args.extend(cast_all(cx, a.this, a.args.get(2..).unwrap_or_default())?);
        builtin(cx, a.this, "splice", &args).map(|v| plain_array(cx, &v))
    }),
    ("addToSet", 1, |cx, a| {
        let items = a.args.iter().flat_map(|v| if is_array(v) { elements(v) } else { vec![v.clone()] }).collect::<Vec<_>>();
        let mut added = vec![];
        for item in cast_all(cx, a.this, &items)? {
            let mut known = false;
            for old in elements(a.this) {
                known = known || same(cx, &old, &item)?;
            }
            if !known {
                builtin(cx, a.this, "push", std::slice::from_ref(&item))?;
                added.push(item);
            }
        }
        Ok(array(cx, added))
    }),
    ("pull", 1, pull),
    ("remove", 1, pull),
    ("id", 1, |cx, a| {
        let wanted = match a.get(0) {
            v if id_of(v).is_some() => v.clone(),
            v if doc_of(v).is_some() => member(cx, v, "_id")?,
            v => v.clone(),
        };
        for item in elements(a.this) {
            let id = member(cx, &item, "_id")?;
            if !id.is_nullish() && same(cx, &id, &wanted)? || (!id.is_nullish() && text_of(cx, &id)? == text_of(cx, &wanted)?) {
                return Ok(item);
            }
        }
        Ok(Value::Null)
    }),
    ("create", 1, |cx, a| Ok(cast_all(cx, a.this, &[a.get(0).clone()])?.into_iter().next().unwrap_or_default())),
    ("set", 2, |cx, a| {
        let i = a.get(0).as_num().unwrap_or(0.0) as u32;
        if let (Some(item), Value::Obj(o)) = (cast_all(cx, a.this, &[a.get(1).clone()])?.into_iter().next(), a.this) {
            o.put(cx, &puremix_value::Key::Index(i), item);
        }
        Ok(a.this.clone())
    }),
    ("nonAtomicPush", 1, |cx, a| builtin(cx, a.this, "push", &cast_all(cx, a.this, a.args)?)),
    ("toObject", 1, |cx, a| super::output::array_to_object(cx, a.this, a.get(0))),
    ("map", 1, |cx, a| builtin(cx, &plain_array(cx, a.this), "map", a.args)),
    ("filter", 1, |cx, a| builtin(cx, &plain_array(cx, a.this), "filter", a.args)),
    ("slice", 2, |cx, a| builtin(cx, &plain_array(cx, a.this), "slice", a.args)),
    ("concat", 1, |cx, a| builtin(cx, &plain_array(cx, a.this), "concat", a.args)),
    ("flat", 0, |cx, a| builtin(cx, &plain_array(cx, a.this), "flat", a.args)),
    ("flatMap", 1, |cx, a| builtin(cx, &plain_array(cx, a.this), "flatMap", a.args)),
];

fn plain_array(cx: Cx, v: &Value) -> Value {
    array(cx, elements(v))
}

/// `array.pull(value, …)`: ids take out the subdocuments that have them.
fn pull(cx: Cx, a: &Args<'_>) -> R {
    let wanted: Vec<Value> = a.args.iter().flat_map(|v| if is_array(v) { elements(v) } else { vec![v.clone()] }).collect();
    let Value::Obj(o) = a.this else { return Ok(Value::Undefined) };
    let mut kept = vec![];
    for item in elements(a.this) {
        let mut out = false;
        for v in &wanted {
            out = out || same(cx, &item, v)? || is_match(cx, &item, v)?;
        }
        if !out {
            kept.push(item);
        }
    }
    if let Some(items) = o.dense_mut() {
        items.put(kept);
    }
    Ok(a.this.clone())
}

/// `{name: 'x'}` matches the subdocuments that have these members.
fn is_match(cx: Cx, item: &Value, pattern: &Value) -> R<bool> {
    if !is_plain(cx, pattern) || doc_of(item).is_none() {
        return Ok(false);
    }
    for (name, value) in entries(cx, pattern)? {
        if !same(cx, &member(cx, item, &name)?, &value)? {
            return Ok(false);
        }
    }
    Ok(true)
}

thread_local! {
    static PROTO: std::cell::RefCell<Option<Obj>> = const { std::cell::RefCell::new(None) };
}

/// The prototype of documents' arrays.
pub fn array_proto(cx: Cx, _of_documents: bool) -> Obj {
    if let Some(known) = PROTO.with_borrow(Clone::clone) {
        return known;
    }
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ArrayPrototype)), Kind::Plain);
    ops::install(cx, &proto, METHODS);
    PROTO.replace(Some(proto.clone()));
    proto
}
