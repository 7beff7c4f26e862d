//! Ropes: long concatenations put off until somebody reads them.

use super::Node;
use crate::Str;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

/// Two strings that read as one. After the first read only the flat form is kept.
pub(crate) struct Rope {
    halves: Cell<Option<(Str, Str)>>,
    flat: OnceCell<Str>,
    /// UTF-8 bytes in total.
    bytes: u32,
    ascii: bool,
}

impl Rope {
    /// Neither half may be a string with lone surrogates.
    pub(super) fn new(left: Str, right: Str) -> Rope {
        let bytes = (left.byte_len() + right.byte_len()) as u32;
        let ascii = left.is_ascii() && right.is_ascii();
        Rope { halves: Cell::new(Some((left, right))), flat: OnceCell::new(), bytes, ascii }
    }

    pub(super) fn byte_len(&self) -> usize {
        self.bytes as usize
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// The flat form; never a rope itself.
    #[inline]
    pub(super) fn flat(&self) -> &Str {
        self.flat.get_or_init(|| self.flatten())
    }

    #[cold]
    fn flatten(&self) -> Str {
        let mut flat = String::with_capacity(self.bytes as usize);
        let (left, right) = self.halves.take().expect("a rope has its halves until it is flat");
        // Pieces still to be written, the next one last: depth costs heap, not stack.
        let mut rest = vec![right, left];
        while let Some(piece) = rest.pop() {
            if let Some(rope) = piece.as_rope()
                && rope.flat.get().is_none()
            {
                // Somebody else may hold this rope too, so its halves are shared, not taken.
                if let Some((l, r)) = rope.halves.take() {
                    rest.push(r.clone());
                    rest.push(l.clone());
                    rope.halves.set(Some((l, r)));
                }
                continue;
            }
            flat.push_str(piece.as_str());
        }
        Str::with_ascii(&flat, self.ascii)
    }
}

impl Drop for Rope {
    /// Takes deep ropes apart with a list instead of the stack.
    fn drop(&mut self) {
        let Some((l, r)) = self.halves.take() else { return };
        let mut rest = vec![];
        push_rope(l, &mut rest);
        push_rope(r, &mut rest);
        while let Some(node) = rest.pop() {
            if let Some(Node::Rope(rope)) = Rc::into_inner(node).as_ref()
                && let Some((l, r)) = rope.halves.take()
            {
                push_rope(l, &mut rest);
                push_rope(r, &mut rest);
            }
        }
    }
}

fn push_rope(s: Str, rest: &mut Vec<Rc<Node>>) {
    if let Some(node) = s.into_node() {
        rest.push(node);
    }
}
