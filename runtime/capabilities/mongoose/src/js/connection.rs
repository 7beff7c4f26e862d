//! Connections: the database that models use, and the models.

use super::errors;
use super::model::{Model, define_model};
use super::schema::{Schema, schema_of};
use super::session;
use super::support::*;
use puremix_js::promise;
use puremix_sql::Database;
use puremix_value::{Args, Class, Cx, Obj, Payload, R, Thrown, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// A connection: of `mongoose` itself, or of `createConnection`.
pub struct Connection {
    database: RefCell<Option<Arc<dyn Database>>>,
    pub url: RefCell<String>,
    /// 0 disconnected, 1 connected.
    pub state: Cell<u8>,
    pub models: RefCell<Vec<(String, Obj, Rc<Model>)>>,
    pub auto_index: Cell<bool>,
    /// Why it could not be opened, for whoever uses it all the same.
    failure: RefCell<Option<Value>>,
}

/// The payload of a connection's object.
pub struct ConnectionRef(pub Rc<Connection>);
impl Payload for ConnectionRef {}

impl Connection {
    /// A connection's object.
    pub fn make(cx: Cx) -> (Rc<Connection>, Obj) {
        let connection = Rc::new(Connection {
            database: RefCell::default(),
            url: RefCell::default(),
            state: Cell::new(0),
            models: RefCell::default(),
            auto_index: Cell::new(true),
            failure: RefCell::default(),
        });
        let o = Obj::native(cx, Some(connection_class(cx).1), Class::Other, ConnectionRef(connection.clone()));
        put(cx, &o, "config", Obj::plain(cx));
        (connection, o)
    }

    /// Opens the database that a URL names; none means the app's own. What is used of a connection that could not be opened says why.
    pub fn open(&self, cx: Cx, url: &Value) -> R<()> {
        self.failure.take();
        self.try_open(cx, url).inspect_err(|_| {
            let error = cx.take_exception();
            self.failure.replace(Some(error.clone()));
            cx.throw(error);
        })
    }

    fn try_open(&self, cx: Cx, url: &Value) -> R<()> {
        let refuse = |message: &str| -> Thrown { errors::throw(cx, "MongooseError", message) };
        let url = match url {
            Value::Undefined | Value::Null => String::new(),
            Value::Str(s) => s.as_str().trim().to_owned(),
            other => return Err(refuse(&format!("The `uri` parameter to `openUri()` must be a string, got \"{}\". Make sure the first parameter to `mongoose.connect()` or `mongoose.createConnection()` is a string.", text_of(cx, &puremix_js::js_typeof(other))?))),
        };
        let url = match url.is_empty() {
            false => url,
            true => puremix_sql::default_url().ok_or_else(|| refuse("this process has no databases"))?,
        };
        if url.starts_with("mongodb:") || url.starts_with("mongodb+srv:") {
            return Err(refuse(
                "MongoDB itself is not supported: documents are kept in SQLite or PostgreSQL. Leave the URL out (or empty) for DATABASE_URL or the file $PUREMIX_DATA/app.db, \
                 or give `sqlite:PATH` or `postgres://…`. Data moves with `mongoexport --collection=NAME --out=NAME.json` and `./app db import NAME.json`: docs/book/documents.md.",
            ));
        }
        if !["sqlite:", "file:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(refuse("Invalid scheme, expected connection string to start with \"sqlite:\" or \"postgres://\""));
        }
        let database = puremix_sql::open(&url).map_err(|e| refuse(&e))?;
        self.database.replace(Some(database));
        self.url.replace(url);
        self.state.set(1);
        Ok(())
    }

    /// The database; one that nobody connected is the app's own.
    pub fn database(&self, cx: Cx) -> R<Arc<dyn Database>> {
        if let Some(error) = self.failure.borrow().clone() {
            return Err(cx.throw(error));
        }
        if self.database.borrow().is_none() {
            self.open(cx, &Value::Undefined)?;
        }
        self.database.borrow().clone().ok_or_else(|| errors::throw(cx, "MongooseError", "there is no database"))
    }

    pub fn close(&self) {
        self.failure.take();
        self.database.replace(None);
        self.state.set(0);
    }

    /// The name of the database, as messages and `connection.name` give it.
    pub fn name(&self) -> String {
        let url = self.url.borrow();
        let path = url.split('?').next().unwrap_or_default();
        let last = path.rsplit(['/', ':']).next().unwrap_or_default();
        last.strip_suffix(".db").or_else(|| last.strip_suffix(".sqlite")).unwrap_or(last).to_owned()
    }

    /// Makes the tables of all models, before a transaction holds the database.
    pub async fn prepare_models(&self, cx: Cx) -> R<()> {
        let all: Vec<Rc<Model>> = self.models.borrow().iter().map(|(_, _, m)| m.clone()).collect();
        for model in all {
            model.prepare(cx).await?;
        }
        Ok(())
    }

    pub fn model(&self, name: &str) -> Option<(Obj, Rc<Model>)> {
        self.models.borrow().iter().find(|(n, ..)| n == name).map(|(_, o, m)| (o.clone(), m.clone()))
    }
}

