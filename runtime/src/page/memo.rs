//! What a thread remembers of a page's last rendering, so that the next one does less. Only ever a guess: any answer is right, some are slow.

use crate::app::PageDef;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Room for the text of a page that was never rendered.
const FIRST: usize = 8 * 1024;
/// More than this is not set aside, however large the page was.
const MOST: usize = 1024 * 1024;

/// One page's memory.
pub(super) struct Memo {
    bytes: Cell<usize>,
    is_document: Cell<bool>,
    policy: OnceCell<Option<(&'static str, &'static str)>>,
}

impl Memo {
    /// How much text to expect.
    pub fn room(&self) -> usize {
        self.bytes.get()
    }

    /// Notes the length of the finished text; a page that varies a little still fits.
    pub fn note(&self, bytes: usize) {
        self.bytes.set((bytes + bytes / 8 + 64).min(MOST));
    }

    /// The header line that says what the page may run and load: made once, and kept as long as the page.
    pub fn policy(&self, make: impl FnOnce() -> Option<(&'static str, String)>) -> Option<(&'static str, &'static str)> {
        *self.policy.get_or_init(|| make().map(|(name, text)| (name, &*text.leak())))
    }

    /// True if the page without layout was a document of its own.
    pub fn is_document(&self) -> bool {
        self.is_document.get()
    }

    pub fn note_document(&self, is_document: bool) {
        self.is_document.set(is_document);
    }
}

thread_local! {
    static MEMOS: RefCell<HashMap<usize, Rc<Memo>>> = RefCell::default();
}

/// The memory of a page, by its place in the app table.
pub(super) fn of(page: &'static PageDef) -> Rc<Memo> {
    let fresh = || Rc::new(Memo { bytes: Cell::new(FIRST), is_document: Cell::new(false), policy: OnceCell::new() });
    MEMOS.with(|memos| memos.borrow_mut().entry(std::ptr::from_ref(page) as usize).or_insert_with(fresh).clone())
}
