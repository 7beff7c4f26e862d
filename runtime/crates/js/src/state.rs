//! What the built-ins keep per isolate beyond the heap.

use puremix_value::Cx;
use std::cell::Cell;

/// Where a site is in the app's own files: `file:line:column`.
pub type SiteText = fn(Cx, u32) -> Option<String>;

#[derive(Default)]
struct State {
    site_text: Cell<Option<SiteText>>,
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
