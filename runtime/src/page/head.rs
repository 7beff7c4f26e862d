//! Merging a page's `<head>` into the document's: pure functions on rendered text.
//!
//! The page wins: its `<title>`, `<base>`, `<meta charset>`, `<meta name|property|http-equiv|itemprop=…>` and `<link rel=canonical>` replace the layout's
//! of the same identity; everything else of the page is added. Only the beginning of a document is read, up to `</head>`.

use std::borrow::Cow;
use std::ops::Range;

/// What makes a head element unique in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    Title,
    Base,
    Canonical,
    Charset,
    /// The naming attribute and its value, in lower case.
    Meta(&'static str, String),
}

struct Element {
    range: Range<usize>,
    identity: Identity,
}

/// Inserts `head` (rendered head elements of the page) and `script` (the data script, which must precede every script) into the head of
/// `document`, at byte `slot` where the layout has a place for it, else before `</head>`. Returns false when there is no head to merge into.
pub fn merge(document: &mut String, head: &str, script: &str, slot: Option<usize>) -> bool {
    let Some(region) = head_region(document) else { return false };
    if head.is_empty() && script.is_empty() {
        return true;
    }
    let own = unique_elements(head);
    let replaced: Vec<Range<usize>> = unique_elements(&document[region.clone()])
        .into_iter()
        .filter(|e| own.iter().any(|o| o.identity == e.identity))
        .map(|e| e.range.start + region.start..e.range.end + region.start)
        .collect();
    let at = slot.filter(|s| region.contains(s) || *s == region.end).unwrap_or(region.end);
    let script_at = if script.is_empty() { region.end } else { find_tag(&document[region.clone()], "script").map_or(region.end, |i| i + region.start) };

    let tail = document.split_off(region.end);
    let old = document.split_off(region.start);
    let mut insertions = [(at, head), (script_at, script)];
    // The data script comes before the page's own head when both stand at one place, for that may hold scripts.
    if script_at <= at {
        insertions.swap(0, 1);
    }
    let mut copied = region.start;
    let mut copy_to = |document: &mut String, end: usize| {
        for r in replaced.iter().filter(|r| r.start < end) {
            if r.start < copied {
                continue;
            }
            document.push_str(&old[copied - region.start..r.start - region.start]);
            copied = r.end;
        }
        if copied < end {
            document.push_str(&old[copied - region.start..end - region.start]);
            copied = end;
        }
    };
    for (at, text) in insertions {
        copy_to(document, at);
        document.push_str(text);
    }
    copy_to(document, region.end);
    document.push_str(&tail);
    true
}

/// `head` without its title where the document has one that stays.
pub fn without_title_of<'a>(document: &str, head: &'a str) -> Cow<'a, str> {
    if find_tag(document, "title").is_none() {
        return Cow::Borrowed(head);
    }
    match unique_elements(head).into_iter().find(|e| e.identity == Identity::Title) {
        Some(title) => Cow::Owned([&head[..title.range.start], &head[title.range.end..]].concat()),
        None => Cow::Borrowed(head),
    }
}

/// The head elements of a layout and of what is inside it, one after the other; the inner ones win.
pub fn combine(outer: &str, inner: &str) -> String {
    let own = unique_elements(inner);
    let mut combined = String::with_capacity(outer.len() + inner.len());
    let mut copied = 0;
    for element in unique_elements(outer).iter().filter(|e| own.iter().any(|o| o.identity == e.identity)) {
        combined.push_str(&outer[copied..element.range.start]);
        copied = element.range.end;
    }
    combined.push_str(&outer[copied..]);
    combined.push_str(inner);
    combined
}

/// The text between `<head …>` and `</head>`; with only the end tag, from the beginning.
fn head_region(document: &str) -> Option<Range<usize>> {
    let start = match find_tag(document, "head") {
        Some(i) => i + tag_end(&document[i..]),
        None => 0,
    };
    find_tag(&document[start..], "/head").map(|i| start..start + i)
}

