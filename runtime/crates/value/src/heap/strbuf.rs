//! Counted text: a header with the bytes behind it.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, OnceCell};
use std::ptr::NonNull;

/// The header of a counted text. Its bytes change only while there is one reference to it, through that reference.
#[repr(C)]
pub(crate) struct TextBuf {
    count: Cell<u32>,
    /// Bytes written so far; valid UTF-8.
    used: Cell<u32>,
    capacity: u32,
    ascii: Cell<bool>,
    /// The UTF-16 form, made on first use.
    utf16: OnceCell<Box<[u16]>>,
}

const HEADER: usize = size_of::<TextBuf>();

fn layout(capacity: u32) -> Layout {
    // A u32 plus a small constant cannot overflow the size of a layout on 64-bit targets.
    Layout::from_size_align(HEADER + capacity as usize, align_of::<TextBuf>()).expect("string layout")
}

/// A new text of `parts` with room for `capacity` bytes (at least as many as the parts have), counted once.
pub(super) fn new(parts: &[&str], capacity: usize, ascii: bool) -> NonNull<TextBuf> {
    let len: usize = parts.iter().map(|p| p.len()).sum();
    // Languages refuse strings near this size; what gets here anyway must not wrap.
    let capacity = u32::try_from(capacity.max(len)).expect("strings are shorter than 4 GiB");
    let layout = layout(capacity);
    // SAFETY: the layout's size is at least HEADER, which is not zero.
    let raw = unsafe { alloc(layout) }.cast::<TextBuf>();
    let Some(p) = NonNull::new(raw) else { handle_alloc_error(layout) };
    let head = TextBuf { count: Cell::new(1), used: Cell::new(0), capacity, ascii: Cell::new(ascii), utf16: OnceCell::new() };
    // SAFETY: `p` points to fresh memory of at least HEADER bytes with the header's alignment.
    unsafe { p.write(head) };
    for part in parts {
        append(p, part);
    }
    p
}

fn bytes_of(p: NonNull<TextBuf>) -> *mut u8 {
    // SAFETY: the allocation has HEADER bytes of header, so one past them is inside it or its end.
    unsafe { p.as_ptr().cast::<u8>().add(HEADER) }
}

/// Writes `tail` behind what is there. Callers make sure that it fits and that nobody reads meanwhile.
fn append(p: NonNull<TextBuf>, tail: &str) {
    // SAFETY: callers hold the only reference to a live buffer.
    let head = unsafe { p.as_ref() };
    let used = head.used.get();
    assert!(tail.len() <= (head.capacity - used) as usize);
    // SAFETY: `used + tail.len() <= capacity` was just checked, so the target lies in the allocation; `tail` is another
    // string's memory, because a string that shares this buffer would be a second reference.
    unsafe { std::ptr::copy_nonoverlapping(tail.as_ptr(), bytes_of(p).add(used as usize), tail.len()) };
    head.used.set(used + tail.len() as u32);
}

/// Appends in place if `p` is the only reference and has room. Says whether it did.
#[inline]
pub(super) fn push_unique(p: &mut NonNull<TextBuf>, tail: &str, ascii: bool) -> bool {
    // SAFETY: the caller's `Str` counts, so the buffer is alive. The reference ends before `utf16` is replaced below.
    let (count, free) = unsafe { p.as_ref() }.count_and_room();
    if count != 1 || tail.len() > free {
        return false;
    }
    // SAFETY: the count is one and the caller has its `Str` exclusively, so nobody else can look at the header.
    let head = unsafe { p.as_mut() };
    head.utf16.take();
    head.ascii.set(head.ascii.get() & ascii);
    append(*p, tail);
    true
}

impl TextBuf {
    fn count_and_room(&self) -> (u32, usize) {
        (self.count.get(), (self.capacity - self.used.get()) as usize)
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.used.get() as usize
    }

    #[inline]
    pub(crate) fn is_ascii(&self) -> bool {
        self.ascii.get()
    }

    /// The UTF-16 form, made now if it was not.
    pub(crate) fn utf16(&self, text: &str) -> &[u16] {
        self.utf16.get_or_init(|| text.encode_utf16().collect())
    }

    /// The UTF-16 form if it was made already.
    pub(crate) fn utf16_made(&self) -> Option<&[u16]> {
        self.utf16.get().map(|u| &**u)
    }
}

/// The text of a live buffer.
#[inline]
pub(super) fn text(p: NonNull<TextBuf>, head: &TextBuf) -> &str {
    // SAFETY: the first `used` bytes were initialised by `append` from whole `str`s. They do not change while `head` is
    // borrowed: `push_unique` needs the only `Str` exclusively.
    unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(bytes_of(p), head.len())) }
}

#[inline]
pub(super) fn retain(p: NonNull<TextBuf>) {
    // SAFETY: the caller's `Str` counts, so the buffer is alive.
    let count = unsafe { &p.as_ref().count };
    count.set(count.get().checked_add(1).expect("reference count of a string"));
}

#[inline]
pub(super) fn release(p: NonNull<TextBuf>) {
    // SAFETY: the caller's `Str`, which ends here, counts, so the buffer is alive.
    let count = unsafe { &p.as_ref().count };
    count.set(count.get() - 1);
    if count.get() == 0 {
        free(p);
    }
}

#[inline(never)]
fn free(p: NonNull<TextBuf>) {
    // SAFETY: the count reached zero, so this is the only pointer left. The header is dropped once, and the memory is
    // returned with the layout it was allocated with (the capacity never changes).
    unsafe {
        let capacity = p.as_ref().capacity;
        p.drop_in_place();
        dealloc(p.as_ptr().cast(), layout(capacity));
    }
}
