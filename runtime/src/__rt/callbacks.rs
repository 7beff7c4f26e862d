//! `list.map(x => …)` and its like: the loop around a direct call. The closure exists only when the receiver is no plain array or a
//! built-in was replaced.

use puremix_js::{self as js, Rows, call_method, fast_array};
use puremix_value::{Atom, Cx, R, ShapeLit, Value, well_known as wk};

/// The ordinary call of the method.
#[cold]
#[inline(never)]
fn slow(cx: Cx, v: &Value, name: Atom, callback: Value) -> R {
    call_method(cx, v, name, &[callback], 0)
}

macro_rules! loops {
    ($($name:ident($atom:ident, $result:ty) |$cx:ident, $v:ident, $f:ident| $run:expr;)*) => {$(
        #[inline]
        pub fn $name($cx: Cx, $v: &Value, mut $f: impl FnMut(&Value, f64) -> R<$result>, closure: impl FnOnce() -> Value) -> R {
            if fast_array($cx, $v).is_none() {
                return slow($cx, $v, wk::$atom, closure());
            }
            $run
        }
    )*};
}

loops! {
    arr_map(MAP, Value) |cx, v, f| js::arr_map(cx, v, |_, x, i| f(x, i));
    arr_filter(FILTER, bool) |cx, v, f| js::arr_filter(cx, v, |_, x, i| f(x, i));
    arr_for_each(FOR_EACH, ()) |cx, v, f| js::arr_for_each(cx, v, |_, x, i| f(x, i)).map(|()| Value::Undefined);
    arr_some(SOME, bool) |cx, v, f| js::arr_some(cx, v, |_, x, i| f(x, i)).map(Value::Bool);
    arr_every(EVERY, bool) |cx, v, f| js::arr_every(cx, v, |_, x, i| f(x, i)).map(Value::Bool);
    arr_find(FIND, bool) |cx, v, f| Ok(js::arr_find(cx, v, |_, x, i| f(x, i))?.map_or(Value::Undefined, |(_, x)| x));
    arr_find_index(FIND_INDEX, bool) |cx, v, f| Ok(Value::Num(js::arr_find(cx, v, |_, x, i| f(x, i))?.map_or(-1.0, |(i, _)| i)));
    arr_flat_map(FLAT_MAP, Value) |cx, v, f| {
        let mapped = js::arr_map(cx, v, |_, x, i| f(x, i))?;
        call_method(cx, &mapped, wk::FLAT, &[], 0)
    };
}

/// `v.map(x => ({…}))` where nothing but the length and the JSON of the list is asked for: `f` hands each record to the list.
#[inline]
pub fn arr_map_rows(cx: Cx, v: &Value, shape: &'static ShapeLit, f: impl FnMut(&Value, f64, &mut Rows) -> R<()>, closure: impl FnOnce() -> Value) -> R {
    if fast_array(cx, v).is_none() {
        return slow(cx, v, wk::MAP, closure());
    }
    js::arr_map_rows(cx, v, shape, f)
}

#[inline]
pub fn arr_reduce(cx: Cx, v: &Value, init: Value, mut f: impl FnMut(&Value, &Value, f64) -> R, closure: impl FnOnce() -> Value) -> R {
    if fast_array(cx, v).is_none() {
        return call_method(cx, v, wk::REDUCE, &[closure(), init], 0);
    }
    js::arr_reduce(cx, v, Some(init), |_, acc, x, i| f(&acc, x, i))
}

#[inline]
pub fn arr_sort(cx: Cx, v: &Value, mut f: impl FnMut(&Value, &Value) -> R<f64>, closure: impl FnOnce() -> Value) -> R {
    if fast_array(cx, v).is_none() {
        return slow(cx, v, wk::SORT, closure());
    }
    js::arr_sort(cx, v, |_, a, b| f(a, b))
}

#[inline]
pub fn arr_to_sorted(cx: Cx, v: &Value, mut f: impl FnMut(&Value, &Value) -> R<f64>, closure: impl FnOnce() -> Value) -> R {
    if fast_array(cx, v).is_none() {
        return slow(cx, v, wk::TO_SORTED, closure());
    }
    js::arr_to_sorted(cx, v, |_, a, b| f(a, b))
}
