//! The allocator: std's own, kept out of line. Inlined into every function that
//! allocates, as the linker's optimiser does otherwise, it is a seventh of the
//! component.

use std::alloc::{GlobalAlloc, Layout, System};

/// std's allocator, called instead of inlined.
struct OutOfLine;

#[global_allocator]
static ALLOCATOR: OutOfLine = OutOfLine;

// SAFETY: every method passes its arguments to `System` and returns what it
// returns; `System` keeps the promises of the trait.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for OutOfLine {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
