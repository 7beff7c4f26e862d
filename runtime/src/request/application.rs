//! `req.app` and `res.app`, which is `app` in `puremix.config.js`, and the socket of both: as much as code written for Express asks of them.

use super::host;
use crate::middleware;
use crate::http::message::RequestParts;
use crate::lang;
use puremix_value::{Args, Cx, ErrorKind, FnDef, R, Value};

/// The application object; one per isolate.
pub(crate) fn of(cx: Cx) -> Value {
    host(cx).application.get_or_init(|| make(cx)).clone()
}

fn make(cx: Cx) -> Value {
    static METHODS: [FnDef; 16] = [
        FnDef::native("get", 1, get),
        FnDef::native("set", 2, set),
        FnDef::native("enable", 1, |cx, a| put(cx, a, true.into())),
        FnDef::native("disable", 1, |cx, a| put(cx, a, false.into())),
        FnDef::native("enabled", 1, |cx, a| Ok(lang::truthy(&setting(cx, a)?).into())),
        FnDef::native("disabled", 1, |cx, a| Ok((!lang::truthy(&setting(cx, a)?)).into())),
        FnDef::native("use", 1, |cx, a| middleware::note_use(cx, a.args).map(|()| a.this.clone())),
        FnDef::native("all", 2, |cx, a| refuse_route(cx, a, "all")),
        FnDef::native("post", 2, |cx, a| refuse_route(cx, a, "post")),
        FnDef::native("put", 2, |cx, a| refuse_route(cx, a, "put")),
        FnDef::native("patch", 2, |cx, a| refuse_route(cx, a, "patch")),
        FnDef::native("delete", 2, |cx, a| refuse_route(cx, a, "delete")),
        FnDef::native("options", 2, |cx, a| refuse_route(cx, a, "options")),
        FnDef::native("route", 1, |cx, a| refuse_route(cx, a, "route")),
        FnDef::native("listen", 1, |cx, _| Err(refused(cx, "app.listen(…): the server listens by itself, on `port` of puremix.config.js, PORT, or `serve --port`"))),
        FnDef::native("engine", 2, |cx, _| Err(refused(cx, "app.engine(…): there are no view engines here; a page is app/routes/NAME.puremix"))),
    ];
    let settings = lang::object(cx, [("env", host(cx).services.mode().into()), ("x-powered-by", false.into()), ("etag", "weak".into())]);
    let locals = lang::object(cx, [("settings", settings.clone().into())]);
    let app = lang::object(cx, [("locals", locals.into()), ("settings", settings.into()), ("mountpath", "/".into())]);
    for def in &METHODS {
        app.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    app.into()
}

fn setting(cx: Cx, a: &Args<'_>) -> R {
    let name = lang::to_string(cx, a.get(0))?;
    lang::get(cx, &lang::get(cx, a.this, "settings")?, name.as_str())
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    if a.len() > 1 { refuse_route(cx, a, "get") } else { setting(cx, a) }
}

fn refused(cx: Cx, message: &str) -> puremix_value::Thrown {
    cx.throw_error(ErrorKind::Error, message)
}

/// Routes are files.
fn refuse_route(cx: Cx, a: &Args<'_>, method: &str) -> R {
    let path = match a.get(0) {
        Value::Str(path) => path.as_str().to_owned(),
        other => puremix_js::inspect(cx, other),
    };
    let file = path.trim_matches('/').split('/').map(|part| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("[{name}]"))).collect::<Vec<_>>().join("/");
    let export = match method {
        "all" | "route" => "`export default function (request, response)`".to_owned(),
        method => format!("`export function {}(request, response)`", method.to_uppercase()),
    };
    Err(refused(cx, &format!("app.{method}('{path}', …): routes are files; write {export} in app/routes/{}.js", if file.is_empty() { "index" } else { &file })))
}

/// Settings of Express that change how its server works, and that nothing reads here.
const WITHOUT_EFFECT: [&str; 8] = ["case sensitive routing", "etag", "json escape", "json replacer", "json spaces", "jsonp callback name", "strict routing", "view engine"];

fn set(cx: Cx, a: &Args<'_>) -> R {
    if a.len() < 2 {
        return setting(cx, a);
    }
    put(cx, a, a.get(1).clone())
}

/// Settings are a note of the app's own, but for `trust proxy`, which is read with the configuration.
fn put(cx: Cx, a: &Args<'_>, value: Value) -> R {
    let name = lang::to_string(cx, a.get(0))?;
    if WITHOUT_EFFECT.contains(&name.as_str()) {
        crate::log::warn(&format!("app.set('{name}', …) has no effect here"));
    }
    if let Value::Obj(settings) = lang::get(cx, a.this, "settings")? {
        lang::put(cx, &settings, name.as_str(), value);
    }
    Ok(a.this.clone())
}

/// `req.socket`: addresses, and whether the client's connection is encrypted. The address is the client's after trusted proxies, as the guide uses it.
pub(super) fn socket(cx: Cx, parts: &RequestParts) -> Value {
    let socket = lang::object(cx, [("remoteAddress", parts.remote_addr().into()), ("encrypted", (parts.protocol() == "https").into())]);
    if let Some(peer) = parts.peer() {
        lang::put(cx, &socket, "remotePort", f64::from(peer.port()));
        lang::put(cx, &socket, "remoteFamily", if peer.is_ipv4() { "IPv4" } else { "IPv6" });
    }
    static NOTHING: FnDef = FnDef::native("setTimeout", 2, |_, a| Ok(a.this.clone()));
    for name in ["setTimeout", "setNoDelay", "setKeepAlive"] {
        socket.put_hidden(cx, cx.key_of(name), lang::function(cx, &NOTHING, Vec::new()));
    }
    socket.into()
}
