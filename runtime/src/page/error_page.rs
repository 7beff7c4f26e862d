//! Error pages: pure functions from what went wrong to HTML. No external files, readable in dark mode, usable without script.

use super::escape;

/// A place in the app's sources with the lines around it; the server reads the file (in development only).
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    pub file: String,
    /// 1-based.
    pub line: u32,
    pub column: u32,
    /// `(line number, text)`.
    pub lines: Vec<(u32, String)>,
}

/// An exception as it is shown in development.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// `TypeError`, ...
    pub name: String,
    pub message: String,
    /// As JavaScript's `stack`, in the app's own places.
    pub stack: String,
    pub excerpt: Option<Excerpt>,
}

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--card:#f6f8fa;--mark:#ffebe9;--red:#b3261e}\
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;--card:#161b22;--mark:#3c1618;--red:#ff7b72}}\
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\
main{max-width:60rem;margin:0 auto;padding:12vh 1.5rem 3rem;overflow-wrap:anywhere}h1{font-size:1.6rem;margin:0 0 .5rem}p{margin:.5rem 0;color:var(--dim)}\
a{color:inherit}:focus-visible{outline:3px solid #4493f8;outline-offset:2px}summary{cursor:pointer}h2{font-size:1rem;margin:1.5rem 0 .5rem}code,pre{font:14px/1.6 ui-monospace,monospace}pre{background:var(--card);padding:1rem;border-radius:8px;overflow:auto;tab-size:2}\
mark{display:inline-block;min-width:100%;background:var(--mark);color:inherit}.n{color:var(--dim);user-select:none}.e{color:var(--red)}.w{white-space:pre-wrap}";

fn document(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escaped(title)
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape::text(&mut out, text);
    out
}

/// The page of a status without details, for production: nothing of the exception is shown, only the number under which it was logged.
pub fn generic(status: u16, request_id: &str) -> String {
    let (title, text) = match status {
        404 => return not_found(None),
        400 => ("Bad request", "The server could not understand this request."),
        401 => ("Not signed in", "Sign in to see this page."),
        403 => ("Not allowed", "This request was refused. If you sent a form, load the page again and send it once more."),
        405 => ("Method not allowed", "This page does not accept this kind of request."),
        413 => ("Too large", "What was sent is larger than this server accepts."),
        429 => ("Too many requests", "Wait a moment and try again."),
        503 => ("Not available", "The server is busy. Try again in a moment."),
        504 => ("Timed out", "The page took too long to answer. Try again in a moment."),
        s if s < 500 => ("Request refused", "The server could not answer this request."),
        _ => ("Something went wrong", "The page could not be shown. Try again in a moment."),
    };
    let id = if request_id.is_empty() { String::new() } else { format!("<p>Reference: <code>{}</code></p>", escaped(request_id)) };
    document(title, &format!("<h1>{title}</h1><p>{text}</p>{id}<p><a href=\"/\">To the start page</a></p>"))
}

/// Nothing answers at this path. `path` is shown in development only.
pub fn not_found(path: Option<&str>) -> String {
    let what = match path {
        Some(path) => format!("No route answers at <code>{}</code>.", escaped(path)),
        None => "This page does not exist.".into(),
    };
    document("Page not found", &format!("<h1>Page not found</h1><p>{what}</p><p><a href=\"/\">To the start page</a></p>"))
}

/// The page of an exception, for development.
pub fn exception(failure: &Failure, method: &str, url: &str) -> String {
    let mut body = String::new();
    body.push_str("<h1 class=\"e\">");
    escape::text(&mut body, &failure.name);
    body.push_str("</h1><pre class=\"w\">");
    escape::text(&mut body, &failure.message);
    body.push_str("</pre><p>while answering <code>");
    escape::text(&mut body, &format!("{method} {url}"));
    body.push_str("</code></p>");
    if let Some(excerpt) = &failure.excerpt {
        push_excerpt(&mut body, excerpt);
    }
    if !failure.stack.is_empty() {
        body.push_str("<details open><summary>Stack</summary><pre tabindex=\"0\" role=\"region\" aria-label=\"Stack\">");
        escape::text(&mut body, &failure.stack);
        body.push_str("</pre></details>");
    }
    document(&format!("{}: {}", failure.name, failure.message), &body)
}

fn push_excerpt(body: &mut String, excerpt: &Excerpt) {
    let width = excerpt.lines.iter().map(|(n, _)| n.to_string().len()).max().unwrap_or(1);
    body.push_str(&format!("<h2><code>{}:{}:{}</code></h2><pre tabindex=\"0\" role=\"region\" aria-label=\"Source\">", escaped(&excerpt.file), excerpt.line, excerpt.column));
    for (number, line) in &excerpt.lines {
        let is_place = *number == excerpt.line;
        if is_place {
            body.push_str("<mark>");
        }
        body.push_str(&format!("<span class=\"n\">{number:>width$} │ </span>{}\n", escaped(line)));
        if is_place {
            let gap: String = line.chars().take(excerpt.column.saturating_sub(1) as usize).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            body.push_str(&format!("<span class=\"n\">{:>width$} │ </span>{gap}<b class=\"e\">^</b></mark>\n", ""));
        }
    }
    body.push_str("</pre>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    #[test]
    fn an_exception_is_shown_as_text() {
        let failure = Failure {
            name: "TypeError".into(),
            message: "<script>alert(1)</script> is not a function".into(),
            stack: "TypeError: x\n    at load (app/routes/index.puremix:7:3)".into(),
            excerpt: Some(Excerpt { file: "app/routes/index.puremix".into(), line: 7, column: 3, lines: vec![(6, "a".into()), (7, "\tb<c>".into()), (8, "d".into())] }),
        };
        let page = Html::parse_document(&exception(&failure, "GET", "/?q=<b>"));
        assert!(page.select(&Selector::parse("script, main b:not(.e)").unwrap()).next().is_none());
        let text: String = page.select(&Selector::parse("main").unwrap()).next().unwrap().text().collect();
        for part in ["<script>alert(1)</script> is not a function", "GET /?q=<b>", "app/routes/index.puremix:7:3", "7 │ \tb<c>\n  │ \t ^"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn production_shows_only_a_reference() {
        let page = generic(500, "r-<1>");
        assert!(page.contains("<code>r-&lt;1&gt;</code>"));
        assert!(generic(404, "x").contains("Page not found"));
        assert!(not_found(Some("/<x>")).contains("/&lt;x&gt;"));
        assert!(!page.contains("http://") && !page.contains("https://"));
    }
}
