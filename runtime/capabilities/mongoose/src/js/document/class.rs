//! The class `Document`: methods of all documents, and the accessors of a schema's paths.

use super::{Doc, construct, output, save, state, this, validation};
use crate::js::errors;
use crate::js::query::{self, Op};
use crate::js::schema::Schema;
use crate::js::support::*;
use puremix_js::ops;
use puremix_node::capability::custom_inspection;
use puremix_value::{Args, Attr, Code, Cx, FnDef, FnKind, Kind, Obj, R, Value};
use std::rc::Rc;

fn names(cx: Cx, v: &Value) -> R<Vec<String>> {
    Ok(match v {
        Value::Undefined | Value::Null => vec![],
        Value::Str(s) => s.as_str().split_whitespace().map(str::to_owned).collect(),
        list => elements(list).iter().map(|n| text_of(cx, n)).collect::<R<_>>()?,
    })
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    let (o, _) = this(cx, a)?;
    match a.get(0) {
        Value::Str(path) => state::set_path(cx, o, path.as_str(), a.get(1), false)?,
        values if values.is_object() => state::set_object(cx, o, values, "", false)?,
        _ => {}
    }
    Ok(a.this.clone())
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    let (o, _) = this(cx, a)?;
    let path = text_of(cx, a.get(0))?;
    match option(cx, a.get(2), "getters")? {
        Value::Bool(false) => Ok(state::get_raw(cx, o, &path)),
        _ => state::get_path(cx, o, &path),
    }
}

fn is_modified(cx: Cx, a: &Args<'_>) -> R {
    let changed = state::changed(cx, this(cx, a)?.1)?;
    let wanted = names(cx, a.get(0))?;
    Ok(Value::Bool(if wanted.is_empty() { !changed.is_empty() } else { wanted.iter().any(|path| state::is_changed(&changed, path)) }))
}

fn delete(cx: Cx, a: &Args<'_>) -> R {
    let (o, _) = this(cx, a)?;
    let (o, options) = (o.clone(), a.get(0).clone());
    Ok(task(cx, save::delete(cx, o, options)))
}

/// A query about this document.
fn own_query(cx: Cx, a: &Args<'_>, op: Op) -> R {
    let (_, doc) = this(cx, a)?;
    let Some(model) = doc.model.clone() else { return Err(type_error(cx, "a subdocument is changed through its parent")) };
    let made = query::new_query(cx, model, op);
    let filter = Obj::plain(cx);
    put(cx, &filter, "_id", member(cx, a.this, "_id")?);
    query::set(cx, &made, &filter.into(), a.get(0), &Value::Undefined, a.get(1))?;
    Ok(made)
}

