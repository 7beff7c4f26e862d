//! The class `Schema`.

use super::hooks::{Hook, When};
use super::{Index, Schema, SchemaRef, Virtual, define, schema_of};
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, Obj, Payload, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

struct VirtualRef(Rc<Virtual>);
impl Payload for VirtualRef {}

fn this(cx: Cx, a: &Args<'_>) -> R<Rc<Schema>> {
    schema_of(a.this).ok_or_else(|| type_error(cx, "this is no Schema"))
}

/// A schema's object; made once.
pub fn object_of(cx: Cx, schema: &Rc<Schema>, proto: Option<Obj>) -> Obj {
    if let Some(known) = schema.object.borrow().clone() {
        return known;
    }
    let proto = proto.unwrap_or_else(|| schema_class(cx).1);
    let o = Obj::native(cx, Some(proto), Class::Other, SchemaRef(schema.clone()));
    for (name, value) in [("methods", &schema.methods), ("statics", &schema.statics), ("query", &schema.query), ("options", &schema.options_object)] {
        put(cx, &o, name, Value::Obj(value.clone()));
    }
    schema.object.replace(Some(o.clone()));
    o
}

pub fn schema_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "Schema",
        length: 2,
        code: |cx, a| {
            let proto = proto_of_new(cx, a)?;
            let schema = Schema::build(cx, a.get(0), a.get(1))?;
            let o = object_of(cx, &schema, Some(proto));
            put(cx, &o, "obj", a.get(0).clone());
            for (option, into) in [("methods", &schema.methods), ("statics", &schema.statics), ("query", &schema.query)] {
                for (name, f) in entries(cx, &crate::js::support::option(cx, a.get(1), option)?)? {
                    put(cx, into, &name, f);
                }
            }
            for (name, spec) in entries(cx, &option(cx, a.get(1), "virtuals")?)? {
                let made = add_virtual(cx, &schema, &name, &option(cx, &spec, "options")?);
                for (part, into) in [("get", &made.getters), ("set", &made.setters)] {
                    let f = member(cx, &spec, part)?;
                    if f.is_callable() {
                        into.borrow_mut().push(f);
                    }
                }
            }
            Ok(o.into())
        },
        methods: &[
            ("add", 2, |cx, a| {
                let schema = this(cx, a)?;
                match schema_of(a.get(0)) {
                    Some(other) => schema.absorb(cx, &other),
                    None => define::add(cx, &schema, a.get(0), a.get(1).as_str().map(|s| s.to_string()).unwrap_or_default().as_str())?,
                }
                Ok(a.this.clone())
            }),
            ("path", 2, |cx, a| {
                let schema = this(cx, a)?;
                let name = text_of(cx, a.get(0))?;
                if a.len() < 2 {
                    return match schema.resolve(&name) {
                        Some(ty) => path_object(cx, &schema, &ty),
                        None => Ok(Value::Undefined),
                    };
                }
                let ty = define::parse(cx, &name, a.get(1))?;
                schema.add_path(cx, ty)?;
                Ok(a.this.clone())
            }),
            ("pathType", 1, |cx, a| {
                let (schema, name) = (this(cx, a)?, text_of(cx, a.get(0))?);
                Ok(Value::str(match () {
                    () if schema.path(&name).is_some() => "real",
                    () if schema.virtual_of(&name).is_some() => "virtual",
                    () if schema.is_nested(&name) => "nested",
                    () if schema.resolve(&name).is_some() => "real",
                    () => "adhocOrUndefined",
                }))
            }),
            ("virtual", 2, |cx, a| {
                let schema = this(cx, a)?;
                let made = add_virtual(cx, &schema, &text_of(cx, a.get(0))?, a.get(1));
                let get = option(cx, a.get(1), "get")?;
                if get.is_callable() {
                    made.getters.borrow_mut().push(get);
                }
                Ok(Obj::native(cx, Some(virtual_class(cx).1), Class::Other, VirtualRef(made)).into())
            }),
            ("virtualpath", 1, |cx, a| Ok(this(cx, a)?.virtual_of(&text_of(cx, a.get(0))?).map_or(Value::Null, |_| Value::Bool(true)))),
            ("pre", 3, |cx, a| add_hook(cx, a, When::Pre)),
            ("post", 3, |cx, a| add_hook(cx, a, When::Post)),
            ("plugin", 2, |cx, a| {
                this(cx, a)?;
                ops::call(cx, a.get(0), &Value::Undefined, &[a.this.clone(), a.get(1).clone()])?;
                Ok(a.this.clone())
            }),
            ("method", 2, |cx, a| add_functions(cx, a, this(cx, a)?.methods.clone())),
            ("static", 2, |cx, a| add_functions(cx, a, this(cx, a)?.statics.clone())),
            ("index", 2, |cx, a| {
                let schema = this(cx, a)?;
                let keys = entries(cx, a.get(0))?;
                let options = super::index_options(cx, a.get(1))?;
                schema.indexes.borrow_mut().push(Index { keys, options });
                Ok(a.this.clone())
            }),
            ("indexes", 0, |cx, a| {
                let all = this(cx, a)?.indexes.borrow().clone();
                let shown = all.into_iter().map(|index| {
                    let keys = Obj::plain(cx);
                    for (name, direction) in index.keys {
                        put(cx, &keys, &name, direction);
                    }
                    let options = if index.options.is_object() { index.options } else { Obj::plain(cx).into() };
                    if let Value::Obj(o) = &options {
                        put(cx, o, "background", true);
                    }
                    array(cx, vec![keys.into(), options])
                });
                Ok(array(cx, shown.collect()))
            }),
            ("set", 2, |cx, a| {
                let schema = this(cx, a)?;
                let name = text_of(cx, a.get(0))?;
                if a.len() < 2 {
                    return member(cx, &schema.options_object.clone().into(), &name);
                }
                schema.set_option(cx, &name, a.get(1))?;
                schema.add_timestamps(cx)?;
                if name == "_id" && !truthy(a.get(1)) {
                    schema.paths.borrow_mut().retain(|(n, ty)| n != "_id" || !ty.auto);
                }
                Ok(a.this.clone())
            }),
            ("get", 1, |cx, a| member(cx, &this(cx, a)?.options_object.clone().into(), &text_of(cx, a.get(0))?)),
            ("eachPath", 1, |cx, a| {
                let schema = this(cx, a)?;
                let all = schema.paths.borrow().clone();
                for (name, ty) in all {
                    ops::call(cx, a.get(0), a.this, &[Value::from(name), path_object(cx, &schema, &ty)?])?;
                }
                Ok(a.this.clone())
            }),
            ("requiredPaths", 0, |cx, a| {
                let names: Vec<Value> = this(cx, a)?.paths.borrow().iter().filter(|(_, ty)| ty.required.is_some()).map(|(n, _)| Value::str(n)).collect();
                Ok(array(cx, names))
            }),
            ("remove", 1, |cx, a| {
                let schema = this(cx, a)?;
                let names = if is_array(a.get(0)) { elements(a.get(0)) } else { vec![a.get(0).clone()] };
                for name in names {
                    let name = text_of(cx, &name)?;
                    schema.paths.borrow_mut().retain(|(n, _)| *n != name && !n.starts_with(&format!("{name}.")));
                }
                Ok(a.this.clone())
            }),
            ("clone", 0, |cx, a| {
                let schema = this(cx, a)?;
                let copy = Schema::build(cx, a.this, &schema.options_object.clone().into())?;
                Ok(object_of(cx, &copy, None).into())
            }),
            ("pick", 1, |cx, a| chosen(cx, a, true)),
            ("omit", 1, |cx, a| chosen(cx, a, false)),
            ("loadClass", 1, load_class),
            ("searchIndex", 1, |_, a| Ok(a.this.clone())),
            ("discriminator", 2, |cx, _| Err(type_error(cx, "schema.discriminator is not supported: `Model.discriminator` is, for kinds of whole documents; within documents, one schema with optional paths holds them all"))),
        ],
        accessors: &[],
        getters: &[
            ("paths", |cx, a| {
                let schema = this(cx, a)?;
                let out = Obj::plain(cx);
                let all = schema.paths.borrow().clone();
                for (name, ty) in all {
                    put(cx, &out, &name, path_object(cx, &schema, &ty)?);
                }
                Ok(out.into())
            }),
            ("virtuals", |cx, a| {
                let out = Obj::plain(cx);
                for (name, _) in this(cx, a)?.virtuals.borrow().iter() {
                    put(cx, &out, name, Obj::plain(cx));
                }
                Ok(out.into())
            }),
        ],
        statics: &[],
    };
    class(cx, &DEF, None)
}

