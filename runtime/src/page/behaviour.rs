//! What the text of a browser's script does that a Content-Security-Policy can forbid, as far as its words tell: too much is seen rather than
//! too little.

/// Ways to make elements of text.
const INSERTING: &[&str] = &["innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "parseFromString", "HTMLUnsafe", "document.write", ".html(", ".load(", ".append(", "htmx", "Turbo"];

/// What scripts do, taken together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Behaviour {
    /// Makes code of text: `eval`, `new Function`.
    pub evaluates: bool,
    /// Makes markup with event handlers.
    pub writes_handlers: bool,
    /// Puts markup into the page that may be another page's.
    pub inserts_markup: bool,
    /// Imports modules of the app.
    pub imports: bool,
    /// Makes scripts of text.
    pub writes_scripts: bool,
    /// URLs of scripts it may load.
    pub loads: Vec<String>,
    /// Loads scripts and does not say from where.
    pub loads_unknown: bool,
}

impl Behaviour {
    pub fn add(&mut self, other: Behaviour) {
        self.evaluates |= other.evaluates;
        self.writes_handlers |= other.writes_handlers;
        self.inserts_markup |= other.inserts_markup;
        self.imports |= other.imports;
        self.writes_scripts |= other.writes_scripts;
        self.loads_unknown |= other.loads_unknown;
        self.loads.extend(other.loads);
    }
}

/// A script that stands in a page.
pub(super) fn of_inline(text: &str) -> Behaviour {
    let mut seen = words(text);
    if makes_scripts(text) || text.contains("import") {
        seen.loads = urls(text).map(str::to_owned).collect();
        // An element that gets no `src` gets a text.
        seen.writes_scripts = makes_scripts(text) && !text.contains("src") || text.contains("document.write(") && text.contains("<script>");
        // `import('./' + name)` stays here; an element's `src` can be anything.
        seen.loads_unknown = makes_scripts(text) && !seen.writes_scripts && seen.loads.is_empty();
    }
    seen
}

/// A file of the app. Libraries make script elements for what they find in fragments; only URLs of scripts count.
pub(super) fn of_file(text: &str) -> Behaviour {
    let mut seen = words(text);
    if makes_scripts(text) || text.contains("import") {
        seen.loads = urls(text).filter(|url| url.contains(".js") || url.contains(".mjs") || url.contains("@")).map(str::to_owned).collect();
    }
    seen
}

/// Whether markup runs something.
pub(super) fn is_active(markup: &str) -> bool {
    let lower = markup.to_ascii_lowercase();
    lower.contains("<script") || lower.contains("javascript:") || has_handlers(&lower)
}

fn words(text: &str) -> Behaviour {
    let evaluates = ["eval(", "Function(", "setTimeout(\"", "setTimeout('", "setInterval(\"", "setInterval('", "_.template("].iter().any(|word| has_word(text, word));
    let writes_handlers = has_handlers(text) || text.contains("setAttribute('on") || text.contains("setAttribute(\"on");
    let inserts_markup = INSERTING.iter().any(|word| text.contains(word));
    Behaviour { evaluates, writes_handlers, inserts_markup, imports: text.contains("import"), ..Behaviour::default() }
}

/// Whether a call stands in the text, and not the end of another name (`isFunction(`).
fn has_word(text: &str, call: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
    memchr::memmem::find_iter(text.as_bytes(), call).any(|at| at == 0 || !is_name(text.as_bytes()[at - 1]))
}

fn makes_scripts(text: &str) -> bool {
    ["createElement('script')", "createElement(\"script\")", "createElement(`script`)", "importScripts(", "getScript(", "document.write("].iter().any(|word| text.contains(word))
}

/// ` onclick="` and its like in a text that becomes markup.
fn has_handlers(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"on").any(|at| {
        let starts = at > 0 && (bytes[at - 1].is_ascii_whitespace() || matches!(bytes[at - 1], b'"' | b'\'' | b'/'));
        let name = bytes[at + 2..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let rest = text.get(at + 2 + name..).unwrap_or_default().trim_start();
        // Quotes inside a string literal are escaped.
        starts && name >= 3 && rest.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with(['"', '\'', '\\', '$', '`']))
    })
}

/// String literals that are URLs of other origins.
fn urls(text: &str) -> impl Iterator<Item = &str> {
    let quoted = |at: usize| at > 0 && matches!(text.as_bytes()[at - 1], b'"' | b'\'' | b'`');
    let end = |url: &str| url.find(|c: char| matches!(c, '"' | '\'' | '`' | '$' | '\\') || c.is_whitespace()).unwrap_or(url.len());
    let starts = ["https://", "http://", "//"].into_iter().flat_map(|scheme| text.match_indices(scheme)).filter(move |(at, _)| quoted(*at));
    starts.map(move |(at, _)| &text[at..at + end(&text[at..])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_in_strings() {
        for yes in ["x.innerHTML = '<b onclick=\"go()\">'", "`<b\n onmouseover='x'>`", "\"<b onclick=\\\"go()\\\">\"", "`<b onclick=${f}>`"] {
            assert!(has_handlers(yes), "{yes}");
        }
        for no in ["button.onclick = () => 1", "const one = \"x\"", "window.onload=\"x\"", "addEventListener('click', f)", "on", " on=\"x\""] {
            assert!(!has_handlers(no), "{no}");
        }
    }

    #[test]
    fn loads() {
        let gtm = "var j=d.createElement('script');j.src='https://tags.example/a.js?id='+i";
        assert_eq!(of_inline(gtm).loads, ["https://tags.example/a.js?id="]);
        assert!(of_inline("const s = document.createElement('script'); s.src = where").loads_unknown);
        assert!(of_inline("import { x } from '/js/x.js'").imports);
        assert_eq!(of_inline("import { x } from 'https://esm.sh/x'").loads, ["https://esm.sh/x"]);
        assert!(of_inline("const s = document.createElement('script'); s.text = code; document.head.append(s)").writes_scripts);
        assert_eq!(of_inline("fetch('https://api.example/x')"), Behaviour::default());
        assert_eq!(of_file("createElement('script'); '// see'; \"https://docs.example/help\"").loads, [""; 0]);
        assert!(of_file("return new Function(a)").evaluates && of_inline("eval(x)").evaluates && !of_inline("medieval(x); isFunction(y)").evaluates);
    }
}
