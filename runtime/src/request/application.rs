//! `req.app` and `res.app`, and the socket of both: as much as code written for Express asks of them.

use super::host;
use crate::http::message::RequestParts;
use crate::lang;
use puremix_value::{Args, Cx, FnDef, R, Value};

/// The application object; one per isolate.
pub(super) fn of(cx: Cx) -> Value {
    host(cx).application.get_or_init(|| make(cx)).clone()
}

fn make(cx: Cx) -> Value {
    static METHODS: [FnDef; 6] = [
        FnDef::native("get", 1, get),
        FnDef::native("set", 2, set),
        FnDef::native("enable", 1, |cx, a| put(cx, a, true.into())),
        FnDef::native("disable", 1, |cx, a| put(cx, a, false.into())),
        FnDef::native("enabled", 1, |cx, a| Ok(lang::truthy(&setting(cx, a)?).into())),
        FnDef::native("disabled", 1, |cx, a| Ok((!lang::truthy(&setting(cx, a)?)).into())),
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
    setting(cx, a)
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    if a.len() < 2 {
        return setting(cx, a);
    }
    put(cx, a, a.get(1).clone())
}

/// Settings are a note of the app's own: the server is configured in `puremix.config.js`.
fn put(cx: Cx, a: &Args<'_>, value: Value) -> R {
    let name = lang::to_string(cx, a.get(0))?;
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
