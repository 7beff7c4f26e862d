//! Refuses nesting that the recursive parser and lowering could not survive, before they see it.

use puremix_diag::{Diagnostic, FileId, Span, codes};

const LIMIT: usize = 200;

/// Brackets and tags are counted without knowing strings, so the count is an upper bound on the real depth.
pub fn check_depth(file: FileId, text: &str) -> Result<(), Diagnostic> {
    let bytes = text.as_bytes();
    let (mut brackets, mut tags) = (0usize, 0usize);
    for (i, b) in bytes.iter().enumerate() {
        match b {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'<' => match bytes.get(i + 1) {
                Some(b'/') => tags = tags.saturating_sub(1),
                Some(c) if c.is_ascii_alphabetic() || *c == b'>' => tags += 1,
                _ => {}
            },
            b'/' if bytes.get(i + 1) == Some(&b'>') => tags = tags.saturating_sub(1),
            _ => {}
        }
        // Void elements never close, so tags have more room than brackets.
        if brackets > LIMIT || tags > LIMIT * 20 || deep_prefix(bytes, i) {
            return Err(Diagnostic::error(codes::PARSLEY_TOO_DEEP, Span::new(file, i, i + 1), "this nests too deeply")
                .help("move the inner part into a function of its own"));
        }
    }
    Ok(())
}

/// A run of prefix operators longer than the limit ends at `i`.
fn deep_prefix(bytes: &[u8], i: usize) -> bool {
    matches!(bytes[i], b'!' | b'-') && i >= LIMIT && bytes[i - LIMIT..i].iter().all(|b| matches!(b, b'!' | b'-' | b' '))
}
