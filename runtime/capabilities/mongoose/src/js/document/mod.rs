//! Documents: objects with a schema.

mod arrays;
mod class;
mod construct;
pub mod output;
mod populated;
pub mod save;
mod state;
pub mod validation;

pub use arrays::{array_proto, tie_array};
pub use class::{document_class, furnish_proto, subdocument_class};
pub use construct::{construct, default_value, hydrate, subdocument};
pub use populated::populate_paths;
pub use state::{get_path, set_path};

use super::model::Model;
use super::schema::Schema;
use super::support::*;
use crate::doc::{Bson, Map};
use crate::query::project::Projection;
use puremix_value::{Args, Cx, Obj, Payload, R, Tracer, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The payload of a document.
pub struct Doc {
    pub schema: Rc<Schema>,
    /// `None` for subdocuments.
    pub model: Option<Rc<Model>>,
    /// The values: a plain object, with plain objects for nested paths.
    data: RefCell<Obj>,
    pub parent: RefCell<Option<Obj>>,
    /// Where the parent holds it.
    pub parent_path: RefCell<String>,
    pub is_new: Cell<bool>,
    pub deleted: Cell<bool>,
    /// The text that the database has. Changes are found by comparing, when somebody asks.
    pub stored: RefCell<Option<Rc<str>>>,
    /// The values last saved, of documents that never had a text.
    pub saved: RefCell<Option<Rc<Map>>>,
    pub marked: RefCell<Vec<String>>,
    /// What `$inc` added since the document was saved.
    pub increments: RefCell<Vec<(String, f64)>>,
    /// Paths that hold their default, with its value.
    pub defaulted: RefCell<Vec<(String, Option<Bson>)>>,
    /// Values that could not be cast, and what `invalidate` was given.
    pub invalid: RefCell<Vec<(String, Value)>>,
    pub selected: Projection,
    /// Populated paths with the ids that stood there.
    pub populated: RefCell<Vec<(String, Value)>>,
    pub session: RefCell<Value>,
    pub locals: RefCell<Option<Obj>>,
    /// Populated virtuals.
    pub virtuals: RefCell<Option<Obj>>,
    pub errors: RefCell<Value>,
    pub saving: Cell<bool>,
}

impl Payload for Doc {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(data) = self.data.try_borrow() {
            t.obj(&data);
        }
        if let Ok(parent) = self.parent.try_borrow()
            && let Some(parent) = &*parent
        {
            t.obj(parent);
        }
        if let Ok(all) = self.invalid.try_borrow() {
            all.iter().for_each(|(_, v)| t.value(v));
        }
        if let Ok(all) = self.populated.try_borrow() {
            all.iter().for_each(|(_, v)| t.value(v));
        }
        for v in [&self.session, &self.errors] {
            if let Ok(v) = v.try_borrow() {
                t.value(&v);
            }
        }
        for o in [&self.locals, &self.virtuals] {
            if let Ok(o) = o.try_borrow()
                && let Some(o) = &*o
            {
                t.obj(o);
            }
        }
    }

    fn clear(&self) {
        let parent = self.parent.take();
        let rest = (self.invalid.take(), self.populated.take(), self.session.take(), self.errors.take(), self.locals.take(), self.virtuals.take());
        drop((parent, rest));
    }
}

impl Doc {
    pub fn new(schema: Rc<Schema>, model: Option<Rc<Model>>, data: Obj) -> Doc {
        Doc {
            schema,
            model,
            data: RefCell::new(data),
            parent: RefCell::default(),
            parent_path: RefCell::default(),
            is_new: Cell::new(true),
            deleted: Cell::new(false),
            stored: RefCell::default(),
            saved: RefCell::default(),
            marked: RefCell::default(),
            increments: RefCell::default(),
            defaulted: RefCell::default(),
            invalid: RefCell::default(),
            selected: Projection::default(),
            populated: RefCell::default(),
            session: RefCell::default(),
            locals: RefCell::default(),
            virtuals: RefCell::default(),
            errors: RefCell::default(),
            saving: Cell::new(false),
        }
    }

    pub fn data(&self) -> Obj {
        self.data.borrow().clone()
    }

    pub fn set_data(&self, data: Obj) {
        let old = self.data.replace(data);
        drop(old);
    }

    pub fn model_name(&self) -> Option<&str> {
        self.model.as_ref().map(|m| m.name.as_str())
    }

    /// The values as they would be stored.
    pub fn to_map(&self, cx: Cx) -> R<Map> {
        super::convert::to_map(cx, &self.data().into())
    }

    /// The values as the database has them.
    pub fn before(&self) -> Rc<Map> {
        if let Some(saved) = &*self.saved.borrow() {
            return saved.clone();
        }
        let parsed = self.stored.borrow().as_ref().and_then(|text| crate::doc::json::parse_object(text)).unwrap_or_default();
        let parsed = Rc::new(parsed);
        self.saved.replace(Some(parsed.clone()));
        parsed
    }
}

/// The document that a value is.
pub fn doc_of(v: &Value) -> Option<&Doc> {
    v.as_obj().and_then(|o| o.payload::<Doc>())
}

/// The document that a method was called on.
pub fn this<'a>(cx: Cx, a: &Args<'a>) -> R<(&'a Obj, &'a Doc)> {
    match a.this {
        Value::Obj(o) => match o.payload::<Doc>() {
            Some(doc) => Ok((o, doc)),
            None => Err(type_error(cx, "this is no document")),
        },
        _ => Err(type_error(cx, "this is no document")),
    }
}
