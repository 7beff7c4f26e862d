//! Modules, native modules, names of the global object.

use puremix_js as js;
use puremix_js::promise;
use puremix_value::{Atom, Attr, Cx, FnDef, FnKind, Intrinsic, Key, Obj, R, Value};

/// The atom of the program's `i`th name.
pub const fn program_atom(i: u32) -> Atom {
    Atom(puremix_value::well_known::COUNT + i)
}

/// A module of the runtime; `slot` remembers it.
pub fn native_module(cx: Cx, slot: u32, name: &str) -> R {
    let known = cx.global(slot);
    if known.is_object() {
        return Ok(known);
    }
    let module = puremix_node::load(cx, name.strip_prefix("node:").unwrap_or(name))?;
    cx.set_global(slot, module.clone());
    Ok(module)
}

/// A module's namespace object; `slot` remembers it. Each export is a getter, so that bindings are live.
pub fn namespace(cx: Cx, slot: u32, exports: &'static [(Atom, fn(Cx) -> R)]) -> Value {
    static GET: FnDef = FnDef::new("", 0, |cx, a| read_export(cx, a.env(0), a.env(1)), FnKind::Method);
    let known = cx.global(slot);
    if known.is_object() {
        return known;
    }
    let table = NAMESPACES.with_borrow_mut(|all| {
        all.push(exports);
        all.len() - 1
    });
    let getters = exports.iter().enumerate().map(|(i, (name, _))| (*name, js::closure(cx, &GET, vec![Value::from(table), Value::from(i)])));
    namespace_of(cx, slot, getters)
}

/// As [`namespace`], of getters that exist.
pub fn namespace_of(cx: Cx, slot: u32, getters: impl Iterator<Item = (Atom, Value)>) -> Value {
    let known = cx.global(slot);
    if known.is_object() {
        return known;
    }
    let o = Obj::with(cx, None, puremix_value::Kind::Plain);
    for (name, get) in getters {
        o.define_accessor(cx, &Key::Atom(name), get, Value::Undefined, Attr::ENUMERABLE);
    }
    let value = Value::Obj(o);
    cx.set_global(slot, value.clone());
    value
}

thread_local! {
    /// Export tables by the number their getters hold.
    static NAMESPACES: std::cell::RefCell<Vec<&'static [(Atom, fn(Cx) -> R)]>> = const { std::cell::RefCell::new(Vec::new()) };
}

fn read_export(cx: Cx, table: &Value, index: &Value) -> R {
    let (Some(table), Some(index)) = (table.as_num(), index.as_num()) else { return Ok(Value::Undefined) };
    let read = NAMESPACES.with_borrow(|all| all.get(table as usize).and_then(|t| t.get(index as usize)).map(|(_, read)| *read));
    read.map_or(Ok(Value::Undefined), |read| read(cx))
}

/// A module that runs when it is first imported.
pub struct LazyModule {
    /// Holds the promise of its run.
    pub slot: u32,
    pub init: fn(Cx) -> R,
}

/// `import(…)`: runs what has not run, in order, then answers the namespace.
pub fn import_dynamic(cx: Cx, modules: &'static [LazyModule], namespace: fn(Cx) -> R) -> Value {
    promise::spawn_task(cx, move |_| async move {
        for module in modules {
            let mut run = cx.global(module.slot);
            if !run.is_object() {
                run = promise::promise_of(cx, (module.init)(cx));
                cx.set_global(module.slot, run.clone());
            }
            promise::await_(cx, run).await?;
        }
        namespace(cx)
    })
}

/// A name of the global object.
#[inline]
pub fn builtin(cx: Cx, name: Atom, ic: u32) -> R {
    match cx.intrinsic_ref(Intrinsic::GlobalThis).cached_get(cx, cx.ic(ic)) {
        Some(found) if !found.is_undefined() => Ok(found),
        _ => builtin_uncached(cx, name, ic),
    }
}

#[inline(never)]
fn builtin_uncached(cx: Cx, name: Atom, ic: u32) -> R {
    let global = Value::Obj(cx.intrinsic(Intrinsic::GlobalThis));
    match js::get(cx, &global, name, ic)? {
        Value::Undefined => missing_builtin(cx, &global, name),
        found => Ok(found),
    }
}

#[cold]
fn missing_builtin(cx: Cx, global: &Value, name: Atom) -> R {
    if let Value::Obj(o) = global
        && js::has_property(cx, o, &Key::Atom(name))?
    {
        return Ok(Value::Undefined);
    }
    missing_name(cx, cx.atom_text(name))
}

/// `typeof name` of a name that may not exist.
pub fn typeof_builtin(cx: Cx, name: Atom) -> Value {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    let value = global.get_own(cx, &Key::Atom(name)).and_then(|own| match own {
        puremix_value::Own::Data { value, .. } => Some(value),
        puremix_value::Own::Accessor { .. } => None,
    });
    js::js_typeof(&value.unwrap_or_default())
}

/// A name that means nothing.
#[cold]
pub fn missing_name<T>(cx: Cx, name: &str) -> R<T> {
    Err(js::throw_reference(cx, &format!("{name} is not defined")))
}

/// `name = v` of a name that means nothing.
#[cold]
pub fn assign_unknown(cx: Cx, name: &str, _: Value) -> R<()> {
    missing_name(cx, name)
}

pub fn op_throw_reference(cx: Cx, name: &Value) -> R {
    missing_name(cx, js::js_to_string(cx, name)?.as_str())
}

pub fn op_import_meta_url(cx: Cx, path: &Value) -> R {
    let path = js::js_to_string(cx, path)?;
    Ok(Value::from(format!("file://{}", absolute(path.as_str()))))
}

pub fn op_import_meta_filename(cx: Cx, path: &Value) -> R {
    Ok(Value::from(absolute(js::js_to_string(cx, path)?.as_str())))
}

pub fn op_import_meta_dirname(cx: Cx, path: &Value) -> R {
    let path = absolute(js::js_to_string(cx, path)?.as_str());
    Ok(Value::from(path.rsplit_once('/').map_or("/", |(folder, _)| folder)))
}

pub fn op_import_meta(cx: Cx, path: &Value) -> R {
    let o = Obj::with(cx, None, puremix_value::Kind::Plain);
    for (name, value) in [("dirname", op_import_meta_dirname(cx, path)?), ("filename", op_import_meta_filename(cx, path)?), ("url", op_import_meta_url(cx, path)?)] {
        o.put(cx, &cx.key_of(name), value);
    }
    Ok(Value::Obj(o))
}

/// Sources have no folder on the server: their paths are read from the working directory, as relative file names are.
fn absolute(path: &str) -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    folder.join(path).to_string_lossy().into_owned()
}
