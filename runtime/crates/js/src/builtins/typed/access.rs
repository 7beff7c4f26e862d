//! The bytes behind `ArrayBuffer`s and their views, for built-ins that are not typed arrays themselves (`Buffer`, hashes, files).

use super::buffer::ArrayBuffer;
use super::data_view::data_view_parts;
use super::view::{over, view};
use super::Element;
use puremix_value::{Cx, Obj};

/// Which bytes of which buffer a view shows.
pub struct ViewParts {
    pub buffer: Obj,
    /// In bytes.
    pub offset: usize,
    /// In bytes.
    pub len: usize,
    /// `None` for a `DataView`.
    pub element: Option<Element>,
}

/// The parts of a typed array or `DataView`.
pub fn view_parts(o: &Obj) -> Option<ViewParts> {
    if let Some(v) = view(o) {
        return Some(ViewParts { buffer: v.buffer.clone(), offset: v.offset, len: v.len * v.element.size(), element: Some(v.element) });
    }
    let (buffer, offset, len) = data_view_parts(o)?;
    Some(ViewParts { buffer, offset, len, element: None })
}

/// Lends the bytes of an `ArrayBuffer`, a typed array or a `DataView`. `read` must not run user code.
pub fn with_bytes<T>(o: &Obj, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    if let Some(buffer) = o.payload::<ArrayBuffer>() {
        return Some(read(&buffer.0.borrow()));
    }
    let parts = view_parts(o)?;
    let buffer = parts.buffer.payload::<ArrayBuffer>()?.0.borrow();
    Some(read(buffer.get(parts.offset..parts.offset + parts.len).unwrap_or(&[])))
}

/// As [`with_bytes`], to change them.
pub fn with_bytes_mut<T>(o: &Obj, write: impl FnOnce(&mut [u8]) -> T) -> Option<T> {
    if let Some(buffer) = o.payload::<ArrayBuffer>() {
        return Some(write(&mut buffer.0.borrow_mut()));
    }
    let parts = view_parts(o)?;
    let mut buffer = parts.buffer.payload::<ArrayBuffer>()?.0.borrow_mut();
    Some(write(buffer.get_mut(parts.offset..parts.offset + parts.len).unwrap_or(&mut [])))
}

/// A `Uint8Array` with this prototype over part of a buffer; `None` when the buffer is none or too short.
pub fn over_buffer(cx: Cx, proto: Obj, buffer: &Obj, offset: usize, len: usize) -> Option<Obj> {
    let total = buffer.payload::<ArrayBuffer>()?.0.borrow().len();
    (offset.checked_add(len)? <= total).then(|| over(cx, Some(proto), Element::U8, buffer.clone(), offset, len))
}

/// The length in bytes, if the object is an `ArrayBuffer`.
pub fn buffer_len(o: &Obj) -> Option<usize> {
    o.payload::<ArrayBuffer>().map(|b| b.0.borrow().len())
}
