//! The functions that models are.

use super::discriminators::{self, Mark};
use super::{Model, ModelRef, collection_name, writes};
use crate::js::aggregate;
use crate::js::connection::Connection;
use crate::js::document;
use crate::js::errors;
use crate::js::query::{self, Op};
use crate::js::schema::Schema;
use crate::js::session;
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Args, Class, Code, Cx, FnDef, FnKind, Kind, Obj, R, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The model of a function: a model's own, or of a class that extends one.
pub fn model_of(v: &Value) -> Option<Rc<Model>> {
    let mut at = v.as_obj().cloned();
    while let Some(o) = at {
        if let Kind::Function(f) = o.kind()
            && let Some(Value::Obj(held)) = f.env.first()
            && let Some(model) = held.payload::<ModelRef>()
        {
            return Some(model.0.clone());
        }
        at = o.proto();
    }
    None
}

fn this(cx: Cx, a: &Args<'_>) -> R<Rc<Model>> {
    model_of(a.this).ok_or_else(|| type_error(cx, "this is no Model: static methods of models need their model as `this`"))
}

static MODEL: FnDef = FnDef::new("model", 2, |cx, a| {
    let Some(model) = a.env(0).as_obj().and_then(|o| o.payload::<ModelRef>()).map(|m| m.0.clone()) else {
        return Err(type_error(cx, "this is no Model"));
    };
    let kind = model.of_kind(cx, a.get(0))?;
    let proto = if a.is_construct() && Rc::ptr_eq(&kind, &model) { proto_of_new(cx, a)? } else { kind.proto.clone() };
    let model = kind;
    let defaults = option(cx, a.get(2), "defaults")?;
    let doc = document::construct(cx, &model.schema.clone(), Some(model), proto, a.get(0), !matches!(defaults, Value::Bool(false)))?;
    Ok(doc.into())
}, FnKind::NativeCtor);

/// Makes a model's function; `of` is the model that it is a kind of.
pub fn define_model(cx: Cx, connection: &Rc<Connection>, name: &str, schema: &Rc<Schema>, collection: Option<String>, of: Option<(&Rc<Model>, Mark)>) -> R<(Obj, Rc<Model>)> {
    let above = match &of {
        Some((base, _)) => (base.ctor.borrow().clone().unwrap_or_else(|| model_class(cx).0), base.proto.clone()),
        None => model_class(cx),
    };
    let proto = Obj::with(cx, Some(above.1), Kind::Plain);
    let collection = collection.or_else(|| schema.options.borrow().collection.clone()).unwrap_or_else(|| collection_name(name));
    let model = Rc::new(Model {
        name: name.to_owned(),
        schema: schema.clone(),
        collection,
        connection: connection.clone(),
        proto: proto.clone(),
        ctor: RefCell::default(),
        mark: of.map(|(_, mark)| mark),
        kinds: RefCell::default(),
        shape: RefCell::default(),
        ready: Cell::new(false),
        swept: Cell::new(f64::NEG_INFINITY),
    });
    let held = Obj::native(cx, None, Class::Other, ModelRef(model.clone()));
    let ctor = constructor(cx, name, &MODEL, vec![held.into()], &proto);
    ctor.set_proto(cx, Some(above.0));
    document::furnish_proto(cx, &proto, schema);
    put(cx, &ctor, "modelName", Value::str(name));
    put(cx, &ctor, "schema", schema_object(cx, schema));
    for (name, f) in entries(cx, &schema.statics.clone().into())? {
        put(cx, &ctor, &name, f);
    }
    for o in [&ctor, &proto] {
        let collection = Obj::plain(cx);
        put(cx, &collection, "name", Value::str(&model.collection));
        put(cx, &collection, "collectionName", Value::str(&model.collection));
        o.put_hidden(cx, cx.key_of("collection"), collection);
    }
    model.ctor.replace(Some(ctor.clone()));
    Ok((ctor, model))
}

fn schema_object(cx: Cx, schema: &Rc<Schema>) -> Value {
    let known = schema.object.borrow().clone();
    known.map_or_else(|| Obj::native(cx, Some(crate::js::schema::schema_class(cx).1), Class::Other, crate::js::schema::SchemaRef(schema.clone())).into(), Value::Obj)
}

/// A method that starts a query.
fn start(cx: Cx, a: &Args<'_>, op: Op, fill: impl FnOnce(&Value) -> R<()>) -> R {
    let model = this(cx, a)?;
    let made = query::new_query(cx, model, op);
    fill(&made)?;
    Ok(made)
}

