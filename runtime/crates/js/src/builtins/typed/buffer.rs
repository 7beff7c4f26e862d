//! `ArrayBuffer` (ECMA-262 §25.1).

use crate::builtins::iterator::tag;
use crate::errors::show;
use crate::{constructor_of, get_key, install_getter, proto_for_object, throw_range, throw_type, value_to_integer};
use puremix_value::{Args, Class, Cx, Intrinsic, Kind, Obj, Payload, R, Value, well_known};
use std::cell::RefCell;
use std::rc::Rc;

/// The bytes of a buffer, shared with its views.
pub(super) struct ArrayBuffer(pub Rc<RefCell<Vec<u8>>>);

impl Payload for ArrayBuffer {}

/// The longest buffer, as V8 allows on 64-bit machines less what a server should ever make.
const MAX_BYTES: f64 = 4_294_967_296.0;

/// A copy of a buffer's bytes, if the object is an `ArrayBuffer`.
pub fn buffer_bytes(o: &Obj) -> Option<Vec<u8>> {
    o.payload::<ArrayBuffer>().map(|b| b.0.borrow().clone())
}

fn prototype(cx: Cx) -> Option<Obj> {
    let ctor = get_key(cx, &cx.intrinsic(Intrinsic::GlobalThis), &well_known::ARRAY_BUFFER_CTOR.into(), &Value::Undefined).ok()?;
    match get_key(cx, ctor.as_obj()?, &well_known::PROTOTYPE.into(), &ctor).ok()? {
        Value::Obj(p) => Some(p),
        _ => None,
    }
}

/// A new `ArrayBuffer`.
pub fn new_buffer(cx: Cx, bytes: Vec<u8>) -> Obj {
    Obj::native(cx, prototype(cx), Class::Other, ArrayBuffer(Rc::new(RefCell::new(bytes))))
}

/// A checked length in bytes.
pub(super) fn checked_len(cx: Cx, n: f64, message: &str) -> R<usize> {
    if (0.0..=MAX_BYTES).contains(&n) { Ok(n as usize) } else { Err(throw_range(cx, message)) }
}

fn array_buffer(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(throw_type(cx, "Constructor ArrayBuffer requires 'new'"));
    }
    let len = checked_len(cx, value_to_integer(cx, a.get(0))?, "Array buffer allocation failed")?;
    let o = Obj::native(cx, Some(proto_for_object(cx, a.new_target, a.callee)?), Class::Other, ArrayBuffer(Rc::new(RefCell::new(vec![0; len]))));
    Ok(o.into())
}

fn this_buffer<'a>(cx: Cx, a: &Args<'a>, method: &str) -> R<&'a ArrayBuffer> {
    a.this.as_obj().and_then(|o| o.payload()).ok_or_else(|| throw_type(cx, &format!("Method ArrayBuffer.prototype.{method} called on incompatible receiver {}", show(cx, a.this))))
}

fn byte_length(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_buffer(cx, a, "byteLength")?.0.borrow().len().into())
}

/// `start` and `end` of `slice` and its kin as a range within `len`.
pub(super) fn range(cx: Cx, start: &Value, end: &Value, len: usize) -> R<std::ops::Range<usize>> {
    let place = |v: &Value, default: f64| -> R<f64> {
        if v.is_undefined() {
            return Ok(default);
        }
        let n = value_to_integer(cx, v)?;
        Ok(if n < 0.0 { (n + len as f64).max(0.0) } else { n.min(len as f64) })
    };
    let (from, to) = (place(start, 0.0)?, place(end, len as f64)?);
    Ok(from as usize..to.max(from) as usize)
}

fn slice(cx: Cx, a: &Args<'_>) -> R {
    let b = this_buffer(cx, a, "slice")?;
    let len = b.0.borrow().len();
    let range = range(cx, a.get(0), a.get(1), len)?;
    let bytes = b.0.borrow()[range].to_vec();
    Ok(new_buffer(cx, bytes).into())
}

fn is_view(_: Cx, a: &Args<'_>) -> R {
    Ok(a.get(0).as_obj().is_some_and(super::view::is_view).into())
}

pub(super) fn install(cx: Cx) {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    let ctor = constructor_of(cx, "ArrayBuffer", 1, array_buffer, &proto);
    crate::install(cx, &ctor, &[("isView", 1, is_view)]);
    crate::install(cx, &proto, &[("slice", 2, slice)]);
    install_getter(cx, &proto, "byteLength", byte_length);
    tag(cx, &proto, "ArrayBuffer");
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, well_known::ARRAY_BUFFER_CTOR, ctor);
}
