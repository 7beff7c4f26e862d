//! Schemas: paths with types, virtuals, methods, hooks, indexes.

mod class;
pub mod cast;
pub mod define;
pub mod hooks;
pub mod types;
pub mod validate;

pub use class::{object_of, schema_class};
pub use types::{Kind, PathType};

use super::support::*;
use crate::query::Shape;
use hooks::Hook;
use puremix_value::{Cx, Obj, Payload, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// Options that the runtime asks for often.
#[derive(Clone)]
pub struct Options {
    pub strict: Strict,
    /// Whether documents get an `_id` and the virtual `id`.
    pub id_path: bool,
    pub id_virtual: bool,
    pub minimize: bool,
    pub version_key: Option<String>,
    /// Names of the times of making and of change.
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub collection: Option<String>,
    pub strict_query: bool,
    pub optimistic: bool,
}

/// What becomes of paths that a schema does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strict {
    Drop,
    Keep,
    Throw,
}

/// `schema.virtual(name)`.
pub struct Virtual {
    pub name: String,
    pub getters: RefCell<Vec<Value>>,
    pub setters: RefCell<Vec<Value>>,
    /// With `ref`: what to populate.
    pub options: Value,
}

/// A declared index: paths with directions, and options.
#[derive(Clone)]
pub struct Index {
    pub keys: Vec<(String, Value)>,
    pub options: Value,
}

/// The options of an index with `expires: '1h'` as `expireAfterSeconds`.
fn index_options(cx: Cx, given: &Value) -> R {
    let expires = option(cx, given, "expires")?;
    if expires.is_undefined() {
        return Ok(given.clone());
    }
    let options = Obj::plain(cx);
    for (name, value) in entries(cx, given)?.into_iter().filter(|(name, _)| name != "expires") {
        put(cx, &options, &name, value);
    }
    let seconds = match &expires {
        Value::Num(n) => *n,
        Value::Str(text) => match crate::js::duration::milliseconds(text.as_str()) {
            Some(ms) => (ms / 1000.0).round(),
            None => return Err(type_error(cx, &format!("`expires` must be seconds or a text such as '1h', got '{text}'"))),
        },
        other => option(cx, other, "expireAfterSeconds")?.as_num().unwrap_or(0.0),
    };
    put(cx, &options, "expireAfterSeconds", seconds);
    Ok(options.into())
}

/// What a `new Schema` holds. Schemas live as long as the program, so the collector need not see into them.
pub struct Schema {
    pub object: RefCell<Option<Obj>>,
    pub paths: RefCell<Vec<(String, Rc<PathType>)>>,
    pub nested: RefCell<Vec<String>>,
    pub virtuals: RefCell<Vec<(String, Rc<Virtual>)>>,
    pub methods: Obj,
    pub statics: Obj,
    pub query: Obj,
    pub hooks: RefCell<Vec<Hook>>,
    pub indexes: RefCell<Vec<Index>>,
    pub options: RefCell<Options>,
    pub options_object: Obj,
    /// Constructor and prototype of subdocuments.
    pub subdocument: RefCell<Option<ClassPair>>,
}

/// The payload of a `Schema` object.
pub struct SchemaRef(pub Rc<Schema>);
impl Payload for SchemaRef {}

/// The schema that a value is.
pub fn schema_of(v: &Value) -> Option<Rc<Schema>> {
    v.as_obj().and_then(|o| o.payload::<SchemaRef>()).map(|s| s.0.clone())
}

impl Schema {
    /// A schema of a definition.
    pub fn build(cx: Cx, definition: &Value, options: &Value) -> R<Rc<Schema>> {
        let options_object = Obj::plain(cx);
        for (name, value) in entries(cx, options)? {
            put(cx, &options_object, &name, value);
        }
        let schema = Rc::new(Schema {
            object: RefCell::new(None),
            paths: RefCell::default(),
            nested: RefCell::default(),
            virtuals: RefCell::default(),
            methods: Obj::plain(cx),
            statics: Obj::plain(cx),
            query: Obj::plain(cx),
            hooks: RefCell::default(),
            indexes: RefCell::default(),
            options: RefCell::new(Options {
                strict: Strict::Drop,
                id_path: true,
                id_virtual: true,
                minimize: true,
                version_key: Some("__v".to_owned()),
                created_at: None,
                updated_at: None,
                collection: None,
                strict_query: false,
                optimistic: false,
            }),
            options_object,
            subdocument: RefCell::default(),
        });
        if let Some(parent) = schema_of(definition) {
            schema.absorb(cx, &parent);
        } else {
            define::add(cx, &schema, definition, "")?;
        }
        for (name, value) in entries(cx, options)? {
            schema.set_option(cx, &name, &value)?;
        }
        if schema.path("_id").is_none() && schema.options.borrow().id_path {
            let mut id = PathType::new("_id", Kind::ObjectId, Value::Undefined);
            id.auto = true;
            schema.add_path(cx, id)?;
        }
        if schema.options.borrow().id_virtual && schema.path("id").is_none() && schema.path("_id").is_some() {
            schema.virtuals.borrow_mut().push(("id".to_owned(), Rc::new(Virtual {
                name: "id".to_owned(),
                getters: RefCell::new(vec![puremix_js::ops::native(cx, "id", 0, |cx, a| {
                    let id = member(cx, a.this, "_id")?;
                    if id.is_nullish() { Ok(Value::Null) } else { Ok(Value::Str(puremix_js::js_to_string(cx, &id)?)) }
                })]),
                setters: RefCell::default(),
                options: Value::Undefined,
            })));
        }
        schema.add_timestamps(cx)?;
        Ok(schema)
    }

