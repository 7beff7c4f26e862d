//! `Str`: one tagged word.
//!
//! | low bits | the word is |
//! |---|---|
//! | 000 | a pointer to a counted [`TextBuf`] |
//! | 001 | a pointer to a static [`Lit`], plus 1 |
//! | 010 | the text itself: bit 3 is set if it is not ASCII, bits 4 to 7 are its length, bytes 1 to 7 the text |
//! | 011 | a pointer to a counted [`Node`], plus 3 |
//!
//! One word, so that a `Value` is two words that move as two words.

use super::strbuf::{self, TextBuf};
use crate::Lit;
use crate::text::Node;
use std::mem::ManuallyDrop;
use std::num::NonZero;
use std::ptr::NonNull;
use std::rc::Rc;

/// An immutable string as JavaScript sees it. One word; cloning counts at most.
pub struct Str(NonNull<u8>);

/// Bytes that fit into the word.
pub(crate) const INLINE: usize = 7;

const BUF: usize = 0;
const LIT: usize = 1;
const IN_PLACE: usize = 2;
const NODE: usize = 3;
const TAGS: usize = 7;
const NOT_ASCII: u8 = 8;

const _: () = assert!(align_of::<TextBuf>() > TAGS && align_of::<Lit>() > TAGS && align_of::<Node>() > TAGS);
const _: () = assert!(cfg!(target_endian = "little") && size_of::<usize>() == 8, "texts in place are bytes 1 to 7 of the word");

