//! From pest's pairs to the pieces of the syntax tree that nest by themselves: tags, attributes, groups, blocks.

use crate::grammar::{Grammar, Rule};
use crate::report::Reporter;
use crate::syntax::{Attribute, Block, Code, Group, Markup, Node, Piece, Range, TagPart, Token, TokenKind, Value};
use crate::tree::build_nodes;
use pest::Parser;
use pest::error::InputLocation;
use pest::iterators::{Pair, Pairs};
use puremix_diag::codes;

/// What the parts of the tree are read with.
pub(crate) struct Reader<'s> {
    pub source: &'s str,
    pub report: Reporter,
    /// Where in the source the parsed text begins.
    pub base: usize,
    /// Where nesting went beyond the limit; everything after it is unread.
    pub too_deep: Option<usize>,
}

/// Parses a file. Never fails: what cannot be read is reported, and the nodes are those read until then.
pub(crate) fn parse_nodes(reader: &mut Reader<'_>) -> Vec<Node> {
    let nodes = match Grammar::parse(Rule::file, reader.source) {
        Ok(mut pairs) => pairs.next().map(|file| build_nodes(reader, file.into_inner())).unwrap_or_default(),
        Err(error) => {
            // The grammar accepts every text, so this is pest's own guard of the native stack.
            reader.too_deep = Some(match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            });
            Vec::new()
        }
    };
    let Some(at) = reader.too_deep else { return nodes };
    let at = reader.source.floor_char_boundary(at.min(reader.source.len()));
    let end = reader.source[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    reader.report.diagnostics = vec![
        reader
            .report
            .error(codes::PAGE_TOO_DEEP, &(at..end), "elements and braces are nested more than 200 deep here")
            .help("move the inner part into a component"),
    ];
    Vec::new()
}

/// Reads a part of a quoted value again as text and groups: what stands in the braces that turned out to be a handler's own.
/// `None` where its braces do not pair, for then it is text.
pub(crate) fn parse_pieces(source: &str, part: Range, report: Reporter) -> Option<Vec<Piece>> {
    let mut reader = Reader { source, report, base: part.start, too_deep: None };
    let pairs = Grammar::parse(Rule::handler, &source[part]).ok()?.next()?.into_inner();
    let pieces = reader.pieces(pairs);
    (reader.too_deep.is_none() && reader.report.diagnostics.is_empty()).then_some(pieces)
}