const STATE: &[(&str, u32, Code)] = &[
    ("set", 2, set),
    ("$set", 2, set),
    ("get", 1, get),
    ("$get", 1, get),
    ("overwrite", 1, |cx, a| {
        let (o, doc) = this(cx, a)?;
        for (path, _) in doc.schema.paths.borrow().clone() {
            if path != "_id" && doc.schema.options.borrow().version_key.as_deref() != Some(&path) {
                state::put_at(cx, &doc.data(), &path, Value::Undefined);
            }
        }
        state::set_object(cx, o, a.get(0), "", false)?;
        Ok(a.this.clone())
    }),
    ("isModified", 1, is_modified),
    ("$isModified", 1, is_modified),
    ("isDirectModified", 1, |cx, a| {
        let changed = state::direct(&state::changed(cx, this(cx, a)?.1)?);
        Ok(Value::Bool(names(cx, a.get(0))?.iter().any(|p| changed.contains(p))))
    }),
    ("modifiedPaths", 0, |cx, a| Ok(array(cx, state::changed(cx, this(cx, a)?.1)?.into_iter().map(Value::from).collect()))),
    ("directModifiedPaths", 0, |cx, a| Ok(array(cx, state::direct(&state::changed(cx, this(cx, a)?.1)?).into_iter().map(Value::from).collect()))),
    ("markModified", 1, |cx, a| {
        this(cx, a)?.1.marked.borrow_mut().extend(names(cx, a.get(0))?);
        Ok(Value::Undefined)
    }),
    ("unmarkModified", 1, |cx, a| {
        let gone = names(cx, a.get(0))?;
        this(cx, a)?.1.marked.borrow_mut().retain(|p| !gone.contains(p));
        Ok(Value::Undefined)
    }),
    ("isSelected", 1, |cx, a| Ok(Value::Bool(this(cx, a)?.1.selected.shows(&text_of(cx, a.get(0))?)))),
    ("isInit", 1, |cx, a| Ok(Value::Bool(!this(cx, a)?.1.is_new.get()))),
    ("$isDefault", 1, |cx, a| {
        let path = text_of(cx, a.get(0))?;
        Ok(Value::Bool(this(cx, a)?.1.defaulted.borrow().iter().any(|(p, _)| *p == path)))
    }),
    ("$isDeleted", 1, |cx, a| Ok(Value::Bool(this(cx, a)?.1.deleted.get()))),
    ("$inc", 2, |cx, a| {
        let (o, doc) = this(cx, a)?;
        let path = text_of(cx, a.get(0))?;
        let by = if a.len() > 1 { puremix_js::js_to_number(cx, a.get(1))? } else { 1.0 };
        let now = state::get_raw(cx, o, &path).as_num().unwrap_or(0.0);
        state::set_path(cx, o, &path, &Value::Num(now + by), false)?;
        // Saved as an increment, which adds to what others have made of it meanwhile.
        let mut increments = doc.increments.borrow_mut();
        match increments.iter_mut().find(|(p, _)| *p == path) {
            Some((_, sum)) => *sum += by,
            None => increments.push((path, by)),
        }
        Ok(a.this.clone())
    }),
    ("increment", 0, |cx, a| {
        let (_, doc) = this(cx, a)?;
        if let Some(key) = doc.schema.options.borrow().version_key.clone() {
            doc.marked.borrow_mut().push(key);
        }
        Ok(a.this.clone())
    }),
    ("equals", 1, |cx, a| {
        let (mine, other) = (member(cx, a.this, "_id")?, member(cx, a.get(0), "_id")?);
        if mine.is_nullish() || other.is_nullish() {
            return Ok(Value::Bool(a.this.as_obj() == a.get(0).as_obj()));
        }
        Ok(Value::Bool(text_of(cx, &mine)? == text_of(cx, &other)?))
    }),
    ("$session", 1, |cx, a| {
        let (_, doc) = this(cx, a)?;
        if !a.is_empty() {
            doc.session.replace(a.get(0).clone());
        }
        Ok(doc.session.borrow().clone())
    }),
    ("ownerDocument", 0, |_, a| Ok(validation::top(a.this))),
    ("parent", 0, |cx, a| Ok(this(cx, a)?.1.parent.borrow().clone().map_or(Value::Undefined, Value::Obj))),
    ("$parent", 0, |cx, a| Ok(this(cx, a)?.1.parent.borrow().clone().map_or(Value::Undefined, Value::Obj))),
    ("$model", 1, find_model),
    ("model", 1, find_model),
];

fn find_model(cx: Cx, a: &Args<'_>) -> R {
    let (_, doc) = this(cx, a)?;
    let top = validation::top(a.this);
    let model = doc.model.clone().or_else(|| super::doc_of(&top).and_then(|d| d.model.clone()));
    let Some(model) = model else { return Ok(Value::Undefined) };
    match a.get(0) {
        Value::Str(name) => match model.connection.model(name.as_str()) {
            Some((ctor, _)) => Ok(ctor.into()),
            None => Err(crate::js::connection::missing(cx, name.as_str())),
        },
        _ => Ok(model.object()),
    }
}

const OUTPUT: &[(&str, u32, Code)] = &[
    ("toObject", 1, |cx, a| output::to_object(cx, this(cx, a)?.0, a.get(0), false)),
    ("toJSON", 1, |cx, a| {
        // `JSON.stringify` gives the key, which is no options.
        let options = if a.get(0).is_object() { a.get(0).clone() } else { Value::Undefined };
        output::to_object(cx, this(cx, a)?.0, &options, true)
    }),
    ("toBSON", 0, |cx, a| output::to_object(cx, this(cx, a)?.0, &Value::Undefined, false)),
    ("toString", 0, |cx, a| {
        let plain = output::to_object(cx, this(cx, a)?.0, &Value::Undefined, false)?;
        Ok(Value::from(puremix_js::inspect(cx, &plain)))
    }),
    ("inspect", 1, |cx, a| output::to_object(cx, this(cx, a)?.0, &Value::Undefined, false)),
    ("$clone", 0, |cx, a| {
        let (o, doc) = this(cx, a)?;
        let copy = construct(cx, &doc.schema, doc.model.clone(), o.proto().unwrap_or_else(|| document_class(cx).1), &Value::Obj(doc.data()), false)?;
        if let Some(inner) = copy.payload::<Doc>() {
            inner.is_new.set(doc.is_new.get());
            inner.saved.replace(Some(doc.before()));
        }
        Ok(copy.into())
    }),
];

