//! `list.map(x => ...)` with the callback as a Rust closure. Where the receiver is no ordinary array, or the built-in method
//! was replaced, `closure` makes the function object and the method is called.

use crate::builtins::array::inline;
use crate::ops::call_method;
use crate::{fast_array, is_array, length_of};
use puremix_value::{Cx, Obj, R, Value, well_known};

macro_rules! loops {
    ($($(#[$doc:meta])* $name:ident $method:ident |$cx:ident, $v:ident, $f:ident: ($($arg:ty),*) -> $ret:ty| $body:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name($cx: Cx, $v: &Value, mut $f: impl FnMut($($arg),*) -> $ret, closure: impl FnOnce() -> Value) -> R {
            if fast_array($cx, $v).is_none() {
                return call_method($cx, $v, well_known::$method, &[closure()], 0);
            }
            $body
        }
    )*};
}

loops! {
    /// `v.map((x, i) => f)`.
    arr_map MAP |cx, v, f: (&Value, f64) -> R| inline::arr_map(cx, v, |_, x, i| f(x, i));
    /// `v.filter((x, i) => f)`.
    arr_filter FILTER |cx, v, f: (&Value, f64) -> R<bool>| inline::arr_filter(cx, v, |_, x, i| f(x, i));
    /// `v.forEach((x, i) => f)`.
    arr_for_each FOR_EACH |cx, v, f: (&Value, f64) -> R<()>| inline::arr_for_each(cx, v, |_, x, i| f(x, i)).map(|()| Value::Undefined);
    /// `v.some((x, i) => f)`.
    arr_some SOME |cx, v, f: (&Value, f64) -> R<bool>| inline::arr_some(cx, v, |_, x, i| f(x, i)).map(Value::Bool);
    /// `v.every((x, i) => f)`.
    arr_every EVERY |cx, v, f: (&Value, f64) -> R<bool>| inline::arr_every(cx, v, |_, x, i| f(x, i)).map(Value::Bool);
    /// `v.find((x, i) => f)`.
    arr_find FIND |cx, v, f: (&Value, f64) -> R<bool>| Ok(inline::arr_find(cx, v, |_, x, i| f(x, i))?.map_or(Value::Undefined, |(_, x)| x));
    /// `v.findIndex((x, i) => f)`.
    arr_find_index FIND_INDEX |cx, v, f: (&Value, f64) -> R<bool>| Ok(Value::Num(inline::arr_find(cx, v, |_, x, i| f(x, i))?.map_or(-1.0, |(i, _)| i)));
    /// `v.flatMap((x, i) => f)`.
    arr_flat_map FLAT_MAP |cx, v, f: (&Value, f64) -> R| flat_map(cx, v, &mut f);
    /// `v.sort((x, z) => f)`.
    arr_sort SORT |cx, v, f: (&Value, &Value) -> R<f64>| inline::arr_sort(cx, v, |_, x, z| f(x, z));
    /// `v.toSorted((x, z) => f)`.
    arr_to_sorted TO_SORTED |cx, v, f: (&Value, &Value) -> R<f64>| inline::arr_to_sorted(cx, v, |_, x, z| f(x, z));
}

/// `v.reduce((acc, x, i) => f, init)`.
#[inline]
pub fn arr_reduce(cx: Cx, v: &Value, init: Value, mut f: impl FnMut(&Value, &Value, f64) -> R, closure: impl FnOnce() -> Value) -> R {
    if fast_array(cx, v).is_none() {
        return call_method(cx, v, well_known::REDUCE, &[closure(), init], 0);
    }
    inline::arr_reduce(cx, v, Some(init), |_, acc, x, i| f(&acc, x, i))
}

fn flat_map(cx: Cx, v: &Value, f: &mut dyn FnMut(&Value, f64) -> R) -> R {
    let mut out = vec![];
    inline::arr_for_each(cx, v, |cx, x, i| {
        let r = f(x, i)?;
        match &r {
            Value::Obj(inner) if is_array(cx, &r)? => {
                let len = length_of(cx, inner)?;
                let mut j = 0.0;
                while j < len {
                    let key = crate::num_key(cx, j);
                    if crate::has_property(cx, inner, &key)? {
                        out.push(crate::get_key(cx, inner, &key, &r)?);
                    }
                    j += 1.0;
                }
            }
            _ => out.push(r),
        }
        Ok(())
    })?;
    Ok(Obj::array(cx, out).into())
}
