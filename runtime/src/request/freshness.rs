//! Validators of bodies that are made at each request: Express' weak ETag, and whether the client's copy still holds (the npm package `fresh`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha1::{Digest, Sha1};
use std::cell::RefCell;

/// Bodies whose tags are remembered, and the largest of them in bytes.
const KNOWN: usize = 16;
const LARGEST: usize = 32 * 1024;

/// A body that was sent, and its tag.
type Known = (Vec<u8>, String);

thread_local! {
    /// Bodies sent lately, each at the place of its length: lists and documents go out many times before they change, and comparing bytes
    /// takes a tenth of the time of hashing them.
    static SENT: RefCell<[Known; KNOWN]> = RefCell::default();
}

/// [`weak_etag`], remembered.
pub fn etag_of(body: &[u8]) -> String {
    if body.len() > LARGEST {
        return weak_etag(body);
    }
    SENT.with_borrow_mut(|sent| {
        let (known, tag) = &mut sent[body.len() % KNOWN];
        if tag.is_empty() || known != body {
            *tag = weak_etag(body);
            known.clear();
            known.extend_from_slice(body);
        }
        tag.clone()
    })
}

/// `W/"<length in hexadecimal>-<hash>"`; the same bytes give the same tag in every process.
pub fn weak_etag(body: &[u8]) -> String {
    // SHA-1 as in Express, so that copies outlive a move from it. It is no secret and nobody is deceived by a collision but its maker.
    let hash = Sha1::digest(body);
    let mut tag = String::with_capacity(48);
    tag.push_str("W/\"");
    let digits = (usize::BITS - body.len().leading_zeros()).div_ceil(4).max(1);
    for at in (0..digits).rev() {
        tag.extend(char::from_digit((body.len() >> (4 * at) & 15) as u32, 16));
    }
    tag.push('-');
    STANDARD_NO_PAD.encode_string(hash, &mut tag);
    tag.push('"');
    tag
}

/// The headers of a request that ask whether a copy still holds.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    pub if_none_match: Option<&'a str>,
    pub if_modified_since: Option<&'a str>,
    pub cache_control: Option<&'a str>,
}

/// True if the client's copy is the response with these validators.
pub fn is_fresh(asked: Asked<'_>, etag: Option<&str>, last_modified: Option<&str>) -> bool {
    if asked.if_none_match.is_none() && asked.if_modified_since.is_none() {
        return false;
    }
    // An end-to-end reload (RFC 2616, section 14.9.4).
    if asked.cache_control.is_some_and(|c| c.split(',').any(|d| d.trim() == "no-cache")) {
        return false;
    }
    if let Some(list) = asked.if_none_match {
        if list.trim() == "*" {
            return true;
        }
        let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
        return etag.is_some_and(|etag| list.split(',').any(|t| strong(t.trim()) == strong(etag)));
    }
    let parse = |date: Option<&str>| date.and_then(|d| httpdate::parse_http_date(d).ok());
    match (parse(last_modified), parse(asked.if_modified_since)) {
        (Some(modified), Some(since)) => modified <= since,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_judged_as_express_judges_them() {
        assert!(weak_etag(b"").starts_with("W/\"0-") && weak_etag(&[b'x'; 4096]).starts_with("W/\"1000-") && weak_etag(&[b'x'; 4095]).starts_with("W/\"fff-"));
        let tag = weak_etag(b"hello");
        assert_eq!(tag, "W/\"5-qvTGHdzF6KLavt4PO0gs2a6pQ00\"", "Express' own");
        fn asks(list: &str) -> Asked<'_> {
            Asked { if_none_match: Some(list), ..Asked::default() }
        }
        for body in ["", "hello", "hallo", "hello", "", "a body of another length"] {
            assert_eq!(etag_of(body.as_bytes()), weak_etag(body.as_bytes()));
        }
        assert!(is_fresh(asks(&tag), Some(&tag), None));
        assert!(is_fresh(asks(&tag[2..]), Some(&tag), None), "weak comparison");
        assert!(is_fresh(asks(&format!("\"x\", {tag}")), Some(&tag), None));
        assert!(is_fresh(asks("*"), Some(&tag), None));
        assert!(!is_fresh(asks("\"x\""), Some(&tag), None));
        assert!(!is_fresh(Asked::default(), Some(&tag), None));
        assert!(!is_fresh(Asked { cache_control: Some("max-age=0, no-cache"), ..asks(&tag) }, Some(&tag), None));
        let (early, late) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:38 GMT");
        fn since(date: &str) -> Asked<'_> {
            Asked { if_modified_since: Some(date), ..Asked::default() }
        }
        assert!(is_fresh(since(late), None, Some(early)));
        assert!(!is_fresh(since(early), None, Some(late)));
        assert!(!is_fresh(since("yesterday"), None, Some(late)));
    }
}
