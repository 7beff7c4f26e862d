//! Short strings stored in place.

/// Bytes that fit.
pub(crate) const INLINE: usize = 14;
/// Marks text that is not ASCII, in the length byte.
const NOT_ASCII: u8 = 0x80;

/// Up to 14 bytes of UTF-8. Unused bytes are zero, so equal texts are equal bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct InlineText {
    /// The length, with `NOT_ASCII`.
    len: u8,
    bytes: [u8; INLINE],
}

impl InlineText {
    pub(crate) const EMPTY: InlineText = InlineText { len: 0, bytes: [0; INLINE] };

    /// The two texts joined; together they must fit.
    #[inline]
    pub(crate) fn join(a: &str, b: &str, ascii: bool) -> InlineText {
        let total = a.len() + b.len();
        let mut bytes = [0; INLINE];
        bytes[..a.len()].copy_from_slice(a.as_bytes());
        bytes[a.len()..total].copy_from_slice(b.as_bytes());
        InlineText { len: total as u8 | if ascii { 0 } else { NOT_ASCII }, bytes }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        usize::from(self.len & !NOT_ASCII)
    }

    #[inline]
    pub(crate) fn is_ascii(&self) -> bool {
        self.len & NOT_ASCII == 0
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        let bytes = &self.bytes[..self.len()];
        // SAFETY: the fields are private and `join` alone writes them: the first `len` bytes are two whole `str`s.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }
}
