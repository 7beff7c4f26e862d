//! Text to tree: runs the pest grammar and turns its pairs into [`crate::ast`].

use crate::ast::*;
use pest::Parser;
use pest::iterators::Pair as PestPair;
use pest::pratt_parser::{Assoc, Op as Level, PrattParser};
use pest_derive::Parser;
use puremix_diag::{Diagnostic, FileId, Span, codes};
use std::sync::LazyLock;

#[derive(Parser)]
#[grammar = "parsley.pest"]
struct Grammar;

type Pair_<'a> = PestPair<'a, Rule>;

/// Operator levels of the language reference §2.1, loosest first; all associate to the left.
static LEVELS: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rules: &[Rule]| {
        rules.iter().map(|r| Level::infix(*r, Assoc::Left)).reduce(|a, b| a | b).expect("a level has operators")
    };
    PrattParser::new()
        .op(left(&[Rule::or, Rule::coalesce]))
        .op(left(&[Rule::and]))
        .op(left(&[
            Rule::eq, Rule::ne, Rule::matches, Rule::not_match, Rule::is_in, Rule::not_in, Rule::query_one, Rule::query_many,
            Rule::execute,
        ]))
        .op(left(&[Rule::lt, Rule::le, Rule::gt, Rule::ge]))
        .op(left(&[Rule::add, Rule::sub, Rule::range]))
        .op(left(&[Rule::merge]))
        .op(left(&[Rule::mul, Rule::div, Rule::rem]))
        .op(Level::prefix(Rule::prefix))
});

/// The statements of a file, or the one syntax error that stopped the parser.
pub fn parse_program(file: FileId, text: &str) -> Result<Vec<Statement>, Diagnostic> {
    let mut pairs = Grammar::parse(Rule::program, text).map_err(|e| syntax_error(file, &e))?;
    crate::depth::check_chains(file, pairs.clone())?;
    let program = pairs.next().expect("program is the start rule");
    Ok(Builder { file }.statements(program))
}

fn syntax_error(file: FileId, error: &pest::error::Error<Rule>) -> Diagnostic {
    let (start, end) = match error.location {
        pest::error::InputLocation::Pos(at) => (at, at + 1),
        pest::error::InputLocation::Span((start, end)) => (start, end),
    };
    let found = error.line().get(match error.line_col {
        pest::error::LineColLocation::Pos((_, column)) | pest::error::LineColLocation::Span((_, column), _) => column - 1,
    }..);
    let message = match found.map(str::trim) {
        Some("") | None => "the file ends inside an expression".to_owned(),
        Some(rest) => format!("unexpected `{}`", rest.chars().take_while(|c| !c.is_whitespace()).take(20).collect::<String>()),
    };
    Diagnostic::error(codes::PARSLEY_SYNTAX, Span::new(file, start, end), message)
        .help("check the brackets, quotes and closing tags before this place")
}

struct Builder {
    file: FileId,
}

impl Builder {
    fn span(&self, pair: &Pair_) -> Span {
        Span::new(self.file, pair.as_span().start(), pair.as_span().end())
    }