/// A path's type as programs see it.
fn path_object(cx: Cx, schema: &Rc<Schema>, ty: &super::PathType) -> R {
    let o = Obj::native(cx, Some(path_class(cx).1), Class::Other, PathRef { schema: schema.clone(), path: ty.path.clone() });
    put(cx, &o, "path", Value::str(&ty.path));
    put(cx, &o, "instance", Value::str(ty.kind.name()));
    put(cx, &o, "options", if ty.options.is_object() { ty.options.clone() } else { Obj::plain(cx).into() });
    if ty.required.is_some() {
        put(cx, &o, "isRequired", true);
    }
    let values: Vec<Value> = ty.validators.iter().filter_map(|v| if let super::types::Rule::Enum(values) = &v.rule { Some(values.clone()) } else { None }).flatten().collect();
    put(cx, &o, "enumValues", array(cx, values));
    if let Some(inner) = ty.schema() {
        put(cx, &o, "schema", object_of(cx, inner, None));
    }
    if let super::Kind::Array(of) = &ty.kind {
        put(cx, &o, "caster", path_object(cx, schema, of)?);
    }
    Ok(o.into())
}

struct PathRef {
    schema: Rc<Schema>,
    path: String,
}
impl Payload for PathRef {}

fn path_class(cx: Cx) -> ClassPair {
    fn change(cx: Cx, a: &Args<'_>, change: impl FnOnce(&mut super::PathType) -> R<()>) -> R {
        let path = a.this.as_obj().and_then(|o| o.payload::<PathRef>()).ok_or_else(|| type_error(cx, "this is no SchemaType"))?;
        if let Some(ty) = path.schema.path(&path.path) {
            let mut ty = (*ty).clone();
            change(&mut ty)?;
            let mut paths = path.schema.paths.borrow_mut();
            if let Some(place) = paths.iter_mut().find(|(n, _)| *n == path.path) {
                place.1 = Rc::new(ty);
            }
        }
        Ok(a.this.clone())
    }
    /// Reads one option as if the definition had it.
    fn set_option(cx: Cx, a: &Args<'_>, name: &str) -> R {
        let value = a.get(0).clone();
        change(cx, a, |ty| {
            let options = Obj::plain(cx);
            put(cx, &options, name, value);
            let before = std::mem::replace(&mut ty.options, options.into());
            ty.read_options(cx)?;
            ty.options = before;
            Ok(())
        })
    }
    const DEF: ClassDef = ClassDef {
        name: "SchemaType",
        length: 0,
        code: |cx, _| Err(type_error(cx, "schema types are made by schemas")),
        methods: &[
            ("validate", 3, |cx, a| {
                let (value, message) = (a.get(0).clone(), a.get(1).clone());
                change(cx, a, |ty| ty.read_validate(cx, &if message.as_str().is_some() { array(cx, vec![value, message]) } else { value }))
            }),
            ("required", 2, |cx, a| set_option(cx, a, "required")),
            ("default", 1, |cx, a| set_option(cx, a, "default")),
            ("get", 1, |cx, a| set_option(cx, a, "get")),
            ("set", 1, |cx, a| set_option(cx, a, "set")),
            ("ref", 1, |cx, a| set_option(cx, a, "ref")),
            ("select", 1, |cx, a| set_option(cx, a, "select")),
            ("immutable", 1, |cx, a| set_option(cx, a, "immutable")),
            ("index", 1, |_, a| {
                if let Some(path) = a.this.as_obj().and_then(|o| o.payload::<PathRef>()) {
                    path.schema.indexes.borrow_mut().push(Index { keys: vec![(path.path.clone(), Value::Num(1.0))], options: a.get(0).clone() });
                }
                Ok(a.this.clone())
            }),
            ("expires", 1, |cx, a| {
                if let Some(path) = a.this.as_obj().and_then(|o| o.payload::<PathRef>()) {
                    let options = Obj::plain(cx);
                    put(cx, &options, "expires", a.get(0).clone());
                    let options = super::index_options(cx, &options.into())?;
                    path.schema.indexes.borrow_mut().push(Index { keys: vec![(path.path.clone(), Value::Num(1.0))], options });
                }
                Ok(a.this.clone())
            }),
            ("unique", 1, |cx, a| {
                if let Some(path) = a.this.as_obj().and_then(|o| o.payload::<PathRef>()) {
                    let options = Obj::plain(cx);
                    put(cx, &options, "unique", true);
                    path.schema.indexes.borrow_mut().push(Index { keys: vec![(path.path.clone(), Value::Num(1.0))], options: options.into() });
                }
                Ok(a.this.clone())
            }),
        ],
        accessors: &[],
        getters: &[],
        statics: &[],
    };
    class(cx, &DEF, None)
}

