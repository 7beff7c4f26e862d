//! The class `Query`: its chained methods.

use super::{Op, Query, exec, query_of, set_option};
use crate::js::document::doc_of;
use crate::js::errors;
use crate::js::schema::schema_of;
use crate::js::support::*;
use puremix_js::{ops, promise};
use puremix_value::{Args, Code, Cx, FnDef, Obj, R, Value, WellKnownSymbol};

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Query> {
    a.this.as_obj().and_then(|o| o.payload::<Query>()).ok_or_else(|| type_error(cx, "this is no Query"))
}

/// Adds conditions: an object's members, or another query's.
pub fn merge_conditions(cx: Cx, query: &Query, filter: &Value) -> R<()> {
    let source = match filter {
        Value::Undefined | Value::Null => return Ok(()),
        Value::Obj(o) if o.payload::<Query>().is_some() => Value::Obj(query_of(cx, filter)?.conditions.borrow().clone()),
        Value::Obj(_) if doc_of(filter).is_some() => invoke(cx, filter, "toObject", &[])?,
        Value::Obj(o) if !o.is_array() && !o.is_callable() && schema_of(filter).is_none() => filter.clone(),
        other => {
            let kind = text_of(cx, &puremix_js::js_typeof(other))?;
            return Err(errors::throw(cx, "ObjectParameterError", &format!("Parameter \"filter\" to {}() must be an object, got \"{}\" (type {kind})", query.op.get().name(), text_of(cx, other)?)));
        }
    };
    crate::js::criteria::refuse_request(cx, "filter", &source)?;
    let conditions = query.conditions.borrow().clone();
    if let Value::Obj(o) = &source
        && o.get_own(cx, &crate::js::criteria::trusted_key()).is_some()
    {
        conditions.put_hidden(cx, crate::js::criteria::trusted_key(), true);
    }
    for (name, value) in entries(cx, &source)? {
        put(cx, &conditions, &name, value);
    }
    Ok(())
}

/// `sort('-price name')`, `sort({price: -1})`, `sort([['price', -1]])`.
pub fn add_sort(cx: Cx, query: &Query, value: &Value) -> R<()> {
    let options = query.options.borrow().clone();
    let known = member(cx, &options.clone().into(), "sort")?;
    let sort = match known {
        Value::Obj(o) => o,
        _ => Obj::plain(cx),
    };
    put(cx, &options, "sort", sort.clone());
    let add = |name: &str, direction: &Value| -> R<()> {
        let n = match direction {
            Value::Num(n) if *n == 1.0 || *n == -1.0 => *n,
            Value::Str(s) => match s.as_str().to_lowercase().as_str() {
                "asc" | "ascending" | "1" => 1.0,
                "desc" | "descending" | "-1" => -1.0,
                other => return Err(type_error(cx, &format!("Invalid sort value: {{ {name}: {other} }}"))),
            },
            v if is_plain(cx, v) => return Ok(()),
            other => return Err(type_error(cx, &format!("Invalid sort value: {{ {name}: {} }}", text_of(cx, other)?))),
        };
        put(cx, &sort, name, n);
        Ok(())
    };
    match value {
        Value::Undefined | Value::Null => {}
        Value::Str(text) => {
            for name in text.as_str().split_whitespace() {
                let (name, n) = name.strip_prefix('-').map_or((name, 1.0), |name| (name, -1.0));
                add(name, &Value::Num(n))?;
            }
        }
        list if is_array(list) => {
            for pair in elements(list) {
                let parts = elements(&pair);
                add(&text_of(cx, parts.first().unwrap_or(&pair))?, parts.get(1).unwrap_or(&Value::Num(1.0)))?;
            }
        }
        Value::Obj(o) if matches!(o.kind(), puremix_value::Kind::Map(_)) => {
            for pair in ops::iter_to_vec(cx, value)? {
                let parts = elements(&pair);
                add(&text_of(cx, parts.first().unwrap_or(&Value::Undefined))?, parts.get(1).unwrap_or(&Value::Num(1.0)))?;
            }
        }
        object if object.is_object() => {
            for (name, direction) in entries(cx, object)? {
                add(&name, &direction)?;
            }
        }
        _ => return Err(type_error(cx, "Invalid sort() argument. Must be a string, object, array, or map.")),
    }
    Ok(())
}

