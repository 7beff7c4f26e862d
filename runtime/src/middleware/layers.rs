//! Which functions there are, in order, and where each is mounted.

use crate::config::Tree;
use crate::isolate;
use crate::lang;
use crate::request::{application, host};
use puremix_value::{Cx, ErrorKind, Intrinsic, Obj, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// One function of the chain.
#[derive(Clone)]
pub struct Layer {
    /// The path it is mounted at, without a slash at the end; empty: everywhere.
    pub(super) mount: Rc<str>,
    pub(super) function: Value,
    /// Takes four parameters, so that it is called with errors only.
    pub(super) takes_errors: bool,
}

pub type Layers = Rc<[Layer]>;

/// What an isolate knows of its middleware.
#[derive(Default)]
pub struct Known {
    /// Of the configuration.
    config: RefCell<Vec<Layer>>,
    /// What `app.use(…)` has named; `None` unless the configuration is being read.
    used: RefCell<Option<Vec<Value>>>,
    /// What `app/middleware.js` exported when it was last looked at, and the whole chain made of it.
    all: RefCell<Option<(Value, Layers)>>,
}

/// The property of a function that stands for settings of the server: `compression()`, `session({…})`. Its value is a part of the configuration.
const SETTINGS: &str = "puremixSettings";

/// The property that says, in words, why the function must stand in `puremix.config.js`.
const CONFIG_ONLY: &str = "puremixConfigOnly";

/// Nesting of arrays beyond which a list is taken for a cycle.
const DEPTH: usize = 16;

/// From now on there is an `app` as in Express for the configuration's functions; its `use` adds middleware until [`adopt_config`].
pub fn begin_config(cx: Cx) {
    host(cx).middleware.used.replace(Some(Vec::new()));
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, cx.key_of("app"), application(cx));
}

/// `app.use([path,] ...functions)`.
pub fn note_use(cx: Cx, args: &[Value]) -> R<()> {
    let known = &host(cx).middleware.used;
    let is_open = known.borrow().is_some();
    if !is_open {
        let message = "app.use(…) works in puremix.config.js only, while the server starts; app/middleware.js may export a function (request, response, next) or a list of them";
        return Err(cx.throw_error(ErrorKind::Error, message));
    }
    let list = Value::from(Obj::array(cx, args.to_vec()));
    // What is none is told where it stands.
    collect(cx, &list, &Rc::from(""), 0, &mut Vec::new())?;
    if let Some(used) = &mut *known.borrow_mut() {
        used.push(list);
    }
    Ok(())
}

/// Takes the `middleware` of the configuration's object: functions are kept for requests, and those that stand for settings become settings.
/// A key that the configuration has itself wins over a function's.
pub fn adopt_config(cx: Cx, exported: &Value, tree: &mut Tree) -> R<()> {
    let listed = lang::get(cx, exported, "middleware")?;
    let mut layers = Vec::new();
    for list in host(cx).middleware.used.take().unwrap_or_default() {
        collect(cx, &list, &Rc::from(""), 0, &mut layers)?;
    }
    adopt_settings(cx, tree)?;
    collect(cx, &listed, &Rc::from(""), 0, &mut layers)?;
    let mut kept = Vec::new();
    for layer in layers {
        match lang::get(cx, &layer.function, SETTINGS)? {
            settings @ Value::Obj(_) if layer.mount.is_empty() => {
                let settings = isolate::plain_tree(cx, &settings)?;
                if let (Tree::Map(entries), Tree::Map(into)) = (settings, &mut *tree) {
                    let new: Vec<_> = entries.into_iter().filter(|(name, _)| into.iter().all(|(n, _)| n != name)).collect();
                    into.extend(new);
                }
            }
            _ => kept.push(layer),
        }
    }
    let known = &host(cx).middleware;
    known.config.replace(kept);
    known.all.replace(None);
    Ok(())
}

