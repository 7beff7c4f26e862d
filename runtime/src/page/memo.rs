//! What a thread remembers of a page's last rendering, so that the next one does less. Only ever a guess: any answer is right, some are slow.

use super::client::Share;
use crate::app::PageDef;
use hashbrown::HashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// Room for the text of a page that was never rendered.
const FIRST: usize = 8 * 1024;
/// More than this is not set aside, however large the page was.
const MOST: usize = 1024 * 1024;

/// What every document of a page has.
#[derive(Clone, Copy)]
pub(super) struct Fixed {
    /// The header line that says what the page may run and load.
    pub policy: Option<(&'static str, &'static str)>,
    pub share: Share,
    /// The element that loads the client; empty where the page needs none.
    pub element: &'static str,
}

/// One page's memory.
pub(super) struct Memo {
    bytes: Cell<usize>,
    is_document: Cell<bool>,
    fixed: OnceCell<Fixed>,
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

    /// Made once, and kept as long as the page.
    pub fn fixed(&self, make: impl FnOnce() -> (Option<(&'static str, String)>, Share)) -> Fixed {
        *self.fixed.get_or_init(|| {
            let (policy, share) = make();
            let policy = policy.map(|(name, text)| (name, &*text.leak()));
            Fixed { policy, share, element: share.element(policy.map(|(_, text)| text)).leak() }
        })
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
    let fresh = || Rc::new(Memo { bytes: Cell::new(FIRST), is_document: Cell::new(false), fixed: OnceCell::new() });
    MEMOS.with(|memos| memos.borrow_mut().entry(std::ptr::from_ref(page) as usize).or_insert_with(fresh).clone())
}