    /// Takes over another schema's parts, as `schema.add(other)` and `clone` do.
    pub fn absorb(&self, cx: Cx, other: &Schema) {
        let paths = other.paths.borrow().clone();
        for (name, ty) in paths {
            let mut mine = self.paths.borrow_mut();
            match mine.iter_mut().find(|(n, _)| *n == name) {
                Some(place) => place.1 = ty,
                None => mine.push((name, ty)),
            }
        }
        self.nested.borrow_mut().extend(other.nested.borrow().iter().cloned());
        for (name, v) in other.virtuals.borrow().iter() {
            if !self.virtuals.borrow().iter().any(|(n, _)| n == name) {
                self.virtuals.borrow_mut().push((name.clone(), v.clone()));
            }
        }
        self.hooks.borrow_mut().extend(other.hooks.borrow().iter().cloned());
        self.indexes.borrow_mut().extend(other.indexes.borrow().iter().cloned());
        for (mine, theirs) in [(&self.methods, &other.methods), (&self.statics, &other.statics), (&self.query, &other.query)] {
            for (name, value) in entries(cx, &Value::Obj(theirs.clone())).unwrap_or_default() {
                put(cx, mine, &name, value);
            }
        }
    }

    pub fn set_option(&self, cx: Cx, name: &str, value: &Value) -> R<()> {
        put(cx, &self.options_object, name, value.clone());
        let mut options = self.options.borrow_mut();
        match name {
            "strict" => {
                options.strict = match value {
                    Value::Str(s) if s.as_str() == "throw" => Strict::Throw,
                    v if truthy(v) => Strict::Drop,
                    _ => Strict::Keep,
                }
            }
            "strictQuery" => options.strict_query = truthy(value),
            "_id" => options.id_path = truthy(value),
            "id" => options.id_virtual = truthy(value),
            "typeKey" if value.as_str().is_none_or(|s| s.as_str() != "type") => {
                return Err(type_error(cx, "the schema option `typeKey` is not supported: write `type`, and `{type: {type: String}}` for a field of that name"));
            }
            "minimize" => options.minimize = truthy(value),
            "optimisticConcurrency" => options.optimistic = truthy(value),
            "versionKey" => options.version_key = value.as_str().map(|s| s.to_string()),
            "collection" => options.collection = value.as_str().map(|s| s.to_string()),
            "timestamps" => {
                drop(options);
                let part = |name: &str| -> R<Option<String>> {
                    Ok(match option(cx, value, name)? {
                        Value::Bool(false) => None,
                        Value::Str(s) => Some(s.to_string()),
                        _ => Some(name.to_owned()),
                    })
                };
                let (created, updated) = if truthy(value) { (part("createdAt")?, part("updatedAt")?) } else { (None, None) };
                let mut options = self.options.borrow_mut();
                (options.created_at, options.updated_at) = (created, updated);
            }
            _ => {}
        }
        Ok(())
    }

    pub fn add_timestamps(&self, cx: Cx) -> R<()> {
        let options = self.options.borrow().clone();
        for (name, immutable) in [(options.created_at, true), (options.updated_at, false)] {
            if let Some(name) = name
                && self.path(&name).is_none()
            {
                let mut ty = PathType::new(&name, Kind::Date, Value::Undefined);
                ty.immutable = immutable.then_some(Value::Bool(true));
                self.add_path(cx, ty)?;
            }
        }
        Ok(())
    }

    /// Adds or replaces a path. A subdocument's indexes become this schema's.
    pub fn add_path(&self, cx: Cx, ty: PathType) -> R<()> {
        let name = ty.path.clone();
        let mut above = name.as_str();
        while let Some((before, _)) = above.rsplit_once('.') {
            if !self.nested.borrow().iter().any(|n| n == before) {
                self.nested.borrow_mut().push(before.to_owned());
            }
            above = before;
        }
        let alias = option(cx, &ty.options, "alias")?;
        if let Value::Str(alias) = &alias {
            self.add_alias(cx, alias.as_str(), &name);
        }
        let flags = [("index", flag(cx, &ty.options, "index")?), ("unique", flag(cx, &ty.options, "unique")?), ("sparse", flag(cx, &ty.options, "sparse")?)];
        let expires = option(cx, &ty.options, "expires")?;
        if flags.iter().any(|(_, on)| *on) || !expires.is_undefined() {
            let options = Obj::plain(cx);
            for (option, on) in flags {
                if on && option != "index" {
                    put(cx, &options, option, true);
                }
            }
            let given = option(cx, &ty.options, "index")?;
            for (option, value) in entries(cx, &given)? {
                put(cx, &options, &option, value);
            }
            if !expires.is_undefined() {
                put(cx, &options, "expires", expires);
            }
            let options = index_options(cx, &options.into())?;
            self.indexes.borrow_mut().push(Index { keys: vec![(name.clone(), Value::Num(1.0))], options });
        }
        let ty = Rc::new(ty);
        let mut paths = self.paths.borrow_mut();
        match paths.iter_mut().find(|(n, _)| *n == name) {
            Some(place) => place.1 = ty,
            None => paths.push((name, ty)),
        }
        Ok(())
    }