/// `where('price').gt(5)`, or with a path of its own `gt('price', 5)`.
fn operator(cx: Cx, a: &Args<'_>, name: &str) -> R {
    let query = this(cx, a)?;
    let (path, value) = match a.args {
        [path, value, ..] => (text_of(cx, path)?, value.clone()),
        _ => (current(cx, query, name)?, a.get(0).clone()),
    };
    condition(cx, query, &path, &format!("${name}"), value)?;
    Ok(a.this.clone())
}

fn current(cx: Cx, query: &Query, name: &str) -> R<String> {
    query.path.borrow().clone().ok_or_else(|| errors::throw(cx, "MongooseError", &format!("{name}() must be used after where() when called with these arguments")))
}

fn condition(cx: Cx, query: &Query, path: &str, operator: &str, value: Value) -> R<()> {
    let conditions = query.conditions.borrow().clone();
    let known = member(cx, &conditions.clone().into(), path)?;
    let inner = match &known {
        Value::Obj(o) if is_plain(cx, &known) => o.clone(),
        _ => {
            let made = Obj::plain(cx);
            put(cx, &conditions, path, made.clone());
            made
        }
    };
    put(cx, &inner, operator, value);
    Ok(())
}

fn logical(cx: Cx, a: &Args<'_>, name: &str) -> R {
    let conditions = this(cx, a)?.conditions.borrow().clone();
    let mut all = elements(&member(cx, &conditions.clone().into(), name)?);
    all.extend(if is_array(a.get(0)) { elements(a.get(0)) } else { vec![a.get(0).clone()] });
    put(cx, &conditions, name, array(cx, all));
    Ok(a.this.clone())
}

/// Sets an option and answers the query.
fn with_option(cx: Cx, a: &Args<'_>, name: &str, value: Value) -> R {
    set_option(cx, a.this, name, value)?;
    Ok(a.this.clone())
}

/// Changes what the query does.
fn become_op(cx: Cx, a: &Args<'_>, op: Op, with_update: bool) -> R {
    let query = this(cx, a)?;
    query.op.set(op);
    match (a.args, with_update) {
        ([update], true) => super::set(cx, a.this, &Value::Undefined, update, &Value::Undefined, &Value::Undefined)?,
        ([filter, update, rest @ ..], true) => super::set(cx, a.this, filter, update, &Value::Undefined, rest.first().unwrap_or(&Value::Undefined))?,
        ([filter, rest @ ..], false) => super::set(cx, a.this, filter, &Value::Undefined, &Value::Undefined, rest.first().unwrap_or(&Value::Undefined))?,
        _ => {}
    }
    Ok(a.this.clone())
}

