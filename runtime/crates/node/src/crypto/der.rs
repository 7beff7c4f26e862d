//! The little of DER (X.690) that keys need.

/// What is left to read.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(pub &'a [u8]);

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

impl<'a> Der<'a> {
    /// The next element: its tag and its content. Lengths must be definite and fit.
    pub fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let bytes = usize::from(first & 0x7f);
            if !(1..=4).contains(&bytes) {
                return None;
            }
            let (digits, after) = rest.split_at_checked(bytes)?;
            rest = after;
            digits.iter().fold(0, |n, d| n << 8 | usize::from(*d))
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next element, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(t, _)| *t == tag).map(|(_, content)| content)
    }

    pub fn sequence(&mut self) -> Option<Der<'a>> {
        self.expect(SEQUENCE).map(Der)
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let content = ahead.expect(tag)?;
        *self = ahead;
        Some(content)
    }

    /// A positive integer without leading zeros.
    pub fn unsigned(&mut self) -> Option<&'a [u8]> {
        let bytes = self.expect(INTEGER)?;
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
        Some(&bytes[start..])
    }
}

/// An element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        n @ 0..0x80 => out.push(n as u8),
        n => {
            let digits: Vec<u8> = n.to_be_bytes().into_iter().skip_while(|d| *d == 0).collect();
            out.push(0x80 | digits.len() as u8);
            out.extend(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// A positive integer.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let mut content = Vec::with_capacity(bytes.len() + 1);
    if bytes.get(start).is_none_or(|b| *b >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(&bytes[start..]);
    element(INTEGER, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 0x7f, 0x80, 0x100, 0x1_0000] {
            let bytes = vec![7; length];
            let written = element(OCTET_STRING, &bytes);
            let mut der = Der(&written);
            assert_eq!(der.expect(OCTET_STRING), Some(&bytes[..]));
            assert!(der.0.is_empty());
        }
        assert_eq!(Der(&unsigned(&[0, 0x80])).unsigned(), Some(&[0x80][..]));
        assert_eq!(Der(&unsigned(&[])).unsigned(), Some(&[][..]));
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        for bytes in [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x80], &[0x30, 0x85, 0, 0, 0, 0, 1, 0], &[0x30, 0x82, 1]] {
            assert!(Der(bytes).next().is_none(), "{bytes:?}");
        }
    }
}