impl Reader<'_> {
    pub fn range(&self, pair: &Pair<'_, Rule>) -> Range {
        let span = pair.as_span();
        self.base + span.start()..self.base + span.end()
    }

    pub fn text(&self, range: &Range) -> &str {
        &self.source[range.clone()]
    }

    /// A brace group; `None` where its end is missing, which is reported.
    pub fn group(&mut self, pair: Pair<'_, Rule>) -> Option<Group> {
        let span = self.range(&pair);
        let mut code = None;
        let mut closed = true;
        for child in pair.into_inner() {
            match child.as_rule() {
                Rule::code => code = Some(self.code(child)),
                Rule::missing_end => closed = false,
                Rule::too_deep => self.too_deep = self.too_deep.or(Some(span.start)),
                _ => {}
            }
        }
        if !closed {
            self.report.push(
                self.report
                    .error(codes::PAGE_UNCLOSED_EXPRESSION, &(span.start..span.start + 1), "this brace is never closed")
                    .label("opened here")
                    .help("close it with `}`, or write `\\{` for a brace that is text"),
            );
            return None;
        }
        code.map(|code| Group { span, code })
    }

    fn code(&mut self, pair: Pair<'_, Rule>) -> Code {
        let span = self.range(&pair);
        let mut tokens = Vec::new();
        let mut markup = Vec::new();
        for child in pair.into_inner() {
            let span = self.range(&child);
            let kind = match child.as_rule() {
                Rule::markup => {
                    let nodes = build_nodes(self, child.into_inner());
                    markup.push(Markup { span: span.clone(), nodes });
                    TokenKind::Markup
                }
                Rule::too_deep => {
                    self.too_deep = self.too_deep.or(Some(span.start));
                    continue;
                }
                Rule::word => TokenKind::Word,
                Rule::keyword => TokenKind::Keyword,
                Rule::member => TokenKind::Member,
                Rule::number => TokenKind::Number,
                Rule::string => TokenKind::String,
                Rule::regex => TokenKind::Regex,
                Rule::code_comment => TokenKind::Comment,
                Rule::open => TokenKind::Open,
                Rule::closer => TokenKind::Closer,
                Rule::brace_open => TokenKind::BraceOpen,
                Rule::brace_close => TokenKind::BraceClose,
                Rule::arrow => TokenKind::Arrow,
                Rule::spread => TokenKind::Spread,
                _ => continue,
            };
            tokens.push(Token { kind, span });
        }
        Code { span, tokens, markup }
    }

    /// The name and the parts of a start tag.
    pub fn tag_head(&mut self, pair: Pair<'_, Rule>) -> (Range, Vec<TagPart>) {
        let start = self.range(&pair).start;
        let mut name = start..start;
        let mut inner = pair.into_inner();
        if let Some(first) = inner.peek().filter(|p| p.as_rule() == Rule::tag_name) {
            name = self.range(&first);
            inner.next();
        }
        let parts = self.tag_parts(inner, name.end);
        (name, parts)
    }

    fn tag_parts(&mut self, pairs: Pairs<'_, Rule>, name_end: usize) -> Vec<TagPart> {
        let mut parts = Vec::new();
        let mut previous_end = name_end;
        let mut complained = false;
        for pair in pairs {
            let span = self.range(&pair);
            match pair.as_rule() {
                Rule::attribute => {
                    if let Some(attribute) = self.attribute(pair) {
                        parts.push(TagPart::Attribute(attribute));
                    }
                }
                Rule::group if span.start == previous_end => {
                    let (code, message) = match span.start == name_end {
                        true => (codes::PAGE_EXPRESSION_IN_TAG_NAME, "a tag name cannot be computed"),
                        false => (codes::PAGE_BAD_ATTRIBUTE, "an attribute name cannot be computed"),
                    };
                    self.report.push(self.report.error(code, &span, message).help("choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`, or spread an object: `{...attributes}`"));
                }
                Rule::group => {
                    if let Some(group) = self.group(pair) {
                        parts.push(TagPart::Group(group));
                    }
                }
                Rule::bad_attribute if !complained => {
                    complained = true;
                    self.report.push(
                        self.report
                            .error(codes::PAGE_BAD_ATTRIBUTE, &span, "unexpected character in a start tag")
                            .help("write attributes as `name=\"value\"`, `name={expression}` or `name`"),
                    );
                }
                _ => {}
            }
            previous_end = span.end;
        }
        parts
    }

    fn attribute(&mut self, pair: Pair<'_, Rule>) -> Option<Attribute> {
        let span = self.range(&pair);
        let mut name = span.start..span.start;
        let mut value = Value::Flag;
        for child in pair.into_inner() {
            let at = self.range(&child);
            match child.as_rule() {
                Rule::attr_name => name = at,
                Rule::literal_name => name = at,
                Rule::raw_double | Rule::raw_single => {
                    self.check_quote(&child, &name);
                    value = Value::Raw(child.into_inner().next().map_or(at, |body| self.range(&body)));
                }
                Rule::raw_bare => value = Value::Raw(at),
                Rule::double | Rule::single => {
                    let closed = self.check_quote(&child, &name);
                    let quote = if child.as_rule() == Rule::double { b'"' } else { b'\'' };
                    let inside = at.start + 1..if closed { at.end - 1 } else { at.end };
                    value = Value::Quoted { quote, range: inside, pieces: self.pieces(child.into_inner()) };
                }
                Rule::bare => value = Value::Bare { range: at, pieces: self.pieces(child.into_inner()) },
                Rule::missing_end => {
                    self.report.push(
                        self.report
                            .error(codes::PAGE_BAD_ATTRIBUTE, &span, format!("`{}` has no value after `=`", self.text(&name)))
                            .help("write a value in quotes or braces, or leave out the `=`"),
                    );
                    return None;
                }
                _ => {}
            }
        }
        Some(Attribute { name, span, value })
    }

    /// Whether a quoted value ends with its quote; reported if not.
    fn check_quote(&mut self, pair: &Pair<'_, Rule>, name: &Range) -> bool {
        let closed = pair.clone().into_inner().last().is_none_or(|last| last.as_rule() != Rule::missing_end);
        if !closed {
            let start = self.range(pair).start;
            let message = format!("the value of `{}` has no closing quote", self.text(name));
            self.report.push(self.report.error(codes::PAGE_BAD_ATTRIBUTE, &(start..start + 1), message).label("opened here"));
        }
        closed
    }

    fn pieces(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for pair in pairs {
            let span = self.range(&pair);
            match pair.as_rule() {
                Rule::escape => pieces.push(Piece::Escape),
                Rule::missing_end | Rule::EOI => {}
                Rule::group => pieces.push(self.group(pair).map_or(Piece::Text(span), Piece::Group)),
                _ => pieces.push(Piece::Text(span)),
            }
        }
        pieces
    }

    pub fn block(&mut self, pair: Pair<'_, Rule>) -> Block {
        let span = self.range(&pair);
        let name_start = span.start + 1;
        let name_len = self.source[name_start..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = name_start..name_start + name_len;
        let inner = pair.into_inner();
        let mut body = span.end..span.end;
        for child in inner.clone() {
            match child.as_rule() {
                Rule::block_body => body = self.range(&child),
                Rule::missing_end | Rule::missing_close => {
                    let message = format!("`<{}>` is never closed", self.text(&name));
                    let help = format!("close it with `</{}>`", self.text(&name));
                    self.report.push(self.report.error(codes::PAGE_UNCLOSED_BLOCK, &(span.start..name.end), message).label("opened here").help(help));
                }
                _ => {}
            }
        }
        let parts = self.tag_parts(inner, name.end);
        Block { name, span, body, parts }
    }
}
