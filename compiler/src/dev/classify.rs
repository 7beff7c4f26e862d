//! What a browser must do when a source file has changed.

/// Tags whose content is code or decides what code runs.
const CODE: [&str; 5] = ["script", "loader", "imports", "layout", "server"];

/// Whether the two texts of a page, component or layout differ in markup and styles only, so that an open page can be patched: code that
/// runs in the browser has not changed, nor has what the server computes.
pub fn is_markup_only(path: &str, before: &str, after: &str) -> bool {
    let is_page = path.ends_with(".puremix") || path.ends_with(".html");
    is_page && !before.is_empty() && !after.is_empty() && code_of(before) == code_of(after)
}

/// The elements of a page that hold code, in order. Taken by their tags alone: what is in a comment counts too, which errs on the side
/// of loading the page again.
fn code_of(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|i| at + i) {
        at = open + 1;
        let Some(tag) = CODE.iter().find(|tag| lower[at..].starts_with(**tag) && !continues_name(&lower, at + tag.len())) else { continue };
        let close = format!("</{tag}");
        let end = lower[at..].find(&close).map_or(text.len(), |i| at + i);
        found.push(&text[open..end]);
        at = end;
    }
    found
}

fn continues_name(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// What a changed public file asks of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public {
    Patch,
    Reload,
}

/// Scripts have run already; everything else can be shown anew.
pub fn public_file(url: &str) -> Public {
    let extension = url.rsplit_once('.').map_or("", |(_, extension)| extension);
    if matches!(extension, "js" | "mjs" | "wasm" | "html") { Public::Reload } else { Public::Patch }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_markup() {
        let page = "<layout>main</layout>\n<h1>A</h1>\n<style>h1 {}</style><script>let a = 1</script><loader>x</loader>";
        let check = |after: &str, expected: bool| assert_eq!(is_markup_only("a.puremix", page, after), expected, "{after}");
        check(&page.replace("<h1>A", "<h2 onclick=\"x()\">{b}"), true);
        check(&page.replace("h1 {}", "h1 { color: red }"), true);
        check(&page.replace("a = 1", "a = 2"), false);
        check(&page.replace(">x<", ">y<"), false);
        check(&page.replace("main", "other"), false);
        check(&page.replace("<h1>", "<Script>1</Script><h1>"), false);
        check(&page.replace("<h1>", "<script-like>1</script-like><h1>"), true);
        check("", false);
        assert!(!is_markup_only("lib/a.js", "1", "2"));
        assert_eq!((public_file("/a.css"), public_file("/b/c.js"), public_file("/d.png")), (Public::Patch, Public::Reload, Public::Patch));
    }
}