const CONDITIONS: &[(&str, u32, Code)] = &[
    ("where", 2, |cx, a| {
        let query = this(cx, a)?;
        match a.get(0) {
            Value::Str(path) => {
                query.path.replace(Some(path.to_string()));
                if a.len() > 1 {
                    put(cx, &query.conditions.borrow().clone(), path.as_str(), a.get(1).clone());
                }
            }
            filter => merge_conditions(cx, query, filter)?,
        }
        Ok(a.this.clone())
    }),
    ("equals", 1, |cx, a| {
        let query = this(cx, a)?;
        let path = current(cx, query, "equals")?;
        put(cx, &query.conditions.borrow().clone(), &path, a.get(0).clone());
        Ok(a.this.clone())
    }),
    ("eq", 1, |cx, a| operator(cx, a, "eq")),
    ("ne", 1, |cx, a| operator(cx, a, "ne")),
    ("gt", 1, |cx, a| operator(cx, a, "gt")),
    ("gte", 1, |cx, a| operator(cx, a, "gte")),
    ("lt", 1, |cx, a| operator(cx, a, "lt")),
    ("lte", 1, |cx, a| operator(cx, a, "lte")),
    ("in", 1, |cx, a| operator(cx, a, "in")),
    ("nin", 1, |cx, a| operator(cx, a, "nin")),
    ("all", 1, |cx, a| operator(cx, a, "all")),
    ("size", 1, |cx, a| operator(cx, a, "size")),
    ("regex", 1, |cx, a| operator(cx, a, "regex")),
    ("mod", 1, |cx, a| operator(cx, a, "mod")),
    ("elemMatch", 1, |cx, a| operator(cx, a, "elemMatch")),
    ("exists", 1, |cx, a| {
        let query = this(cx, a)?;
        let (path, value) = match a.args {
            [path @ Value::Str(_)] => (text_of(cx, path)?, Value::Bool(true)),
            [path, value, ..] => (text_of(cx, path)?, value.clone()),
            [value] => (current(cx, query, "exists")?, value.clone()),
            [] => (current(cx, query, "exists")?, Value::Bool(true)),
        };
        condition(cx, query, &path, "$exists", value)?;
        Ok(a.this.clone())
    }),
    ("or", 1, |cx, a| logical(cx, a, "$or")),
    ("and", 1, |cx, a| logical(cx, a, "$and")),
    ("nor", 1, |cx, a| logical(cx, a, "$nor")),
    ("setQuery", 1, |cx, a| {
        let query = this(cx, a)?;
        query.conditions.replace(Obj::plain(cx));
        merge_conditions(cx, query, a.get(0))?;
        Ok(Value::Undefined)
    }),
    ("merge", 1, |cx, a| {
        merge_conditions(cx, this(cx, a)?, a.get(0))?;
        Ok(a.this.clone())
    }),
    ("getQuery", 0, |cx, a| Ok(this(cx, a)?.conditions.borrow().clone().into())),
    ("getFilter", 0, |cx, a| Ok(this(cx, a)?.conditions.borrow().clone().into())),
    ("getUpdate", 0, |cx, a| Ok(this(cx, a)?.update.borrow().clone())),
    ("setUpdate", 1, |cx, a| {
        this(cx, a)?.update.replace(a.get(0).clone());
        Ok(Value::Undefined)
    }),
    ("set", 2, |cx, a| {
        let query = this(cx, a)?;
        let update = match &*query.update.borrow() {
            Value::Obj(o) => o.clone(),
            _ => Obj::plain(cx),
        };
        let set = match member(cx, &update.clone().into(), "$set")? {
            Value::Obj(o) => o,
            _ => Obj::plain(cx),
        };
        match a.get(0) {
            Value::Str(path) => put(cx, &set, path.as_str(), a.get(1).clone()),
            object => entries(cx, object)?.into_iter().for_each(|(n, v)| put(cx, &set, &n, v)),
        }
        put(cx, &update, "$set", set);
        query.update.replace(update.into());
        Ok(a.this.clone())
    }),
    ("cast", 2, |cx, a| {
        let query = this(cx, a)?;
        let filter = if a.get(1).is_object() { a.get(1).clone() } else { query.conditions.borrow().clone().into() };
        super::run::cast(cx, query, &filter)
    }),
    ("getOptions", 0, |cx, a| Ok(this(cx, a)?.options.borrow().clone().into())),
    ("setOptions", 1, |cx, a| {
        for (name, value) in entries(cx, a.get(0))? {
            set_option(cx, a.this, &name, value)?;
        }
        Ok(a.this.clone())
    }),
];

