//! A file that a handler answers with: what Express' `sendFile` says of it, by its options and the request's conditions.

use super::assets::Opened;
use super::content_type;
use super::message::{Reply, RequestParts};
use std::ops::Range;
use std::path::PathBuf;
use std::time::SystemTime;

/// The file and how to send it.
#[derive(Clone, Debug)]
pub struct SentFile {
    pub path: PathBuf,
    pub etag: bool,
    pub last_modified: bool,
    pub accept_ranges: bool,
    pub asked: Asked,
}

impl From<PathBuf> for SentFile {
    fn from(path: PathBuf) -> SentFile {
        SentFile { path, etag: true, last_modified: true, accept_ranges: true, asked: Asked::default() }
    }
}

/// What the request asks of a file. Nothing is copied where it asks nothing.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    if_match: Option<String>,
    if_unmodified_since: Option<String>,
    if_none_match: Option<String>,
    if_modified_since: Option<String>,
    if_range: Option<String>,
    range: Option<String>,
    cache_control: Option<String>,
}

impl Asked {
    pub fn of(parts: &RequestParts) -> Asked {
        let keep = |name| parts.header(name).map(str::to_owned);
        Asked {
            if_match: keep("if-match"),
            if_unmodified_since: keep("if-unmodified-since"),
            if_none_match: keep("if-none-match"),
            if_modified_since: keep("if-modified-since"),
            if_range: keep("if-range"),
            range: keep("range"),
            cache_control: keep("cache-control"),
        }
    }
}

/// Completes the handler's reply for an opened file; which of its bytes follow.
pub fn complete(reply: &mut Reply, opened: &Opened, sent: &SentFile) -> Range<u64> {
    let asked = &sent.asked;
    let length = opened.length;
    // Rounded as Node's dates are.
    let millis = (opened.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos() + 500_000) / 1_000_000;
    let mut set = |name: &'static str, value: String| {
        if reply.header(name).is_none() {
            reply.headers.push((name.into(), value.into()));
        }
    };
    if sent.accept_ranges {
        set("accept-ranges", "bytes".into());
    }
    if sent.last_modified {
        set("last-modified", httpdate::fmt_http_date(opened.modified));
    }
    if sent.etag {
        set("etag", format!("W/\"{length:x}-{millis:x}\""));
    }
    set("content-type", content_type::of(&opened.name).to_owned());
    let etag = reply.header("etag").unwrap_or_default().to_owned();
    let modified = reply.header("last-modified").and_then(|date| httpdate::parse_http_date(date).ok());
    let is_fine = matches!(reply.status, 0 | 200..300 | 304);
    if is_fine && is_precondition_failed(asked, &etag, modified) {
        refuse(reply, 412, "Precondition Failed");
        return 0..0;
    }
    if is_fine && is_fresh(asked, &etag, reply.header("last-modified")) {
        reply.status = 304;
        reply.headers.retain(|(name, _)| !matches!(&**name, "content-type" | "content-language" | "content-encoding"));
        return 0..0;
    }
    if !sent.accept_ranges {
        return 0..length;
    }
    match ranges(asked.range.as_deref(), length) {
        Ranges::One(range) if is_range_fresh(asked, &etag, modified) => {
            reply.status = 206;
            reply.headers.push(("content-range".into(), format!("bytes {}-{}/{length}", range.start, range.end - 1).into()));
            range
        }
        Ranges::Beyond if is_range_fresh(asked, &etag, modified) => {
            refuse(reply, 416, "Range Not Satisfiable");
            reply.headers.push(("content-range".into(), format!("bytes */{length}").into()));
            0..0
        }
        _ => 0..length,
    }
}

/// The file is not sent: the reply says why.
fn refuse(reply: &mut Reply, status: u16, why: &str) {
    *reply = Reply::json(status, format!("{{\"error\":\"{why}\"}}"));
}

fn is_precondition_failed(asked: &Asked, etag: &str, modified: Option<SystemTime>) -> bool {
    if let Some(list) = &asked.if_match {
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        return etag.is_empty() || list.trim() != "*" && !list.split(',').any(|tag| strong(tag) == strong(etag));
    }
    let since = asked.if_unmodified_since.as_deref().and_then(|date| httpdate::parse_http_date(date).ok());
    matches!((since, modified), (Some(since), Some(modified)) if modified > since)
}

fn is_fresh(asked: &Asked, etag: &str, modified: Option<&str>) -> bool {
    let asks = crate::request::Freshness {
        if_none_match: asked.if_none_match.as_deref(),
        if_modified_since: asked.if_modified_since.as_deref(),
        cache_control: asked.cache_control.as_deref(),
    };
    crate::request::is_fresh(asks, Some(etag).filter(|tag| !tag.is_empty()), modified)
}

/// `If-Range`: a tag or a date; without it a range always holds.
fn is_range_fresh(asked: &Asked, etag: &str, modified: Option<SystemTime>) -> bool {
    match asked.if_range.as_deref() {
        None => true,
        Some(tag) if tag.contains('"') => !etag.is_empty() && tag.contains(etag),
        Some(date) => matches!((httpdate::parse_http_date(date), modified), (Ok(date), Some(modified)) if modified <= date),
    }
}

enum Ranges {
    /// No range that is for us, or several: the whole file.
    None,
    One(Range<u64>),
    Beyond,
}

/// The npm package `range-parser`, ranges that meet joined.
fn ranges(header: Option<&str>, length: u64) -> Ranges {
    let Some(set) = header.and_then(|h| h.trim_start().strip_prefix("bytes=")) else { return Ranges::None };
    let mut found: Vec<Range<u64>> = Vec::new();
    for part in set.split(',') {
        let Some((first, last)) = part.split_once('-') else { continue };
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let range = match (number(first), number(last)) {
            (None, Some(n)) => length.saturating_sub(n)..length,
            (Some(start), None) if last.trim().is_empty() => start..length,
            (Some(start), Some(end)) => start..end.saturating_add(1).min(length),
            _ => continue,
        };
        if range.start < range.end {
            found.push(range);
        }
    }
    found.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in found {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    match joined.as_slice() {
        [] => Ranges::Beyond,
        [one] => Ranges::One(one.clone()),
        _ => Ranges::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_express_reads_them() {
        let shown = |header: &str| match ranges(Some(header), 30) {
            Ranges::None => "whole".to_owned(),
            Ranges::Beyond => "beyond".to_owned(),
            Ranges::One(range) => format!("{}..{}", range.start, range.end),
        };
        for (header, want) in [
            ("bytes=0-3", "0..4"), ("bytes=3-", "3..30"), ("bytes=-4", "26..30"), ("bytes=0-3,4-8", "0..9"), ("bytes=0-3,6-8", "whole"), ("bytes=5-2", "beyond"),
            ("bytes=100-200", "beyond"), ("items=0-1", "whole"), ("bytes=a-b", "beyond"), ("bytes=-100", "0..30"),
        ] {
            assert_eq!(shown(header), want, "{header}");
        }
    }

    #[test]
    fn preconditions() {
        let at = |seconds: u64| Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        let matching = |list: &str| is_precondition_failed(&Asked { if_match: Some(list.into()), ..Asked::default() }, "W/\"a\"", at(9));
        assert!(matching("\"b\"") && !matching("*") && !matching("\"b\", \"a\""));
        let since = |date: &str| is_precondition_failed(&Asked { if_unmodified_since: Some(date.into()), ..Asked::default() }, "", at(946_684_800));
        assert!(since("Wed, 21 Oct 1998 07:28:00 GMT") && !since("Wed, 21 Oct 2015 07:28:00 GMT") && !since("nonsense"));
    }
}
