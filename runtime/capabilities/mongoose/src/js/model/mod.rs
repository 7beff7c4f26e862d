//! Models: a schema with a collection.

mod class;
pub mod discriminators;
mod expiry;
mod indexes;
mod plural;
mod writes;

pub use class::{define_model, model_class, model_of};
pub use plural::collection_name;

use super::connection::Connection;
use super::exec::{self, quoted, wait};
use super::schema::Schema;
use crate::query::Shape;
use puremix_sql::Dialect;
use puremix_value::{Cx, Obj, Payload, R, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a model is.
pub struct Model {
    pub name: String,
    pub schema: Rc<Schema>,
    pub collection: String,
    pub connection: Rc<Connection>,
    /// Of its documents.
    pub proto: Obj,
    /// The function programs see.
    pub ctor: RefCell<Option<Obj>>,
    /// What makes it a kind of another model.
    pub mark: Option<discriminators::Mark>,
    /// Its own kinds.
    pub kinds: RefCell<Vec<Rc<Model>>>,
    shape: RefCell<Option<Shape>>,
    ready: Cell<bool>,
    /// When expired documents were last deleted.
    swept: Cell<f64>,
}

/// What a model's function captures.
pub struct ModelRef(pub Rc<Model>);
impl Payload for ModelRef {}

impl Model {
    pub fn shape(&self) -> Shape {
        self.shape.borrow_mut().get_or_insert_with(|| self.schema.shape()).clone()
    }

    /// After the schema has got another path.
    fn forget_shape(&self) {
        self.shape.replace(None);
    }

    pub fn object(&self) -> Value {
        self.ctor.borrow().clone().map_or(Value::Undefined, Value::Obj)
    }

    /// Makes the table and its indexes, the first time.
    pub async fn prepare(&self, cx: Cx) -> R<()> {
        if self.ready.get() {
            return Ok(());
        }
        let database = self.connection.database(cx)?;
        let dialect = database.dialect();
        let script = table(&self.collection, dialect);
        let mut made = wait(cx, database.script(&script)).await;
        if made.is_err() {
            // Two processes that make the same table at once collide in PostgreSQL's catalogue.
            made = wait(cx, database.script(&script)).await;
        }
        made.map_err(|e| exec::refusal(cx, self, &e, None))?;
        if self.connection.auto_index.get() {
            self.make_indexes(cx, &*database).await?;
        }
        self.ready.set(true);
        Ok(())
    }

    pub async fn drop_table(&self, cx: Cx) -> R<()> {
        let database = self.connection.database(cx)?;
        let script = format!("DROP TABLE IF EXISTS {}", quoted(&self.collection));
        wait(cx, database.script(&script)).await.map_err(|e| exec::refusal(cx, self, &e, None))?;
        self.ready.set(false);
        Ok(())
    }
}

/// The statement that makes a collection's table where it is missing.
pub fn table(collection: &str, dialect: Dialect) -> String {
    let columns = match dialect {
        Dialect::Sqlite => "_id PRIMARY KEY NOT NULL, doc TEXT NOT NULL",
        Dialect::Postgres => "_id TEXT COLLATE \"C\" PRIMARY KEY, doc JSONB NOT NULL",
    };
    format!("CREATE TABLE IF NOT EXISTS {} ({columns})", quoted(collection))
}
