//! `ArrayBuffer`, typed arrays and `DataView` (ECMA-262 §23.2, §25.1, §25.3). Buffers have a fixed length.

mod access;
mod buffer;
mod data_view;
mod element;
mod methods;
mod view;

pub use access::{ViewParts, buffer_len, over_buffer, view_parts, with_bytes, with_bytes_mut};
pub use buffer::{buffer_bytes, new_buffer};
pub use element::Element;
pub use view::{array_bytes, array_len, element, new_array};

use puremix_value::Cx;

pub(super) fn install(cx: Cx) {
    buffer::install(cx);
    view::install(cx);
    data_view::install(cx);
}