pub fn connection_of(cx: Cx, v: &Value) -> R<Rc<Connection>> {
    v.as_obj().and_then(|o| o.payload::<ConnectionRef>()).map(|c| c.0.clone()).ok_or_else(|| type_error(cx, "this is no Connection"))
}

fn this(cx: Cx, a: &Args<'_>) -> R<Rc<Connection>> {
    connection_of(cx, a.this)
}

/// `model(name, schema, collection)`: defines one, or finds it.
pub fn model(cx: Cx, connection: &Rc<Connection>, a: &Args<'_>) -> R {
    let name = match a.get(0) {
        Value::Str(s) => s.to_string(),
        f if f.is_callable() => function_name(cx, f),
        _ => return Err(type_error(cx, "a model needs a name")),
    };
    let schema: Option<Rc<Schema>> = match a.get(1) {
        Value::Undefined | Value::Null => None,
        v => Some(match schema_of(v) {
            Some(schema) => schema,
            None if is_plain(cx, v) => Schema::build(cx, v, &Value::Undefined)?,
            None => return Err(errors::throw(cx, "MongooseError", &format!("The 2nd parameter to `mongoose.model()` should be a schema or a POJO, got {}", puremix_js::inspect(cx, v)))),
        }),
    };
    let known = connection.model(&name);
    match (known, schema) {
        (Some((ctor, _)), None) => Ok(ctor.into()),
        (Some((ctor, model)), Some(schema)) if Rc::ptr_eq(&model.schema, &schema) => Ok(ctor.into()),
        (Some(_), Some(_)) if !flag(cx, a.get(3), "overwriteModels")? => Err(errors::throw(cx, "OverwriteModelError", &format!("Cannot overwrite `{name}` model once compiled."))),
        (_, Some(schema)) => {
            let collection = a.get(2).as_str().map(|s| s.to_string());
            let (ctor, model) = define_model(cx, connection, &name, &schema, collection, None)?;
            let mut models = connection.models.borrow_mut();
            models.retain(|(n, ..)| *n != name);
            models.push((name, ctor.clone(), model));
            Ok(ctor.into())
        }
        (None, None) => Err(missing(cx, &name)),
    }
}

/// `MissingSchemaError`.
#[cold]
pub fn missing(cx: Cx, name: &str) -> Thrown {
    errors::throw(cx, "MissingSchemaError", &format!("Schema hasn't been registered for model \"{name}\".\nUse mongoose.model(name, schema)"))
}

/// The models as `mongoose.models` and `connection.models` show them.
pub fn models_object(cx: Cx, connection: &Connection) -> Value {
    let o = Obj::with(cx, None, puremix_value::Kind::Plain);
    for (name, ctor, _) in connection.models.borrow().iter() {
        put(cx, &o, name, ctor.clone());
    }
    o.into()
}

pub fn delete_model(cx: Cx, connection: &Connection, name: &Value) -> R<()> {
    let pattern = puremix_js::regexp::as_regexp(name).is_some();
    let names: Vec<String> = connection.models.borrow().iter().map(|(n, ..)| n.clone()).collect();
    let mut gone = vec![];
    for n in names {
        if if pattern { truthy(&invoke(cx, name, "test", &[Value::str(&n)])?) } else { name.as_str().is_some_and(|s| s.as_str() == n) } {
            gone.push(n);
        }
    }
    connection.models.borrow_mut().retain(|(n, ..)| !gone.contains(n));
    Ok(())
}

/// Opens and tells the listeners; a promise of `answer`.
pub fn connect(cx: Cx, connection: &Rc<Connection>, object: Value, url: Value, options: &Value, answer: Value) -> R {
    if flag(cx, options, "autoIndex").is_ok_and(|on| !on) && !option(cx, options, "autoIndex")?.is_undefined() {
        connection.auto_index.set(false);
    }
    let connection = connection.clone();
    Ok(task(cx, async move {
        if connection.open(cx, &url).is_err() {
            let error = cx.take_exception();
            tell(cx, &object, &error)?;
            return Err(cx.throw(error));
        }
        for event in ["connected", "open"] {
            invoke(cx, &object, "emit", &[Value::str(event)])?;
        }
        Ok(answer)
    }))
}