fn by_id(cx: Cx, id: &Value) -> Value {
    let filter = Obj::plain(cx);
    put(cx, &filter, "_id", if id.is_undefined() { Value::Null } else { id.clone() });
    filter.into()
}

const READS: &[(&str, u32, Code)] = &[
    ("find", 3, |cx, a| start(cx, a, Op::Find, |q| query::set(cx, q, a.get(0), &Value::Undefined, a.get(1), a.get(2)))),
    ("findOne", 3, |cx, a| start(cx, a, Op::FindOne, |q| query::set(cx, q, a.get(0), &Value::Undefined, a.get(1), a.get(2)))),
    ("findById", 3, |cx, a| start(cx, a, Op::FindOne, |q| query::set(cx, q, &by_id(cx, a.get(0)), &Value::Undefined, a.get(1), a.get(2)))),
    ("exists", 2, |cx, a| start(cx, a, Op::FindOne, |q| {
        let only_id = Obj::plain(cx);
        put(cx, &only_id, "_id", 1.0);
        query::set(cx, q, a.get(0), &Value::Undefined, &only_id.into(), a.get(1))?;
        invoke(cx, q, "lean", &[]).map(drop)
    })),
    ("countDocuments", 2, |cx, a| start(cx, a, Op::Count, |q| query::set(cx, q, a.get(0), &Value::Undefined, &Value::Undefined, a.get(1)))),
    ("count", 2, |cx, a| start(cx, a, Op::Count, |q| query::set(cx, q, a.get(0), &Value::Undefined, &Value::Undefined, a.get(1)))),
    ("estimatedDocumentCount", 1, |cx, a| start(cx, a, Op::Count, |q| query::set(cx, q, &Value::Undefined, &Value::Undefined, &Value::Undefined, a.get(0)))),
    ("distinct", 3, |cx, a| start(cx, a, Op::Distinct, |q| {
        query::set_distinct(cx, q, &text_of(cx, a.get(0))?)?;
        query::set(cx, q, a.get(1), &Value::Undefined, &Value::Undefined, a.get(2))
    })),
    ("where", 2, |cx, a| start(cx, a, Op::Find, |q| invoke(cx, q, "where", a.args).map(drop))),
    ("$where", 1, |cx, _| Err(errors::throw(cx, "MongooseError", "$where runs code that comes as data; it is not supported"))),
    ("updateOne", 3, |cx, a| start(cx, a, Op::UpdateOne, |q| query::set(cx, q, a.get(0), a.get(1), &Value::Undefined, a.get(2)))),
    ("updateMany", 3, |cx, a| start(cx, a, Op::UpdateMany, |q| query::set(cx, q, a.get(0), a.get(1), &Value::Undefined, a.get(2)))),
    ("replaceOne", 3, |cx, a| start(cx, a, Op::ReplaceOne, |q| query::set(cx, q, a.get(0), a.get(1), &Value::Undefined, a.get(2)))),
    ("deleteOne", 2, |cx, a| start(cx, a, Op::DeleteOne, |q| query::set(cx, q, a.get(0), &Value::Undefined, &Value::Undefined, a.get(1)))),
    ("deleteMany", 2, |cx, a| start(cx, a, Op::DeleteMany, |q| query::set(cx, q, a.get(0), &Value::Undefined, &Value::Undefined, a.get(1)))),
    ("findOneAndUpdate", 3, |cx, a| start(cx, a, Op::FindOneAndUpdate, |q| query::set(cx, q, a.get(0), a.get(1), &Value::Undefined, a.get(2)))),
    ("findByIdAndUpdate", 3, |cx, a| start(cx, a, Op::FindOneAndUpdate, |q| query::set(cx, q, &by_id(cx, a.get(0)), a.get(1), &Value::Undefined, a.get(2)))),
    ("findOneAndReplace", 3, |cx, a| start(cx, a, Op::FindOneAndReplace, |q| query::set(cx, q, a.get(0), a.get(1), &Value::Undefined, a.get(2)))),
    ("findOneAndDelete", 2, |cx, a| start(cx, a, Op::FindOneAndDelete, |q| query::set(cx, q, a.get(0), &Value::Undefined, &Value::Undefined, a.get(1)))),
    ("findByIdAndDelete", 2, |cx, a| start(cx, a, Op::FindOneAndDelete, |q| query::set(cx, q, &by_id(cx, a.get(0)), &Value::Undefined, &Value::Undefined, a.get(1)))),
];

