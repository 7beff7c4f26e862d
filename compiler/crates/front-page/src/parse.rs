//! One file from text to [`Page`]: blocks out, declarations known, template and head emitted.

use crate::calls::declared_in_script;
use crate::instance::Root;
use crate::imports::{Imports, block_lang, can_be_component, read_imports};
use crate::names::declared_functions;
use crate::page::{Block, BlockKind, BlockLang, Head, HeadKey, HeadPiece, Page, PageKind, PageOptions, ScriptOracle, Spanned};
use crate::report::{Reporter, closest};
use crate::syntax::{self, Element, Node, Range, TagPart};
use crate::template::{Declarations, Emitter, has_content};
use crate::tokens::{Reader, parse_nodes};
use crate::unit::UnitWriter;
use puremix_diag::{Diagnostic, FileId, codes};
use puremix_ir::escape::EscapeContext;
use puremix_ir::unit::ScriptUnit;

/// Reads a `.puremix` file (or a layout's `.html`).
///
/// Always gives a page: what could not be read is reported and left out. Diagnostics are in source order.
pub fn parse_page(file: FileId, source: &str, options: &PageOptions<'_>) -> (Page, Vec<Diagnostic>) {
    let mut reader = Reader { source, report: Reporter::new(file), base: 0, too_deep: None };
    let nodes = parse_nodes(&mut reader);

    let mut parts = Parts { source, oracle: options.oracle, report: reader.report, layout: None, imports: Imports::default(), import_unit: UnitWriter::default(), blocks: Vec::new(), declarations: Declarations::default() };
    parts.collect(&nodes);
    parts.finish_imports();
    let Parts { report, layout, imports, import_unit, blocks, mut declarations, .. } = parts;
    declarations.browser_names = declared_in_script(&declarations.client_scripts);

    let mut emitter = Emitter::new(source, options, &declarations, report);
    let head = match options.kind {
        PageKind::Page | PageKind::Component => emit_head(&mut emitter, &nodes),
        PageKind::Layout => None,
    };
    let template = emitter.unit(|emitter| emit_template(emitter, &nodes));
    if options.kind == PageKind::Layout && !emitter.has_content && !emitter.report.diagnostics.iter().any(Diagnostic::is_error) {
        let end = source.chars().next().map_or(0, char::len_utf8);
        let found = emitter.report.error(codes::PAGE_LAYOUT_WITHOUT_CONTENT, &(0..end), "this layout has no place for the page");
        emitter.report.push(found.help("write `{content}` where the page goes"));
    }

    let used = |name: &str| emitter.facts.components.iter().any(|used| used.value == name);
    let component_imports =
        imports.defaults.into_iter().filter(|import| import.specifier.ends_with(".puremix") || can_be_component(import) && used(&import.name)).collect();
    let mut diagnostics = emitter.report.diagnostics;
    diagnostics.sort_by_key(|found| found.primary.as_ref().map(|label| label.span));
    emitter.facts.browser_names = declarations.browser_names.iter().cloned().collect();
    let page = Page {
        kind: options.kind,
        layout,
        imports: import_unit.finish(file, &mut Vec::new()),
        component_imports,
        blocks,
        head,
        template,
        statics: emitter.statics,
        facts: emitter.facts,
    };
    (page, diagnostics)
}

/// What a file holds besides markup.
struct Parts<'s> {
    source: &'s str,
    oracle: &'s dyn ScriptOracle,
    report: Reporter,
    layout: Option<Spanned<String>>,
    imports: Imports,
    import_unit: UnitWriter,
    blocks: Vec<Block>,
    declarations: Declarations,
}

