//! Modules, native modules, names of the global object.

use crate::isolate::event_loop;
use puremix_js as js;
use puremix_js::promise;
use puremix_value::{Atom, Attr, Cx, HostObject, Intrinsic, Key, Kind, Obj, R, Tracer, Value, WellKnownSymbol};

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

/// A module's namespace object; `slot` remembers it.
pub fn namespace(cx: Cx, slot: u32, exports: &'static [(Atom, fn(Cx) -> R)]) -> Value {
    namespace_of(cx, slot, exports.iter().map(|(name, read)| (*name, ExportRead::Code(*read))))
}

/// As [`namespace`], of any ways to read the exports.
pub fn namespace_of(cx: Cx, slot: u32, exports: impl Iterator<Item = (Atom, ExportRead)>) -> Value {
    let known = cx.global(slot);
    if known.is_object() {
        return known;
    }
    let mut exports: Vec<(Atom, ExportRead)> = exports.collect();
    exports.sort_by(|a, b| cx.atom_text(a.0).encode_utf16().cmp(cx.atom_text(b.0).encode_utf16()));
    let o = Obj::with(cx, None, Kind::Host(Box::new(Namespace { exports })));
    o.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str("Module"), Attr::NONE);
    o.prevent_extensions();
    let value = Value::Obj(o);
    cx.set_global(slot, value.clone());
    value
}

/// How an export is read.
pub enum ExportRead {
    Code(fn(Cx) -> R),
    /// A function object without parameters.
    Getter(Value),
}

/// A module namespace exotic object (ECMA-262 §10.4.6): exports in order of their names, read where they are, so that bindings are live.
struct Namespace {
    exports: Vec<(Atom, ExportRead)>,
}

impl Namespace {
    fn find(&self, key: &Key) -> Option<&ExportRead> {
        let Key::Atom(name) = key else { return None };
        self.exports.iter().find(|(export, _)| export == name).map(|(_, read)| read)
    }
}

impl HostObject for Namespace {
    fn class_name(&self) -> &'static str {
        "Module"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        for (_, read) in &self.exports {
            if let ExportRead::Getter(getter) = read {
                t.value(getter);
            }
        }
    }

    fn get(&self, cx: Cx, _: &Obj, key: &Key) -> R<Option<Value>> {
        let read = self.find(key).map(|read| match read {
            ExportRead::Code(read) => read(cx),
            ExportRead::Getter(getter) => js::call(cx, getter, &Value::Undefined, &[]),
        });
        read.transpose()
    }

    fn set(&self, _: Cx, _: &Obj, _: &Key, _: &Value) -> R<Option<bool>> {
        Ok(Some(false))
    }

    fn has(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<bool>> {
        Ok(self.find(key).map(|_| true))
    }

    fn own_keys(&self, _: Cx, _: &Obj) -> R<Vec<(Key, Attr)>> {
        Ok(self.exports.iter().map(|(name, _)| (Key::Atom(*name), Attr::WRITABLE.with(Attr::ENUMERABLE))).collect())
    }

    fn delete(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<bool>> {
        Ok(self.find(key).map(|_| false))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// A module that runs when a call first asks for it.
pub struct LazyModule<I = fn(Cx) -> R> {
    /// Undefined until the module starts; then what its body answered (a promise when it awaits), or true.
    pub slot: u32,
    pub init: I,
}

impl<I: Fn(Cx) -> R> LazyModule<I> {
    /// Runs the body unless it has started. What throws is as if it had not been asked for.
    fn start(&self, cx: Cx) -> R {
        if has_started(cx, self.slot) {
            return Ok(cx.global(self.slot));
        }
        cx.set_global(self.slot, Value::Bool(true));
        let run = (self.init)(cx).inspect_err(|_| cx.set_global(self.slot, Value::Undefined))?;
        if promise::as_promise(&run).is_some() {
            cx.set_global(self.slot, run.clone());
        }
        Ok(run)
    }
}

/// Whether the module that the slot belongs to has started.
pub(crate) fn has_started(cx: Cx, slot: u32) -> bool {
    !matches!(cx.global(slot), Value::Undefined | Value::Uninit)
}

/// `require(…)`: runs what has not started, in order, then reads the exports: those of a module that is still running are partial.
pub fn require<I: Fn(Cx) -> R>(cx: Cx, modules: &[LazyModule<I>], path: &str, exports: impl FnOnce(Cx) -> R) -> R {
    for module in modules {
        let run = module.start(cx)?;
        if promise::as_promise(&run).is_some_and(|p| !matches!(promise::settled(p), promise::Settled::Fulfilled(_))) {
            return Err(js::throw_type(cx, &format!("require() of {path}: the module or one it imports awaits at top level; use import()")));
        }
    }
    exports(cx)
}

/// `import(…)`: runs what has not started, in order, then answers the namespace. As under Node, nothing runs before the caller has
/// come to an end and what it has queued is done.
pub fn import_dynamic(cx: Cx, modules: &'static [LazyModule], namespace: fn(Cx) -> R) -> Value {
    import_with(cx, modules, namespace)
}

/// As [`import_dynamic`], of any modules.
pub fn import_with<I, M>(cx: Cx, modules: M, namespace: impl FnOnce(Cx) -> R + 'static) -> Value
where
    I: Fn(Cx) -> R + 'static,
    M: AsRef<[LazyModule<I>]> + 'static,
{
    promise::spawn_task(cx, move |_| async move {
        if !modules.as_ref().iter().all(|m| has_started(cx, m.slot)) {
            let loaded = event_loop::spawn_op(cx, tokio::task::yield_now(), |_, ()| Ok(Value::Undefined));
            promise::await_(cx, loaded).await?;
        }
        for module in modules.as_ref() {
            // An ES module that has thrown throws the same to everyone who imports it.
            let run = match module.start(cx) {
                Ok(run) => run,
                Err(thrown) => {
                    let failed = promise::promise_of(cx, Err(thrown));
                    cx.set_global(module.slot, failed.clone());
                    failed
                }
            };
            if promise::as_promise(&run).is_some() {
                promise::await_(cx, run).await?;
            }
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
