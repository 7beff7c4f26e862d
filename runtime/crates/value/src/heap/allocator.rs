//! The global allocator of every binary: mimalloc, without the detour of aligned allocation.
//!
//! The `mimalloc` crate sends every request through `mi_malloc_aligned`, which costs as much again as the allocation itself. Nearly all layouts
//! need no more than what `mi_malloc` gives anyway.

use libmimalloc_sys as ffi;
use std::alloc::{GlobalAlloc, Layout};

/// Apps make and drop small things all the time, and the C library's allocator in a static binary is slow at that.
pub struct Allocator;

/// What `mi_malloc` aligns every block to that is at least as large (`MI_MAX_ALIGN_SIZE`).
const NATURAL: usize = 16;

#[inline]
fn is_natural(layout: Layout) -> bool {
    layout.align() <= NATURAL && layout.align() <= layout.size()
}

// SAFETY: mimalloc gives blocks of at least the size asked for, which no other block overlaps until they are freed; `mi_malloc`'s are
// aligned to `NATURAL` where they are as large, to their own size below that (`mi_malloc_is_naturally_aligned` of its source), and other layouts go
// to the functions that take an alignment. `mi_free` and `mi_realloc` take blocks of either kind. None of them unwinds.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout) {
            // SAFETY: mimalloc accepts any size.
            return unsafe { ffi::mi_malloc(layout.size()) }.cast();
        }
        // SAFETY: a `Layout`'s alignment is a power of two.
        unsafe { ffi::mi_malloc_aligned(layout.size(), layout.align()) }.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout) {
            // SAFETY: mimalloc accepts any size.
            return unsafe { ffi::mi_zalloc(layout.size()) }.cast();
        }
        // SAFETY: a `Layout`'s alignment is a power of two.
        unsafe { ffi::mi_zalloc_aligned(layout.size(), layout.align()) }.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller's block came from this allocator and is not used any more.
        unsafe { ffi::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= NATURAL && layout.align() <= size {
            // SAFETY: the caller's block came from this allocator; what `mi_realloc` gives is aligned as `mi_malloc`'s blocks are.
            return unsafe { ffi::mi_realloc(block.cast(), size) }.cast();
        }
        // SAFETY: as above, and a `Layout`'s alignment is a power of two.
        unsafe { ffi::mi_realloc_aligned(block.cast(), size, layout.align()) }.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_keep_their_bytes() {
        for align in [1, 2, 4, 8, 16, 32, 64, 4096] {
            for size in [1, 3, 8, 15, 16, 24, 72, 120, 1000, 70_000] {
                let layout = Layout::from_size_align(size, align).unwrap();
                // SAFETY: sizes are not zero; the block is written within its size, and freed once with the layout it has.
                unsafe {
                    let p = Allocator.alloc(layout);
                    assert_eq!(p as usize % align, 0, "{size} bytes aligned to {align}");
                    p.write_bytes(7, size);
                    let p = Allocator.realloc(p, layout, size * 3);
                    assert_eq!(p as usize % align, 0, "{size} bytes aligned to {align}, grown");
                    assert!((0..size).all(|i| *p.add(i) == 7));
                    Allocator.dealloc(p, Layout::from_size_align(size * 3, align).unwrap());
                    let z = Allocator.alloc_zeroed(layout);
                    assert!(z as usize % align == 0 && (0..size).all(|i| *z.add(i) == 0));
                    Allocator.dealloc(z, layout);
                }
            }
        }
    }
}