impl Parts<'_> {
    fn collect(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Block(block) => self.block(block),
                Node::Element(element) => self.element(element),
                Node::Fragment(children) => self.collect(children),
                Node::Group(group) => group.code.markup.iter().for_each(|markup| self.collect(&markup.nodes)),
                Node::Verbatim(_) | Node::Escape => {}
            }
        }
    }

    fn block(&mut self, block: &syntax::Block) {
        let body = &self.source[block.body.clone()];
        match &self.source[block.name.clone()] {
            "layout" => self.layout(block, body),
            "imports" => {
                read_imports(body, block.body.start, &mut self.report, &mut self.imports);
                if !self.import_unit.is_empty() {
                    self.import_unit.code("\n");
                }
                self.import_unit.verbatim(self.source, block.body.clone());
            }
            "loader" => {
                let lang = self.lang(&block.parts);
                self.code_block(BlockKind::Loader, lang, &block.body, &block.span);
            }
            // `<loading>` was read and never used by the original; it prints nothing.
            _ => {}
        }
    }

    fn layout(&mut self, block: &syntax::Block, body: &str) {
        let name = body.trim();
        let span = self.report.span(&block.span);
        if name.is_empty() {
            let found = self.report.error(codes::PAGE_EMPTY_LAYOUT_NAME, &block.span, "`<layout>` names no layout");
            return self.report.push(found.help("write `<layout>main</layout>`, or remove it"));
        }
        if let Some(first) = &self.layout {
            let found = self.report.error(codes::PAGE_DUPLICATE_BLOCK, &block.span, "a page has one layout").secondary(first.span, "already given here");
            return self.report.push(found.help("remove one of them"));
        }
        self.layout = Some(Spanned { value: name.to_owned(), span });
    }

    fn element(&mut self, element: &Element) {
        let name = &self.source[element.name.clone()];
        if !name.eq_ignore_ascii_case("script") {
            return self.element_parts(element);
        }
        let body = match element.children.first() {
            Some(Node::Verbatim(range)) => range.clone(),
            _ => element.open.end..element.open.end,
        };
        let is_server = self.attribute(&element.parts, "server").is_some();
        if is_server {
            let lang = self.lang(&element.parts);
            let end = element.close.as_ref().map_or(body.end, |close| close.end);
            self.code_block(BlockKind::Server, lang, &body, &(element.open.start..end));
        } else {
            self.declarations.client_scripts.push_str(&self.source[body]);
        }
    }

    fn element_parts(&mut self, element: &Element) {
        for part in &element.parts {
            let groups: Vec<&syntax::Group> = match part {
                TagPart::Group(group) => vec![group],
                TagPart::Attribute(attribute) => match &attribute.value {
                    syntax::Value::Quoted { pieces, .. } | syntax::Value::Bare { pieces, .. } => {
                        pieces.iter().filter_map(|p| if let syntax::Piece::Group(g) = p { Some(g) } else { None }).collect()
                    }
                    syntax::Value::Flag | syntax::Value::Raw(_) => Vec::new(),
                },
            };
            groups.iter().flat_map(|group| &group.code.markup).for_each(|markup| self.collect(&markup.nodes));
        }
        self.collect(&element.children);
    }

    fn attribute(&self, parts: &[TagPart], name: &str) -> Option<(Range, Range)> {
        parts.iter().find_map(|part| match part {
            TagPart::Attribute(attribute) if self.source[attribute.name.clone()].eq_ignore_ascii_case(name) => {
                let value = match &attribute.value {
                    syntax::Value::Flag => attribute.span.end..attribute.span.end,
                    syntax::Value::Raw(range) | syntax::Value::Quoted { range, .. } | syntax::Value::Bare { range, .. } => range.clone(),
                };
                Some((attribute.span.clone(), value))
            }
            _ => None,
        })
    }

    /// The language of a block; `None` if it has none we know, which is reported.
    fn lang(&mut self, parts: &[TagPart]) -> Option<BlockLang> {
        let lang = self.attribute(parts, "lang");
        let text = lang.as_ref().map(|(_, value)| self.source[value.clone()].trim());
        let known = block_lang(text);
        if let (None, Some((span, _)), Some(text)) = (known, &lang, text) {
            let found = self.report.error(codes::PAGE_UNKNOWN_SCRIPT_LANG, span, format!("`{text}` is no language for server code"));
            let help = match closest(text, ["js", "ts", "typescript", "python", "javascript"].into_iter()) {
                Some(other) => format!("did you mean `{other}`?"),
                None => "write `js`, `ts` or `python`".to_owned(),
            };
            self.report.push(found.help(help));
        }
        known
    }

    fn code_block(&mut self, kind: BlockKind, lang: Option<BlockLang>, body: &Range, span: &Range) {
        let Some(lang) = lang else { return };
        let text = &self.source[body.clone()];
        let declared = match lang {
            BlockLang::Python => self.oracle.python_functions(text),
            BlockLang::Js | BlockLang::Ts => declared_functions(text),
        };
        match kind {
            BlockKind::Loader => self.declarations.names.extend(declared),
            BlockKind::Server => self.declarations.functions.extend(declared),
        }
        let unit = ScriptUnit::verbatim(self.report.file, text, body.start, lang.script_lang());
        self.blocks.push(Block { kind, lang, unit, span: self.report.span(span) });
    }

    fn finish_imports(&mut self) {
        self.declarations.names.extend(self.imports.names.iter().cloned());
        let components = self.imports.defaults.iter().filter(|import| can_be_component(import)).map(|import| import.name.clone());
        self.declarations.components.extend(components);
    }
}