    fn statements(&self, pair: Pair_) -> Vec<Statement> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::statement).map(|p| self.statement(p)).collect()
    }

    fn statement(&self, pair: Pair_) -> Statement {
        let span = self.span(&pair);
        let inner = pair.into_inner().next().expect("a statement has content");
        let rule = inner.as_rule();
        let kind = match rule {
            Rule::expression => StatementKind::Expression(self.expression(inner)),
            Rule::return_statement => StatementKind::Return(find(inner, Rule::expression).map(|e| self.expression(e))),
            Rule::export_let => {
                let (name, value) = self.target_and_value(inner);
                let Pattern::Name(name, _) = name else { unreachable!("the grammar exports names") };
                StatementKind::Export { name, value }
            }
            Rule::let_statement => {
                let (target, value) = self.target_and_value(inner);
                StatementKind::Let { target, value }
            }
            _ => {
                let (target, value) = self.target_and_value(inner);
                StatementKind::Assign { target, value }
            }
        };
        Node { kind, span }
    }

    fn target_and_value(&self, pair: Pair_) -> (Pattern, Expression) {
        let (mut target, mut value) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expression => value = Some(self.expression(part)),
                Rule::target => target = part.into_inner().next().map(|p| self.pattern(p)),
                Rule::ident | Rule::dict_pattern => target = Some(self.pattern(part)),
                _ => {}
            }
        }
        (target.expect("the grammar asks for a target"), value.expect("the grammar asks for a value"))
    }

    fn pattern(&self, pair: Pair_) -> Pattern {
        let span = self.span(&pair);
        let name = |p: Pair_| (Name::from(p.as_str()), self.span(&p));
        match pair.as_rule() {
            Rule::dict_pattern => {
                let (mut keys, mut rest) = (Vec::new(), None);
                for part in pair.into_inner() {
                    if part.as_rule() == Rule::rest {
                        rest = find(part, Rule::ident).map(name);
                    } else {
                        let at = self.span(&part);
                        let names: Vec<Name> =
                            part.into_inner().filter(|p| p.as_rule() == Rule::ident).map(|p| p.as_str().into()).collect();
                        keys.push((names[0].clone(), names[names.len() - 1].clone(), at));
                    }
                }
                Pattern::Dict { keys, rest }
            }
            Rule::array_pattern => {
                let (mut items, mut rest) = (Vec::new(), None);
                for part in pair.into_inner() {
                    if part.as_rule() == Rule::rest {
                        rest = find(part, Rule::ident).map(name);
                    } else {
                        items.push(name(part));
                    }
                }
                Pattern::Array { items, rest }
            }
            _ => Pattern::Name(pair.as_str().into(), span),
        }
    }

    fn expression(&self, pair: Pair_) -> Expression {
        let span = self.span(&pair);
        let mut parts: Vec<Pair_> = pair.into_inner().collect();
        let params = match parts.last() {
            Some(last) if last.as_rule() == Rule::sql_params => parts.pop(),
            _ => None,
        };
        let tree = LEVELS
            .map_primary(|p| self.operand(p))
            .map_prefix(|op, value| {
                let span = self.span(&op).to(value.span);
                let negate = op.as_str().trim().starts_with('-');
                let value = Box::new(value);
                Node { kind: if negate { ExpressionKind::Negate(value) } else { ExpressionKind::Not(value) }, span }
            })
            .map_infix(|left, op, right| {
                let span = left.span.to(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                let kind = match query_op(op.as_rule()) {
                    Some(op) => ExpressionKind::Query { op, db: left, sql: right, params: None },
                    None => ExpressionKind::Binary { op: binary_op(op.as_rule()), left, right },
                };
                Node { kind, span }
            })
            .parse(parts.into_iter());
        match params {
            Some(params) => self.with_params(tree, params, span),
            None => tree,
        }
    }

    /// `db OP sql, [a]`: the list belongs to the query on the left, also below `??`.
    fn with_params(&self, tree: Expression, params: Pair_, span: Span) -> Expression {
        let list = params.into_inner().next().expect("parameters are a list");
        let list = self.primary(list);
        attach(tree, Box::new(list), span)
    }

    fn operand(&self, pair: Pair_) -> Expression {
        let start = self.span(&pair);
        let mut parts = pair.into_inner();
        let mut value = self.primary(parts.next().expect("an operand has a primary"));
        for part in parts {
            let span = Span { end: self.span(&part).end, ..start };
            let object = Box::new(value);
            let kind = match part.as_rule() {
                Rule::call => ExpressionKind::Call { callee: object, args: part.into_inner().map(|a| self.expression(a)).collect() },
                Rule::member => {
                    let name = part.into_inner().next().expect("a member has a name").as_str().into();
                    ExpressionKind::Member { object, name }
                }
                _ => {
                    let mut optional = false;
                    let mut key = None;
                    for p in part.into_inner() {
                        match p.as_rule() {
                            Rule::optional => optional = true,
                            _ => key = Some(self.expression(p)),
                        }
                    }
                    ExpressionKind::Index { object, key: Box::new(key.expect("an index has a key")), optional }
                }
            };
            value = Node { kind, span };
        }
        value
    }

    fn primary(&self, pair: Pair_) -> Expression {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::expression => return self.expression(pair),
            Rule::number => ExpressionKind::Number(pair.as_str().parse().unwrap_or(f64::NAN)),
            Rule::literal => match pair.as_str() {
                "true" => ExpressionKind::Bool(true),
                "false" => ExpressionKind::Bool(false),
                _ => ExpressionKind::Null,
            },
            Rule::string => ExpressionKind::Text(unescape(&pair.as_str()[1..pair.as_str().len() - 1])),
            Rule::template => ExpressionKind::Template(self.pieces(pair)),
            Rule::at_literal => ExpressionKind::At(pair.as_str()[1..].to_owned()),
            Rule::array => ExpressionKind::Array(pair.into_inner().map(|e| self.expression(e)).collect()),
            Rule::dict => ExpressionKind::Dict(pair.into_inner().map(|p| self.pair(p)).collect()),
            Rule::function => self.function(pair),
            Rule::if_expr => self.if_expression(pair),
            Rule::for_expr => self.for_expression(pair),
            Rule::tag => ExpressionKind::Tag(self.tag(pair)),
            Rule::raw_tag => ExpressionKind::Raw(pair.as_str().to_owned()),
            _ => ExpressionKind::Name(pair.as_str().into()),
        };
        Node { kind, span }
    }

    fn pair(&self, pair: Pair_) -> Pair {
        let mut parts = pair.into_inner();
        let first = parts.next().expect("a pair has a key or a spread");
        match first.as_rule() {
            Rule::spread => Pair::Spread(self.expression(first.into_inner().next().expect("a spread has a value"))),
            rule => {
                let text = first.as_str();
                let name = if rule == Rule::string { unescape(&text[1..text.len() - 1]) } else { text.to_owned() };
                Pair::Field(name.into(), self.expression(parts.next().expect("a pair has a value")))
            }
        }
    }

    fn function(&self, pair: Pair_) -> ExpressionKind {
        let (mut params, mut body) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::param => params.extend(part.into_inner().map(|p| self.pattern(p))),
                Rule::block => body = self.statements(part),
                _ => {}
            }
        }
        ExpressionKind::Function { params, body }
    }

    fn branch(&self, pair: Pair_) -> Vec<Statement> {
        let span = self.span(&pair);
        let inner = pair.into_inner().next().expect("a branch has content");
        let kind = match inner.as_rule() {
            Rule::block => return self.statements(inner),
            Rule::return_statement => StatementKind::Return(find(inner, Rule::expression).map(|e| self.expression(e))),
            _ => StatementKind::Expression(self.expression(inner)),
        };
        vec![Node { kind, span }]
    }

    fn if_expression(&self, pair: Pair_) -> ExpressionKind {
        let (mut test, mut then, mut otherwise) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expression => test = Some(Box::new(self.expression(part))),
                Rule::branch if then.is_none() => then = Some(self.branch(part)),
                Rule::branch => otherwise = Some(self.branch(part)),
                Rule::if_expr => {
                    let span = self.span(&part);
                    let kind = StatementKind::Expression(Node { kind: self.if_expression(part), span });
                    otherwise = Some(vec![Node { kind, span }]);
                }
                _ => {}
            }
        }
        ExpressionKind::If { test: test.expect("if has a test"), then: then.unwrap_or_default(), otherwise }
    }

    fn for_expression(&self, pair: Pair_) -> ExpressionKind {
        let (mut names, mut iterable, mut body) = (Vec::new(), None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => names.push((Name::from(part.as_str()), self.span(&part))),
                Rule::expression => iterable = Some(Box::new(self.expression(part))),
                Rule::block => body = self.statements(part),
                _ => {}
            }
        }
        ExpressionKind::For { names, iterable: iterable.expect("for has something to walk"), body }
    }

    fn pieces(&self, pair: Pair_) -> Vec<Piece> {
        pair.into_inner()
            .map(|part| match part.as_rule() {
                Rule::interpolation => {
                    let span = self.span(&part);
                    Piece::Code(self.statements(part), span)
                }
                Rule::template_text => Piece::Text(part.as_str().replace("\\`", "`")),
                _ => Piece::Text(part.as_str().to_owned()),
            })
            .collect()
    }

    fn tag(&self, pair: Pair_) -> Tag {
        let mut tag =
            Tag { name: String::new(), attributes: Vec::new(), children: Vec::new(), self_closing: pair.as_str().ends_with("/>"), closed_by: None };
        let mut has_content = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::tag_name => tag.name = part.as_str().to_owned(),
                Rule::attribute => tag.attributes.push(self.attribute(part)),
                Rule::content => {
                    has_content = true;
                    self.content(part, &mut tag);
                }
                _ => {}
            }
        }
        tag.self_closing &= !has_content;
        tag
    }

    fn attribute(&self, pair: Pair_) -> Attribute {
        let span = self.span(&pair);
        let (mut name, mut pieces, mut quoted) = (String::new(), None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::attr_spread => {
                    let name = find(part, Rule::ident).map_or_else(|| "".into(), |n| n.as_str().into());
                    return Attribute::Spread(name, span);
                }
                Rule::attr_name => name = part.as_str().to_owned(),
                _ => {
                    quoted = part.as_str().starts_with('"');
                    pieces = Some(self.pieces(part));
                }
            }
        }
        Attribute::Value { name, pieces, quoted, span }
    }

    fn content(&self, pair: Pair_, tag: &mut Tag) {
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::text => tag.children.push(Child::Text(part.as_str().to_owned(), span)),
                Rule::interpolation => tag.children.push(Child::Code(self.statements(part))),
                Rule::tag => tag.children.push(Child::Tag(Node { kind: ExpressionKind::Tag(self.tag(part)), span })),
                Rule::raw_tag => tag.children.push(Child::Text(part.as_str().to_owned(), span)),
                Rule::close => {
                    let name = find(part, Rule::tag_name).map_or_else(String::new, |n| n.as_str().to_owned());
                    tag.closed_by = Some((name, span));
                }
                _ => {}
            }
        }
    }
}

