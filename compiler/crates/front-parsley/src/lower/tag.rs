//! Tags: static text is written as it is, values by the context they stand in.

use super::{Lowerer, Sink, runtime};
use crate::ast::{Attribute, Child, Piece, Tag};
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::{Arg, AttrKind, Block, EscapeContext, Expr, ExprKind, Key, Lang, Property, Stmt, StmtKind};

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

const BOOLEAN: &[&str] = &[
    "async", "autofocus", "checked", "controls", "default", "defer", "disabled", "formnovalidate", "hidden", "loop", "multiple", "muted",
    "novalidate", "open", "readonly", "required", "reversed", "selected",
];

const URL: &[&str] = &["action", "cite", "data", "formaction", "href", "poster", "src", "xlink:href"];

/// A tag whose name begins with a capital calls a function.
pub(crate) fn is_component(tag: &Tag) -> bool {
    tag.name.starts_with(|c: char| c.is_ascii_uppercase())
}

impl Lowerer {
    pub(crate) fn lower_tag(&mut self, tag: &Tag, span: Span, out: &mut Block) {
        self.check_closing(tag, span);
        let write = |out: &mut Block, s: String| out.push(Stmt::new(StmtKind::Write(s.into()), span));
        if !tag.name.is_empty() {
            write(out, format!("<{}", tag.name));
            for attribute in &tag.attributes {
                self.lower_attribute(attribute, out);
            }
            write(out, ">".to_owned());
        }
        if VOID.contains(&tag.name.as_str()) {
            return;
        }
        if matches!(tag.name.as_str(), "script" | "style") && tag.children.iter().any(|c| matches!(c, Child::Code(_))) {
            self.unsupported(span, &format!("a value inside <{}>", tag.name), "put it into a `data-` attribute");
        }
        self.lower_children(&tag.children, out);
        if !tag.name.is_empty() {
            write(out, format!("</{}>", tag.name));
        }
    }

    fn check_closing(&mut self, tag: &Tag, span: Span) {
        if tag.self_closing || VOID.contains(&tag.name.as_str()) {
            return;
        }
        match &tag.closed_by {
            Some((name, _)) if *name == tag.name => {}
            Some((name, at)) => self.diagnostics.push(
                Diagnostic::error(codes::PARSLEY_TAG_MISMATCH, *at, format!("`</{name}>` closes `<{}>`", tag.name))
                    .secondary(span, "opened here")
                    .help(format!("write `</{}>`", tag.name)),
            ),
            None => self.diagnostics.push(
                Diagnostic::error(codes::PARSLEY_TAG_MISMATCH, span, format!("`<{}>` is never closed", tag.name))
                    .help(format!("write `</{}>`, or `<{} />`", tag.name, tag.name)),
            ),
        }
    }

    fn lower_children(&mut self, children: &[Child], out: &mut Block) {
        for child in children {
            match child {
                Child::Text(s, span) => out.push(Stmt::new(StmtKind::Write(s.as_str().into()), *span)),
                Child::Code(statements) => self.lower_statements(statements, Sink::Write, out),
                Child::Tag(e) => self.lower_into(e, Sink::Write, out),
            }
        }
    }

    fn lower_attribute(&mut self, attribute: &Attribute, out: &mut Block) {
        let (name, pieces, quoted, span) = match attribute {
            Attribute::Spread(name, span) => {
                let value = self.lower_name_of(name, *span);
                out.push(Stmt::new(StmtKind::WriteAttrs(value), *span));
                return;
            }
            Attribute::Value { name, pieces, quoted, span } => (name, pieces, *quoted, *span),
        };
        let lower = name.to_ascii_lowercase();
        let Some(pieces) = pieces else {
            out.push(Stmt::new(StmtKind::Write(format!(" {name}").into()), span));
            return;
        };
        if let ([Piece::Code(statements, at)], false) = (pieces.as_slice(), quoted) {
            let value = self.lower_code(statements, *at);
            let kind = match lower.as_str() {
                n if BOOLEAN.contains(&n) => AttrKind::Bool,
                n if URL.contains(&n) => AttrKind::Url,
                "style" => AttrKind::Style,
                n if n.starts_with("on") => AttrKind::Event,
                _ => AttrKind::Value,
            };
            out.push(Stmt::new(StmtKind::WriteAttr { name: name.as_str().into(), kind, value }, span));
            return;
        }
        out.push(Stmt::new(StmtKind::Write(format!(" {name}=\"").into()), span));
        for (i, piece) in pieces.iter().enumerate() {
            let kind = match piece {
                Piece::Text(s) => StmtKind::Write(s.replace('"', "&quot;").into()),
                Piece::Code(statements, at) => {
                    let context = match lower.as_str() {
                        n if URL.contains(&n) && i == 0 => EscapeContext::UrlStart,
                        n if URL.contains(&n) => EscapeContext::UrlPart,
                        "style" => EscapeContext::StyleAttr,
                        "srcdoc" => EscapeContext::Srcdoc,
                        n if n.starts_with("on") => EscapeContext::EventHandler,
                        _ => EscapeContext::AttrDouble,
                    };
                    let value = self.lower_code(statements, *at);
                    StmtKind::WriteHole(context, runtime("parsley_text", vec![value], *at))
                }
            };
            out.push(Stmt::new(kind, span));
        }
        out.push(Stmt::new(StmtKind::Write("\"".into()), span));
    }

    /// `<Card title="x">…</Card>` is a call of `Card` with a dictionary of its attributes; the content is `contents`.
    pub(crate) fn lower_component(&mut self, tag: &Tag, span: Span) -> Expr {
        self.check_closing(tag, span);
        let mut fields = Vec::new();
        for attribute in &tag.attributes {
            fields.push(match attribute {
                Attribute::Spread(name, at) => Property::Spread(self.lower_name_of(name, *at)),
                Attribute::Value { name, pieces, quoted, span } => {
                    let value = match pieces.as_deref() {
                        None => Expr::new(ExprKind::Bool(true), *span),
                        Some([Piece::Code(statements, at)]) if !quoted => self.lower_code(statements, *at),
                        Some(pieces) => self.lower_pieces(pieces, *span),
                    };
                    Property::Value(Key::Name(name.as_str().into()), value)
                }
            });
        }
        if !tag.children.is_empty() {
            let mut block = Vec::new();
            self.lower_children(&tag.children, &mut block);
            fields.push(Property::Value(Key::Name("contents".into()), Expr::new(ExprKind::Markup(block), span)));
        }
        let callee = self.lower_name_of(&tag.name, span);
        let props = Expr::new(ExprKind::Object(Lang::Parsley, fields), span);
        Expr::new(ExprKind::Call { callee: callee.boxed(), args: vec![Arg::Value(props)] }, span)
    }

    fn lower_name_of(&mut self, name: &str, span: Span) -> Expr {
        self.lower_value(&crate::ast::Node { kind: crate::ast::ExpressionKind::Name(name.into()), span })
    }
}
