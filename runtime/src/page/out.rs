//! The output buffer of templates, and the parts of it that are still to come.

use super::component::Deferred;
use puremix_js::push_num;
use puremix_value::{Cx, HtmlData, Kind, Obj, Payload, R, Str, Tracer, Value};
use std::cell::RefCell;

/// What templates write into. Text goes straight in; a component whose loaders are not done leaves a gap.
#[derive(Default)]
pub struct Out {
    pub text: String,
    gaps: Vec<Gap>,
}

/// A place in a text where a part is to be put. The part is an object, so that the collector sees what it holds.
#[derive(Clone)]
struct Gap {
    at: usize,
    part: Obj,
}

/// The gaps of a markup value.
struct Gaps(Vec<Gap>);

impl Payload for Gaps {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.0.iter().for_each(|g| t.obj(&g.part));
    }
}

impl Out {
    pub fn with_capacity(bytes: usize) -> Out {
        Out { text: String::with_capacity(bytes), gaps: Vec::new() }
    }

    /// Text of the template itself.
    #[inline]
    pub fn lit(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    /// Trusted text that is made at run time.
    #[inline]
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A number as JavaScript prints it, without a string in between.
    #[inline]
    pub fn num(&mut self, n: f64) {
        push_num(&mut self.text, n);
    }

    /// A string as element content.
    #[inline]
    pub fn text(&mut self, s: &Str) {
        super::escape::text(&mut self.text, s.as_str());
    }

    /// Leaves a place for a component that is still loading.
    pub(super) fn defer(&mut self, part: Obj) {
        self.gaps.push(Gap { at: self.text.len(), part });
    }

    /// Writes a markup value as it is, with its gaps.
    pub fn markup(&mut self, html: &HtmlData) {
        let base = self.text.len();
        self.text.push_str(html.markup.as_str());
        if let Some(pending) = &*html.pending.borrow() {
            let any: &dyn std::any::Any = &**pending;
            if let Some(gaps) = any.downcast_ref::<Gaps>() {
                self.gaps.extend(gaps.0.iter().map(|g| Gap { at: g.at + base, part: g.part.clone() }));
            }
        }
    }

    /// The whole as a value that templates write unescaped.
    pub fn into_value(self, cx: Cx) -> Value {
        let pending: Option<Box<dyn Payload>> = if self.gaps.is_empty() { None } else { Some(Box::new(Gaps(self.gaps))) };
        crate::lang::html(cx, HtmlData { markup: Str::from(self.text), pending: RefCell::new(pending) })
    }

    /// Waits for everything that is still loading and puts it in its place. Without gaps this is free.
    ///
    /// # Errors
    /// What a component throws while it renders.
    pub async fn finish(self, cx: Cx) -> R<String> {
        if self.gaps.is_empty() {
            return Ok(self.text);
        }
        let mut done = String::with_capacity(self.text.len() * 2);
        // Parts hold gaps of their own; a stack instead of recursion keeps depth off the thread's stack.
        let mut open = vec![(self, 0, 0)];
        while let Some((out, copied, next)) = open.last_mut() {
            let Some(gap) = out.gaps.get(*next) else {
                done.push_str(&out.text[*copied..]);
                open.pop();
                continue;
            };
            done.push_str(&out.text[*copied..gap.at]);
            *copied = gap.at;
            *next += 1;
            let part = gap.part.clone();
            if let Some(deferred) = part.payload::<Deferred>() {
                let out = deferred.render(cx).await?;
                open.push((out, 0, 0));
            }
        }
        Ok(done)
    }

    /// Replaces a part of the text, in which no gap lies.
    pub(super) fn replace(&mut self, part: std::ops::Range<usize>, text: &str) {
        let old_len = self.text.len();
        self.text.replace_range(part.clone(), text);
        self.shift_gaps(part.end, old_len);
    }

    /// Moves gaps at or after `from` by the growth of the text before them.
    pub(super) fn shift_gaps(&mut self, from: usize, old_len: usize) {
        let grown = self.text.len() as isize - old_len as isize;
        for gap in self.gaps.iter_mut().filter(|g| g.at >= from) {
            gap.at = gap.at.saturating_add_signed(grown);
        }
    }
}

/// The markup inside a value, if it is markup.
pub(super) fn as_html(value: &Value) -> Option<&HtmlData> {
    match value.as_obj()?.kind() {
        Kind::Html(html) => Some(html),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_javascript() {
        let cases = [
            (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-12.0, "-12"), (1.5, "1.5"), (0.1 + 0.2, "0.30000000000000004"), (1e21, "1e+21"), (1e-7, "1e-7"),
            (2147483648.0, "2147483648"), (-2147483648.0, "-2147483648"), (f64::NAN, "NaN"), (f64::INFINITY, "Infinity"), (123456789012345680.0, "123456789012345680"),
        ];
        for (n, expected) in cases {
            let mut out = String::new();
            push_num(&mut out, n);
            assert_eq!(out, expected);
        }
    }
}
