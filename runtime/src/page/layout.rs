//! From a page to a document: layouts, the default document, and where head elements go.

use super::scope::{Content, Scope};
use super::nested_body::unwrap_body;
use super::{Out, head, memo};
use crate::app::PageDef;
use puremix_value::{Cx, R, Value};
use std::cell::Cell;

const SHELL: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head><body>";
const SHELL_END: &str = "</body></html>";

/// A page on its way into a layout.
pub struct Placement<'a> {
    pub(super) inner: &'a Scope<'a>,
    /// Rendered head elements of everything inside.
    pub(super) head: &'a str,
    /// The data script; it goes before the document's first script.
    script: &'a str,
    /// True in the outermost layout, which holds the document's head.
    outermost: bool,
    /// Where the layout wants the head elements.
    slot: Cell<Option<usize>>,
    merged: Cell<bool>,
    /// The page is placed once; further `{content}` stay empty.
    placed: Cell<bool>,
}

impl<'a> Placement<'a> {
    fn new(inner: &'a Scope<'a>, head: &'a str, script: &'a str, outermost: bool) -> Placement<'a> {
        Placement { inner, head, script, outermost, slot: Cell::new(None), merged: Cell::new(false), placed: Cell::new(false) }
    }

    pub(super) fn mark_head(&self, out: &mut Out) {
        if self.outermost && self.slot.get().is_none() {
            self.slot.set(Some(out.text.len()));
        }
    }

    pub(super) fn write_content(&self, cx: Cx, out: &mut Out) -> R<()> {
        if self.placed.replace(true) {
            return Ok(());
        }
        // The head is merged now, while the text is short: later it would move the whole page.
        self.merge(out);
        let start = out.text.len();
        (self.inner.def.render)(cx, self.inner, out)?;
        unwrap_body(out, start);
        Ok(())
    }

    fn merge(&self, out: &mut Out) {
        if self.outermost && !self.merged.get() {
            let old_len = out.text.len();
            // A layout's own title already says what the page's title is, in the layout's words.
            let head = head::without_title_of(&out.text, self.head);
            self.merged.set(head::merge(&mut out.text, &head, self.script, self.slot.get()));
            out.shift_gaps(self.slot.get().unwrap_or(0), old_len);
        }
    }
}

/// One layout around a page, with its loaders' values.
pub(super) struct Wrapper {
    pub def: &'static PageDef,
    pub loaders: Vec<Value>,
}

/// The layouts of a page from the innermost to the outermost.
pub(super) fn layouts_of(page: &'static PageDef) -> impl Iterator<Item = &'static PageDef> {
    std::iter::successors(page.layout, |l| l.layout)
}

/// Renders the whole document: head, page, layouts, and the default document where the app has none.
pub(super) fn render_document(cx: Cx, page: &Scope<'_>, wrappers: &[Wrapper], script: &str, out: &mut Out) -> R<()> {
    let mut head = Out::default();
    if let Some(render) = page.def.head {
        render(cx, page, &mut head)?;
    }
    match wrappers.split_first() {
        None => render_bare(cx, page, &head.text, script, out),
        Some((layout, outer)) => render_wrapped(cx, page, layout, outer, &head.text, script, out),
    }
}

/// The scope of a layout around `inner`.
fn around<'a>(layout: &'a Wrapper, inner: &'a Scope<'a>, placement: &'a Placement<'a>) -> Scope<'a> {
    Scope {
        def: layout.def,
        loaders: &layout.loaders,
        request: inner.request,
        action_result: inner.action_result,
        props: inner.props,
        content: Content::Page(placement),
        instance: None,
    }
}

fn render_wrapped(cx: Cx, inner: &Scope<'_>, layout: &Wrapper, outer: &[Wrapper], head: &str, script: &str, out: &mut Out) -> R<()> {
    let mut own_head = Out::default();
    if let Some(render) = layout.def.head {
        let placement = Placement::new(inner, head, script, false);
        render(cx, &around(layout, inner, &placement), &mut own_head)?;
    }
    let combined;
    let head = if own_head.text.is_empty() {
        head
    } else {
        combined = head::combine(&own_head.text, head);
        &combined
    };
    let placement = Placement::new(inner, head, script, outer.is_empty());
    let scope = around(layout, inner, &placement);
    if let Some((next, rest)) = outer.split_first() {
        return render_wrapped(cx, &scope, next, rest, head, script, out);
    }
    (layout.def.render)(cx, &scope, out)?;
    placement.merge(out);
    if !placement.merged.get() && !is_document(&out.text) {
        wrap_in_shell(out, head, script);
    }
    Ok(())
}

/// A page without a layout: its template is a document itself, or the default document goes around it.
fn render_bare(cx: Cx, page: &Scope<'_>, head: &str, script: &str, out: &mut Out) -> R<()> {
    let memo = memo::of(page.def);
    if memo.is_document() {
        (page.def.render)(cx, page, out)?;
        if !is_document(&out.text) {
            memo.note_document(false);
            wrap_in_shell(out, head, script);
        } else if !head.is_empty() || !script.is_empty() {
            let old_len = out.text.len();
            head::merge(&mut out.text, head, script, None);
            out.shift_gaps(0, old_len);
        }
        return Ok(());
    }
    out.raw(SHELL);
    head::merge(&mut out.text, head, script, None);
    let start = out.text.len();
    (page.def.render)(cx, page, out)?;
    if !is_document(&out.text[start..]) {
        unwrap_body(out, start);
        out.raw(SHELL_END);
        return Ok(());
    }
    memo.note_document(true);
    let old_len = out.text.len();
    out.text.drain(..start);
    head::merge(&mut out.text, head, script, None);
    out.shift_gaps(0, old_len);
    Ok(())
}

#[cold]
fn wrap_in_shell(out: &mut Out, head: &str, script: &str) {
    let mut start = String::from(SHELL);
    head::merge(&mut start, head, script, None);
    let old_len = out.text.len();
    out.text.insert_str(0, &start);
    out.shift_gaps(0, old_len);
    out.raw(SHELL_END);
}

/// True if the text is a document of its own: its first tag, after comments, is `<!doctype>` or `<html>`.
fn is_document(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        match comment.split_once("-->") {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    let begins = |word: &str| rest.len() >= word.len() && rest.as_bytes()[..word.len()].eq_ignore_ascii_case(word.as_bytes());
    begins("<!doctype") || begins("<html>") || begins("<html ")
}
