//! What markup makes a browser run and load: collected from elements while they are written, for the page's
//! Content-Security-Policy. A value that is computed is noted as unknown; nothing is guessed here.

use crate::html;
use crate::syntax::{Attribute, Element, Node, Piece, TagPart, Value};
use crate::template::Emitter;
use puremix_ir::uses::{Use, UseKind};

/// How a browser treats the text of a script element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ScriptKind {
    Run,
    /// A script of the page turns it into one that is run.
    Translated,
    Data,
}

impl Emitter<'_> {
    pub fn note(&mut self, kind: UseKind, text: &str) {
        let uses = &mut self.facts.uses;
        if !uses.iter().any(|one| one.kind == kind && *one.text == *text) {
            uses.push(Use { kind, text: text.into() });
        }
    }

    /// An element with its content. Its attributes are noted one by one.
    pub fn note_element(&mut self, element: &Element) {
        let name = self.text(&element.name).to_ascii_lowercase();
        if element.parts.iter().any(|part| matches!(part, TagPart::Group(group) if matches!(self.spread(group), Some(Some(_))))) {
            self.note_spread(&name);
        }
        match name.as_str() {
            "script" => self.note_script(element),
            "style" => {
                let text = self.content(element);
                self.note_text(UseKind::InlineStyle, &text);
            }
            "link" => self.note_link(element),
            "object" | "embed" | "applet" => self.note(UseKind::Plugin, ""),
            "base" => {
                if let Some(attribute) = self.attribute(element, "href") {
                    let url = self.url(attribute);
                    self.note(UseKind::Base, &url);
                }
            }
            _ => {}
        }
    }

    /// An object of attributes can have any that is no event handler.
    fn note_spread(&mut self, element: &str) {
        self.note(UseKind::StyleAttribute, "");
        let kind = match element {
            "script" => UseKind::Script,
            "link" => UseKind::Style,
            "img" | "input" | "image" => UseKind::Image,
            "audio" | "video" | "source" | "track" => UseKind::Media,
            "iframe" | "frame" => UseKind::Frame,
            _ => return,
        };
        self.note(kind, "");
    }

    fn note_script(&mut self, element: &Element) {
        let kind = match self.attribute(element, "type") {
            None => ScriptKind::Run,
            Some(attribute) => self.plain_value(attribute).map_or(ScriptKind::Run, script_kind),
        };
        let source = self.attribute(element, "src").map(|attribute| self.url(attribute));
        let text = self.content(element);
        match (kind, source) {
            (ScriptKind::Data, _) => {}
            (ScriptKind::Translated, _) => self.note(UseKind::Translated, ""),
            (ScriptKind::Run, Some(url)) => self.note(UseKind::Script, &url),
            (ScriptKind::Run, None) => self.note_text(UseKind::InlineScript, &text),
        }
    }

    fn note_link(&mut self, element: &Element) {
        let Some(href) = self.attribute(element, "href") else { return };
        let url = self.url(href);
        let plain = |name: &str| self.attribute(element, name).map(|attribute| self.plain_value(attribute).unwrap_or("").to_ascii_lowercase());
        let (rel, target) = (plain("rel").unwrap_or_default(), plain("as").unwrap_or_default());
        let has = |word: &str| rel.split_ascii_whitespace().any(|r| r == word);
        let kind = if has("stylesheet") || rel.is_empty() {
            UseKind::Style
        } else if has("modulepreload") {
            UseKind::Script
        } else if has("preload") || has("prefetch") {
            match target.as_str() {
                "script" | "worker" => UseKind::Script,
                "style" => UseKind::Style,
                "font" => UseKind::Font,
                "image" => UseKind::Image,
                _ => return,
            }
        } else if rel.contains("icon") {
            UseKind::Image
        } else {
            return;
        };
        self.note(kind, &url);
    }

    /// One attribute; `written` is how it was written where nothing in it is computed.
    pub fn note_attribute(&mut self, element: &str, attribute: &Attribute, written: Option<&str>) {
        let (element, name) = (element.to_ascii_lowercase(), self.text(&attribute.name).to_ascii_lowercase());
        let value = written.map(written_value);
        if html::is_event_attribute(&name) {
            return self.note_computed(UseKind::Handler, value.as_deref());
        }
        if name.starts_with("hx-") || name.starts_with("data-hx-") || name.starts_with("x-") || name.starts_with("v-") || name.starts_with(['@', ':']) {
            let is_code = makes_code(name.trim_start_matches("data-"), value.as_deref());
            return self.note(UseKind::Library, if is_code { &name } else { "" });
        }
        let kind = match (element.as_str(), name.as_str()) {
            (_, "style") => return self.note_computed(UseKind::StyleAttribute, value.as_deref()),
            (_, "srcdoc") => return self.note_computed(UseKind::Srcdoc, value.as_deref()),
            (_, "href" | "xlink:href" | "action" | "formaction")
                if value.as_deref().is_some_and(|v| v.trim_start().get(..11).is_some_and(|s| s.eq_ignore_ascii_case("javascript:"))) =>
            {
                return self.note_computed(UseKind::ScriptUrl, value.as_deref().map(str::trim));
            }
            ("img" | "source", "srcset") | ("link", "imagesrcset") => {
                let candidates = value.as_deref().map_or(vec![""], |list| list.split(',').filter_map(|one| one.split_whitespace().next()).collect());
                return candidates.into_iter().for_each(|url| self.note(UseKind::Image, url));
            }
            ("img" | "input", "src") | ("video", "poster") | (_, "background") | ("image", "href" | "xlink:href") => UseKind::Image,
            ("audio" | "video" | "source" | "track", "src") => UseKind::Media,
            ("iframe" | "frame", "src") => UseKind::Frame,
            (_, "ping") => UseKind::Connect,
            _ => return,
        };
        let url = self.url(attribute);
        self.note(kind, &url);
    }

    /// Text that is there already; none is no use.
    fn note_text(&mut self, kind: UseKind, text: &str) {
        if !text.is_empty() {
            self.note(kind, text);
        }
    }

    fn note_computed(&mut self, kind: UseKind, text: Option<&str>) {
        match text {
            // A reference that only browsers know is as good as computed.
            Some(text) if !has_reference(text) => self.note_text(kind, text),
            _ => self.note(kind, ""),
        }
    }

    /// The text of a script or style element, with line ends as browsers read them.
    fn content(&self, element: &Element) -> String {
        let text = element.children.iter().map(|child| if let Node::Verbatim(span) = child { self.text(span) } else { "" });
        text.collect::<String>().replace("\r\n", "\n").replace('\r', "\n")
    }

    /// A URL, as much of it as says where it leads to; empty where that is computed.
    fn url(&self, attribute: &Attribute) -> String {
        if let Some(plain) = self.plain_value(attribute) {
            if let Some(built) = (self.options.client)(plain) {
                return built.url;
            }
            return html::decode_references(plain).trim().to_owned();
        }
        let (Value::Quoted { pieces, .. } | Value::Bare { pieces, .. }) = &attribute.value else { return String::new() };
        let known: String = pieces.iter().map_while(|piece| if let Piece::Text(range) = piece { Some(self.text(range)) } else { None }).collect();
        let after_host = known.split_once("//").is_some_and(|(_, rest)| rest.contains('/'));
        let is_path = known.contains('/') && !known.contains("//") && !known.contains(':');
        if after_host || is_path && known.len() > 1 { known } else { String::new() }
    }
}

