//! A counted text buffer that grows behind its readers.
//!
//! A string is a pair (buffer, length). Bytes below `used` never change, so a string that shares the buffer keeps reading
//! its own prefix while a longer string is appended behind it. `s += x` in a loop then costs one copy of `x`.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, OnceCell};
use std::ptr::NonNull;

/// The counted buffer. Not `Send`: the count is not atomic.
pub struct StrBuf(NonNull<Header>);

#[repr(C)]
struct Header {
    count: Cell<u32>,
    /// Bytes written so far. They are valid UTF-8 and never change.
    used: Cell<u32>,
    capacity: u32,
    /// The UTF-16 form of all `used` bytes. Once made, nothing more is appended.
    utf16: OnceCell<Box<[u16]>>,
}

const HEADER: usize = size_of::<Header>();

fn layout(capacity: u32) -> Layout {
    // A u32 plus a small constant cannot overflow the size of a layout on 64-bit targets.
    Layout::from_size_align(HEADER + capacity as usize, align_of::<Header>()).expect("string buffer layout")
}

impl StrBuf {
    /// An empty buffer with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> StrBuf {
        let capacity = u32::try_from(capacity).expect("string length is checked by the language's concatenation");
        let layout = layout(capacity);
        // SAFETY: the layout's size is at least HEADER, which is not zero.
        let raw = unsafe { alloc(layout) }.cast::<Header>();
        let Some(p) = NonNull::new(raw) else { handle_alloc_error(layout) };
        // SAFETY: `p` points to fresh memory of at least HEADER bytes with Header's alignment.
        unsafe { p.write(Header { count: Cell::new(1), used: Cell::new(0), capacity, utf16: OnceCell::new() }) };
        StrBuf(p)
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: the header was written at creation and lives until the last StrBuf drops; nobody makes `&mut Header`
        // before that (fields change through cells only).
        unsafe { self.0.as_ref() }
    }

    #[inline]
    fn bytes_ptr(&self) -> *mut u8 {
        // SAFETY: the allocation has HEADER bytes of header, so one past them is inside it or its end.
        unsafe { self.0.as_ptr().cast::<u8>().add(HEADER) }
    }

    /// Bytes written so far.
    #[inline]
    pub fn used(&self) -> u32 {
        self.header().used.get()
    }

    /// The first `len` bytes. Panics if `len` is not the end of a character written before; callers pass lengths that
    /// `append` gave them.
    #[inline]
    pub fn text(&self, len: u32) -> &str {
        let used = self.used();
        assert!(len <= used);
        // SAFETY: `len <= used` bytes were initialised by `append` and never change afterwards; `append` writes behind
        // `used` only, through a raw pointer, so this shared slice never overlaps a write.
        let bytes = unsafe { std::slice::from_raw_parts(self.bytes_ptr(), len as usize) };
        // SAFETY: same bound, reading one byte below `used`.
        assert!(len == used || unsafe { *self.bytes_ptr().add(len as usize) } & 0xC0 != 0x80);
        // SAFETY: the used bytes are a concatenation of whole `str`s, and `len` was just checked to be a boundary.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }

    /// Appends `tail` behind the string of length `len`, if that string ends where the buffer ends and there is room.
    /// Says whether it did.
    #[inline]
    pub fn try_append(&self, len: u32, tail: &str) -> bool {
        let h = self.header();
        let used = h.used.get();
        if used != len || tail.len() > (h.capacity - used) as usize || h.utf16.get().is_some() {
            return false;
        }
        // SAFETY: `used + tail.len() <= capacity`, so the target lies in the allocation. It lies behind `used`, where no
        // reader looks; `tail` may be a prefix of this very buffer, which ends at or before `used`, so they do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(tail.as_ptr(), self.bytes_ptr().add(used as usize), tail.len()) };
        h.used.set(used + tail.len() as u32);
        true
    }

    /// The UTF-16 form of the whole buffer, made on first use; `None` if `len` is only a prefix of it.
    pub fn utf16(&self, len: u32) -> Option<&[u16]> {
        if len != self.used() {
            return None;
        }
        Some(self.header().utf16.get_or_init(|| self.text(len).encode_utf16().collect()))
    }

    /// The UTF-16 form if it was made already.
    #[inline]
    pub fn utf16_made(&self, len: u32) -> Option<&[u16]> {
        if len != self.used() { None } else { self.header().utf16.get().map(|u| &**u) }
    }

    /// Bytes the buffer can hold.
    #[inline]
    pub fn capacity(&self) -> u32 {
        self.header().capacity
    }
}

impl Clone for StrBuf {
    #[inline]
    fn clone(&self) -> StrBuf {
        let c = &self.header().count;
        c.set(c.get().checked_add(1).expect("reference count of a string"));
        StrBuf(self.0)
    }
}

impl Drop for StrBuf {
    #[inline]
    fn drop(&mut self) {
        let c = &self.header().count;
        c.set(c.get() - 1);
        if c.get() == 0 {
            free(self.0);
        }
    }
}

#[inline(never)]
fn free(p: NonNull<Header>) {
    // SAFETY: the count reached zero, so this is the only pointer left. The header is dropped once, and the memory is
    // returned with the layout it was allocated with (the capacity never changes).
    unsafe {
        let capacity = p.as_ref().capacity;
        p.drop_in_place();
        dealloc(p.as_ptr().cast(), layout(capacity));
    }
}
