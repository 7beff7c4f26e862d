//! JavaScript's operators and built-in objects.
//!
//! **In:** values. **Out:** values, or an exception in the isolate. **Must never know:** IO, HTTP, pages.
//!
//! `start(cx)` installs the built-ins into a fresh isolate. Everything generated code calls is re-exported at the root:
//! operators (`js_add`, `js_lt`, ...), members (`get`, `set`, `index`, `call_method`), calls (`call`, `construct`), literals
//! (`object`, `array`, `closure`, `cell`), classes (`class`, `call_super`, `private_get`), iteration (`iter`, `for_in_keys`), errors
//! (`throw_type`), inlined callbacks (`arr_map`, ...).
//!
//! # For writers of built-ins
//! * A method is `fn(cx: Cx, a: &Args) -> R`; tables of `(name, length, code)` go through [`install`], constructors through
//!   [`constructor`], getters through [`install_getter`]. Prototypes are made with `Obj::with(cx, proto, kind)` and registered
//!   with `cx.set_intrinsic` in [`builtins::prototypes`].
//! * Instances: `Obj::native(cx, Some(proto_for(cx, a.new_target, Intrinsic::XPrototype)?), Class::X, payload)`, read back
//!   with `o.payload::<T>()`.
//! * Names not in `puremix_value::well_known` work too, only slower: append them there.
//! * Property access: `get_key`/`put_key` on objects, `get_value` on any value, `get_method`, `call`, `construct`.
//! * Iteration: `iter(cx, v)?` and `next`, `close`, `for_each`; results by `iter_result`.
//! * No borrow of a payload's `RefCell` may live across `call`.

#![forbid(unsafe_code)]

pub mod builtins;
pub mod date;
pub mod errors;
pub mod inspect;
pub mod intl;
pub mod fixed;
mod number;
mod open;
pub mod ops;
pub mod promise;
pub mod provenance;
pub mod regexp;
mod state;

pub use builtins::array::inline::*;
pub use builtins::console::{Sink, Stream, set_console_sink};
pub use builtins::json::{Rows, call_with_rows, json_text, json_to_string, parse_json, parse_noting_repeats, rows_len};
pub use builtins::math::of_numbers as math;
pub use builtins::start;
pub use errors::{
    Passes, pass, throw, throw_const, throw_not_function, throw_not_iterable, throw_range, throw_reference, throw_syntax, throw_tdz, throw_type,
    throw_uninitialised,
};
pub use inspect::inspect;
pub use number::{big_to_f64, int_to_str, is_space, num_to_str, push_num, str_to_num};
pub use ops::*;
pub use regexp::regex;
pub use state::{SiteText, set_site_text};
