//! Objects of the web platform: text coding, URLs, events, cancellation.

pub mod abort;
pub(crate) mod base64;
pub mod dom_exception;
pub(crate) mod event_target;
pub mod pairs;
pub mod search_params;
pub(crate) mod text;
pub mod url;

use puremix_value::{Cx, Intrinsic, Obj, R, Value};

/// Puts the classes and functions on the global object.
pub(crate) fn install(cx: Cx) -> R<()> {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    let put = |name: &str, ctor: Obj| global.put_hidden(cx, cx.key_of(name), Value::Obj(ctor));
    let (encoder, decoder) = text::classes(cx);
    put("TextEncoder", encoder);
    put("TextDecoder", decoder);
    put("URL", url::class(cx).0);
    put("URLSearchParams", search_params::class(cx).0);
    put("DOMException", dom_exception::class(cx).0);
    put("EventTarget", event_target::target_class(cx).0);
    put("Event", event_target::event_class(cx).0);
    put("CustomEvent", event_target::custom_event_class(cx).0);
    put("AbortSignal", abort::signal_class(cx).0);
    put("AbortController", abort::controller_class(cx).0);
    puremix_js::ops::install(cx, &global, base64::FUNCTIONS);
    Ok(())
}
