//! From nodes to a template unit: text, groups, and what a group means.

use crate::html;
use crate::names::{bound_names, exported_names, free_names, mentions};
use crate::page::{Facts, PageKind, PageOptions};
use crate::report::Reporter;
use crate::syntax::{Code, Element, Group, Markup, Node, Range, TagEnd, TokenKind};
use crate::unit::{UnitWriter, quote};
use puremix_diag::codes;
use puremix_ir::escape::EscapeContext;
use puremix_ir::unit::ScriptUnit;
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
}

/// What a brace group stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Text, braces included.
    Literal,
    /// A comment.
    Nothing,
    /// A value to escape and write.
    Expression(Range),
    /// `{@html value}`: a value to write as it is.
    Html(Range),
    /// Statements: a JS block.
    Statements,
}

/// How sure one must be that a group is meant as an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// Every valid expression is one.
    Syntax,
    /// Only an expression over known names is one: here other languages write braces, too.
    KnownNames,
}

/// Names every template has in scope.
const SCOPE: &[&str] = &["params", "query", "request", "actionResult", "env", "props", "data", "results"];

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
    locals: Vec<BTreeSet<String>>,
    exports: BTreeSet<String>,
    meanings: BTreeMap<(usize, Trust), Meaning>,
    /// How many `<pre>` and `<code>` elements are open.
    listing_depth: usize,
    /// How many `<svg>` and `<math>` elements are open.
    pub foreign_depth: usize,
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
        inner.finish(self.report.file, &mut self.statics)
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

    /// Decided once a group and remembered: the oracle parses.
    pub fn meaning(&mut self, group: &Group, trust: Trust) -> Meaning {
        let key = (group.span.start, trust);
        if let Some(meaning) = self.meanings.get(&key) {
            return meaning.clone();
        }
        let meaning = self.decide_meaning(group, trust);
        self.meanings.insert(key, meaning.clone());
        meaning
    }

    fn decide_meaning(&mut self, group: &Group, trust: Trust) -> Meaning {
        let (source, code) = (self.source, &group.code);
        let text = self.text(&code.span);
        if text.trim().is_empty() || text.starts_with('{') {
            return Meaning::Literal;
        }
        if self.without_comments(code).trim().is_empty() {
            return Meaning::Nothing;
        }
        if mentions(source, code, "__export") || self.is_plain_block(code) {
            return Meaning::Statements;
        }
        let is_html = text.trim_start().strip_prefix("@html").is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '('));
        let range = match is_html {
            true => code.span.start + text.find("@html").unwrap_or(0) + "@html".len()..code.span.end,
            false => code.span.clone(),
        };
        if !self.options.oracle.is_expression(&self.without_markup(&range, &code.markup), false) {
            if (!code.markup.is_empty() || is_html) && trust == Trust::Syntax {
                let found = self.report.warning(codes::PAGE_LITERAL_GROUP, &group.span, "this is not a JavaScript expression, so it is printed as text");
                self.report.push(found.help("check the expression, or write `\\{` to say that it is text"));
            }
            return Meaning::Literal;
        }
        if trust == Trust::KnownNames {
            let free = free_names(source, code);
            if free.is_empty() || !free.iter().all(|name| self.is_known(name)) {
                return Meaning::Literal;
            }
        }
        if is_html { Meaning::Html(range) } else { Meaning::Expression(range) }
    }

    /// A block without `__export`: it declares something or logs, and shows nothing. Other statements are told from prose by nothing.
    fn is_plain_block(&self, code: &Code) -> bool {
        let mut tokens = code.tokens.iter().filter(|t| t.kind != TokenKind::Comment);
        let begins = match tokens.next().map(|t| (t.kind, self.text(&t.span))) {
            Some((TokenKind::Keyword, "const" | "let" | "var")) => true,
            Some((TokenKind::Word, "console")) => self.without_comments(code).trim_end().ends_with(';'),
            _ => false,
        };
        begins && self.listing_depth == 0 && self.options.oracle.is_statements(&self.without_markup(&code.span, &code.markup))
    }

    fn is_known(&self, name: &str) -> bool {
        SCOPE.contains(&name)
            || self.exports.contains(name)
            || self.locals.iter().any(|scope| scope.contains(name))
            || self.declarations.names.contains(name)
            || (self.options.known)(name)
    }

    fn without_comments(&self, code: &Code) -> String {
        let mut out = String::new();
        let mut at = code.span.start;
        for token in code.tokens.iter().filter(|t| t.kind == TokenKind::Comment) {
            out.push_str(&self.source[at..token.span.start]);
            at = token.span.end;
        }
        out.push_str(&self.source[at..code.span.end]);
        out
    }

    /// The code with a call in place of each piece of markup, for the oracle.
    pub fn without_markup(&self, range: &Range, markup: &[Markup]) -> String {
        let mut out = String::new();
        let mut at = range.start;
        for piece in markup {
            out.push_str(&self.source[at..piece.span.start]);
            out.push_str("__pmx_m(0)");
            at = piece.span.end;
        }
        out.push_str(&self.source[at..range.end]);
        out
    }

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
        if !self.options.oracle.is_statements(&text) {
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
        let name = name.strip_prefix("@html").map_or(name, str::trim);
        if self.locals.iter().any(|scope| scope.contains(name)) || self.exports.contains(name) {
            return false;
        }
        match (self.options.kind, name) {
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
        self.emit_children(element);
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
                        self.facts.mentions_puremix |= name == "script" && text.contains("PureMix");
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
