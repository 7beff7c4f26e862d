//! Which end tag closes which start tag, with HTML's omissible end tags.

use crate::grammar::Rule;
use crate::html;
use crate::syntax::{Element, Node, Range, TagEnd};
use crate::tokens::Reader;
use pest::iterators::{Pair, Pairs};
use puremix_diag::codes;

/// Elements nest at most this deep; the grammar has the same limit for what brace groups hold.
const MAX_DEPTH: usize = 200;

/// Builds the tree of a flat run of markup tokens.
pub(crate) fn build_nodes(reader: &mut Reader<'_>, pairs: Pairs<'_, Rule>) -> Vec<Node> {
    let mut builder = Builder { open: Vec::new(), nodes: Vec::new() };
    let mut pairs = pairs.peekable();
    while let Some(pair) = pairs.next() {
        let span = reader.range(&pair);
        match pair.as_rule() {
            Rule::tag_head => {
                let head = reader.tag_head(pair);
                let end = pairs.next_if(|p| matches!(p.as_rule(), Rule::self_close | Rule::tag_close | Rule::missing_close));
                builder.start(reader, span, head, end);
            }
            Rule::end_tag => builder.end(reader, pair),
            Rule::comment => {
                if pair.into_inner().any(|p| p.as_rule() == Rule::missing_end) {
                    let at = span.start..span.start + 4;
                    let found = reader.report.error(codes::PAGE_UNCLOSED_COMMENT, &at, "this comment is never closed");
                    reader.report.push(found.label("opened here").help("close it with `-->`"));
                }
                builder.push(Node::Verbatim(span));
            }
            Rule::escape => builder.push(Node::Escape),
            Rule::block => {
                let block = reader.block(pair);
                builder.push(Node::Block(block));
            }
            Rule::group => {
                if span.start > 0 && reader.source.as_bytes()[span.start - 1] == b'<' {
                    let at = span.start - 1..span.end;
                    let found = reader.report.error(codes::PAGE_EXPRESSION_IN_TAG_NAME, &at, "a tag name cannot be computed");
                    reader.report.push(found.help("choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`"));
                }
                let node = reader.group(pair).map_or(Node::Verbatim(span), Node::Group);
                builder.push(node);
            }
            Rule::fragment => {
                if pair.clone().into_inner().any(|p| p.as_rule() == Rule::missing_end) && !reader.text(&span).ends_with("</>") {
                    let at = span.start..span.start + 2;
                    reader.report.push(reader.report.error(codes::PAGE_UNCLOSED_TAG, &at, "this fragment is never closed").help("close it with `</>`"));
                }
                let children = build_nodes(reader, pair.into_inner());
                builder.push(Node::Fragment(children));
            }
            Rule::too_deep => reader.too_deep = reader.too_deep.or(Some(span.start)),
            Rule::missing_end | Rule::missing_close | Rule::fragment_tag | Rule::EOI => {}
            _ => builder.push(Node::Verbatim(span)),
        }
        if reader.too_deep.is_some() {
            return Vec::new();
        }
    }
    builder.finish(reader)
}

struct Builder {
    /// The open elements, outermost first, each with the siblings that came before it.
    open: Vec<(Element, Vec<Node>)>,
    nodes: Vec<Node>,
}

impl Builder {
    fn push(&mut self, node: Node) {
        // Characters that begin nothing come one by one; they belong to the text around them.
        if let (Some(Node::Verbatim(last)), Node::Verbatim(next)) = (self.nodes.last_mut(), &node)
            && last.end == next.start
        {
            last.end = next.end;
            return;
        }
        self.nodes.push(node);
    }

