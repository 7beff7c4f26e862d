//! Start tags of HTML elements: each attribute in its context, and what server functions add.

use crate::forms::Action;
use crate::html;
use crate::names::quoted_length;
use crate::page::PageKind;
use crate::syntax::{Attribute, Code, Element, Group, Piece, Range, TagEnd, TagPart, TokenKind, Value};
use crate::meaning::{Meaning, Trust};
use crate::template::Emitter;
use crate::report::Reporter;
use crate::tokens::parse_pieces;
use crate::unit::quote;
use puremix_diag::codes;
use puremix_ir::escape::EscapeContext;
use puremix_ir::uses::UseKind;

/// What an attribute is, which decides how its value is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AttributeKind {
    Plain,
    Boolean,
    Url,
    Style,
    Event,
    Srcdoc,
}

impl AttributeKind {
    fn of(element: &str, name: &str) -> AttributeKind {
        if html::is_event_attribute(name) {
            AttributeKind::Event
        } else if html::is_url_attribute(element, name) {
            AttributeKind::Url
        } else if html::is_boolean_attribute(name) {
            AttributeKind::Boolean
        } else if name.eq_ignore_ascii_case("style") {
            AttributeKind::Style
        } else if name.eq_ignore_ascii_case("srcdoc") {
            AttributeKind::Srcdoc
        } else {
            AttributeKind::Plain
        }
    }

    /// The second argument of `__pmx_a`.
    fn intrinsic(self) -> &'static str {
        match self {
            AttributeKind::Plain => "value",
            AttributeKind::Boolean => "bool",
            AttributeKind::Url => "url",
            AttributeKind::Style => "style",
            AttributeKind::Event => "event",
            AttributeKind::Srcdoc => "srcdoc",
        }
    }
}

