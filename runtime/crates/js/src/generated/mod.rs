//! What generated code calls: the JavaScript part of `puremix_runtime::__rt`. Every operand is a `&Value` unless inference
//! knows better; every result is owned.

mod calls;
mod loops;
mod objects;
mod operations;
mod scalars;

pub use calls::*;
pub use loops::*;
pub use objects::*;
pub use operations::*;
pub use scalars::*;

pub use crate::errors::{throw, throw_const, throw_range, throw_reference, throw_syntax, throw_type};
pub use crate::ops::{
    Iter, array, call, call_index, call_method, cell, cell_get, cell_set, class, closure, construct, for_in_keys, for_in_live, get,
    get_safe, get_super, index, index_int, index_num, index_safe, is_nullish, iter, js_add, js_add_assign, js_bitand, js_bitnot, js_bitor,
    js_bitxor, js_dec, js_div, js_eq, js_exp, js_ge, js_gt, js_in, js_inc, js_instanceof, js_le, js_lt, js_mul, js_ne, js_neg, js_not,
    js_plus, js_rem, js_shl, js_shr, js_strict_eq, js_strict_ne, js_sub, js_to_int32, js_to_key, js_to_number, js_to_string,
    js_truthy, js_typeof, js_ushr, lit, num_pow, num_rem, object, set, set_index, set_index_int, set_index_num, set_super, to_numeric as js_to_numeric,
};
pub use crate::{fast_array, num_to_str, str_to_num};
pub use puremix_value::{
    Args, Atom, BigInt, Cx, FnDef, FnKind, Isolate, Key, Lit, Obj, R, ShapeLit, Str, Thrown, Value, check_stack, well_known as wk,
};
