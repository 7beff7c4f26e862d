//! Typed arrays: their objects, constructors and prototypes (ECMA-262 §23.2).

use super::Element;
use super::buffer::{ArrayBuffer, checked_len, new_buffer};
use crate::errors::show;
use crate::{array_like_to_vec, call, constructor_of, get_key, get_method, install_getter, iter_to_vec, proto_for_object, throw_range, throw_type, value_to_integer};
use puremix_value::{Args, Attr, Cx, HostObject, Intrinsic, Key, Kind, Obj, R, Tracer, Value, WellKnownSymbol, well_known};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A typed array's own part.
pub(super) struct View {
    bytes: Rc<RefCell<Vec<u8>>>,
    /// The `ArrayBuffer`. Older than the view and without references of its own: no cycle.
    pub buffer: Obj,
    /// In bytes.
    pub offset: usize,
    /// In elements.
    pub len: usize,
    pub element: Element,
}

impl View {
    pub fn get(&self, i: usize) -> Option<Value> {
        let size = self.element.size();
        (i < self.len).then(|| self.element.read(&self.bytes.borrow()[self.offset + i * size..]))
    }

    /// Converts, then stores; an index beyond the end is ignored.
    pub fn put(&self, cx: Cx, i: usize, v: &Value) -> R<()> {
        let bytes = self.element.bytes(cx, v)?;
        let size = self.element.size();
        if i < self.len {
            let at = self.offset + i * size;
            self.bytes.borrow_mut()[at..at + size].copy_from_slice(&bytes[..size]);
        }
        Ok(())
    }
}