const STORING: &[(&str, u32, Code)] = &[
    ("save", 1, |cx, a| {
        let (o, _) = this(cx, a)?;
        let (o, options) = (o.clone(), a.get(0).clone());
        Ok(task(cx, async move {
            save::save(cx, o.clone(), options).await?;
            Ok(o.into())
        }))
    }),
    ("$save", 1, |cx, a| invoke(cx, a.this, "save", a.args)),
    ("validate", 1, |cx, a| {
        let (o, _) = this(cx, a)?;
        let only = names(cx, a.get(0))?;
        let o = o.clone();
        Ok(task(cx, async move { validation::validate_all(cx, o, if only.is_empty() { None } else { Some(only) }).await.map(|()| Value::Undefined) }))
    }),
    ("$validate", 1, |cx, a| invoke(cx, a.this, "validate", a.args)),
    ("validateSync", 1, |cx, a| {
        let only = names(cx, a.get(0))?;
        let error = validation::validate_sync(cx, this(cx, a)?.0, if only.is_empty() { None } else { Some(&only) })?;
        Ok(error.map_or(Value::Undefined, Value::Obj))
    }),
    ("invalidate", 4, |cx, a| {
        let kind = a.get(3).as_str().map_or("user defined".to_owned(), |s| s.to_string());
        validation::invalidate(cx, this(cx, a)?.0, &text_of(cx, a.get(0))?, a.get(1), a.get(2).clone(), &kind)
    }),
    ("$markValid", 1, |cx, a| {
        let path = text_of(cx, a.get(0))?;
        this(cx, a)?.1.invalid.borrow_mut().retain(|(p, _)| *p != path);
        Ok(Value::Undefined)
    }),
    ("deleteOne", 1, delete),
    ("$deleteOne", 1, delete),
    ("remove", 1, delete),
    ("updateOne", 2, |cx, a| own_query(cx, a, Op::UpdateOne)),
    ("replaceOne", 2, |cx, a| own_query(cx, a, Op::ReplaceOne)),
    ("populate", 2, |cx, a| {
        let (o, doc) = this(cx, a)?;
        let top = validation::top(a.this);
        let Some(model) = doc.model.clone().or_else(|| super::doc_of(&top).and_then(|d| d.model.clone())) else { return Err(type_error(cx, "the document has no model")) };
        let spec = match a.args {
            [path @ Value::Str(_), select, ..] => {
                let spec = Obj::plain(cx);
                put(cx, &spec, "path", path.clone());
                put(cx, &spec, "select", select.clone());
                spec.into()
            }
            _ => a.get(0).clone(),
        };
        let (o, session) = (o.clone(), doc.session.borrow().clone());
        Ok(task(cx, async move {
            super::populate_paths(cx, model, vec![o.clone().into()], vec![spec], session).await?;
            Ok(o.into())
        }))
    }),
    ("populated", 1, |cx, a| {
        let path = text_of(cx, a.get(0))?;
        Ok(this(cx, a)?.1.populated.borrow().iter().find(|(p, _)| *p == path).map(|(_, ids)| ids.clone()).unwrap_or_default())
    }),
    ("$populated", 1, |cx, a| invoke(cx, a.this, "populated", a.args)),
    ("depopulate", 1, |cx, a| {
        let (_, doc) = this(cx, a)?;
        let wanted = names(cx, a.get(0))?;
        let all = doc.populated.take();
        for (path, ids) in all {
            if wanted.is_empty() || wanted.contains(&path) {
                state::put_at(cx, &doc.data(), &path, ids);
            } else {
                doc.populated.borrow_mut().push((path, ids));
            }
        }
        Ok(a.this.clone())
    }),
];