const SHAPE: &[(&str, u32, Code)] = &[
    ("sort", 1, |cx, a| add_sort(cx, this(cx, a)?, a.get(0)).map(|()| a.this.clone())),
    ("limit", 1, |cx, a| with_option(cx, a, "limit", a.get(0).clone())),
    ("skip", 1, |cx, a| with_option(cx, a, "skip", a.get(0).clone())),
    ("select", 1, |cx, a| {
        if truthy(a.get(0)) {
            this(cx, a)?.projection.borrow_mut().push(a.get(0).clone());
        }
        Ok(a.this.clone())
    }),
    ("projection", 1, |cx, a| {
        this(cx, a)?.projection.replace(vec![a.get(0).clone()]);
        Ok(a.this.clone())
    }),
    ("lean", 1, |cx, a| with_option(cx, a, "lean", if a.is_empty() { Value::Bool(true) } else { a.get(0).clone() })),
    ("session", 1, |cx, a| with_option(cx, a, "session", a.get(0).clone())),
    ("populate", 2, |cx, a| {
        let spec = match a.args {
            [path @ Value::Str(_), select, rest @ ..] => {
                let o = Obj::plain(cx);
                put(cx, &o, "path", path.clone());
                put(cx, &o, "select", select.clone());
                for (name, value) in ["model", "match", "options"].iter().zip(rest) {
                    put(cx, &o, name, value.clone());
                }
                o.into()
            }
            _ => a.get(0).clone(),
        };
        this(cx, a)?.populate.borrow_mut().push(spec);
        Ok(a.this.clone())
    }),
    ("batchSize", 1, |_, a| Ok(a.this.clone())),
    ("hint", 1, |_, a| Ok(a.this.clone())),
    ("comment", 1, |_, a| Ok(a.this.clone())),
    ("maxTimeMS", 1, |_, a| Ok(a.this.clone())),
    ("read", 1, |_, a| Ok(a.this.clone())),
    ("readConcern", 1, |_, a| Ok(a.this.clone())),
    ("writeConcern", 1, |_, a| Ok(a.this.clone())),
    ("allowDiskUse", 1, |_, a| Ok(a.this.clone())),
    ("collation", 1, |cx, _| Err(errors::throw(cx, "MongooseError", "collations are not supported: keep a lower-case copy of what is compared"))),
    ("strict", 1, |cx, a| with_option(cx, a, "strict", a.get(0).clone())),
    ("orFail", 1, |cx, a| {
        this(cx, a)?.or_fail.replace(Some(a.get(0).clone()));
        Ok(a.this.clone())
    }),
    ("transform", 1, |cx, a| {
        this(cx, a)?.transform.borrow_mut().push(a.get(0).clone());
        Ok(a.this.clone())
    }),
    ("find", 1, |cx, a| become_op(cx, a, Op::Find, false)),
    ("findOne", 1, |cx, a| become_op(cx, a, Op::FindOne, false)),
    ("countDocuments", 1, |cx, a| become_op(cx, a, Op::Count, false)),
    ("count", 1, |cx, a| become_op(cx, a, Op::Count, false)),
    ("estimatedDocumentCount", 0, |cx, a| become_op(cx, a, Op::Count, false)),
    ("distinct", 2, |cx, a| {
        super::set_distinct(cx, a.this, &text_of(cx, a.get(0))?)?;
        this(cx, a)?.op.set(Op::Distinct);
        merge_conditions(cx, this(cx, a)?, a.get(1))?;
        Ok(a.this.clone())
    }),
    ("updateOne", 2, |cx, a| become_op(cx, a, Op::UpdateOne, true)),
    ("updateMany", 2, |cx, a| become_op(cx, a, Op::UpdateMany, true)),
    ("replaceOne", 2, |cx, a| become_op(cx, a, Op::ReplaceOne, true)),
    ("deleteOne", 1, |cx, a| become_op(cx, a, Op::DeleteOne, false)),
    ("deleteMany", 1, |cx, a| become_op(cx, a, Op::DeleteMany, false)),
    ("findOneAndUpdate", 2, |cx, a| become_op(cx, a, Op::FindOneAndUpdate, true)),
    ("findOneAndReplace", 2, |cx, a| become_op(cx, a, Op::FindOneAndReplace, true)),
    ("findOneAndDelete", 1, |cx, a| become_op(cx, a, Op::FindOneAndDelete, false)),
];

const RUNNING: &[(&str, u32, Code)] = &[
    ("exec", 0, |cx, a| exec(cx, a.this)),
    ("then", 2, |cx, a| {
        let promise = exec(cx, a.this)?;
        invoke(cx, &promise, "then", a.args)
    }),
    ("catch", 1, |cx, a| {
        let promise = exec(cx, a.this)?;
        invoke(cx, &promise, "catch", a.args)
    }),
    ("finally", 1, |cx, a| {
        let promise = exec(cx, a.this)?;
        invoke(cx, &promise, "finally", a.args)
    }),
    ("cursor", 1, |cx, a| Ok(cursor(cx, a.this.clone()))),
    ("clone", 0, |cx, a| {
        let query = this(cx, a)?;
        let made = super::new_query(cx, query.model.clone(), query.op.get());
        let copy = query_of(cx, &made)?;
        merge_conditions(cx, copy, &query.conditions.borrow().clone().into())?;
        copy.update.replace(query.update.borrow().clone());
        for (name, value) in entries(cx, &query.options.borrow().clone().into())? {
            put(cx, &copy.options.borrow().clone(), &name, value);
        }
        copy.projection.replace(query.projection.borrow().clone());
        copy.populate.replace(query.populate.borrow().clone());
        copy.distinct.replace(query.distinct.borrow().clone());
        Ok(made)
    }),
    ("explain", 1, |cx, a| super::run::explain(cx, a.this)),
];

