//! The UTF-16 view: length, indexing, slices, search.

use super::Node;
use crate::Str;
use crate::heap::strptr::View;
use std::borrow::Cow;

/// Non-ASCII strings up to this many bytes are counted anew at each `len_utf16`; longer ones remember their UTF-16 form.
const COUNT_LIMIT: usize = 32;

impl Str {
    /// Length in UTF-16 code units. O(1) for ASCII and, after the first time, for long strings.
    #[inline]
    pub fn len_utf16(&self) -> usize {
        if self.is_ascii() { self.byte_len() } else { self.len_slow() }
    }

    #[inline(never)]
    fn len_slow(&self) -> usize {
        match self.remembered_units() {
            Some(units) => units.len(),
            None => self.as_str().chars().map(char::len_utf16).sum(),
        }
    }

    /// The stored UTF-16 form, made now if the string is long enough to remember it.
    fn remembered_units(&self) -> Option<&[u16]> {
        match self.view() {
            View::Lit(l) => Some(l.utf16()),
            View::InPlace { .. } => None,
            View::Buf(head, text) if text.len() < COUNT_LIMIT => {
                head.utf16_made()
            }
            View::Buf(head, text) => Some(head.utf16(text)),
            View::Node(Node::Wide(w)) => Some(w.units()),
            View::Node(Node::Rope(r)) => r.flat().remembered_units(),
        }
    }

    /// The code unit at `index`.
    #[inline]
    pub fn code_unit_at(&self, index: usize) -> Option<u16> {
        if self.is_ascii() {
            return self.as_bytes().get(index).map(|b| u16::from(*b));
        }
        match self.remembered_units() {
            Some(units) => units.get(index).copied(),
            None => self.as_str().encode_utf16().nth(index),
        }
    }

    /// The string of the one code unit at `index`.
    #[inline]
    pub fn char_at(&self, index: usize) -> Option<Str> {
        self.code_unit_at(index).map(Str::from_unit)
    }

    /// The code point that starts at code unit `index` (a lone surrogate is itself) and its length in code units.
    pub fn code_point_at(&self, index: usize) -> Option<(u32, usize)> {
        let first = self.code_unit_at(index)?;
        if (0xD800..0xDC00).contains(&first)
            && let Some(second) = self.code_unit_at(index + 1)
            && (0xDC00..0xE000).contains(&second)
        {
            return Some((0x10000 + ((u32::from(first) - 0xD800) << 10) + (u32::from(second) - 0xDC00), 2));
        }
        Some((u32::from(first), 1))
    }

    /// All code units.
    pub fn utf16(&self) -> Cow<'_, [u16]> {
        if self.is_ascii() {
            return Cow::Owned(self.as_bytes().iter().map(|b| u16::from(*b)).collect());
        }
        match self.remembered_units() {
            Some(units) => Cow::Borrowed(units),
            None => Cow::Owned(self.as_str().encode_utf16().collect()),
        }
    }

    /// An iterator over code units that makes no copy.
    pub fn units(&self) -> Box<dyn Iterator<Item = u16> + '_> {
        match self.as_wide() {
            Some(w) => Box::new(w.units().iter().copied()),
            None => Box::new(self.as_str().encode_utf16()),
        }
    }

    /// Code units `start..end`; both are clamped to the length, and `start > end` gives the empty string.
    pub fn slice(&self, start: usize, end: usize) -> Str {
        if self.is_ascii() {
            let text = self.as_str();
            let end = end.min(text.len());
            if start >= end {
                return Str::EMPTY;
            }
            if start == 0 && end == text.len() {
                return self.clone();
            }
            return Str::with_ascii(&text[start..end], true);
        }
        let units = self.utf16();
        let end = end.min(units.len());
        if start >= end {
            return Str::EMPTY;
        }
        if start == 0 && end == units.len() {
            return self.clone();
        }
        Str::from_utf16(&units[start..end])
    }

    /// The first place at or after code unit `from` where `needle` starts.
    pub fn index_of(&self, needle: &Str, from: usize) -> Option<usize> {
        if self.is_ascii() {
            if !needle.is_ascii() || from > self.byte_len() {
                return None;
            }
            return self.as_str()[from..].find(needle.as_str()).map(|i| i + from);
        }
        let (hay, needle) = (self.utf16(), needle.utf16());
        if needle.is_empty() {
            return (from <= hay.len()).then_some(from);
        }
        (from..(hay.len() + 1).saturating_sub(needle.len())).find(|i| hay[*i..].starts_with(&needle))
    }

    /// The last place at or before code unit `from` where `needle` starts.
    pub fn last_index_of(&self, needle: &Str, from: usize) -> Option<usize> {
        let (hay, needle) = (self.utf16(), needle.utf16());
        let last = hay.len().checked_sub(needle.len())?;
        (0..=last.min(from)).rev().find(|i| hay[*i..].starts_with(&needle))
    }

    /// True if `needle` stands at code unit `at`.
    pub fn starts_with_at(&self, needle: &Str, at: usize) -> bool {
        if self.is_ascii() && needle.is_ascii() {
            return self.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(needle.as_bytes()));
        }
        self.utf16().get(at..).is_some_and(|rest| rest.starts_with(&needle.utf16()))
    }

    /// True if `needle` occurs.
    pub fn contains(&self, needle: &Str) -> bool {
        if self.is_well_formed() && needle.is_well_formed() {
            return self.as_str().contains(needle.as_str());
        }
        self.index_of(needle, 0).is_some()
    }

    /// The code points as strings, as `for (const c of s)` gives them; lone surrogates singly.
    pub fn code_points(&self) -> Vec<Str> {
        if self.is_well_formed() {
            return self.as_str().chars().map(Str::from_char).collect();
        }
        char::decode_utf16(self.units()).map(|c| c.map_or_else(|e| Str::from_unit(e.unpaired_surrogate()), Str::from_char)).collect()
    }
}