    fn start(&mut self, reader: &mut Reader<'_>, head_span: Range, head: (Range, Vec<crate::syntax::TagPart>), end: Option<Pair<'_, Rule>>) {
        let (name, parts) = head;
        let tag = reader.text(&name).to_owned();
        while self.open.last().is_some_and(|(top, _)| html::ends_before(reader.text(&top.name), &tag)) {
            self.close_top(None);
        }
        let (tag_end, open_end, span_end) = match &end {
            Some(pair) if pair.as_rule() == Rule::self_close => (TagEnd::SelfClosed, reader.range(pair).start, reader.range(pair).end),
            Some(pair) if pair.as_rule() == Rule::tag_close => (TagEnd::Open, reader.range(pair).start, reader.range(pair).end),
            _ => {
                let message = format!("the start tag of `<{tag}>` has no `>`");
                reader.report.push(reader.report.error(codes::PAGE_UNCLOSED_TAG, &(head_span.start..name.end), message).label("opened here"));
                (TagEnd::SelfClosed, head_span.end, head_span.end)
            }
        };
        let element =
            Element { name, parts, open: head_span.start..span_end, open_end, end: tag_end, children: Vec::new(), close: None };
        if tag_end == TagEnd::SelfClosed || html::is_void(&tag) && !html::is_component_name(&tag) {
            self.push(Node::Element(Box::new(element)));
        } else if self.open.len() >= MAX_DEPTH {
            reader.too_deep = Some(element.open.start);
        } else {
            self.open.push((element, std::mem::take(&mut self.nodes)));
        }
    }

    fn end(&mut self, reader: &mut Reader<'_>, pair: Pair<'_, Rule>) {
        let span = reader.range(&pair);
        let mut tag = String::new();
        for child in pair.into_inner() {
            match child.as_rule() {
                Rule::end_name => tag = child.as_str().to_owned(),
                Rule::missing_end => {
                    let found = reader.report.error(codes::PAGE_UNCLOSED_TAG, &span, format!("the end tag `</{tag}` has no `>`"));
                    reader.report.push(found);
                }
                _ => {}
            }
        }
        let is_exact = html::is_component_name(&tag) && !html::is_element_letter(&tag);
        let same = |name: &str| if is_exact { name == tag } else { name.eq_ignore_ascii_case(&tag) };
        let Some(depth) = self.open.iter().rposition(|(element, _)| same(reader.text(&element.name))) else {
            let found = reader.report.error(codes::PAGE_STRAY_CLOSE_TAG, &span, format!("`</{tag}>` closes nothing"));
            let found = match self.open.last() {
                _ if html::is_void(&tag) => found.help(format!("`<{tag}>` has no content and no end tag")),
                Some((top, _)) => {
                    let open = reader.text(&top.name);
                    found.secondary(reader.report.span(&top.open), format!("`<{open}>` is open here")).help(format!("remove it, or write `</{open}>`"))
                }
                None => found.help("remove it, or add the start tag"),
            };
            reader.report.push(found);
            return;
        };
        while self.open.len() > depth + 1 {
            self.complain_if_required(reader, Some(&span));
            self.close_top(None);
        }
        self.close_top(Some(span));
    }

    fn close_top(&mut self, close: Option<Range>) {
        if let Some((mut element, before)) = self.open.pop() {
            element.children = std::mem::replace(&mut self.nodes, before);
            element.close = close;
            self.nodes.push(Node::Element(Box::new(element)));
        }
    }

    fn complain_if_required(&mut self, reader: &mut Reader<'_>, ended_by: Option<&Range>) {
        let Some((top, _)) = self.open.last() else { return };
        let tag = reader.text(&top.name);
        if html::may_omit_end(tag) {
            return;
        }
        let found = reader.report.error(codes::PAGE_UNCLOSED_TAG, &top.open, format!("`<{tag}>` is never closed")).label("opened here");
        let found = match ended_by {
            Some(span) => found.secondary(reader.report.span(span), "its parent ends here"),
            None => found,
        };
        let found = found.help(format!("close it with `</{tag}>`"));
        reader.report.push(found);
    }

    fn finish(mut self, reader: &mut Reader<'_>) -> Vec<Node> {
        while !self.open.is_empty() {
            self.complain_if_required(reader, None);
            self.close_top(None);
        }
        self.nodes
    }
}
