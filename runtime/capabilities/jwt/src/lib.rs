#![forbid(unsafe_code)]
//! `jsonwebtoken`, native. A capability: linked into apps that import it, and only into those.
//!
//! In: payloads, tokens, keys and options as version 9 of the package takes them. Out: tokens and claims, or the package's errors in its
//! words. Must never know HTTP or sessions.
//!
//! [`algorithm`] computes and [`token`] takes tokens apart, both without values; [`sign`], [`verify`] and [`decode`] are the package's
//! functions. What is stricter than the package is in `docs/deviations.md`: critical headers, repeated names, lax base64.

mod algorithm;
mod decode;
mod errors;
mod keys;
mod options;
mod sign;
mod timespan;
mod token;
mod verify;

use puremix_node::NativeModule;
use puremix_node::capability::{object, put_all};
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[NativeModule {
    name: "jsonwebtoken",
    exports: &["JsonWebTokenError", "NotBeforeError", "TokenExpiredError", "decode", "default", "sign", "verify"],
    missing: &[],
    make: module,
}];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}

fn module(cx: Cx) -> R {
    let o = object(cx, &[("decode", 2, decode::decode), ("verify", 4, verify::verify), ("sign", 4, sign::sign)]);
    put_all(cx, &o, [
        ("JsonWebTokenError", errors::general(cx).0.into()),
        ("NotBeforeError", errors::not_before(cx).0.into()),
        ("TokenExpiredError", errors::expired(cx).0.into()),
    ]);
    Ok(o.into())
}