    fn add_alias(&self, cx: Cx, alias: &str, path: &str) {
        static GET: puremix_value::FnDef = puremix_value::FnDef::native("get", 0, |cx, a| invoke(cx, a.this, "$get", &[a.env(0).clone()]));
        static SET: puremix_value::FnDef = puremix_value::FnDef::native("set", 1, |cx, a| invoke(cx, a.this, "$set", &[a.env(0).clone(), a.get(0).clone()]));
        let made = Virtual {
            name: alias.to_owned(),
            getters: RefCell::new(vec![native_with(cx, &GET, vec![Value::str(path)])]),
            setters: RefCell::new(vec![native_with(cx, &SET, vec![Value::str(path)])]),
            options: Value::Undefined,
        };
        self.virtuals.borrow_mut().push((alias.to_owned(), Rc::new(made)));
    }

    pub fn path(&self, name: &str) -> Option<Rc<PathType>> {
        self.paths.borrow().iter().find(|(n, _)| n == name).map(|(_, ty)| ty.clone())
    }

    pub fn is_nested(&self, name: &str) -> bool {
        self.nested.borrow().iter().any(|n| n == name)
    }

    pub fn virtual_of(&self, name: &str) -> Option<Rc<Virtual>> {
        self.virtuals.borrow().iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// The type at a path of a filter or an update: through arrays, subdocuments and maps, with or without indices.
    pub fn resolve(&self, path: &str) -> Option<Rc<PathType>> {
        if let Some(ty) = self.path(path) {
            return Some(ty);
        }
        for (at, _) in path.match_indices('.').rev() {
            let Some(ty) = self.path(&path[..at]) else { continue };
            return Self::below(&ty, &path[at + 1..]);
        }
        None
    }

    fn below(ty: &Rc<PathType>, rest: &str) -> Option<Rc<PathType>> {
        let (first, more) = rest.split_once('.').map_or((rest, None), |(f, m)| (f, Some(m)));
        let is_index = first.bytes().all(|b| b.is_ascii_digit()) || first.starts_with('$');
        match &ty.kind {
            Kind::Document(schema) => schema.resolve(rest),
            Kind::Documents(schema) if is_index => match more {
                Some(more) => schema.resolve(more),
                None => Some(Rc::new(PathType::new(&ty.path, Kind::Document(schema.clone()), Value::Undefined))),
            },
            Kind::Documents(schema) => schema.resolve(rest),
            Kind::Array(of) if is_index => match more {
                Some(more) => Self::below(of, more),
                None => Some(of.clone()),
            },
            Kind::Array(of) => Self::below(of, rest),
            Kind::Map(of) => match more {
                Some(more) => Self::below(of, more),
                None => Some(of.clone()),
            },
            Kind::Mixed => Some(Rc::new(PathType::new(rest, Kind::Mixed, Value::Undefined))),
            _ => None,
        }
    }

    /// The members of documents at the top, in the order in which the schema names them.
    pub fn top_names(&self) -> Vec<String> {
        let mut out: Vec<String> = vec![];
        for (path, _) in self.paths.borrow().iter() {
            let first = path.split('.').next().unwrap_or_default();
            if out.last().is_none_or(|last| last != first) && !out.iter().any(|n| n == first) {
                out.push(first.to_owned());
            }
        }
        out
    }

    /// What SQL may know of stored documents.
    pub fn shape(&self) -> Shape {
        #[derive(Default)]
        struct Tree(Vec<(String, Result<Shape, Tree>)>);
        fn insert(tree: &mut Tree, path: &str, shape: Shape) {
            match path.split_once('.') {
                None => tree.0.push((path.to_owned(), Ok(shape))),
                Some((first, rest)) => {
                    let at = tree.0.iter().position(|(n, _)| n == first).unwrap_or_else(|| {
                        tree.0.push((first.to_owned(), Err(Tree::default())));
                        tree.0.len() - 1
                    });
                    if let Err(inner) = &mut tree.0[at].1 {
                        insert(inner, rest, shape);
                    }
                }
            }
        }
        fn finish(tree: Tree) -> Shape {
            Shape::Object(Rc::new(tree.0.into_iter().map(|(n, s)| (n, s.unwrap_or_else(finish))).collect()))
        }
        let mut tree = Tree::default();
        for (path, ty) in self.paths.borrow().iter() {
            insert(&mut tree, path, ty.shape());
        }
        if let Some(key) = &self.options.borrow().version_key {
            insert(&mut tree, key, Shape::Number);
        }
        finish(tree)
    }
}