impl HostObject for View {
    fn class_name(&self) -> &'static str {
        self.element.class()
    }
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.buffer);
    }
    fn get(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<Value>> {
        match key {
            Key::Index(i) => Ok(Some(View::get(self, *i as usize).unwrap_or_default())),
            _ => Ok(is_number(key).then_some(Value::Undefined)),
        }
    }
    fn set(&self, cx: Cx, _: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        match key {
            Key::Index(i) => self.put(cx, *i as usize, value).map(|()| Some(true)),
            _ if is_number(key) => self.element.bytes(cx, value).map(|_| Some(true)),
            _ => Ok(None),
        }
    }
    fn has(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<bool>> {
        match key {
            Key::Index(i) => Ok(Some((*i as usize) < self.len)),
            _ => Ok(is_number(key).then_some(false)),
        }
    }
    fn own_keys(&self, _: Cx, _: &Obj) -> R<Vec<(Key, Attr)>> {
        Ok((0..self.len).map(|i| (Key::Index(i as u32), Attr::ALL)).collect())
    }
    fn delete(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<bool>> {
        match key {
            Key::Index(i) => Ok(Some(*i as usize >= self.len)),
            _ => Ok(None),
        }
    }
    fn number_at(&self, i: usize) -> Option<f64> {
        if i >= self.len || self.element.is_big() {
            return None;
        }
        let size = self.element.size();
        let bytes = self.bytes.borrow();
        Some(self.element.number(bytes.get(self.offset + i * size..)?))
    }
    fn set_number_at(&self, i: usize, n: f64) -> bool {
        if self.element.is_big() {
            return false;
        }
        if i < self.len {
            let size = self.element.size();
            let at = self.offset + i * size;
            self.bytes.borrow_mut()[at..at + size].copy_from_slice(&self.element.number_bytes(n)[..size]);
        }
        true
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Whether a name is a number's text but no index (`CanonicalNumericIndexString`): then it names no property at all.
fn is_number(key: &Key) -> bool {
    let Key::Str(name) = key else { return false };
    *name == "-0" || crate::num_to_str(crate::str_to_num(name.as_str())) == *name
}

pub(super) fn view(o: &Obj) -> Option<&View> {
    o.host_data::<View>()
}

pub(super) fn is_view(o: &Obj) -> bool {
    view(o).is_some() || super::data_view::is_data_view(o)
}

/// The number of elements, if the object is a typed array.
pub fn array_len(o: &Obj) -> Option<usize> {
    view(o).map(|v| v.len)
}

/// Element `i` of a typed array.
pub fn element(o: &Obj, i: usize) -> Option<Value> {
    view(o)?.get(i)
}

/// A copy of the bytes a typed array shows.
pub fn array_bytes(o: &Obj) -> Option<Vec<u8>> {
    let v = view(o)?;
    Some(v.bytes.borrow()[v.offset..v.offset + v.len * v.element.size()].to_vec())
}

fn prototype(cx: Cx, element: Element) -> Option<Obj> {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    let ctor = get_key(cx, &global, &cx.key_of(element.class()), &Value::Undefined).ok()?;
    get_key(cx, ctor.as_obj()?, &well_known::PROTOTYPE.into(), &ctor).ok()?.as_obj().cloned()
}

/// A new typed array over a new buffer; a last partial element is left out.
pub fn new_array(cx: Cx, element: Element, bytes: Vec<u8>) -> Obj {
    let len = bytes.len() / element.size();
    over(cx, prototype(cx, element), element, new_buffer(cx, bytes), 0, len)
}

/// A typed array over `len` elements of a buffer; the caller has checked the bounds.
pub(super) fn over(cx: Cx, proto: Option<Obj>, element: Element, buffer: Obj, offset: usize, len: usize) -> Obj {
    let bytes = buffer.payload::<ArrayBuffer>().map(|b| b.0.clone()).unwrap_or_default();
    Obj::host(cx, proto, View { bytes, buffer, offset, len, element })
}

/// A typed array of the values, converted.
pub(super) fn of_values(cx: Cx, proto: Option<Obj>, element: Element, values: &[Value]) -> R<Obj> {
    let o = over(cx, proto, element, new_buffer(cx, vec![0; values.len() * element.size()]), 0, values.len());
    if let Some(v) = view(&o) {
        for (i, item) in values.iter().enumerate() {
            v.put(cx, i, item)?;
        }
    }
    Ok(o)
}

fn element_of(ctor: &Obj) -> Option<Element> {
    let Kind::Function(f) = ctor.kind() else { return None };
    Element::ALL.into_iter().find(|e| e.class() == f.def.name)
}

fn typed_array(cx: Cx, a: &Args<'_>) -> R {
    let Some(element) = element_of(a.callee) else { return Err(throw_type(cx, "Abstract class TypedArray not directly constructable")) };
    if !a.is_construct() {
        return Err(throw_type(cx, &format!("Constructor {} requires 'new'", element.class())));
    }
    let proto = Some(proto_for_object(cx, a.new_target, a.callee)?);
    let Value::Obj(source) = a.get(0) else {
        let n = value_to_integer(cx, a.get(0))?;
        let message = format!("Invalid typed array length: {}", crate::num_to_str(n));
        let len = checked_len(cx, n, &message)?;
        let bytes = checked_len(cx, (len * element.size()) as f64, &message)?;
        return Ok(over(cx, proto, element, new_buffer(cx, vec![0; bytes]), 0, len).into());
    };
    if let Some(b) = source.payload::<ArrayBuffer>() {
        let total = b.0.borrow().len();
        return over_buffer(cx, a, proto, element, source, total);
    }
    Ok(of_values(cx, proto, element, &values_of(cx, a.get(0))?)?.into())
}

/// The elements of an iterable or array-like.
fn values_of(cx: Cx, v: &Value) -> R<Vec<Value>> {
    let iterable = get_method(cx, v, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_some();
    if iterable { iter_to_vec(cx, v) } else { array_like_to_vec(cx, &crate::to_object(cx, v)?.into()) }
}

fn over_buffer(cx: Cx, a: &Args<'_>, proto: Option<Obj>, element: Element, buffer: &Obj, total: usize) -> R {
    let (name, size) = (element.class(), element.size());
    let offset = checked_len(cx, value_to_integer(cx, a.get(1))?, "Start offset is too large:")?;
    if !offset.is_multiple_of(size) {
        return Err(throw_range(cx, &format!("start offset of {name} should be a multiple of {size}")));
    }
    let len = if a.get(2).is_undefined() {
        if !total.is_multiple_of(size) {
            return Err(throw_range(cx, &format!("byte length of {name} should be a multiple of {size}")));
        }
        if offset > total {
            return Err(throw_range(cx, &format!("Start offset {offset} is outside the bounds of the buffer")));
        }
        (total - offset) / size
    } else {
        let n = value_to_integer(cx, a.get(2))?;
        let message = format!("Invalid typed array length: {}", crate::num_to_str(n));
        let len = checked_len(cx, n, &message)?;
        if offset + len * size > total {
            return Err(throw_range(cx, &message));
        }
        len
    };
    Ok(over(cx, proto, element, buffer.clone(), offset, len).into())
}

fn from(cx: Cx, a: &Args<'_>) -> R {
    let values = values_of(cx, a.get(0))?;
    let mut out = vec![];
    for (i, v) in values.into_iter().enumerate() {
        out.push(if a.get(1).is_undefined() { v } else { call(cx, a.get(1), a.get(2), &[v, i.into()])? });
    }
    crate::construct(cx, a.this, &[Obj::array(cx, out).into()])
}

fn of(cx: Cx, a: &Args<'_>) -> R {
    crate::construct(cx, a.this, &[Obj::array(cx, a.args.to_vec()).into()])
}

pub(super) fn this_view<'a>(cx: Cx, a: &Args<'a>) -> R<&'a View> {
    a.this.as_obj().and_then(view).ok_or_else(|| throw_type(cx, &format!("this is not a typed array: {}", show(cx, a.this))))
}

fn length(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.len.into())
}

fn byte_length(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    Ok((v.len * v.element.size()).into())
}

fn byte_offset(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.offset.into())
}

fn buffer(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_view(cx, a)?.buffer.clone().into())
}

fn to_string_tag(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.as_obj().and_then(view).map(|v| Value::str(v.element.class())).unwrap_or_default())
}

pub(super) fn install(cx: Cx) {
    let base = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    let base_ctor = constructor_of(cx, "TypedArray", 0, typed_array, &base);
    crate::install(cx, &base_ctor, &[("from", 1, from), ("of", 0, of)]);
    for (name, code) in [("length", length as puremix_value::Code), ("byteLength", byte_length), ("byteOffset", byte_offset), ("buffer", buffer)] {
        install_getter(cx, &base, name, code);
    }
    let get = crate::native(cx, "get [Symbol.toStringTag]", 0, to_string_tag);
    base.define_accessor(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), get, Value::Undefined, Attr::CONFIGURABLE);
    super::methods::install(cx, &base);
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    for e in Element::ALL {
        let proto = Obj::with(cx, Some(base.clone()), Kind::Plain);
        let ctor = constructor_of(cx, e.class(), 3, typed_array, &proto);
        ctor.set_proto(cx, Some(base_ctor.clone()));
        for o in [&proto, &ctor] {
            o.define(cx, &well_known::BYTES_PER_ELEMENT.into(), e.size().into(), Attr::NONE);
        }
        global.put_hidden(cx, cx.key_of(e.class()), ctor);
    }
}
