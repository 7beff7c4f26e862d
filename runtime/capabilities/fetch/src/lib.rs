#![forbid(unsafe_code)]
//! `fetch`, `Request`, `Response`, `Headers`, `FormData`, `Blob` and `File`, with an HTTP/1.1 client. A capability: linked into apps that
//! mention one of them, and only into those.
//!
//! In: an isolate with Node's globals. Out: the same with these. Must never know the HTTP server, or what a page is.
//!
//! [`client`] speaks HTTP and knows no values; the other modules are objects over it. Errors are worded as Node 20 (undici) words them.

mod blob;
mod body;
mod client;
mod connect;
mod decode;
mod failure;
mod form_data;
mod headers;
mod multipart;
mod request;
mod response;
mod run;
mod stream;
#[cfg(test)]
mod tests;

use puremix_value::{Cx, Intrinsic, Obj, R, Value};

/// The capability's entry: puts `fetch` and its classes on the global object.
pub fn provide(cx: Cx) -> R<()> {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    let put = |name: &str, ctor: Obj| global.put_hidden(cx, cx.key_of(name), Value::Obj(ctor));
    put("Headers", headers::class(cx).0);
    put("Blob", blob::class(cx).0);
    put("File", blob::file_class(cx).0);
    put("FormData", form_data::class(cx).0);
    put("Request", request::class(cx).0);
    put("Response", response::class(cx).0);
    puremix_js::ops::install(cx, &global, &[("fetch", 1, run::fetch)]);
    Ok(())
}