/// `Document`: above `Model` and the classes of subdocuments.
pub fn document_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "Document",
        length: 0,
        code: |cx, _| Err(type_error(cx, "documents are made by models")),
        methods: STATE,
        accessors: &[],
        getters: &[
            ("_doc", |cx, a| Ok(this(cx, a)?.1.data().into())),
            ("errors", |cx, a| {
                let error = this(cx, a)?.1.errors.borrow().clone();
                if error.is_object() { member(cx, &error, "errors") } else { Ok(Value::Undefined) }
            }),
            ("$errors", |cx, a| member(cx, a.this, "errors")),
            ("schema", |cx, a| Ok(this(cx, a)?.1.schema.object.borrow().clone().map_or(Value::Undefined, Value::Obj))),
            ("$locals", |cx, a| {
                let (_, doc) = this(cx, a)?;
                let locals = doc.locals.borrow().clone().unwrap_or_else(|| Obj::plain(cx));
                doc.locals.replace(Some(locals.clone()));
                Ok(locals.into())
            }),
            ("db", |cx, a| Ok(this(cx, a)?.1.model.as_ref().map_or(Value::Undefined, |m| crate::js::module::connection_object(cx, &m.connection)))),
        ],
        statics: &[],
    };
    let made = class(cx, &DEF, None);
    if made.1.get_own(cx, &symbol("furnished")).is_none() {
        made.1.put_hidden(cx, symbol("furnished"), true);
        ops::install(cx, &made.1, OUTPUT);
        ops::install(cx, &made.1, STORING);
        for name in ["isNew", "$isNew"] {
            let get = ops::native(cx, "isNew", 0, |cx, a| Ok(Value::Bool(this(cx, a)?.1.is_new.get())));
            let set = ops::native(cx, "isNew", 1, |cx, a| {
                this(cx, a)?.1.is_new.set(truthy(a.get(0)));
                Ok(Value::Undefined)
            });
            made.1.define_accessor(cx, &cx.key_of(name), get, set, Attr::CONFIGURABLE);
        }
        custom_inspection(cx, &made.1, |cx, a| match this(cx, a) {
            Ok((o, _)) => output::to_object(cx, o, &Value::Undefined, false),
            Err(_) => {
                cx.take_exception();
                Ok(Value::str("Document"))
            }
        });
    }
    made
}

static GET: FnDef = FnDef::native("get", 0, |cx, a| {
    let (o, doc) = this(cx, a)?;
    let name = a.env(0);
    if truthy(a.env(1)) {
        return state::get_path(cx, o, &text_of(cx, name)?);
    }
    Ok(match name {
        Value::Str(s) => match doc.data().get_own(cx, &cx.key(s)) {
            Some(puremix_value::Own::Data { value, .. }) => value,
            _ => Value::Undefined,
        },
        _ => Value::Undefined,
    })
});

static SET: FnDef = FnDef::native("set", 1, |cx, a| {
    let (o, _) = this(cx, a)?;
    state::set_path(cx, o, &text_of(cx, a.env(0))?, a.get(0), false)?;
    Ok(Value::Undefined)
});

/// Gives a prototype the accessors of a schema's paths and virtuals, and its methods.
pub fn furnish_proto(cx: Cx, proto: &Obj, schema: &Rc<Schema>) {
    let mut top: Vec<(String, bool)> = vec![];
    for (path, ty) in schema.paths.borrow().iter() {
        let first = path.split('.').next().unwrap_or_default();
        if !top.iter().any(|(n, _)| n == first) {
            top.push((first.to_owned(), !ty.getters.is_empty()));
        }
    }
    if let Some(key) = &schema.options.borrow().version_key {
        top.push((key.clone(), false));
    }
    for (name, _) in schema.virtuals.borrow().iter() {
        if !name.contains('.') {
            top.retain(|(n, _)| n != name);
            top.push((name.clone(), true));
        }
    }
    for (name, computed) in top {
        let env = vec![Value::str(&name), Value::Bool(computed)];
        let (get, set) = (native_with(cx, &GET, env.clone()), native_with(cx, &SET, env));
        proto.define_accessor(cx, &cx.key_of(&name), get, set, Attr::ENUMERABLE.with(Attr::CONFIGURABLE));
    }
    for (name, f) in entries(cx, &schema.methods.clone().into()).unwrap_or_default() {
        proto.put_hidden(cx, cx.key_of(&name), f);
    }
}

/// The class of a schema's subdocuments.
pub fn subdocument_class(cx: Cx, schema: &Rc<Schema>) -> ClassPair {
    static SUBDOCUMENT: FnDef = FnDef::new("EmbeddedDocument", 1, |cx, _| Err(errors::throw(cx, "MongooseError", "subdocuments are made by their arrays' create()")), FnKind::NativeCtor);
    if let Some(known) = schema.subdocument.borrow().clone() {
        return known;
    }
    let proto = Obj::with(cx, Some(document_class(cx).1), Kind::Plain);
    let ctor = constructor(cx, "EmbeddedDocument", &SUBDOCUMENT, vec![], &proto);
    let made = (ctor, proto.clone());
    schema.subdocument.replace(Some(made.clone()));
    furnish_proto(cx, &proto, schema);
    made
}

