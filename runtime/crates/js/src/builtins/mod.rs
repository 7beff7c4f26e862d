//! The built-in objects, one file each.

pub mod array;
pub mod bigint;
pub mod boolean;
pub mod collections;
pub mod console;
pub mod error;
pub mod function;
mod function_kinds;
pub mod globals;
pub mod iterator;
pub mod json;
pub mod math;
pub mod number;
pub mod object;
pub mod prototypes;
pub mod reflect;
pub mod string;
pub mod symbol;
pub mod typed;
pub mod uri;

use puremix_value::Cx;

/// Installs all built-ins into a fresh isolate.
pub fn start(cx: Cx) {
    prototypes::make(cx);
    cx.set_make_error(error::make_error);
    function::install(cx);
    object::install(cx);
    error::install(cx);
    iterator::install(cx);
    array::install(cx);
    string::install(cx);
    number::install(cx);
    boolean::install(cx);
    symbol::install(cx);
    bigint::install(cx);
    collections::install(cx);
    math::install(cx);
    json::install(cx);
    reflect::install(cx);
    crate::regexp::install(cx);
    crate::date::install(cx);
    crate::intl::install(cx);
    typed::install(cx);
    console::install(cx);
    crate::promise::install(cx);
    function_kinds::install(cx);
    prototypes::publish(cx);
    cx.started();
}