/// A cursor: the documents one after the other. They are read at once, when the first is asked for.
pub fn cursor(cx: Cx, source: Value) -> Value {
    static NEXT: FnDef = FnDef::native("next", 0, |cx, a| {
        let (source, state) = (a.env(0).clone(), a.env(1).clone());
        let for_iteration = truthy(a.env(2));
        Ok(task(cx, async move {
            let Value::Obj(held) = &state else { return Ok(Value::Undefined) };
            if member(cx, &state, "rows")?.is_undefined() {
                let rows = invoke(cx, &source, "exec", &[])?;
                let rows = settled(cx, rows).await?;
                put(cx, held, "rows", rows);
                put(cx, held, "at", 0.0);
            }
            let at = member(cx, &state, "at")?.as_num().unwrap_or(0.0);
            let rows = elements(&member(cx, &state, "rows")?);
            put(cx, held, "at", at + 1.0);
            let value = rows.get(at as usize).cloned();
            Ok(match (value, for_iteration) {
                (value, true) => ops::iter_result(cx, value.clone().unwrap_or_default(), value.is_none()),
                (Some(value), false) => value,
                (None, false) => Value::Null,
            })
        }))
    });
    static SELF: FnDef = FnDef::native("[Symbol.asyncIterator]", 0, |cx, a| {
        let o = Obj::plain(cx);
        put(cx, &o, "next", native_with(cx, &NEXT, vec![a.env(0).clone(), a.env(1).clone(), Value::Bool(true)]));
        Ok(o.into())
    });
    static EACH: FnDef = FnDef::native("eachAsync", 1, |cx, a| {
        let (source, f) = (a.env(0).clone(), a.get(0).clone());
        Ok(task(cx, async move {
            let rows = invoke(cx, &source, "exec", &[])?;
            let rows = settled(cx, rows).await?;
            for (i, row) in elements(&rows).into_iter().enumerate() {
                call(cx, &f, &Value::Undefined, &[row, Value::from(i)]).await?;
            }
            Ok(Value::Undefined)
        }))
    });
    static CLOSE: FnDef = FnDef::native("close", 0, |cx, _| Ok(promise::promise_of(cx, Ok(Value::Undefined))));
    let state: Value = Obj::plain(cx).into();
    let o = Obj::plain(cx);
    put(cx, &o, "next", native_with(cx, &NEXT, vec![source.clone(), state.clone(), Value::Bool(false)]));
    put(cx, &o, "eachAsync", native_with(cx, &EACH, vec![source.clone()]));
    put(cx, &o, "close", native_with(cx, &CLOSE, vec![]));
    o.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), native_with(cx, &SELF, vec![source, state]));
    o.into()
}

pub fn query_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "Query",
        length: 0,
        code: |cx, _| Err(type_error(cx, "queries are made by models")),
        methods: CONDITIONS,
        accessors: &[],
        getters: &[
            ("model", |cx, a| Ok(this(cx, a)?.model.object())),
            ("schema", |cx, a| member(cx, &this(cx, a)?.model.object(), "schema")),
            ("op", |cx, a| Ok(Value::str(this(cx, a)?.op.get().name()))),
            ("options", |cx, a| Ok(this(cx, a)?.options.borrow().clone().into())),
            ("_conditions", |cx, a| Ok(this(cx, a)?.conditions.borrow().clone().into())),
            ("_update", |cx, a| Ok(this(cx, a)?.update.borrow().clone())),
            ("mongooseOptions", |cx, a| Ok(this(cx, a)?.options.borrow().clone().into())),
        ],
        statics: &[],
    };
    let made = class(cx, &DEF, None);
    if made.1.get_own(cx, &symbol("furnished")).is_none() {
        made.1.put_hidden(cx, symbol("furnished"), true);
        ops::install(cx, &made.1, SHAPE);
        ops::install(cx, &made.1, RUNNING);
        let iterate = ops::native(cx, "[Symbol.asyncIterator]", 0, |cx, a| {
            let cursor = cursor(cx, a.this.clone());
            ops::invoke_key(cx, &cursor, &cx.symbol(WellKnownSymbol::AsyncIterator).into(), &[])
        });
        made.1.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), iterate);
    }
    made
}