fn virtual_class(cx: Cx) -> ClassPair {
    fn with(cx: Cx, a: &Args<'_>, into: fn(&Virtual) -> &RefCell<Vec<Value>>) -> R {
        let made = a.this.as_obj().and_then(|o| o.payload::<VirtualRef>()).ok_or_else(|| type_error(cx, "this is no VirtualType"))?;
        into(&made.0).borrow_mut().push(a.get(0).clone());
        Ok(a.this.clone())
    }
    const DEF: ClassDef = ClassDef {
        name: "VirtualType",
        length: 0,
        code: |cx, _| Err(type_error(cx, "virtuals are made by schema.virtual")),
        methods: &[("get", 1, |cx, a| with(cx, a, |v| &v.getters)), ("set", 1, |cx, a| with(cx, a, |v| &v.setters))],
        accessors: &[],
        getters: &[],
        statics: &[],
    };
    class(cx, &DEF, None)
}

fn add_virtual(_: Cx, schema: &Schema, name: &str, options: &Value) -> Rc<Virtual> {
    if let Some(known) = schema.virtual_of(name).filter(|v| v.options.is_undefined() && options.is_undefined() && name != "id") {
        return known;
    }
    let made = Rc::new(Virtual { name: name.to_owned(), getters: RefCell::default(), setters: RefCell::default(), options: options.clone() });
    let mut all = schema.virtuals.borrow_mut();
    all.retain(|(n, _)| n != name);
    all.push((name.to_owned(), made.clone()));
    made
}

