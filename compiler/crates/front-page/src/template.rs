//! From nodes to a template unit: text, groups, elements.

use crate::html;
use crate::meaning::{Meaning, Trust};
use crate::names::{bound_names, exported_names, mentions};
use crate::page::{Facts, PageKind, PageOptions};
use crate::report::Reporter;
use crate::syntax::{Code, Element, Group, Node, Range, TagEnd, TokenKind};
use crate::unit::{UnitWriter, quote};
use puremix_diag::codes;
use puremix_ir::escape::EscapeContext;
use puremix_ir::unit::{ScriptLang, ScriptUnit};
use puremix_ir::uses::UseKind;
use std::collections::{BTreeMap, BTreeSet};

/// What a file declares outside its template.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    /// Server functions, by the names of their declarations.
    pub functions: BTreeSet<String>,
    /// Loaders and imports: names that have a value in the template.
    pub names: BTreeSet<String>,
    /// Imports that can be used as tags.
    pub components: BTreeSet<String>,
    /// The text of all client scripts.
    pub client_scripts: String,
    /// The names that they declare.
    pub browser_names: BTreeSet<String>,
}

pub(crate) struct Emitter<'a> {
    pub source: &'a str,
    pub options: &'a PageOptions<'a>,
    pub declarations: &'a Declarations,
    pub report: Reporter,
    pub statics: Vec<String>,
    pub facts: Facts,
    pub out: UnitWriter,
    /// The context of text: `RcData` inside `<title>` and `<textarea>`.
    pub text_context: EscapeContext,
    /// Names bound by the expressions around the current piece of markup.
    pub(crate) locals: Vec<BTreeSet<String>>,
    pub(crate) exports: BTreeSet<String>,
    pub(crate) meanings: BTreeMap<(usize, Trust), Meaning>,
    /// How many `<pre>` and `<code>` elements are open.
    pub(crate) listing_depth: usize,
    /// How many `<svg>` and `<math>` elements are open.
    pub foreign_depth: usize,
    /// An expression needed TypeScript's grammar, so the units are read with it.
    pub(crate) typescript: bool,
    /// The forms around the current element: whether each sends its fields by POST.
    pub open_forms: Vec<bool>,
    /// The form last begun that posts.
    pub posted_form: Option<usize>,
    /// Where the element begins that says which instance of the component it is.
    pub instance_root: Option<usize>,
    /// A block was removed just before: its line goes with it.
    removed: bool,
    pub has_content: bool,
    pub has_head: bool,
}

