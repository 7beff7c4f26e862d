//! What the built-ins keep per isolate beyond the heap.

use crate::builtins::json::Piece;
use puremix_value::Cx;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where a site is in the app's own files: `file:line:column`.
pub type SiteText = fn(Cx, u32) -> Option<String>;

#[derive(Default)]
struct State {
    site_text: Cell<Option<SiteText>>,
    json_shapes: JsonShapes,
}

/// How the members of a shape begin in JSON: the slot, and the name with its comma and colon (`,"id":`).
pub(crate) struct ShapeText {
    pub members: Box<[(u32, Piece)]>,
}

/// Shapes whose objects become JSON in an app's every answer; more than these are made again at times.
const JSON_SHAPES: usize = 64;

/// The texts of shapes, each at the place of its number.
pub(crate) struct JsonShapes {
    texts: RefCell<[Option<(u32, Rc<ShapeText>)>; JSON_SHAPES]>,
    /// The prototype epoch for which they hold: then no prototype of plain values had a `toJSON` of its own, and none of these shapes'.
    epoch: Cell<Option<u32>>,
}

impl Default for JsonShapes {
    fn default() -> JsonShapes {
        JsonShapes { texts: RefCell::new([const { None }; JSON_SHAPES]), epoch: Cell::new(None) }
    }
}

impl JsonShapes {
    pub fn get(&self, shape: u32) -> Option<Rc<ShapeText>> {
        match &self.texts.borrow()[shape as usize % JSON_SHAPES] {
            Some((id, texts)) if *id == shape => Some(texts.clone()),
            _ => None,
        }
    }

    /// Whether what is kept holds at this prototype epoch.
    pub fn are_of(&self, epoch: u32) -> bool {
        self.epoch.get() == Some(epoch)
    }

    /// Forgets what held at another epoch.
    pub fn begin(&self, epoch: u32) {
        self.epoch.set(Some(epoch));
        self.texts.borrow_mut().fill(None);
    }

    pub fn put(&self, shape: u32, texts: Rc<ShapeText>) {
        self.texts.borrow_mut()[shape as usize % JSON_SHAPES] = Some((shape, texts));
    }
}

pub(crate) fn json_shapes(cx: Cx) -> Option<&'static JsonShapes> {
    Some(&state(cx)?.json_shapes)
}

fn state(cx: Cx) -> Option<&'static State> {
    cx.language_slot.get_or_init(|| Box::new(State::default())).downcast_ref()
}

/// Tells where sites are, for the `stack` of errors.
pub fn set_site_text(cx: Cx, text: SiteText) {
    if let Some(s) = state(cx) {
        s.site_text.set(Some(text));
    }
}

/// The place of the operation that runs, if known.
pub(crate) fn site_text(cx: Cx) -> Option<String> {
    place_of(cx, cx.site())
}

/// The text of a site; site 0 is unknown.
pub(crate) fn place_of(cx: Cx, site: u32) -> Option<String> {
    if site == 0 {
        return None;
    }
    state(cx)?.site_text.get()?(cx, site)
}
