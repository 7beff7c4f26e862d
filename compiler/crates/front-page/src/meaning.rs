//! What a brace group stands for: code or text.

use crate::names::{free_names, mentions};
use crate::page::PageKind;
use crate::syntax::{Code, Group, Markup, Range, TokenKind};
use crate::template::Emitter;
use puremix_diag::codes;

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

impl Emitter<'_> {
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
        let bare = self.without_markup(&range, &code.markup);
        if !self.options.oracle.is_expression(&bare, false) && !self.is_typescript(&bare, code) {
            if trust == Trust::Syntax {
                self.warn_of_literal(group, is_html);
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

    /// A group that is text although it looks as if it was meant as code: there is markup in it, or a name that has a value here.
    fn warn_of_literal(&mut self, group: &Group, is_html: bool) {
        let code = &group.code;
        let named = free_names(self.source, code).into_iter().find(|name| self.has_value(name)).map(str::to_owned);
        if code.markup.is_empty() && !is_html && named.is_none() {
            return;
        }
        let found = self.report.warning(codes::PAGE_LITERAL_GROUP, &group.span, "this is not a JavaScript expression, so it is printed as text");
        let found = match &named {
            Some(name) => found.label(format!("`{name}` is a name of this page")),
            None => found,
        };
        let help = match code.markup.as_slice() {
            [] => "check the expression, or write `\\{` to say that it is text",
            _ => "check the expression; text beside markup goes into `<>…</>`; `\\{` says that it is text",
        };
        self.report.push(found.help(help));
    }

    /// A block without `__export`: it declares something or logs, and shows nothing. Other statements are told from prose by nothing.
    fn is_plain_block(&mut self, code: &Code) -> bool {
        let mut tokens = code.tokens.iter().filter(|t| t.kind != TokenKind::Comment);
        let begins = match tokens.next().map(|t| (t.kind, self.text(&t.span))) {
            Some((TokenKind::Keyword, "const" | "let" | "var")) => true,
            Some((TokenKind::Word, "console")) => self.without_comments(code).trim_end().ends_with(';'),
            _ => false,
        };
        begins && self.listing_depth == 0 && self.is_statements(&self.without_markup(&code.span, &code.markup))
    }

    /// Whether it is an expression of TypeScript, `user!.name` or `count as number`, that begins with a name known here. The page's
    /// units are TypeScript from here on.
    fn is_typescript(&mut self, text: &str, code: &Code) -> bool {
        let first = code.tokens.iter().find(|t| t.kind == TokenKind::Word);
        let is_known = first.is_some_and(|word| self.options.kind == PageKind::Component || self.is_known(self.text(&word.span)));
        let found = is_known && self.options.oracle.is_expression(text, true);
        self.typescript |= found;
        found
    }

    /// Whether the text is a list of statements, in TypeScript if not in JavaScript.
    pub fn is_statements(&mut self, text: &str) -> bool {
        if self.options.oracle.is_statements(text) {
            return true;
        }
        let found = self.options.oracle.is_expression(&format!("() => {{{text}\n}}"), true);
        self.typescript |= found;
        found
    }

    fn is_known(&self, name: &str) -> bool {
        SCOPE.contains(&name) || self.has_value(name) || (self.options.known)(name)
    }

    /// Whether the file itself gives the name a value. The names every template has are words that prose uses, too.
    fn has_value(&self, name: &str) -> bool {
        self.exports.contains(name) || self.locals.iter().any(|scope| scope.contains(name)) || self.declarations.names.contains(name)
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
}