fn add_hook(cx: Cx, a: &Args<'_>, when: When) -> R {
    let schema = this(cx, a)?;
    let Some(function) = a.args.iter().rev().find(|v| v.is_callable()).cloned() else {
        return Err(type_error(cx, "a hook needs a function"));
    };
    let options = if a.get(1).is_callable() { Value::Undefined } else { a.get(1).clone() };
    let read = |name: &str| -> R<Option<bool>> { Ok(Some(option(cx, &options, name)?).filter(|v| !v.is_undefined()).map(|v| truthy(&v))) };
    let pattern = puremix_js::regexp::as_regexp(a.get(0)).map(|_| a.get(0).clone());
    let names = match a.get(0) {
        Value::Str(s) => vec![s.to_string()],
        v if is_array(v) => elements(v).iter().map(|n| text_of(cx, n)).collect::<R<_>>()?,
        _ => vec![],
    };
    let hook = Hook { when, names, pattern, function, document: read("document")?, query: read("query")? };
    schema.hooks.borrow_mut().push(hook);
    Ok(a.this.clone())
}

fn add_functions(cx: Cx, a: &Args<'_>, into: Obj) -> R {
    match a.get(0) {
        Value::Str(name) => put(cx, &into, name.as_str(), a.get(1).clone()),
        object => {
            for (name, f) in entries(cx, object)? {
                put(cx, &into, &name, f);
            }
        }
    }
    Ok(a.this.clone())
}

/// A schema with some of the paths.
fn chosen(cx: Cx, a: &Args<'_>, keep: bool) -> R {
    let schema = this(cx, a)?;
    let names: Vec<String> = elements(a.get(0)).iter().map(|n| text_of(cx, n)).collect::<R<_>>()?;
    let copy = Schema::build(cx, a.this, &schema.options_object.clone().into())?;
    let is_named = |path: &str| names.iter().any(|n| n == path || path.starts_with(&format!("{n}.")));
    copy.paths.borrow_mut().retain(|(path, _)| path == "_id" || is_named(path) == keep);
    Ok(object_of(cx, &copy, None).into())
}

/// `schema.loadClass(class)`: its methods, statics, getters and setters.
fn load_class(cx: Cx, a: &Args<'_>) -> R {
    let schema = this(cx, a)?;
    let Value::Obj(class) = a.get(0) else { return Ok(a.this.clone()) };
    let proto = member(cx, a.get(0), "prototype")?;
    for (from, into, skip) in [(Some(class), &schema.statics, ["length", "name", "prototype"]), (proto.as_obj(), &schema.methods, ["constructor", "", ""])] {
        for (key, _) in from.map(|o| o.own_keys(cx)).unwrap_or_default() {
            let name = cx.key_str(&key).to_string();
            if skip.contains(&name.as_str()) {
                continue;
            }
            match from.and_then(|o| o.get_own(cx, &key)) {
                Some(puremix_value::Own::Data { value, .. }) if value.is_callable() => put(cx, into, &name, value),
                Some(puremix_value::Own::Accessor { get, set, .. }) => {
                    let made = add_virtual(cx, &schema, &name, &Value::Undefined);
                    made.getters.borrow_mut().extend(Some(get).filter(Value::is_callable));
                    made.setters.borrow_mut().extend(Some(set).filter(Value::is_callable));
                }
                _ => {}
            }
        }
    }
    Ok(a.this.clone())
}
