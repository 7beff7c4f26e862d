//! The syntax tree of a `.puremix` file. Everything refers to the source by byte ranges; no text is copied.

pub(crate) type Range = std::ops::Range<usize>;

/// A brace group: `{` code `}`.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// With the braces.
    pub span: Range,
    pub code: Code,
}

/// The inside of a brace group.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub span: Range,
    pub tokens: Vec<Token>,
    /// Markup at any depth of the code's own braces, in source order.
    pub markup: Vec<Markup>,
}

#[derive(Clone, Debug)]
pub(crate) struct Markup {
    pub span: Range,
    pub nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier in a position where it can be a variable (or an object key).
    Word,
    Keyword,
    /// `.name` or `?.name`.
    Member,
    Number,
    String,
    Regex,
    Comment,
    Open,
    Closer,
    BraceOpen,
    BraceClose,
    Arrow,
    Spread,
    Markup,
}

/// A JavaScript token, as far as they matter here; template literals and plain operators have none.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub span: Range,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// Written as it stands: text, comments, declarations.
    Verbatim(Range),
    /// `\{`.
    Escape,
    Group(Group),
    Element(Box<Element>),
    /// `<>…</>`: nothing but its content.
    Fragment(Vec<Node>),
    Block(Block),
}

/// How an element's start tag ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagEnd {
    Open,
    SelfClosed,
}

#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub name: Range,
    pub parts: Vec<TagPart>,
    /// From `<` to the end of the start tag.
    pub open: Range,
    /// Where the `>` or `/>` begins.
    pub open_end: usize,
    pub end: TagEnd,
    pub children: Vec<Node>,
    /// The end tag, where one is written.
    pub close: Option<Range>,
}

#[derive(Clone, Debug)]
pub(crate) enum TagPart {
    Attribute(Attribute),
    /// A brace group between attributes: a spread or a comment.
    Group(Group),
}

#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub name: Range,
    pub span: Range,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// No `=`.
    Flag,
    /// Not to be read for groups (`x-…`, `:…`, `@…`, `v-…`, `hx-…`): the value without its quotes.
    Raw(Range),
    /// In quotes; `range` is between them.
    Quoted { quote: u8, range: Range, pieces: Vec<Piece> },
    /// Without quotes.
    Bare { range: Range, pieces: Vec<Piece> },
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(Range),
    Escape,
    Group(Group),
}

/// `<layout>`, `<imports>`, `<loader>`, `<loading>`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub name: Range,
    pub span: Range,
    pub body: Range,
    pub parts: Vec<TagPart>,
}
