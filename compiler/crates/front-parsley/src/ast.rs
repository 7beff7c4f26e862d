//! Parsley as a tree, before lowering. Private to this crate.

use puremix_diag::Span;
use std::rc::Rc;

pub type Name = Rc<str>;

#[derive(Debug)]
pub struct Node<T> {
    pub kind: T,
    pub span: Span,
}

pub type Statement = Node<StatementKind>;
pub type Expression = Node<ExpressionKind>;

#[derive(Debug)]
pub enum StatementKind {
    Let { target: Pattern, value: Expression },
    /// Updates the nearest variable of that name, or makes one.
    Assign { target: Pattern, value: Expression },
    Export { name: Name, value: Expression },
    Return(Option<Expression>),
    Expression(Expression),
}

#[derive(Debug)]
pub enum Pattern {
    Name(Name, Span),
    /// `{a, b as c, ...rest}`
    Dict { keys: Vec<(Name, Name, Span)>, rest: Option<(Name, Span)> },
    Array { items: Vec<(Name, Span)>, rest: Option<(Name, Span)> },
}

#[derive(Debug)]
pub enum ExpressionKind {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// `` `a {b}` ``
    Template(Vec<Piece>),
    /// `@…`
    At(String),
    Name(Name),
    Array(Vec<Expression>),
    Dict(Vec<Pair>),
    Function { params: Vec<Pattern>, body: Vec<Statement> },
    If { test: Box<Expression>, then: Vec<Statement>, otherwise: Option<Vec<Statement>> },
    For { names: Vec<(Name, Span)>, iterable: Box<Expression>, body: Vec<Statement> },
    Call { callee: Box<Expression>, args: Vec<Expression> },
    Member { object: Box<Expression>, name: Name },
    Index { object: Box<Expression>, key: Box<Expression>, optional: bool },
    Not(Box<Expression>),
    Negate(Box<Expression>),
    Binary { op: Op, left: Box<Expression>, right: Box<Expression> },
    /// `db OP sql, [params]`
    Query { op: QueryOp, db: Box<Expression>, sql: Box<Expression>, params: Option<Box<Expression>> },
    Tag(Tag),
    /// `<!DOCTYPE …>`
    Raw(String),
}

#[derive(Debug)]
pub enum Pair {
    Field(Name, Expression),
    Spread(Expression),
}

#[derive(Debug)]
pub enum Piece {
    Text(String),
    Code(Vec<Statement>, Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Or,
    And,
    Coalesce,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Match,
    NotMatch,
    Add,
    Sub,
    Range,
    Merge,
    Mul,
    Div,
    Rem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryOp {
    /// `<=?=>`: one row or null.
    One,
    /// `<=??=>`: all rows.
    Many,
    /// `<=!=>`: runs, answers `{affected, lastId}`.
    Execute,
}

#[derive(Debug)]
pub struct Tag {
    /// Empty for `<>…</>`.
    pub name: String,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Child>,
    pub self_closing: bool,
    /// The name in the closing tag, when there is one.
    pub closed_by: Option<(String, Span)>,
}

#[derive(Debug)]
pub enum Attribute {
    /// `name`, `name="a{b}"`, `name={c}`; a single `Code` piece without quotes keeps its value's type.
    Value { name: String, pieces: Option<Vec<Piece>>, quoted: bool, span: Span },
    Spread(Name, Span),
}

#[derive(Debug)]
pub enum Child {
    Text(String, Span),
    Code(Vec<Statement>),
    Tag(Expression),
}
