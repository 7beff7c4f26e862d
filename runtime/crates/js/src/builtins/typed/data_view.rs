//! `DataView` (ECMA-262 §25.3).

use super::Element;
use super::buffer::{ArrayBuffer, checked_len};
use crate::builtins::iterator::tag;
use crate::errors::show;
use crate::{constructor_of, install_getter, js_truthy, proto_for_object, throw_range, throw_type, value_to_integer};
use puremix_value::{Args, Class, Cx, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, well_known};

struct DataView {
    buffer: Obj,
    offset: usize,
    len: usize,
}

impl Payload for DataView {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.buffer);
    }
}

pub(super) fn is_data_view(o: &Obj) -> bool {
    o.payload::<DataView>().is_some()
}

const OUTSIDE: &str = "Offset is outside the bounds of the DataView";

fn data_view(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(throw_type(cx, "Constructor DataView requires 'new'"));
    }
    let Some((buffer, data)) = a.get(0).as_obj().and_then(|o| Some((o, o.payload::<ArrayBuffer>()?))) else {
        return Err(throw_type(cx, "First argument to DataView constructor must be an ArrayBuffer"));
    };
    let total = data.0.borrow().len();
    let from = value_to_integer(cx, a.get(1))?;
    let offset = checked_len(cx, from, &format!("Start offset {from} is outside the bounds of the buffer"))?;
    if offset > total {
        return Err(throw_range(cx, &format!("Start offset {offset} is outside the bounds of the buffer")));
    }
    let len = match a.get(2) {
        Value::Undefined => total - offset,
        v => {
            let n = value_to_integer(cx, v)?;
            let message = format!("Invalid DataView length {n}");
            let len = checked_len(cx, n, &message)?;
            if offset + len > total {
                return Err(throw_range(cx, &message));
            }
            len
        }
    };
    let proto = proto_for_object(cx, a.new_target, a.callee)?;
    Ok(Obj::native(cx, Some(proto), Class::Other, DataView { buffer: buffer.clone(), offset, len }).into())
}

fn this_view<'a>(cx: Cx, a: &Args<'a>) -> R<&'a DataView> {
    a.this.as_obj().and_then(|o| o.payload()).ok_or_else(|| throw_type(cx, &format!("Method DataView.prototype was called on incompatible receiver {}", show(cx, a.this))))
}

/// Where an element at a given offset begins in the buffer.
fn place(cx: Cx, view: &DataView, at: &Value, size: usize) -> R<usize> {
    let at = checked_len(cx, value_to_integer(cx, at)?, OUTSIDE)?;
    if at + size > view.len { Err(throw_range(cx, OUTSIDE)) } else { Ok(view.offset + at) }
}

fn get(cx: Cx, a: &Args<'_>, element: Element) -> R {
    let view = this_view(cx, a)?;
    let at = place(cx, view, a.get(0), element.size())?;
    let Some(data) = view.buffer.payload::<ArrayBuffer>() else { return Ok(Value::Undefined) };
    let mut bytes = data.0.borrow()[at..at + element.size()].to_vec();
    if !js_truthy(a.get(1)) {
        bytes.reverse();
    }
    Ok(element.read(&bytes))
}

fn set(cx: Cx, a: &Args<'_>, element: Element) -> R {
    let view = this_view(cx, a)?;
    let size = element.size();
    let mut bytes = element.bytes(cx, a.get(1))?[..size].to_vec();
    let at = place(cx, view, a.get(0), size)?;
    if !js_truthy(a.get(2)) {
        bytes.reverse();
    }
    if let Some(data) = view.buffer.payload::<ArrayBuffer>() {
        data.0.borrow_mut()[at..at + size].copy_from_slice(&bytes);
    }
    Ok(Value::Undefined)
}

macro_rules! accessors {
    ($($get:literal $set:literal $element:ident;)*) => {
        const METHODS: crate::Methods = &[
            $(($get, 1, |cx, a| get(cx, a, Element::$element)), ($set, 2, |cx, a| set(cx, a, Element::$element)),)*
        ];
    };
}

accessors! {
    "getInt8" "setInt8" I8;
    "getUint8" "setUint8" U8;
    "getInt16" "setInt16" I16;
    "getUint16" "setUint16" U16;
    "getInt32" "setInt32" I32;
    "getUint32" "setUint32" U32;
    "getFloat32" "setFloat32" F32;
    "getFloat64" "setFloat64" F64;
    "getBigInt64" "setBigInt64" I64;
    "getBigUint64" "setBigUint64" U64;
}

fn buffer(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.buffer.clone().into())
}

fn byte_length(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.len.into())
}

fn byte_offset(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.offset.into())
}

pub(super) fn install(cx: Cx) {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    let ctor = constructor_of(cx, "DataView", 1, data_view, &proto);
    crate::install(cx, &proto, METHODS);
    install_getter(cx, &proto, "buffer", buffer);
    install_getter(cx, &proto, "byteLength", byte_length);
    install_getter(cx, &proto, "byteOffset", byte_offset);
    tag(cx, &proto, "DataView");
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, well_known::DATA_VIEW_CTOR, ctor);
}

/// The buffer, offset and length of a `DataView`.
pub(super) fn data_view_parts(o: &Obj) -> Option<(Obj, usize, usize)> {
    o.payload::<DataView>().map(|v| (v.buffer.clone(), v.offset, v.len))
}
