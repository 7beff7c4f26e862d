//! The ABI: every name generated code may use, and nothing else (`docs/runtime-abi.md`).
//!
//! Generated crates import this module as `rt`. What is here is a re-export, or a function that only gives an operation the form in which
//! generated code calls it; language meaning lives in `puremix-js` and `puremix-parsley`.

mod callbacks;
mod classes;
mod control;
mod iteration;
mod methods;
mod modules;
mod numbers;
mod objects;
mod operations;
mod parsley;
mod variables;

pub use callbacks::*;
pub use classes::*;
pub use control::*;
pub use iteration::*;
pub use methods::*;
pub use modules::*;
pub use numbers::*;
pub use objects::*;
pub use operations::*;
pub use parsley::*;
pub use variables::*;

pub use crate::ABI;
pub use crate::app::{ActionDef, ApiDef, AppDef, AssetDef, LoaderDef, ModuleDef, PageDef, RouteDef, RouteKind, Segment, Site, Use, UseKind};
pub use crate::capabilities::Capabilities;
pub use crate::cli::main;
pub use crate::page::attrs::*;
pub use crate::page::write::*;
pub use crate::page::{Each, Out, Scope, component, each, raw_markup, write_current_csrf};
pub use puremix_interop::PythonSource;
pub use puremix_js::promise::{AsyncYielder, Frame, Park, Resume, Yielder, async_generator, await_, generator, promise_of, spawn_task};
pub use puremix_js::{
    Rows, array, call_index, call_looked_up, call_method, call_with_rows, cell, cell_get, cell_set, class, closure, concat as str_add, for_in_keys, for_in_live, get,
    int_to_str, looked_up as method,
    get_safe, get_super, index, index_int, index_num, index_safe, is_nullish, js_add, js_add_assign, js_bitand, js_bitnot, js_bitor, js_bitxor, js_div, js_eq,
    js_exp, js_ge, js_gt, js_in, js_instanceof, js_le, js_lt, js_mul, js_ne, js_neg, js_plus, js_rem, js_shl, js_shr, js_strict_eq, js_strict_ne,
    js_sub, js_to_int32, js_to_key, js_to_number, js_to_string, js_truth, js_truthy, js_typeof, js_ushr, lit, math, num_pow, num_rem, num_to_str, object, rows_len, set, set_num, set_index, set_index_int, set_index_num, set_super,
    throw, to_numeric as js_to_numeric,
};
pub use puremix_value::{Args, Atom, Cx, FnDef, FnKind, Key, Lit, Pair, R, ShapeLit, Step, Str, Thrown, Value, check_stack, to_index, well_known as wk};