impl<'a> Emitter<'a> {
    pub fn attribute<'e>(&self, element: &'e Element, name: &str) -> Option<&'e Attribute> {
        element.parts.iter().find_map(|part| match part {
            TagPart::Attribute(attribute) if self.text(&attribute.name).eq_ignore_ascii_case(name) => Some(attribute),
            _ => None,
        })
    }

    /// The value of an attribute that holds no group.
    pub fn plain_value(&self, attribute: &Attribute) -> Option<&'a str> {
        match &attribute.value {
            Value::Flag => Some(""),
            Value::Raw(range) => Some(self.text(range)),
            Value::Quoted { range, pieces, .. } | Value::Bare { range, pieces } => {
                pieces.iter().all(|piece| matches!(piece, Piece::Text(_))).then(|| self.text(range))
            }
        }
    }

    pub fn emit_start_tag(&mut self, element: &Element) {
        let name = self.text(&element.name);
        let action = self.action_of(element);
        let submission = self.submission_of(element, action.as_ref());
        self.report_duplicates(element);
        let built = self.emit_built(element);
        self.out.output("<");
        self.out.output(name);
        let mut at = element.name.end;
        for part in &element.parts {
            match part {
                TagPart::Attribute(attribute) => {
                    let gap = at..attribute.span.start;
                    at = attribute.span.end;
                    match &action {
                        // `<script client>` says what `<script>` means anyway.
                        _ if name.eq_ignore_ascii_case("script") && self.text(&attribute.name) == "client" => {}
                        _ if built.as_ref().is_some_and(|(span, _)| *span == attribute.span) => {
                            let url = built.as_ref().map_or("", |(_, url)| url);
                            self.out.output(&format!(" {}=\"{url}\"", self.text(&attribute.name)));
                        }
                        Some(action) if action.attribute == attribute.span => {
                            self.emit_action_attributes(action);
                            if let Some(submission) = submission {
                                self.emit_submission(submission, action);
                            }
                        }
                        _ if submission.is_some() && self.text(&attribute.name).eq_ignore_ascii_case("type") => {}
                        _ => {
                            let written = (self.out.len(), self.out.pending().len());
                            self.emit_attribute(name, &gap, attribute);
                            let is_static = written.0 == self.out.len();
                            let text = if is_static { self.out.pending().split_off(written.1) } else { String::new() };
                            self.note_attribute(name, attribute, is_static.then_some(text.as_str()));
                            self.out.output(&text);
                        }
                    }
                }
                TagPart::Group(group) => {
                    at = group.span.end;
                    self.emit_tag_group(group);
                }
            }
        }
        self.note_element(element);
        let posts = name.eq_ignore_ascii_case("form") && self.form_posts(element, action.as_ref());
        if posts && action.is_some() && self.attribute(element, "method").is_none() {
            self.out.output(" method=\"POST\"");
        }
        if self.instance_root == Some(element.open.start) {
            self.flush();
            self.out.statement("__pmx_instance();");
        }
        let rest = self.source[at..element.open_end].trim_end_matches('/');
        self.out.output(rest);
        if element.end == TagEnd::SelfClosed && (self.foreign_depth > 0 || html::is_void(name)) {
            self.out.output(self.text(&(element.open_end..element.open.end)));
        } else {
            self.out.output(">");
        }
        if posts {
            self.posted_form = Some(element.open.start);
            self.emit_form_fields(element, action.as_ref());
        }
    }

    /// Where the element loads what was built, what that needs is written before it: style sheets and preloads. Answers the attribute with the URL, and the URL
    /// to write there; a script that does not say so becomes a module.
    fn emit_built(&mut self, element: &Element) -> Option<(Range, String)> {
        let name = self.text(&element.name).to_ascii_lowercase();
        let attribute = match name.as_str() {
            "script" => self.attribute(element, "src")?,
            "link" => self.attribute(element, "href")?,
            _ => return None,
        };
        let file = (self.options.client)(self.plain_value(attribute)?)?;
        for url in &file.styles {
            self.note(UseKind::Style, url);
            self.out.output(&format!("<link rel=\"stylesheet\" href=\"{url}\">"));
        }
        for url in &file.preloads {
            self.note(UseKind::Script, url);
            self.out.output(&format!("<link rel=\"modulepreload\" href=\"{url}\">"));
        }
        let is_module = name == "script" && self.attribute(element, "type").is_none();
        let url = if is_module { format!("{}\" type=\"module", file.url) } else { file.url };
        Some((attribute.span.clone(), url))
    }

    fn report_duplicates(&mut self, element: &Element) {
        let mut seen: Vec<(&str, &Attribute)> = Vec::new();
        for part in &element.parts {
            let TagPart::Attribute(attribute) = part else { continue };
            let name = self.text(&attribute.name);
            if let Some((_, first)) = seen.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
                let found = self.report.warning(codes::PAGE_DUPLICATE_ATTRIBUTE, &attribute.name, format!("`{name}` is given twice; browsers take the first"));
                let found = found.secondary(self.report.span(&first.name), "first given here").help("remove one of them");
                self.report.push(found);
            } else {
                seen.push((name, attribute));
            }
        }
    }

    /// A group between attributes: a spread or a comment.
    fn emit_tag_group(&mut self, group: &Group) {
        match self.spread(group) {
            Some(Some(range)) => {
                self.flush();
                self.out.begin("__pmx_s((");
                self.write_code(&range, &group.code);
                self.out.end("));");
            }
            Some(None) => {}
            None => self.report_bad_spread(group),
        }
    }

    /// The expression after `...`; `Some(None)` for a comment; `None` for anything else.
    pub fn spread(&mut self, group: &Group) -> Option<Option<Range>> {
        let code = &group.code;
        let first = code.tokens.iter().find(|t| t.kind != TokenKind::Comment);
        if first.is_none() && self.meaning(group, Trust::Syntax) == Meaning::Nothing {
            return Some(None);
        }
        let spread = first.filter(|t| t.kind == TokenKind::Spread)?;
        let range = spread.span.end..code.span.end;
        let text = self.without_markup(&range, &code.markup);
        self.options.oracle.is_expression(&text, false).then_some(Some(range))
    }

    pub fn report_bad_spread(&mut self, group: &Group) {
        let inside = self.text(&group.code.span).trim();
        let found = self.report.error(codes::PAGE_BAD_SPREAD, &group.span, "a brace group between attributes must be a spread");
        let is_name = !inside.is_empty() && inside.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
        let help = if is_name { format!("write `{inside}={{{inside}}}` or `{{...{inside}}}`") } else { "write `{...object}`".to_owned() };
        self.report.push(found.help(help));
    }

    fn emit_attribute(&mut self, element: &str, gap: &Range, attribute: &Attribute) {
        let name = self.text(&attribute.name);
        let written = self.text(&attribute.span);
        self.facts.mentions_puremix |= written.contains("PureMix");
        self.facts.needs_client |= name.eq_ignore_ascii_case("data-enhance");
        let gap = match self.text(gap) {
            "" => " ",
            gap => gap,
        };
        let kind = AttributeKind::of(element, name);
        if kind == AttributeKind::Event && written.contains("PureMix")
            && let Value::Raw(range) | Value::Quoted { range, .. } | Value::Bare { range, .. } = &attribute.value
        {
            self.note_calls(range);
        }
        let (pieces, quoted) = match &attribute.value {
            Value::Flag | Value::Raw(_) => {
                self.out.output(gap);
                return self.out.output(written);
            }
            Value::Quoted { pieces, quote, .. } => (pieces, Some(*quote)),
            Value::Bare { pieces, .. } => (pieces, None),
        };
        if kind == AttributeKind::Style
            && quoted.is_none()
            && let [Piece::Group(group)] = pieces.as_slice()
            && self.is_object_literal(group)
        {
            self.flush();
            self.out.begin("__pmx_a(\"style\", \"style\", (");
            self.write_code(&group.code.span, &group.code);
            return self.out.end("));");
        }
        // One group alone in braces is the whole value; in quotes that is so for attributes that are on or off.
        if let [Piece::Group(group)] = pieces.as_slice()
            && (quoted.is_none() || kind == AttributeKind::Boolean)
            && let Meaning::Expression(range) = self.meaning(group, Trust::Syntax) {
                if kind == AttributeKind::Event {
                    self.warn_computed_handler(name, group);
                }
                self.flush();
                self.out.begin(&format!("__pmx_a({}, {}, (", quote(name), quote(kind.intrinsic())));
                self.write_code(&range, &group.code);
                return self.out.end("));");
            }
        self.out.output(gap);
        if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            return self.out.output(written);
        }
        if quoted.is_none() && pieces.iter().all(|piece| matches!(piece, Piece::Group(g) if self.meaning(g, Trust::Syntax) == Meaning::Literal)) {
            return self.out.output(written);
        }
        let mark = quoted.map_or('"', char::from);
        self.out.output(&format!("{name}={mark}"));
        let mut before = String::new();
        self.emit_pieces(name, kind, mark, &mut before, pieces);
        self.out.pending().push(mark);
    }

    /// The pieces of a value; `before` is the value as far as it is known, what is computed a NUL.
    fn emit_pieces(&mut self, name: &str, kind: AttributeKind, mark: char, before: &mut String, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(range) => {
                    before.push_str(&self.source[range.clone()]);
                    self.out.output(&self.source[range.clone()]);
                }
                Piece::Escape => {
                    before.push('{');
                    self.out.output("{");
                }
                Piece::Group(group) => self.emit_hole(name, kind, mark, before, group),
            }
        }
    }

    fn emit_hole(&mut self, name: &str, kind: AttributeKind, mark: char, before: &mut String, group: &Group) {
        let is_count = name.eq_ignore_ascii_case("pattern")
            && self.text(&group.code.span).chars().all(|c| c.is_ascii_digit() || c == ',');
        let is_block = kind == AttributeKind::Event && !in_string(before) && ends_before_block(before);
        let meaning = match is_count || is_block {
            true => Meaning::Literal,
            false => self.meaning(group, self.trust_in_handler(kind, before)),
        };
        match meaning {
            Meaning::Literal if kind == AttributeKind::Event => self.emit_own_braces(name, mark, before, group),
            Meaning::Literal => {
                before.push_str(self.text(&group.span));
                self.out.output(self.text(&group.span));
            }
            Meaning::Nothing => {}
            Meaning::Expression(range) => {
                let context = self.hole_context(kind, mark, before, group);
                before.push('\0');
                // A value of a handler's script is written as the literal it is: JSON text would be a string there.
                let range = match context {
                    EscapeContext::EventHandler => self.stringified(&range, &group.code).unwrap_or(range),
                    _ => range,
                };
                self.emit_escaped(context, &range, &group.code);
            }
            Meaning::Html(_) | Meaning::Statements => {
                let found = self.report.error(codes::PAGE_BAD_ATTRIBUTE, &group.span, "an attribute can hold only values");
                self.report.push(found.help("write the value as `{expression}`; it is escaped for the attribute"));
            }
        }
    }

    /// Braces of a handler's own script, `if (x) { go({id}) }`: what stands in them is script with groups, too.
    fn emit_own_braces(&mut self, name: &str, mark: char, before: &mut String, group: &Group) {
        let (source, span) = (self.source, &group.span);
        let inside = span.start + 1..span.end - 1;
        let pieces = match self.text(&inside).contains(['{', '\\']) {
            true => parse_pieces(source, inside.clone(), Reporter::new(self.report.file)),
            false => None,
        };
        before.push('{');
        self.out.output("{");
        match pieces {
            Some(pieces) => self.emit_pieces(name, AttributeKind::Event, mark, before, &pieces),
            None => {
                before.push_str(self.text(&inside));
                self.out.output(self.text(&inside));
            }
        }
        before.push('}');
        self.out.output("}");
    }

    /// The argument of code that is `JSON.stringify(argument)` and nothing else.
    fn stringified(&self, range: &Range, code: &Code) -> Option<Range> {
        let text = self.text(range);
        let start = range.start + (text.len() - text.trim_start().len());
        let inside = text.trim().strip_prefix("JSON.stringify(")?.strip_suffix(')')?;
        let argument = start + "JSON.stringify(".len()..start + "JSON.stringify(".len() + inside.len();
        // A second argument or a second call would not fit between `?` and `:`.
        let is_one = code.markup.is_empty() && self.options.oracle.is_expression(&format!("_ ? {} : 0", self.text(&argument)), false);
        is_one.then_some(argument)
    }

    /// In a handler `{id}` can be an object of the browser's script, too. Inside its strings it cannot, and a component's
    /// names are its props, of which only the uses know.
    fn trust_in_handler(&self, kind: AttributeKind, before: &str) -> Trust {
        let is_open = kind == AttributeKind::Event && !in_string(before) && self.options.kind != PageKind::Component;
        if is_open { Trust::KnownNames } else { Trust::Syntax }
    }

    fn hole_context(&mut self, kind: AttributeKind, mark: char, before: &str, group: &Group) -> EscapeContext {
        match kind {
            AttributeKind::Plain | AttributeKind::Boolean if mark == '"' => EscapeContext::AttrDouble,
            AttributeKind::Plain | AttributeKind::Boolean => EscapeContext::AttrSingle,
            AttributeKind::Style => EscapeContext::StyleAttr,
            AttributeKind::Srcdoc => EscapeContext::Srcdoc,
            AttributeKind::Event if in_string(before) => EscapeContext::EventString,
            AttributeKind::Event => EscapeContext::EventHandler,
            AttributeKind::Url => {
                let start = before.trim_start().to_ascii_lowercase();
                if start.starts_with("javascript:") || start.starts_with("vbscript:") {
                    let found = self.report.error(codes::PAGE_DATA_IN_EXECUTABLE, &group.span, "a value cannot be written safely into a script URL");
                    self.report.push(found.help("use an event handler, or a `data-` attribute that a script reads"));
                }
                // After a value the scheme may still be open: `{a}{b}` is read as one.
                if before.trim().is_empty() { EscapeContext::UrlStart } else { EscapeContext::UrlPart }
            }
        }
    }

    /// The value of a plain attribute, without name and quotes, as the inside of a double-quoted attribute.
    pub fn emit_attribute_value(&mut self, attribute: &Attribute) {
        let (Value::Quoted { pieces, .. } | Value::Bare { pieces, .. }) = &attribute.value else { return };
        let mut before = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => self.out.output(&self.text(range).replace('"', "&quot;")),
                Piece::Escape => self.out.output("{"),
                Piece::Group(group) => self.emit_hole("content", AttributeKind::Plain, '"', &mut before, group),
            }
        }
    }

    fn warn_computed_handler(&mut self, name: &str, group: &Group) {
        if group.code.tokens.iter().all(|t| matches!(t.kind, TokenKind::String | TokenKind::Comment)) {
            return;
        }
        let message = format!("the value of this expression becomes the script of `{name}`");
        let found = self.report.warning(codes::PAGE_DATA_IN_EXECUTABLE, &group.span, message);
        self.report.push(found.help(format!("write the script as text and put only values in braces: `{name}=\"remove({{item.id}})\"`")));
    }

    fn emit_action_attributes(&mut self, action: &Action) {
        self.facts.needs_client = true;
        self.out.output(&format!(" data-puremix-action=\"{}\"", action.address));
        // A click, or a form's submission, unless it says otherwise.
        let attribute = self.text(&action.attribute).to_ascii_lowercase();
        if let Some(event) = ["change", "input"].into_iter().find(|event| attribute.strip_prefix("on").is_some_and(|name| name.starts_with(event))) {
            self.out.output(&format!(" data-puremix-on=\"{event}\""));
        }
        if let Some(arguments) = &action.arguments {
            self.flush();
            self.out.begin("__pmx_a(\"data-puremix-args\", \"value\", (JSON.stringify(");
            self.out.verbatim(self.source, arguments.clone());
            self.out.end(")));");
        }
    }
}

/// Whether a brace after this script text opens a block.
fn ends_before_block(script: &str) -> bool {
    let script = script.trim_end();
    script.is_empty() || script.ends_with([')', ';', '{', '}']) || script.ends_with("=>") || ["else", "try", "finally", "do"].iter().any(|word| script.ends_with(word))
}

/// Whether script text ends inside a string literal.
fn in_string(script: &str) -> bool {
    let bytes = script.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], b'"' | b'\'' | b'`') {
            let len = quoted_length(&script[at..], bytes[at], true);
            if len == 1 {
                return true;
            }
            at += len;
        } else {
            at += 1;
        }
    }
    false
}