/// `app.set('trust proxy', …)`, unless the configuration says it.
fn adopt_settings(cx: Cx, tree: &mut Tree) -> R<()> {
    let settings = lang::get(cx, &application(cx), "settings")?;
    let trust = lang::get(cx, &settings, "trust proxy")?;
    if let Tree::Map(into) = tree
        && !trust.is_undefined()
        && into.iter().all(|(name, _)| name != "trustProxy")
    {
        into.push(("trustProxy".into(), isolate::plain_tree(cx, &trust)?));
    }
    Ok(())
}

/// The chain of the app; `None` when there is none.
pub fn of_app(cx: Cx) -> R<Option<Layers>> {
    let known = &host(cx).middleware;
    let read = isolate::app().and_then(|app| app.middleware);
    if read.is_none() && known.config.borrow().is_empty() {
        return Ok(None);
    }
    let exported = match read {
        Some(read) => read(cx)?,
        None => Value::Undefined,
    };
    if let Some((of, layers)) = &*known.all.borrow()
        && puremix_js::ops::js_strict_eq(of, &exported)
    {
        return Ok(Some(layers.clone()));
    }
    let mut layers = known.config.borrow().clone();
    collect(cx, &exported, &Rc::from(""), 0, &mut layers)?;
    let layers: Layers = layers.into();
    known.all.replace(Some((exported, layers.clone())));
    Ok(Some(layers))
}

/// What is wrong with the app's middleware, told when the server starts: functions that only the configuration can use.
pub fn check(cx: Cx) -> R<Result<(), String>> {
    let config = host(cx).middleware.config.borrow().len();
    let Some(layers) = of_app(cx)? else { return Ok(Ok(())) };
    for layer in layers.iter().skip(config) {
        if let Value::Str(why) = lang::get(cx, &layer.function, CONFIG_ONLY)? {
            return Ok(Err(format!("app/middleware.js: {why}")));
        }
    }
    Ok(Ok(()))
}

/// The handlers that an API route exports as an array.
pub(super) fn of_list(cx: Cx, list: &Value) -> R<Layers> {
    let mut layers = Vec::new();
    collect(cx, list, &Rc::from(""), 0, &mut layers)?;
    Ok(layers.into())
}

/// Functions as they are, arrays in order; a path before others in an array says where they are mounted.
fn collect(cx: Cx, value: &Value, mount: &Rc<str>, depth: usize, into: &mut Vec<Layer>) -> R<()> {
    match value {
        Value::Undefined | Value::Null | Value::Bool(false) => Ok(()),
        function if function.is_callable() => {
            let length = lang::get(cx, function, "length")?;
            into.push(Layer { mount: mount.clone(), function: function.clone(), takes_errors: matches!(length, Value::Num(4.0)) });
            Ok(())
        }
        Value::Obj(list) if list.is_array() && depth < DEPTH => {
            let mut mount = mount.clone();
            for key in lang::keys(cx, list) {
                match lang::get_key(cx, value, &key)? {
                    Value::Str(path) if path.as_str().starts_with('/') => mount = path.as_str().trim_end_matches('/').into(),
                    item => collect(cx, &item, &mount, depth + 1, into)?,
                }
            }
            Ok(())
        }
        other => {
            let shown = puremix_js::inspect(cx, other);
            Err(lang::throw_type(cx, &format!("Middleware must be a function (request, response, next), or an array of them after an optional path, not {shown}")))
        }
    }
}

impl Layer {
    /// Whether the path lies at the mount or below it.
    pub(super) fn covers(&self, path: &str) -> bool {
        self.mount.is_empty()
            || path.get(..self.mount.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.mount)) && matches!(path.as_bytes().get(self.mount.len()), None | Some(b'/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_cover_whole_segments() {
        let layer = |mount: &str| Layer { mount: mount.into(), function: Value::Undefined, takes_errors: false };
        for (mount, path, want) in [("", "/x", true), ("/api", "/api", true), ("/api", "/API/x", true), ("/api", "/apis", false), ("/api", "/ap", false), ("/ü", "/ü/x", true), ("/api", "/aä", false)] {
            assert_eq!(layer(mount).covers(path), want, "{mount} {path}");
        }
    }
}