impl<'a> Emitter<'a> {
    pub fn new(source: &'a str, options: &'a PageOptions<'a>, declarations: &'a Declarations, report: Reporter) -> Emitter<'a> {
        Emitter {
            source,
            options,
            declarations,
            report,
            statics: Vec::new(),
            facts: Facts::default(),
            out: UnitWriter::default(),
            text_context: EscapeContext::Text,
            locals: Vec::new(),
            exports: BTreeSet::new(),
            meanings: BTreeMap::new(),
            listing_depth: 0,
            foreign_depth: 0,
            typescript: false,
            open_forms: Vec::new(),
            posted_form: None,
            instance_root: None,
            removed: false,
            has_content: false,
            has_head: false,
        }
    }

    pub fn text(&self, range: &Range) -> &'a str {
        &self.source[range.clone()]
    }

    /// Emits into a unit of its own.
    pub fn unit(&mut self, emit: impl FnOnce(&mut Self)) -> ScriptUnit {
        let outer = std::mem::take(&mut self.out);
        emit(self);
        let inner = std::mem::replace(&mut self.out, outer);
        let lang = if self.typescript { ScriptLang::Ts } else { ScriptLang::Js };
        ScriptUnit { lang, ..inner.finish(self.report.file, &mut self.statics) }
    }

    pub fn flush(&mut self) {
        self.out.flush(&mut self.statics);
    }

    pub fn emit_nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.emit_node(node);
        }
    }

    fn emit_node(&mut self, node: &Node) {
        let removed = std::mem::take(&mut self.removed);
        match node {
            Node::Verbatim(span) => {
                let mut text = self.text(span);
                if removed && let Some(line) = text[..text.len() - text.trim_start().len()].rfind('\n') {
                    text = &text[line + 1..];
                }
                self.out.output(text);
            }
            Node::Escape => self.out.output("{"),
            Node::Group(group) => self.emit_group(group),
            Node::Fragment(children) => self.emit_nodes(children),
            Node::Block(_) => self.removed = true,
            Node::Element(element) if self.is_server_script(element) => self.removed = true,
            Node::Element(element) => self.emit_element(element),
        }
    }

    /// A node that the caller has taken out of the template.
    pub fn skip_node(&mut self) {
        self.removed = true;
    }

    pub fn is_server_script(&self, element: &Element) -> bool {
        self.text(&element.name).eq_ignore_ascii_case("script") && self.attribute(element, "server").is_some()
    }

    // ---- Groups

    fn emit_group(&mut self, group: &Group) {
        if self.emit_placeholder(group) {
            return;
        }
        let trust = if self.listing_depth > 0 { Trust::KnownNames } else { Trust::Syntax };
        match self.meaning(group, trust) {
            Meaning::Literal => self.out.output(self.text(&group.span)),
            Meaning::Nothing => {}
            Meaning::Expression(range) => self.emit_escaped(self.text_context, &range, &group.code),
            Meaning::Html(range) => {
                self.note(UseKind::Raw, "");
                self.flush();
                self.out.begin("__pmx_raw((");
                self.write_code(&range, &group.code);
                self.out.end("));");
            }
            Meaning::Statements => self.emit_statements(group),
        }
    }

    /// `__pmx_e(context, (code));`
    pub fn emit_escaped(&mut self, context: EscapeContext, range: &Range, code: &Code) {
        self.flush();
        self.out.begin(&format!("__pmx_e({}, (", context as u8));
        self.write_code(range, code);
        self.out.end("));");
    }

    /// Copies code, with each piece of markup lowered in its place.
    pub fn write_code(&mut self, range: &Range, code: &Code) {
        if !code.markup.is_empty() {
            self.locals.push(bound_names(self.source, code));
        }
        let mut at = range.start;
        for piece in &code.markup {
            self.out.verbatim(self.source, at..piece.span.start);
            self.out.code("__pmx_m(");
            self.emit_closure(|emitter| emitter.emit_nodes(&piece.nodes));
            self.out.code(")");
            at = piece.span.end;
        }
        self.out.verbatim(self.source, at..range.end);
        if !code.markup.is_empty() {
            self.locals.pop();
        }
        // A line comment must not swallow what is written after the code.
        if code.tokens.iter().any(|t| t.kind == TokenKind::Comment && self.text(&t.span).starts_with("//")) {
            self.out.code("\n");
        }
    }

    /// `() => { … }` with the statements that `emit` writes.
    pub fn emit_closure(&mut self, emit: impl FnOnce(&mut Self)) {
        self.out.open_closure();
        emit(self);
        self.flush();
        self.out.close_closure();
    }

    fn emit_statements(&mut self, group: &Group) {
        let code = &group.code;
        let text = self.without_markup(&code.span, &code.markup);
        if !self.is_statements(&text) {
            let found = self.report.error(codes::PAGE_BAD_JS_BLOCK, &group.span, "this block with `__export` is not valid JavaScript");
            self.report.push(found.help("a block holds statements and ends with `__export = { name, … };`"));
            return;
        }
        let exported = if mentions(self.source, code, "__export") { exported_names(self.source, code) } else { Some(Vec::new()) };
        let Some(names) = exported else {
            let found = self.report.error(codes::PAGE_BAD_JS_BLOCK, &group.span, "`__export` is not assigned an object literal");
            self.report.push(found.help("write `__export = { total, tax };`, so that the names are known when the page is compiled"));
            return;
        };
        self.flush();
        self.out.begin("__pmx_js(() => { let __export;");
        self.write_code(&code.span, code);
        let list: Vec<String> = names.iter().map(|name| quote(name)).collect();
        // The block's last statement may have no semicolon.
        self.out.end(&format!("\nreturn __export; }}, [{}]);", list.join(", ")));
        self.exports.extend(names);
    }

    // ---- Placeholders

    /// `{content}` and its like, where the kind of file has them.
    fn emit_placeholder(&mut self, group: &Group) -> bool {
        let name = self.text(&group.code.span).trim();
        let is_html = name.starts_with("@html");
        let name = name.strip_prefix("@html").map_or(name, str::trim);
        if self.locals.iter().any(|scope| scope.contains(name)) || self.exports.contains(name) {
            return false;
        }
        match (self.options.kind, name) {
            // A component's children may be a prop, too, and then it matters whether it is trusted.
            (PageKind::Component, "children") if is_html => return false,
            (PageKind::Layout, "content") | (PageKind::Layout | PageKind::Component, "children") => {
                self.has_content = true;
                self.flush();
                self.out.statement("__pmx_content();");
            }
            (PageKind::Layout, "head") => {
                self.has_head = true;
                self.flush();
                self.out.statement("__pmx_head();");
            }
            (PageKind::Layout, "title") => {
                self.flush();
                self.out.statement("__pmx_title();");
            }
            (PageKind::Layout, "description") => {
                self.flush();
                self.out.statement("__pmx_description();");
            }
            _ => {
                self.has_content |= self.options.kind == PageKind::Layout
                    && (mentions(self.source, &group.code, "content") || mentions(self.source, &group.code, "children"));
                return false;
            }
        }
        true
    }

    /// `<slot>` of a layout or component; its own children are what is shown when nothing is given.
    fn emit_slot(&mut self, element: &Element) {
        if let Some(named) = self.attribute(element, "name") {
            let found = self.report.error(codes::PAGE_BAD_ATTRIBUTE, &named.span, "slots have no names");
            self.report.push(found.help("pass further markup as a prop: `<Card footer={<b>…</b>} />`"));
        }
        self.has_content = true;
        self.flush();
        self.out.begin("__pmx_content(");
        if has_content(self.source, &element.children) {
            self.emit_closure(|emitter| emitter.emit_nodes(&element.children));
        }
        self.out.end(");");
    }

    // ---- Elements

    /// Whether a tag stands for a component, imported or missing.
    pub fn is_component(&self, name: &str) -> bool {
        html::is_component_name(name) && (!html::is_element_letter(name) || self.declarations.components.contains(name))
    }

    fn emit_element(&mut self, element: &Element) {
        let name = self.text(&element.name);
        if self.is_component(name) {
            return self.emit_component(element);
        }
        if name == "slot" && self.options.kind != PageKind::Page {
            return self.emit_slot(element);
        }
        if self.options.kind == PageKind::Layout && name.eq_ignore_ascii_case("meta") && self.emit_layout_meta(element) {
            return;
        }
        let foreign = html::is_foreign_root(name);
        self.foreign_depth += usize::from(foreign);
        self.emit_start_tag(element);
        let is_form = self.open_form(element);
        self.emit_children(element);
        if is_form {
            self.open_forms.pop();
        }
        if self.options.kind == PageKind::Layout && name.eq_ignore_ascii_case("head") && !self.has_head {
            self.has_head = true;
            self.flush();
            self.out.statement("__pmx_head();");
        }
        if let Some(close) = &element.close {
            self.out.output(self.text(close));
        } else if element.end == TagEnd::SelfClosed && self.foreign_depth == 0 && !html::is_void(name) {
            self.out.output(&format!("</{name}>"));
        }
        self.foreign_depth -= usize::from(foreign);
    }

    fn emit_children(&mut self, element: &Element) {
        let name = self.text(&element.name).to_ascii_lowercase();
        match name.as_str() {
            "script" | "style" => {
                for child in &element.children {
                    if let Node::Verbatim(span) = child {
                        let text = self.text(span);
                        if name == "script" && text.contains("PureMix") {
                            self.facts.mentions_puremix = true;
                            self.note_calls(span);
                        }
                        self.out.output(text);
                    }
                }
            }
            "title" | "textarea" => {
                let outer = std::mem::replace(&mut self.text_context, EscapeContext::RcData);
                // A layout's own title is what pages without one have.
                let is_default = name == "title" && self.options.kind == PageKind::Layout && self.foreign_depth == 0;
                self.facts.layout_title |= is_default;
                if is_default && !element.children.iter().any(|child| self.mentions_title(child)) {
                    self.flush();
                    self.out.begin("__pmx_title(");
                    self.emit_closure(|emitter| emitter.emit_nodes(&element.children));
                    self.out.end(");");
                } else {
                    self.emit_nodes(&element.children);
                }
                self.text_context = outer;
            }
            "pre" | "code" => {
                self.listing_depth += 1;
                self.emit_nodes(&element.children);
                self.listing_depth -= 1;
            }
            _ => self.emit_nodes(&element.children),
        }
    }

    fn mentions_title(&self, node: &Node) -> bool {
        matches!(node, Node::Group(group) if mentions(self.source, &group.code, "title"))
    }

    /// A `<meta name=…>` of a layout, which a page's own replaces.
    fn emit_layout_meta(&mut self, element: &Element) -> bool {
        let Some(key) = self.meta_key(element) else { return false };
        self.flush();
        self.out.begin(&format!("__pmx_meta({}, ", quote(&key)));
        self.emit_closure(|emitter| emitter.emit_start_tag(element));
        self.out.end(");");
        self.facts.layout_metas.push(key);
        true
    }

    /// `name:description` or `property:og:title`, where the attribute is plain text.
    pub fn meta_key(&self, element: &Element) -> Option<String> {
        ["name", "property"].into_iter().find_map(|attribute| {
            let value = self.plain_value(self.attribute(element, attribute)?)?;
            Some(format!("{attribute}:{}", value.to_ascii_lowercase()))
        })
    }
}

/// Whether nodes are more than white space and comments.
pub(crate) fn has_content(source: &str, nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Verbatim(span) => {
            let text = source[span.clone()].trim();
            !text.is_empty() && !text.starts_with("<!--")
        }
        _ => true,
    })
}
