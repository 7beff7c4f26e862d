//! What HTML says about elements and attributes: content models, URL and boolean attributes.

/// Elements without content and end tag.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        lower(name).as_str(),
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "param" | "source" | "track" | "wbr"
    )
}

/// Elements whose end tag authors may omit.
pub(crate) fn may_omit_end(name: &str) -> bool {
    matches!(
        lower(name).as_str(),
        "html" | "head" | "body" | "li" | "p" | "dt" | "dd" | "option" | "optgroup" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th"
            | "colgroup" | "caption" | "rt" | "rp"
    )
}

/// Whether the start tag `next` ends an open `open` element.
pub(crate) fn ends_before(open: &str, next: &str) -> bool {
    let (open, next) = (lower(open), lower(next));
    let next = next.as_str();
    match open.as_str() {
        "li" => next == "li",
        "dt" | "dd" => matches!(next, "dt" | "dd"),
        "option" => matches!(next, "option" | "optgroup"),
        "optgroup" => next == "optgroup",
        "rt" | "rp" => matches!(next, "rt" | "rp"),
        "td" | "th" => matches!(next, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot"),
        "tr" => matches!(next, "tr" | "tbody" | "thead" | "tfoot"),
        "thead" | "tbody" | "tfoot" => matches!(next, "tbody" | "thead" | "tfoot"),
        "caption" | "colgroup" => matches!(next, "thead" | "tbody" | "tfoot" | "tr" | "colgroup"),
        "head" => next == "body",
        "p" => matches!(
            next,
            "address" | "article" | "aside" | "blockquote" | "details" | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer"
                | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "main" | "menu" | "nav" | "ol" | "p"
                | "pre" | "section" | "table" | "ul"
        ),
        _ => false,
    }
}

/// Attributes whose value is a URL (or a list of them).
pub(crate) fn is_url_attribute(element: &str, name: &str) -> bool {
    match lower(name).as_str() {
        "href" | "src" | "action" | "formaction" | "poster" | "cite" | "srcset" | "imagesrcset" | "xlink:href" | "background" | "longdesc"
        | "manifest" | "ping" | "usemap" | "codebase" | "archive" | "classid" | "profile" => true,
        "data" => element.eq_ignore_ascii_case("object"),
        _ => false,
    }
}

/// Attributes that are on by being there.
pub(crate) fn is_boolean_attribute(name: &str) -> bool {
    matches!(
        lower(name).as_str(),
        "allowfullscreen" | "async" | "autofocus" | "autoplay" | "checked" | "controls" | "default" | "defer" | "disabled"
            | "formnovalidate" | "hidden" | "inert" | "ismap" | "itemscope" | "loop" | "multiple" | "muted" | "nomodule" | "novalidate"
            | "open" | "playsinline" | "readonly" | "required" | "reversed" | "selected"
    )
}

pub(crate) fn is_event_attribute(name: &str) -> bool {
    name.len() > 2 && name.get(..2).is_some_and(|on| on.eq_ignore_ascii_case("on")) && name[2..].bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A tag that can name a component: capitalised, and not an HTML name in capitals.
pub(crate) fn is_component_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && !(name.len() > 1 && name.bytes().all(|b| !b.is_ascii_lowercase()) && is_known_element(name))
}

/// A tag of one capital letter that HTML has, too: `<P>` is a paragraph unless a component of that name is imported.
pub(crate) fn is_element_letter(name: &str) -> bool {
    matches!(name, "A" | "B" | "I" | "P" | "Q" | "S" | "U")
}

/// Elements with children in which `/>` closes, as in XML.
pub(crate) fn is_foreign_root(name: &str) -> bool {
    matches!(lower(name).as_str(), "svg" | "math")
}

fn is_known_element(name: &str) -> bool {
    is_void(name)
        || may_omit_end(name)
        || matches!(
            lower(name).as_str(),
            "abbr" | "address" | "article" | "aside" | "audio" | "bdi" | "bdo" | "big" | "blockquote" | "button" | "canvas" | "center" | "cite"
                | "code" | "data" | "datalist" | "del" | "details" | "dfn" | "dialog" | "div" | "dl" | "em" | "fieldset" | "figcaption"
                | "figure" | "font" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "iframe" | "ins"
                | "kbd" | "label" | "legend" | "main" | "map" | "mark" | "marquee" | "math" | "menu" | "meter" | "nav" | "noscript" | "object"
                | "ol" | "output" | "picture" | "pre" | "progress" | "ruby" | "samp" | "script" | "search" | "section" | "select" | "small"
                | "span" | "strike" | "strong" | "style" | "sub" | "summary" | "sup" | "svg" | "table" | "template" | "textarea" | "time"
                | "title" | "tt" | "ul" | "var" | "video"
        )
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The text an attribute value stands for: the references authors write by hand are decoded, others are left.
pub(crate) fn decode_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let decoded = rest[1..].find(';').filter(|len| *len <= 10).and_then(|len| decode_one(&rest[1..1 + len]).map(|c| (c, len + 2)));
        match decoded {
            Some((c, len)) => {
                out.push(c);
                rest = &rest[len..];
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

fn decode_one(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "laquo" => '«',
        "raquo" => '»',
        "larr" => '←',
        "rarr" => '→',
        _ => return None,
    })
}

/// Whether a handler that calls this function means the browser's: one of `window`, or where nothing is given to it one of the element or its document,
/// which handlers find first.
pub fn is_browser_function(name: &str, is_without_arguments: bool) -> bool {
    WINDOW_FUNCTIONS.binary_search(&name).is_ok() || is_without_arguments && ELEMENT_FUNCTIONS.binary_search(&name).is_ok()
}

const WINDOW_FUNCTIONS: &[&str] = &[
    "alert", "atob", "blur", "btoa", "cancelAnimationFrame", "clearInterval", "clearTimeout", "close", "confirm", "eval", "fetch", "find", "focus", "getComputedStyle",
    "getSelection", "matchMedia", "moveBy", "moveTo", "open", "postMessage", "print", "prompt", "queueMicrotask", "reportError", "requestAnimationFrame",
    "requestIdleCallback", "resizeBy", "resizeTo", "scroll", "scrollBy", "scrollTo", "setInterval", "setTimeout", "stop", "structuredClone",
];

const ELEMENT_FUNCTIONS: &[&str] = &[
    "animate", "checkValidity", "clear", "click", "hidePopover", "load", "normalize", "pause", "play", "remove", "reportValidity", "requestFullscreen", "requestSubmit",
    "reset", "scrollIntoView", "select", "show", "showModal", "showPicker", "showPopover", "stepDown", "stepUp", "submit", "togglePopover", "write",
];