/// Tells those who listen that it could not be opened.
fn tell(cx: Cx, object: &Value, error: &Value) -> R<()> {
    if truthy(&invoke(cx, object, "listenerCount", &[Value::str("error")])?) {
        invoke(cx, object, "emit", &[Value::str("error"), error.clone()])?;
    }
    Ok(())
}

/// `createConnection(url)`: a connection at once, which is open, or whose promises say why it is not.
pub fn begin(cx: Cx, connection: &Rc<Connection>, object: Value, url: &Value) {
    let outcome = connection.open(cx, url).map_err(|_| cx.take_exception());
    // Listeners are added after the call.
    promise::enqueue_tick(move |cx| {
        let told = match outcome {
            Err(error) => tell(cx, &object, &error),
            Ok(()) => ["connected", "open"].iter().try_for_each(|event| invoke(cx, &object, "emit", &[Value::str(event)]).map(drop)),
        };
        if told.is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
    });
}

pub fn disconnect(cx: Cx, connection: Rc<Connection>, object: Value) -> Value {
    task(cx, async move {
        connection.close();
        for event in ["disconnected", "close"] {
            invoke(cx, &object, "emit", &[Value::str(event)])?;
        }
        Ok(Value::Undefined)
    })
}

pub fn connection_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "NativeConnection",
        length: 0,
        code: |cx, _| Err(type_error(cx, "connections are made by mongoose.createConnection()")),
        methods: &[
            ("model", 3, |cx, a| model(cx, &this(cx, a)?, a)),
            ("modelNames", 0, |cx, a| Ok(array(cx, this(cx, a)?.models.borrow().iter().map(|(n, ..)| Value::str(n)).collect()))),
            ("deleteModel", 1, |cx, a| {
                delete_model(cx, &*this(cx, a)?, a.get(0))?;
                Ok(a.this.clone())
            }),
            ("openUri", 2, |cx, a| connect(cx, &this(cx, a)?, a.this.clone(), a.get(0).clone(), a.get(1), a.this.clone())),
            ("asPromise", 0, |cx, a| {
                let (connection, object) = (this(cx, a)?, a.this.clone());
                Ok(task(cx, async move {
                    connection.database(cx)?;
                    Ok(object)
                }))
            }),
            ("close", 1, |cx, a| Ok(disconnect(cx, this(cx, a)?, a.this.clone()))),
            ("destroy", 1, |cx, a| Ok(disconnect(cx, this(cx, a)?, a.this.clone()))),
            ("startSession", 1, |cx, _| Ok(task(cx, async move { Ok(session::new_session(cx)) }))),
            ("transaction", 2, |cx, a| {
                let (made, f) = (session::new_session(cx), a.get(0).clone());
                Ok(task(cx, session::within(cx, made, f)))
            }),
            ("dropDatabase", 0, |cx, a| {
                let connection = this(cx, a)?;
                Ok(task(cx, async move {
                    let all: Vec<Rc<Model>> = connection.models.borrow().iter().map(|(_, _, m)| m.clone()).collect();
                    for model in all {
                        model.drop_table(cx).await?;
                    }
                    Ok(Value::Bool(true))
                }))
            }),
            ("syncIndexes", 0, |cx, a| {
                let connection = this(cx, a)?;
                Ok(task(cx, async move { connection.prepare_models(cx).await.map(|()| Obj::plain(cx).into()) }))
            }),
        ],
        accessors: &[],
        getters: &[
            ("readyState", |cx, a| Ok(Value::Num(f64::from(this(cx, a)?.state.get())))),
            ("name", |cx, a| Ok(Value::from(this(cx, a)?.name()))),
            ("models", |cx, a| Ok(models_object(cx, &*this(cx, a)?))),
            ("host", |cx, a| {
                let connection = this(cx, a)?;
                let url = connection.url.borrow().clone();
                let host = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@').map_or(Some(rest), |(_, h)| Some(h))).and_then(|h| h.split(['/', ':']).next().map(str::to_owned));
                Ok(host.map_or(Value::Undefined, Value::from))
            }),
        ],
        statics: &[],
    };
    let emitter = puremix_node::member(cx, "events", "EventEmitter").ok();
    let proto = emitter.as_ref().and_then(|e| member(cx, e, "prototype").ok());
    let parent = match (emitter, proto) {
        (Some(Value::Obj(ctor)), Some(Value::Obj(proto))) => Some((ctor, proto)),
        _ => None,
    };
    class(cx, &DEF, parent.as_ref())
}
