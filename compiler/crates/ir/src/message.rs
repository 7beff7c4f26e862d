//! Expressions as V8 shows them in messages: `o.m is not a function`, `f(...) is not iterable` (its CallPrinter).

use crate::*;
use std::collections::HashMap;

/// What stands for an expression that has no text.
const VALUE: &str = "(intermediate value)";

/// What temporaries stand for, by [`Wording::note`].
pub type HeldTexts = HashMap<LocalId, String>;

/// Shows the expressions of one function.
pub struct Wording<'a> {
    pub module: &'a Module,
    pub function: &'a Function,
    pub held: &'a HeldTexts,
}

impl Wording<'_> {
    /// The text of a temporary's value, to be remembered: its name begins with a dot.
    pub fn note(&self, local: LocalId, value: &Expr) -> Option<String> {
        self.module.local(local).name.starts_with('.').then(|| self.text(value))
    }

    /// What messages call the callee of a call.
    pub fn call_text(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Call { callee, .. } | ExprKind::CallWithThis { callee, .. } | ExprKind::New { callee, .. } => self.text(callee),
            ExprKind::CallMethod { recv, name, .. } => self.member(recv, name),
            ExprKind::CallIndex { recv, key, .. } => self.indexed(recv, key),
            _ => VALUE.into(),
        }
    }

    /// What messages call an iterable: of a call, V8 cannot tell what is wrong.
    pub fn iterable_text(&self, e: &Expr) -> String {
        if is_call(e) { format!("{} is not a function or its return value", self.call_text(e)) } else { self.text(e) }
    }

    /// What messages call what a loop walks. Of an awaited one V8 shows the call, not its callee.
    pub fn walked_text(&self, e: &Expr, is_await: bool) -> String {
        if is_await && is_call(e) { format!("{} is not a function or its return value", self.text(e)) } else { self.iterable_text(e) }
    }

    /// What messages call the source of an array pattern; empty where V8 shows the value instead.
    pub fn pattern_text(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Get(..) | ExprKind::Index(..) | ExprKind::Runtime(..) | ExprKind::Cond(_) | ExprKind::OptionalChain(_) => String::new(),
            _ if self.is_given(e) => String::new(),
            _ => self.iterable_text(e),
        }
    }

    /// What messages call the source of an object pattern.
    pub fn source_text(&self, e: &Expr) -> String {
        if self.is_given(e) { String::new() } else { self.text(e) }
    }

    /// Whether the expression is a parameter, or a part of a pattern's source: messages show the value.
    fn is_given(&self, e: &Expr) -> bool {
        matches!(e.kind, ExprKind::Local(local) if matches!(&*self.module.local(local).name, ".param" | ".value" | ".rest"))
    }

    /// The expression's text.
    pub fn text(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Undefined => "undefined".into(),
            ExprKind::Null => "null".into(),
            ExprKind::Bool(b) => b.to_string(),
            ExprKind::Num(n) => n.to_string(),
            ExprKind::Str(Text::Utf8(s)) => format!("\"{s}\""),
            ExprKind::Regex { source: Text::Utf8(source), flags } => format!("/{source}/{flags}"),
            ExprKind::Local(local) => self.local_text(*local),
            ExprKind::Global(global) => self.module.global(*global).name.to_string(),
            ExprKind::Import(import) => match self.module.imports[import.index()].name {
                ImportName::Namespace if self.module.requests[self.module.imports[import.index()].request].kind == RequestKind::Require => "require(...)".into(),
                _ => self.module.imports[import.index()].local_name.to_string(),
            },
            ExprKind::Builtin(name) => name.to_string(),
            ExprKind::TypeofBuiltin(name) => format!("(typeof {name})"),
            ExprKind::This => "this".into(),
            ExprKind::NewTarget => "new.target".into(),
            ExprKind::Callee => self.function.name.to_string(),
            ExprKind::Unary(op, _, x) => format!("({}{})", unary_text(*op), self.text(x)),
            ExprKind::Binary(op, _, a, b) => match binary_text(*op) {
                Some(op) => format!("({} {op} {})", self.text(a), self.text(b)),
                None => VALUE.into(),
            },
            ExprKind::Logical(op, _, a, b) => {
                let op = match op {
                    LogicalOp::And => "&&",
                    LogicalOp::Or => "||",
                    LogicalOp::Nullish => "??",
                };
                format!("({} {op} {})", self.text(a), self.text(b))
            }
            // V8 prints each of the three parts so.
            ExprKind::Cond(_) => VALUE.repeat(3),
            ExprKind::Concat(_, parts) => {
                let parts: Vec<String> = parts.iter().filter(|p| !matches!(p.kind, ExprKind::Str(_))).map(|p| self.text(p)).collect();
                if parts.is_empty() { VALUE.into() } else { parts.concat() }
            }
            ExprKind::Assign(place, _) | ExprKind::AssignOp(_, _, place, _) | ExprKind::AssignLogical(_, _, place, _) => self.place_text(place),
            ExprKind::Update { place, delta, prefix } => {
                let op = if *delta < 0.0 { "--" } else { "++" };
                let place = self.place_text(place);
                if *prefix { format!("({op}{place})") } else { format!("({place}{op})") }
            }
            ExprKind::Delete(place) => format!("(delete {})", self.place_text(place)),
            ExprKind::Get(object, name) | ExprKind::GetSafe(object, name) => self.member(object, name),
            ExprKind::Index(_, object, key) | ExprKind::IndexSafe(object, key) => self.indexed(object, key),
            ExprKind::GetSuper { key, .. } => keyed(VALUE, key, |key| self.text(key)),
            ExprKind::GetPrivate(object, local) => format!("{}[{}]", self.text(object), self.module.local(*local).name),
            ExprKind::OptionalLink(inner) => self.text(inner),
            ExprKind::Call { callee, .. } | ExprKind::CallWithThis { callee, .. } => format!("{}(...)", self.text(callee)),
            ExprKind::CallMethod { recv, name, .. } => format!("{}(...)", self.member(recv, name)),
            ExprKind::CallIndex { recv, key, .. } => format!("{}(...)", self.indexed(recv, key)),
            ExprKind::Array(_, elements) => {
                let parts: Vec<String> = elements
                    .iter()
                    .map(|element| match element {
                        Element::Value(e) => self.text(e),
                        Element::Spread(e) => format!("(...{})", self.text(e)),
                        Element::Hole => VALUE.into(),
                    })
                    .collect();
                format!("[{}]", parts.join(","))
            }
            ExprKind::Object(_, properties) => format!("{{{}}}", VALUE.repeat(properties.len())),
            ExprKind::Seq(items) => match items.as_slice() {
                // An assignment that lowering put before a `require`.
                [.., last @ Expr { kind: ExprKind::Import(_), .. }] => self.text(last),
                _ => format!("({})", items.iter().map(|e| self.text(e)).collect::<Vec<_>>().join(" , ")),
            },
            ExprKind::Do(_, value) => self.text(value),
            _ => VALUE.into(),
        }
    }

    fn local_text(&self, local: LocalId) -> String {
        let name = &*self.module.local(local).name;
        match self.held.get(&local) {
            Some(text) => text.clone(),
            // V8 has these two under the same names.
            None if !name.starts_with('.') || matches!(name, ".for" | ".catch") => name.to_owned(),
            None => VALUE.into(),
        }
    }

    fn member(&self, object: &Expr, name: &str) -> String {
        let dot = if matches!(object.kind, ExprKind::OptionalLink(_)) { "?." } else { "." };
        format!("{}{dot}{name}", self.text(object))
    }

    fn indexed(&self, object: &Expr, key: &Expr) -> String {
        let question = if matches!(object.kind, ExprKind::OptionalLink(_)) { "?." } else { "" };
        keyed(&format!("{}{question}", self.text(object)), key, |key| self.text(key))
    }

    fn place_text(&self, place: &Place) -> String {
        match place {
            Place::Local(local) => self.local_text(*local),
            Place::Global(global) => self.module.global(*global).name.to_string(),
            Place::Get(object, name) => self.member(object, name),
            Place::Index(_, object, key) => self.indexed(object, key),
            Place::Super { key, .. } => keyed(VALUE, key, |key| self.text(key)),
            Place::Private(object, local) => format!("{}[{}]", self.text(object), self.module.local(*local).name),
            Place::Unknown(name) => name.to_string(),
        }
    }
}

pub fn is_call(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Call { .. } | ExprKind::CallMethod { .. } | ExprKind::CallIndex { .. } | ExprKind::CallWithThis { .. })
}

fn keyed(object: &str, key: &Expr, text: impl Fn(&Expr) -> String) -> String {
    match &key.kind {
        ExprKind::Str(Text::Utf8(name)) => format!("{object}.{name}"),
        _ => format!("{object}[{}]", text(key)),
    }
}

fn unary_text(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Not => "!",
        UnaryOp::BitNot => "~",
        UnaryOp::Typeof => "typeof ",
        UnaryOp::Void => "void ",
        UnaryOp::ToStr => "",
    }
}

/// JavaScript's operators are written as the printer writes them.
fn binary_text(op: BinaryOp) -> Option<&'static str> {
    let is_foreign = matches!(op, BinaryOp::Merge | BinaryOp::Range | BinaryOp::Match | BinaryOp::NotMatch);
    (!is_foreign).then(|| crate::print::words::binary_symbol(op))
}