/// The text of the page's `<title>`, entities decoded, without surrounding space.
pub fn title(head: &str) -> Option<String> {
    let start = find_tag(head, "title")?;
    let open = start + tag_end(&head[start..]);
    let close = find_tag(&head[open..], "/title").map_or(head.len(), |i| open + i);
    Some(decode(head[open..close].trim()))
}

/// The content of the page's `<meta name="description">`, entities decoded.
pub fn description(head: &str) -> Option<String> {
    let wanted = Identity::Meta("name", "description".into());
    let element = unique_elements(head).into_iter().find(|e| e.identity == wanted)?;
    attribute(&head[element.range], "content").map(decode)
}

/// The elements of a head that must be unique, in order.
fn unique_elements(head: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut from = 0;
    while let Some(i) = memchr::memchr(b'<', &head.as_bytes()[from..]) {
        let start = from + i;
        let rest = &head[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            from = start + 4 + comment.find("-->").map_or(comment.len(), |i| i + 3);
            continue;
        }
        let mut end = start + tag_end(rest);
        let raw = ["title", "script", "style", "noscript", "template"].into_iter().find(|n| is_tag(rest, n));
        if let Some(name) = raw {
            end = match find_tag(&head[end..], &format!("/{name}")) {
                Some(i) => end + i + tag_end(&head[end + i..]),
                None => head.len(),
            };
        }
        if let Some(identity) = identity(&head[start..end]) {
            elements.push(Element { range: start..end, identity });
        }
        from = end;
    }
    elements
}

fn identity(element: &str) -> Option<Identity> {
    if is_tag(element, "title") {
        return Some(Identity::Title);
    }
    if is_tag(element, "base") {
        return Some(Identity::Base);
    }
    if is_tag(element, "meta") {
        if attribute(element, "charset").is_some() {
            return Some(Identity::Charset);
        }
        return ["name", "property", "http-equiv", "itemprop"].into_iter().find_map(|n| {
            let value = attribute(element, n)?.to_ascii_lowercase();
            // A document has several of these on purpose, told apart by `media`.
            let media = attribute(element, "media").map(|m| format!("|{m}")).unwrap_or_default();
            Some(Identity::Meta(n, value + &media))
        });
    }
    let canonical = is_tag(element, "link") && attribute(element, "rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical"));
    canonical.then_some(Identity::Canonical)
}

/// True if the text begins with that tag (`head` does not match `<header>`).
pub(super) fn is_tag(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > name.len()
        && bytes[1..=name.len()].eq_ignore_ascii_case(name.as_bytes())
        && bytes.get(name.len() + 1).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
}

/// The place of the first such tag outside comments.
pub(super) fn find_tag(text: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(i) = memchr::memchr(b'<', &text.as_bytes()[from..]) {
        let at = from + i;
        if is_tag(&text[at..], name) {
            return Some(at);
        }
        from = match text[at..].strip_prefix("<!--") {
            Some(comment) => at + 4 + comment.find("-->")?,
            None => at + 1,
        };
    }
    None
}

/// The length of a tag that begins here, `>` included; quoted `>` are skipped.
pub(super) fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (i, b) in text.bytes().enumerate() {
        match (b, quote) {
            (b'"' | b'\'', None) => quote = Some(b),
            (b, Some(q)) if b == q => quote = None,
            (b'>', None) => return i + 1,
            _ => {}
        }
    }
    text.len()
}

/// The value of an attribute of the tag that begins the text, entities still in it.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let tag = &tag[..tag_end(tag)];
    let mut rest = tag.find(|c: char| c.is_ascii_whitespace()).map(|i| &tag[i..])?;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))?;
        if end == 0 {
            // `>` ends the tag; a stray `=` is skipped.
            rest = rest.strip_prefix('=')?;
            continue;
        }
        let (found, after) = rest.split_at(end);
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(v) => match v.chars().next() {
                Some(q @ ('"' | '\'')) => v[1..].split_once(q)?,
                _ => v.split_at(v.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
            },
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = left;
    }
}

