//! A page's own `<body>` inside the body of a layout or of the default document.

use super::Out;
use super::head::{find_tag, is_tag, tag_end};
use std::ops::Range;

/// Takes off the `<body>` tags of a page that was written at `start` into a document's body. The document's `<body>` gets the
/// attributes that it lacks, which is what browsers do with a second one (HTML §13.2.6.4.7).
pub(super) fn unwrap_body(out: &mut Out, start: usize) {
    let Some((open, close)) = tags_of(&out.text[start..]) else { return };
    if let Some(close) = close {
        out.replace(start + close.start..start + close.end, "");
    }
    let own = out.text[start + open.start..start + open.end].to_owned();
    out.replace(start + open.start..start + open.end, "");
    if let Some(outer) = last_body(&out.text[..start]) {
        let added = missing_attributes(&out.text[outer.clone()], &own);
        out.replace(outer.end - 1..outer.end - 1, &added);
    }
}

/// The start tag that the text begins with, after comments, and the last end tag.
fn tags_of(text: &str) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let mut at = text.len() - text.trim_start().len();
    while let Some(comment) = text[at..].strip_prefix("<!--") {
        let rest = &comment[comment.find("-->")? + 3..];
        at = text.len() - rest.trim_start().len();
    }
    let open = Some(&text[at..]).filter(|rest| rest.starts_with('<') && is_tag(rest, "body")).map(|rest| at..at + tag_end(rest))?;
    let close = memchr::memrchr_iter(b'<', text.as_bytes()).take_while(|i| *i >= open.end).find(|i| is_tag(&text[*i..], "/body"));
    Some((open, close.map(|i| i..i + tag_end(&text[i..]))))
}

/// The last `<body>` of the text so far.
fn last_body(text: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut from = 0;
    while let Some(i) = find_tag(&text[from..], "body") {
        let end = from + i + tag_end(&text[from + i..]);
        found = Some(from + i..end);
        from = end;
    }
    found.filter(|range| text[range.clone()].ends_with('>'))
}

/// The attributes of the tag `own`, as written, whose names the tag `outer` does not have.
fn missing_attributes(outer: &str, own: &str) -> String {
    let has = attributes(outer);
    let missing = attributes(own).into_iter().filter(|(name, _)| !has.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
    missing.map(|(_, written)| format!(" {written}")).collect()
}

/// Names and whole texts of a start tag's attributes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let inside = tag.strip_suffix('>').unwrap_or(tag);
    let mut rest = inside.find(|c: char| c.is_ascii_whitespace()).map_or("", |i| &inside[i..]);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        if end == 0 {
            match rest.strip_prefix('=') {
                Some(after) => rest = after,
                None => return found,
            }
            continue;
        }
        let after = rest[end..].trim_start();
        let left = match after.strip_prefix('=').map(str::trim_start) {
            None => &rest[end..],
            Some(value) => match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).map_or("", |(_, left)| left),
                _ => &value[value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())..],
            },
        };
        found.push((&rest[..end], rest[..rest.len() - left.len()].trim_end()));
        rest = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(outer: &str, page: &str, expected: &str) {
        let mut out = Out::default();
        out.raw(outer);
        out.raw(page);
        unwrap_body(&mut out, outer.len());
        assert_eq!(out.text, expected, "{outer} + {page}");
    }

    #[test]
    fn a_second_body_joins_the_first() {
        check("<html><body>", "<body><p>x</p></body>", "<html><body><p>x</p>");
        check("<body class=a data-x='>'>m ", " <!-- c --><BODY class=b ID=\"i\" hidden data-y=1 >x</BODY ><!-- end -->", "<body class=a data-x='>' ID=\"i\" hidden data-y=1>m  <!-- c -->x<!-- end -->");
        check("<!-- <body> --><body>", "<body id=a>no end", "<!-- <body> --><body id=a>no end");
    }

    #[test]
    fn other_pages_stay() {
        for page in ["<p>x</p></body>", "<bodybuilder>", "text <body>", "", "<!-- <body>", "<"] {
            check("<body>", page, &format!("<body>{page}"));
        }
        check("<div>", "<body a>x</body>", "<div>x");
    }

    #[test]
    fn malformed_tags_are_survived() {
        for page in ["<body", "<body =", "<body a=", "<body a='", "<body \u{e4}=\u{fc}", "<body></body"] {
            for outer in ["<body>", "<body", "<body a='>", ""] {
                let mut out = Out::default();
                out.raw(outer);
                out.raw(page);
                unwrap_body(&mut out, outer.len());
            }
        }
    }
}
