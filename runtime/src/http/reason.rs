//! What stands behind the status on the first line of an answer: Node's words, or an app's own (`response.statusMessage`).
//!
//! actix-http takes phrases that live as long as the process, so each is kept when it is first sent. Apps have a few; what data could make of
//! them is bounded: beyond that many the status' own words are sent, which no client needs.

use crate::log;
use actix_http::StatusCode;
use std::sync::Mutex;

/// Phrases of a process.
const MOST: usize = 256;

/// Bytes of one.
const LONGEST: usize = 256;

static KEPT: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The words of a status where Node has others than actix-http, or any.
const OF_NODE: [(u16, &str); 5] = [(103, "Early Hints"), (203, "Non-Authoritative Information"), (418, "I'm a Teapot"), (425, "Too Early"), (509, "Bandwidth Limit Exceeded")];

/// The words of a status, as Node's `STATUS_CODES` has them.
pub fn of_status(status: u16) -> Option<&'static str> {
    let of_node = OF_NODE.iter().find(|(known, _)| *known == status).map(|(_, words)| *words);
    of_node.or_else(|| StatusCode::from_u16(status).ok()?.canonical_reason())
}

/// Whether HTTP allows the text behind a status: as Node, tabs, and Latin-1 without control characters.
pub fn is_valid(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || c >= ' ' && c != '\u{7f}' && c <= '\u{ff}')
}

/// The same phrase, kept for the process; `None` when it is too long or too many were before, which is told once.
pub fn kept(phrase: &str) -> Option<&'static str> {
    let mut known = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(same) = known.iter().find(|known| **known == phrase) {
        return Some(same);
    }
    if phrase.len() > LONGEST || known.len() > MOST {
        return None;
    }
    if known.len() == MOST {
        log::warn(&format!("more than {MOST} different texts in response.statusMessage: others are not sent; put what differs into the body or a header"));
        // A mark that this was said; no phrase is empty.
        known.push("");
        return None;
    }
    let phrase: &'static str = Box::leak(phrase.into());
    known.push(phrase);
    Some(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_few() {
        assert_eq!(kept("As you wish"), Some("As you wish"));
        assert_eq!(kept(&"x".repeat(LONGEST + 1)), None);
        let sent = (0..MOST + 10).filter(|n| kept(&format!("phrase {n}")).is_some()).count();
        assert!(sent < MOST, "{sent}");
        assert_eq!(kept("As you wish"), Some("As you wish"));
    }

    #[test]
    fn no_second_line() {
        assert!(is_valid("Très bien\tso"));
        for bad in ["a\r\nX: y", "a\n", "\0", "\u{7f}", "→"] {
            assert!(!is_valid(bad), "{bad:?}");
        }
    }
}