/// Decodes numeric entities and the five names our own escaping and XML use.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(i) = rest.find('&') {
        out.push_str(&rest[..i]);
        rest = &rest[i..];
        let semicolon = rest.bytes().take(12).position(|b| b == b';');
        let decoded = semicolon.and_then(|end| {
            let c = match &rest[1..end] {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                "nbsp" => '\u{a0}',
                "ndash" => '–',
                "mdash" => '—',
                "middot" => '·',
                "copy" => '©',
                n => {
                    let digits = n.strip_prefix('#')?;
                    let code = match digits.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => digits.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((c, end + 1))
        });
        match decoded {
            Some((c, n)) => {
                out.push(c);
                rest = &rest[n..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(document: &str, head: &str, script: &str, expected: &str) {
        // `@` marks the layout's own place for the head.
        let slot = document.find('@');
        let mut text = document.replacen('@', "", 1);
        assert!(merge(&mut text, head, script, slot));
        assert_eq!(text, expected, "{document} + {head} + {script}");
    }

    #[test]
    fn the_page_wins() {
        check("<head><title>Site</title></head><body>", "<title>Page</title>", "", "<head><title>Page</title></head><body>");
        check(
            "<html><head><meta charset=utf-8><meta name=\"Description\" content=\"a>b\"><link rel=canonical href=/><link rel=icon href=x></head>",
            "<META NAME='description' content=page><link rel=\"canonical\" href=\"/p\"><meta property=\"og:title\" content=t>",
            "",
            "<html><head><meta charset=utf-8><link rel=icon href=x><META NAME='description' content=page><link rel=\"canonical\" href=\"/p\"><meta property=\"og:title\" content=t></head>",
        );
    }

    #[test]
    fn inner_heads_win() {
        assert_eq!(combine("<title>L</title><link rel=icon><meta name=a content=1>", "<title>P</title><meta name=b>"), "<link rel=icon><meta name=a content=1><title>P</title><meta name=b>");
    }

    #[test]
    fn the_layout_chooses_the_place() {
        check("<head>@<link rel=icon><title>Site</title></head>", "<title>P</title>", "", "<head><title>P</title><link rel=icon></head>");
        check("<head><title>Site</title>@<link rel=icon></head>", "<title>P</title>", "", "<head><title>P</title><link rel=icon></head>");
        check("<head><title>S</title><meta name=a>@</head>", "<meta name=a content=b>", "", "<head><title>S</title><meta name=a content=b></head>");
    }

    #[test]
    fn data_precedes_every_script() {
        check("<head><script src=a></script></head>", "<script src=b></script>", "<D>", "<head><D><script src=a></script><script src=b></script></head>");
        check("<head>@<script src=a></script></head>", "<script src=b></script>", "<D>", "<head><D><script src=b></script><script src=a></script></head>");
        check("<head><title>x</title></head>", "", "<D>", "<head><title>x</title><D></head>");
    }

    #[test]
    fn look_alikes_are_left_alone() {
        check("<head><!-- <title>no</title> </head> --><script>'<title>'</script></head><header>", "<title>P</title>", "", "<head><!-- <title>no</title> </head> --><script>'<title>'</script><title>P</title></head><header>");
        let mut none = String::from("<header></header>");
        assert!(!merge(&mut none, "<title>x</title>", "", None));
        assert_eq!(none, "<header></header>");
    }

    #[test]
    fn titles_and_descriptions_are_read() {
        assert_eq!(title("<meta a><title lang=de> A &amp; B &#x27;c&#39; &unknown; </title>").as_deref(), Some("A & B 'c' &unknown;"));
        assert_eq!(title("<link>"), None);
        assert_eq!(description("<meta name=description content=\"x &quot;y&quot;\">").as_deref(), Some("x \"y\""));
    }

    #[test]
    fn malformed_heads_are_survived() {
        for head in ["<", "<title", "<title>", "<meta name", "<meta name=", "<meta name=\"", "<meta =x=>", "<!--", "<script>", "</", "<meta\u{e4}=\u{fc}>", "&", "<title>&#x110000;&"] {
            let mut text = String::from("<head><title>x</title></head>");
            merge(&mut text, head, "", None);
            title(head);
            description(head);
            let mut text = format!("<head>{head}</head>");
            merge(&mut text, "<title>x</title>", "<D>", None);
        }
    }
}