fn emit_template(emitter: &mut Emitter<'_>, nodes: &[Node]) {
    let is_head = |emitter: &Emitter<'_>, node: &Node| emitter.options.kind != PageKind::Layout && head_of(emitter.source, node).is_some();
    let last = nodes.iter().rposition(|node| is_significant(emitter, node));
    let root = emitter.instance_root(nodes);
    match root {
        Root::Element(at) => emitter.instance_root = Some(at),
        Root::Wrapper => {
            emitter.out.output("<div");
            emitter.flush();
            emitter.out.statement("__pmx_instance();");
            emitter.out.output(">");
        }
        Root::None => {}
    }
    let begin = (emitter.out.len(), emitter.out.pending().len());
    for (at, node) in nodes.iter().enumerate() {
        match node {
            _ if is_head(emitter, node) => emitter.skip_node(),
            // White space at the edges of a file separates blocks and is no part of the page.
            Node::Verbatim(range) => {
                let mut range = range.clone();
                let text = &emitter.source[range.clone()];
                if begin == (emitter.out.len(), emitter.out.pending().len()) {
                    range.start += text.len() - text.trim_start().len();
                }
                if last.is_none_or(|last| at >= last) {
                    range.end = range.start + emitter.source[range.clone()].trim_end().len();
                }
                emitter.emit_nodes(&[Node::Verbatim(range)]);
            }
            node => emitter.emit_nodes(std::slice::from_ref(node)),
        }
    }
    if root == Root::Wrapper {
        emitter.out.output("</div>");
    }
}

/// Whether a node prints something.
fn is_significant(emitter: &Emitter<'_>, node: &Node) -> bool {
    match node {
        Node::Block(_) => false,
        Node::Verbatim(range) => !emitter.source[range.clone()].trim().is_empty(),
        Node::Element(element) => !emitter.is_server_script(element) && head_of(emitter.source, node).is_none(),
        Node::Escape | Node::Group(_) | Node::Fragment(_) => true,
    }
}

fn head_of<'n>(source: &str, node: &'n Node) -> Option<&'n Element> {
    match node {
        Node::Element(element) if source[element.name.clone()].eq_ignore_ascii_case("head") => Some(element),
        _ => None,
    }
}

/// The `<head>` block of a page, one unit an element.
fn emit_head(emitter: &mut Emitter<'_>, nodes: &[Node]) -> Option<Head> {
    let mut heads = nodes.iter().filter_map(|node| head_of(emitter.source, node));
    let head = heads.next()?;
    let end = head.close.as_ref().map_or(head.open.end, |close| close.end);
    let span = emitter.report.span(&(head.open.start..end));
    let duplicates: Vec<&Element> = heads.collect();
    for duplicate in duplicates {
        let found = emitter.report.error(codes::PAGE_DUPLICATE_BLOCK, &duplicate.open, "a page has one `<head>`");
        emitter.report.push(found.secondary(span, "already given here").help("put all elements into one"));
    }
    let mut result = Head { pieces: Vec::new(), title: None, description: None, span };
    for child in head.children.iter().filter(|child| has_content(emitter.source, std::slice::from_ref(*child))) {
        let mut key = HeadKey::Other;
        if let Node::Element(element) = child {
            let name = emitter.text(&element.name);
            if emitter.is_component(name) || emitter.is_server_script(element) || name.eq_ignore_ascii_case("script") {
                // Nothing of a layout's stands for the same.
            } else if name.eq_ignore_ascii_case("title") {
                key = HeadKey::Title;
                result.title = Some(emitter.unit(|emitter| {
                    emitter.text_context = EscapeContext::RcData;
                    emitter.emit_nodes(&element.children);
                    emitter.text_context = EscapeContext::Text;
                }));
            } else if name.eq_ignore_ascii_case("meta")
                && let Some(meta) = emitter.meta_key(element)
            {
                if meta == "name:description"
                    && let Some(content) = emitter.attribute(element, "content")
                {
                    result.description = Some(emitter.unit(|emitter| emitter.emit_attribute_value(content)));
                }
                key = HeadKey::Meta(meta);
            }
        }
        let unit = emitter.unit(|emitter| emitter.emit_nodes(std::slice::from_ref(child)));
        if !unit.text.is_empty() {
            result.pieces.push(HeadPiece { key, unit });
        }
    }
    Some(result)
}