/// Gives the parameter list to the query the comma followed.
fn attach(mut tree: Expression, list: Box<Expression>, span: Span) -> Expression {
    tree.span = span;
    match &mut tree.kind {
        ExpressionKind::Query { params, .. } => *params = Some(list),
        ExpressionKind::Binary { left, .. } if matches!(left.kind, ExpressionKind::Query { .. }) => {
            if let ExpressionKind::Query { params, .. } = &mut left.kind {
                *params = Some(list);
            }
        }
        _ => {}
    }
    tree
}

fn find(pair: Pair_<'_>, rule: Rule) -> Option<Pair_<'_>> {
    pair.into_inner().find(|p| p.as_rule() == rule)
}

fn query_op(rule: Rule) -> Option<QueryOp> {
    match rule {
        Rule::query_one => Some(QueryOp::One),
        Rule::query_many => Some(QueryOp::Many),
        Rule::execute => Some(QueryOp::Execute),
        _ => None,
    }
}

fn binary_op(rule: Rule) -> Op {
    match rule {
        Rule::or => Op::Or,
        Rule::and => Op::And,
        Rule::coalesce => Op::Coalesce,
        Rule::eq => Op::Eq,
        Rule::ne => Op::Ne,
        Rule::lt => Op::Lt,
        Rule::le => Op::Le,
        Rule::gt => Op::Gt,
        Rule::ge => Op::Ge,
        Rule::is_in => Op::In,
        Rule::not_in => Op::NotIn,
        Rule::matches => Op::Match,
        Rule::not_match => Op::NotMatch,
        Rule::add => Op::Add,
        Rule::sub => Op::Sub,
        Rule::range => Op::Range,
        Rule::merge => Op::Merge,
        Rule::mul => Op::Mul,
        Rule::div => Op::Div,
        Rule::rem => Op::Rem,
        other => unreachable!("{other:?} is no binary operator"),
    }
}

/// `\n \t \r \\ \"`; an unknown escape keeps its backslash (reference §1.3).
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(c @ ('\\' | '"')) => out.push(c),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}