const OTHERS: &[(&str, u32, Code)] = &[
    ("create", 2, |cx, a| writes::create(cx, this(cx, a)?, a)),
    ("insertMany", 2, |cx, a| writes::insert_many(cx, this(cx, a)?, a)),
    ("insertOne", 2, |cx, a| writes::create(cx, this(cx, a)?, a)),
    ("bulkWrite", 2, |cx, a| writes::bulk_write(cx, this(cx, a)?, a)),
    ("bulkSave", 2, |cx, a| {
        let docs = elements(a.get(0));
        Ok(task(cx, async move {
            for doc in docs {
                let saving = invoke(cx, &doc, "save", &[])?;
                settled(cx, saving).await?;
            }
            Ok(Value::Undefined)
        }))
    }),
    ("aggregate", 2, |cx, a| aggregate::new_aggregate(cx, this(cx, a)?, a)),
    ("hydrate", 3, |cx, a| {
        let model = this(cx, a)?;
        let model = model.of_kind(cx, a.get(0))?;
        let copy = crate::js::convert::from_map(cx, &crate::js::convert::to_map(cx, a.get(0))?);
        let doc = document::hydrate(cx, &model.schema.clone(), Some(model.clone()), model.proto.clone(), &copy, Default::default())?;
        if let Some(inner) = doc.payload::<document::Doc>() {
            inner.saved.replace(Some(Rc::new(inner.to_map(cx)?)));
        }
        Ok(doc.into())
    }),
    ("populate", 2, |cx, a| {
        let model = this(cx, a)?;
        let (docs, paths) = (a.get(0).clone(), a.get(1).clone());
        Ok(task(cx, async move {
            let all = if is_array(&docs) { elements(&docs) } else { vec![docs.clone()] };
            document::populate_paths(cx, model, all, vec![paths], Value::Undefined).await?;
            Ok(docs)
        }))
    }),
    ("init", 0, prepare),
    ("createIndexes", 0, prepare),
    ("ensureIndexes", 0, prepare),
    ("createCollection", 0, prepare),
    ("syncIndexes", 0, prepare),
    ("listIndexes", 0, |cx, a| {
        let model = this(cx, a)?;
        let shown = model.indexes().into_iter().map(|index| {
            let (o, keys) = (Obj::plain(cx), Obj::plain(cx));
            for (path, direction) in index.keys {
                put(cx, &keys, &path, direction);
            }
            put(cx, &o, "key", keys);
            o.into()
        });
        let all = array(cx, shown.collect());
        Ok(task(cx, async move { Ok(all) }))
    }),
    ("startSession", 1, |cx, _| Ok(task(cx, async move { Ok(session::new_session(cx)) }))),
    ("watch", 0, |cx, _| Err(errors::throw(cx, "MongooseError", "change streams are not supported"))),
    ("discriminator", 3, |cx, a| discriminators::discriminator(cx, &this(cx, a)?, a)),
    ("castObject", 1, |cx, a| {
        let model = this(cx, a)?;
        let doc = document::construct(cx, &model.schema.clone(), Some(model.clone()), model.proto.clone(), a.get(0), false)?;
        invoke(cx, &doc.into(), "toObject", &[])
    }),
    ("validate", 2, |cx, a| {
        let model = this(cx, a)?;
        let values = a.get(0).clone();
        Ok(task(cx, async move {
            let doc = document::construct(cx, &model.schema.clone(), Some(model.clone()), model.proto.clone(), &values, true)?;
            document::validation::validate_all(cx, doc.clone(), None).await?;
            Ok(doc.into())
        }))
    }),
];

fn prepare(cx: Cx, a: &Args<'_>) -> R {
    let (model, object) = (this(cx, a)?, a.this.clone());
    Ok(task(cx, async move { model.prepare(cx).await.map(|()| object) }))
}

/// `mongoose.Model`: above all models.
pub fn model_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "Model",
        length: 2,
        code: |cx, _| Err(type_error(cx, "models are made by mongoose.model()")),
        methods: &[],
        accessors: &[],
        getters: &[],
        statics: READS,
    };
    let made = class(cx, &DEF, Some(&document::document_class(cx)));
    if made.0.get_own(cx, &symbol("furnished")).is_none() {
        made.0.put_hidden(cx, symbol("furnished"), true);
        ops::install(cx, &made.0, OTHERS);
        ops::install_getter(cx, &made.0, "db", |cx, a| {
            let connection = this(cx, a)?.connection.clone();
            Ok(crate::js::module::connection_object(cx, &connection))
        });
    }
    made
}