/// What a string is made of.
pub(crate) enum View<'a> {
    Buf(&'a TextBuf, &'a str),
    Lit(&'static Lit),
    InPlace { text: &'a str, ascii: bool },
    Node(&'a Node),
}

impl Str {
    pub const EMPTY: Str = Str(NonNull::without_provenance(NonZero::new(IN_PLACE).unwrap()));

    /// A literal; costs nothing.
    #[inline]
    pub const fn lit(lit: &'static Lit) -> Str {
        let p = NonNull::from_ref(lit).cast::<u8>();
        // SAFETY: a Lit is larger than one byte, so the pointer stays inside it.
        Str(unsafe { p.add(LIT) })
    }

    /// The two texts joined in place; together at most `INLINE` bytes.
    #[inline]
    pub(crate) fn in_place(a: &str, b: &str, ascii: bool) -> Str {
        let total = a.len() + b.len();
        let mut bytes = [0; 8];
        bytes[1..=a.len()].copy_from_slice(a.as_bytes());
        bytes[1 + a.len()..=total].copy_from_slice(b.as_bytes());
        bytes[0] = IN_PLACE as u8 | if ascii { 0 } else { NOT_ASCII } | (total as u8) << 4;
        match NonZero::new(usize::from_le_bytes(bytes)) {
            Some(word) => Str(NonNull::without_provenance(word)),
            None => Str::EMPTY,
        }
    }

    /// The text whose UTF-8 bytes are the low `len` bytes of `bits`, at most `INLINE`; the others are zero. Callers give whole characters.
    #[inline]
    pub(super) fn from_bits(bits: u64, len: usize, ascii: bool) -> Str {
        debug_assert!(len <= INLINE && bits >> (len * 8) == 0);
        let low = IN_PLACE | if ascii { 0 } else { usize::from(NOT_ASCII) } | len << 4;
        match NonZero::new((bits << 8) as usize | low) {
            Some(word) => Str(NonNull::without_provenance(word)),
            None => Str::EMPTY,
        }
    }

    /// The UTF-8 bytes of a text in place or of a literal that is as short, and their number.
    #[inline(always)]
    fn bits(&self) -> Option<(u64, usize)> {
        match self.tag() {
            IN_PLACE => {
                let word = self.0.addr().get();
                Some(((word >> 8) as u64, word >> 4 & 15))
            }
            LIT => match self.view() {
                View::Lit(l) => l.bits(),
                View::Buf(..) | View::InPlace { .. } | View::Node(_) => None,
            },
            _ => None,
        }
    }

    /// A word that short texts have in common with their equals and with nothing else; longer ones have none. Texts that are as short are
    /// in place or literals, or made of lone surrogates.
    #[inline(always)]
    pub(crate) fn packed(&self) -> Option<u64> {
        self.bits().map(|(bits, len)| bits | (len as u64) << 60)
    }

    /// The parts in one text in place, if all are short and there is room.
    #[inline(always)]
    pub fn join_bits(parts: &[Str]) -> Option<Str> {
        let (mut joined, mut at, mut ascii) = (0, 0, true);
        for part in parts {
            let (bits, len) = part.bits()?;
            if at + len > INLINE {
                return None;
            }
            joined |= bits << (at * 8);
            at += len;
            ascii &= bits & 0x8080_8080_8080_8080 == 0;
        }
        Some(Str::from_bits(joined, at, ascii))
    }

    /// The decimal digits of a number below a million.
    #[inline]
    pub fn from_small_int(n: u32) -> Option<Str> {
        if n >= 1_000_000 {
            return None;
        }
        let (mut bits, mut len, mut rest) = (0, 0, n);
        loop {
            bits = bits << 8 | u64::from(b'0') + u64::from(rest % 10);
            len += 1;
            rest /= 10;
            if rest == 0 {
                return Some(Str::from_bits(bits, len, true));
            }
        }
    }

    /// A counted text of `parts`, with room for `capacity` bytes.
    pub(crate) fn counted(parts: &[&str], capacity: usize, ascii: bool) -> Str {
        Str(strbuf::new(parts, capacity, ascii).cast())
    }

    pub(crate) fn node(node: Node) -> Str {
        let p = Rc::into_raw(Rc::new(node));
        // SAFETY: `into_raw` never gives null, and a Node is larger than three bytes, so the sum stays inside it.
        Str(unsafe { NonNull::new_unchecked(p.cast_mut().cast::<u8>()).add(NODE) })
    }

    #[inline]
    fn tag(&self) -> usize {
        self.0.addr().get() & TAGS
    }

    /// The counted text's header; meaningful under tag `BUF` only.
    #[inline]
    fn buf(&self) -> NonNull<TextBuf> {
        self.0.cast()
    }

    /// The node's pointer as `Rc::into_raw` gave it; call under tag `NODE` only.
    #[inline]
    fn node_ptr(&self) -> *const Node {
        // SAFETY: under this tag the word is `into_raw`'s pointer plus NODE, in the same allocation.
        unsafe { self.0.as_ptr().sub(NODE).cast_const().cast() }
    }

    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        match self.tag() {
            BUF => {
                // SAFETY: under this tag the word points to a TextBuf that this `Str` counts in.
                let head = unsafe { self.buf().as_ref() };
                View::Buf(head, strbuf::text(self.buf(), head))
            }
            // SAFETY: under this tag the word is a `&'static Lit` plus LIT.
            LIT => View::Lit(unsafe { self.0.sub(LIT).cast().as_ref() }),
            IN_PLACE => {
                let word = self.0.addr().get();
                let len = word >> 4 & 15;
                let first = (&raw const self.0).cast::<u8>();
                // SAFETY: `in_place` made the word: `len <= 7`, and bytes 1 to `len` of this little-endian word are two whole
                // `str`s. They live as long as `self` is borrowed.
                let text = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(first.add(1), len)) };
                View::InPlace { text, ascii: word as u8 & NOT_ASCII == 0 }
            }
            // SAFETY: the remaining tag is NODE, and this `Str` owns one count of the node.
            _ => View::Node(unsafe { &*self.node_ptr() }),
        }
    }

    /// True if both are the same word: the same text in place, or the same object.
    #[inline]
    pub(crate) fn same_word(&self, other: &Str) -> bool {
        self.0 == other.0
    }

    /// True if both are in place, where equal texts are equal words.
    #[inline]
    pub(crate) fn both_in_place(&self, other: &Str) -> bool {
        self.tag() == IN_PLACE && other.tag() == IN_PLACE
    }

    /// Appends in place, if this is the only reference to a counted text with room. Says whether it did.
    #[inline]
    pub(crate) fn push_in_place(&mut self, tail: &str, ascii: bool) -> bool {
        if self.tag() != BUF {
            return false;
        }
        let mut p = self.buf();
        strbuf::push_unique(&mut p, tail, ascii)
    }

    /// The node, with this string's count of it.
    pub(crate) fn into_node(self) -> Option<Rc<Node>> {
        if self.tag() != NODE {
            return None;
        }
        let this = ManuallyDrop::new(self);
        // SAFETY: the pointer came from `Rc::into_raw`, and this string's count passes to the `Rc`, as `this` is not dropped.
        Some(unsafe { Rc::from_raw(this.node_ptr()) })
    }
}

impl Clone for Str {
    #[inline]
    fn clone(&self) -> Str {
        match self.tag() {
            BUF => strbuf::retain(self.buf()),
            // SAFETY: this string owns a count of the node, so it is alive; the new string owns the one added here.
            NODE => unsafe { Rc::increment_strong_count(self.node_ptr()) },
            _ => {}
        }
        Str(self.0)
    }
}

impl Drop for Str {
    #[inline]
    fn drop(&mut self) {
        match self.tag() {
            BUF => strbuf::release(self.buf()),
            // SAFETY: this string owns a count of the node, which ends here.
            NODE => unsafe { drop(Rc::from_raw(self.node_ptr())) },
            _ => {}
        }
    }
}