/// Whether the library behind an attribute makes code of its value. Of htmx's these are the ones that say so (htmx.org/docs, "CSP").
fn makes_code(name: &str, value: Option<&str>) -> bool {
    let starts = |words: &[&str]| value.is_none_or(|value| words.iter().any(|word| value.trim_start().starts_with(word)));
    match name {
        "hx-vals" | "hx-headers" | "hx-request" => starts(&["js:", "javascript:"]),
        "hx-trigger" => value.is_some_and(|value| value.contains('[')),
        _ => !name.starts_with("hx-") || name.starts_with("hx-on") || name == "hx-vars",
    }
}

fn script_kind(media: &str) -> ScriptKind {
    let media = media.trim().to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| media.contains(word));
    if media.is_empty() || matches!(media.as_str(), "module" | "importmap" | "speculationrules") || is(&["javascript", "ecmascript", "jscript"]) {
        ScriptKind::Run
    } else if is(&["babel", "jsx", "typescript", "coffee", "python", "tsx"]) {
        ScriptKind::Translated
    } else {
        ScriptKind::Data
    }
}

/// Whether something in a decoded text still looks like `&name;`.
fn has_reference(text: &str) -> bool {
    text.split('&').skip(1).any(|rest| rest.split_once(';').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')))
}

/// The value of ` name="value"`, with line ends and references as browsers read them.
fn written_value(written: &str) -> String {
    let value = written.split_once('=').map_or("", |(_, value)| value.trim());
    let inside = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value);
    html::decode_references(&inside.replace("\r\n", "\n").replace('\r', "\n"))
}
