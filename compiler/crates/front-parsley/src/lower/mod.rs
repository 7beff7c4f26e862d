//! Tree to IR.
//!
//! A file becomes one handler function of one parameter, `basil`; its statements run top to bottom per request. A block's value is
//! the value of each of its expression statements, nulls left out: none is null, one is itself, several are a list (reference §3.1).

mod expr;
mod scope;
mod tag;

use crate::ast::{self, Expression, ExpressionKind, Pattern, Statement, StatementKind};
use puremix_diag::{Diagnostic, FileId, Span, codes};
use puremix_ir::{
    Block, EscapeContext, Expr, ExprKind, FnId, FnKind, Function, LabelId, Lang, LocalId, Module, Place, Stmt, StmtKind, Text,
};
use scope::Scopes;
use std::rc::Rc;

/// Where the value of a statement goes.
#[derive(Clone, Copy)]
pub(crate) enum Sink {
    Discard,
    Assign(LocalId),
    /// Appended to this list unless null.
    Push(LocalId),
    Return,
    /// Written as element content.
    Write,
}

pub(crate) struct Lowerer {
    pub functions: Vec<Function>,
    pub scopes: Scopes,
    pub diagnostics: Vec<Diagnostic>,
    labels: u32,
    /// The innermost `for` body inside the function being lowered: `return` ends its turn (reference §3.4).
    turn: Option<(LabelId, Sink)>,
}

/// Lowers a file's statements. Function 0 is the module's empty body, function 1 the handler to call per request.
pub(crate) fn lower_program(file: FileId, path: &str, program: &[Statement], span: Span, sqlite: &str) -> (Module, Vec<Diagnostic>) {
    let mut lowerer =
        Lowerer { functions: Vec::new(), scopes: Scopes::default(), diagnostics: Vec::new(), labels: 0, turn: None };
    let init = lowerer.new_function("", None, FnKind::ModuleInit, span);
    let handler = lowerer.new_function("handler", Some(init), FnKind::Function, span);
    lowerer.scopes.enter_function(handler);
    let request = lowerer.temp(span);
    lowerer.functions[handler.index()].params.push(request);
    lowerer.functions[handler.index()].length = 1;
    let basil = lowerer.scopes.declare("basil", span);
    let database = if sqlite.is_empty() { null(span) } else { runtime("parsley_database", vec![text(sqlite, span)], span) };
    let value = runtime("parsley_basil", vec![local(request, span), database], span);
    let answer = lowerer.temp(span);
    let mut body = vec![
        Stmt::new(StmtKind::Let(basil, Some(value)), span),
        Stmt::new(StmtKind::Let(answer, Some(null(span))), span),
    ];
    body.extend(lowerer.lower_body(program, Sink::Assign(answer)));
    body.push(Stmt::new(StmtKind::Return(Some(runtime("parsley_response", vec![local(answer, span)], span))), span));
    lowerer.scopes.leave_function();
    lowerer.functions[handler.index()].body = body;
    let module = Module {
        file,
        path: path.into(),
        lang: Lang::Parsley,
        functions: lowerer.functions,
        locals: lowerer.scopes.into_locals(),
        globals: Vec::new(),
        requests: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        init,
        page: None,
        python: None,
    };
    (module, lowerer.diagnostics)
}

impl Lowerer {
    pub fn new_function(&mut self, name: &str, parent: Option<FnId>, kind: FnKind, span: Span) -> FnId {
        let id = FnId::from(self.functions.len());
        self.functions.push(Function::new(name, parent, kind, span));
        id
    }

    pub fn temp(&mut self, span: Span) -> LocalId {
        self.scopes.temp(span)
    }

    fn label(&mut self) -> LabelId {
        self.labels += 1;
        LabelId(self.labels)
    }

    pub fn unsupported(&mut self, span: Span, what: &str, way_out: &str) -> Expr {
        self.diagnostics
            .push(Diagnostic::error(codes::PARSLEY_UNSUPPORTED, span, format!("{what} is not compiled yet")).help(way_out.to_owned()));
        null(span)
    }

    /// A scope's statements: its names come to life first, so that functions may use what follows them.
    pub fn lower_body(&mut self, statements: &[Statement], sink: Sink) -> Block {
        let mut out = Vec::new();
        let mut names = Vec::new();
        declared_names(statements, &mut names);
        for (name, span) in names {
            if self.scopes.declared_here(&name).is_none() {
                let local = self.scopes.declare(&name, span);
                out.push(Stmt::new(StmtKind::Let(local, Some(null(span))), span));
            }
        }
        self.lower_statements(statements, sink, &mut out);
        out
    }

    /// Statements whose value goes to `sink`.
    pub fn lower_statements(&mut self, statements: &[Statement], sink: Sink, out: &mut Block) {
        let valued = statements.iter().filter(|s| has_value(s)).count();
        let list = match sink {
            Sink::Assign(_) | Sink::Return if valued > 1 => {
                let span = statements[0].span;
                let list = self.temp(span);
                out.push(Stmt::new(StmtKind::Let(list, Some(Expr::new(ExprKind::Array(Lang::Parsley, Vec::new()), span))), span));
                Some((list, span))
            }
            _ => None,
        };
        let each = list.map_or(sink, |(list, _)| Sink::Push(list));
        for statement in statements {
            self.lower_statement(statement, each, out);
        }
        match (sink, list) {
            // Fewer than two values may have come: a list of one is that one.
            (Sink::Assign(to), Some((list, span))) => {
                let value = runtime("parsley_collapse", vec![local(list, span)], span);
                self.assign(to, value, span, out);
            }
            (Sink::Return, Some((list, span))) => {
                let value = runtime("parsley_collapse", vec![local(list, span)], span);
                out.push(Stmt::new(StmtKind::Return(Some(value)), span));
            }
            _ => {}
        }
    }

    fn lower_statement(&mut self, statement: &Statement, sink: Sink, out: &mut Block) {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Let { target, value } | StatementKind::Assign { target, value } => {
                let value = self.lower_value(value);
                self.bind(target, value, span, out);
            }
            StatementKind::Export { name, value } => {
                let value = self.lower_value(value);
                self.bind(&Pattern::Name(name.clone(), span), value, span, out);
            }
            StatementKind::Return(value) => self.lower_return(value.as_ref(), span, out),
            StatementKind::Expression(e) => self.lower_into(e, if has_value(statement) { sink } else { Sink::Discard }, out),
        }
    }

    fn lower_return(&mut self, value: Option<&Expression>, span: Span, out: &mut Block) {
        match self.turn {
            Some((label, sink)) => {
                if let Some(value) = value {
                    self.lower_into(value, sink, out);
                }
                out.push(Stmt::new(StmtKind::Continue(label), span));
            }
            None => {
                let mut value = value.map(|v| self.lower_value(v));
                if self.scopes.function() == crate::HANDLER {
                    value = Some(runtime("parsley_response", vec![value.unwrap_or_else(|| null(span))], span));
                }
                out.push(Stmt::new(StmtKind::Return(value), span));
            }
        }
    }

    /// Evaluates an expression into a sink, keeping control flow and markup as statements.
    pub fn lower_into(&mut self, e: &Expression, sink: Sink, out: &mut Block) {
        let span = e.span;
        match &e.kind {
            ExpressionKind::If { test, then, otherwise } => {
                let test = self.lower_value(test);
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                self.lower_statements(then, sink, &mut yes);
                self.lower_statements(otherwise.as_deref().unwrap_or_default(), sink, &mut no);
                out.push(Stmt::new(StmtKind::If { test, lang: Lang::Parsley, then: yes, otherwise: no }, span));
            }
            ExpressionKind::For { names, iterable, body } => match sink {
                Sink::Write | Sink::Discard => self.lower_for(names, iterable, body, sink, span, out),
                _ => {
                    let list = self.temp(span);
                    out.push(Stmt::new(StmtKind::Let(list, Some(Expr::new(ExprKind::Array(Lang::Parsley, Vec::new()), span))), span));
                    self.lower_for(names, iterable, body, Sink::Push(list), span, out);
                    self.deliver(local(list, span), sink, span, out);
                }
            },
            ExpressionKind::Tag(tag) if matches!(sink, Sink::Write) && !tag::is_component(tag) => self.lower_tag(tag, span, out),
            ExpressionKind::Raw(text) if matches!(sink, Sink::Write) => {
                out.push(Stmt::new(StmtKind::Write(text.as_str().into()), span));
            }
            _ => {
                let value = self.lower_value(e);
                self.deliver(value, sink, span, out);
            }
        }
    }

    fn deliver(&mut self, value: Expr, sink: Sink, span: Span, out: &mut Block) {
        let kind = match sink {
            Sink::Discard => StmtKind::Expr(value),
            Sink::Assign(to) => return self.assign(to, value, span, out),
            Sink::Push(list) => StmtKind::Expr(runtime("parsley_push", vec![local(list, span), value], span)),
            Sink::Return => StmtKind::Return(Some(value)),
            Sink::Write => StmtKind::WriteHole(EscapeContext::Text, runtime("parsley_text", vec![value], span)),
        };
        out.push(Stmt::new(kind, span));
    }

    fn assign(&mut self, to: LocalId, value: Expr, span: Span, out: &mut Block) {
        self.scopes.mark_assigned(to);
        out.push(Stmt::new(StmtKind::Expr(Expr::new(ExprKind::Assign(Place::Local(to), value.boxed()), span)), span));
    }

    fn lower_for(&mut self, names: &[(ast::Name, Span)], iterable: &Expression, body: &[Statement], sink: Sink, span: Span, out: &mut Block) {
        let source = self.lower_value(iterable);
        let op = if names.len() == 2 { "parsley_entries" } else { "parsley_values" };
        let iterable = runtime(op, vec![source], iterable.span);
        let label = self.label();
        self.scopes.enter_block();
        let (item, mut head) = match names {
            [(name, at)] => (self.scopes.declare(name, *at), Vec::new()),
            _ => {
                let item = self.temp(span);
                let head = names
                    .iter()
                    .enumerate()
                    .map(|(i, (name, at))| {
                        let to = self.scopes.declare(name, *at);
                        let key = Expr::new(ExprKind::Num(i as f64), *at);
                        let part = Expr::new(ExprKind::Index(Lang::Js, local(item, *at).boxed(), key.boxed()), *at);
                        Stmt::new(StmtKind::Let(to, Some(part)), *at)
                    })
                    .collect();
                (item, head)
            }
        };
        let outer = self.turn.replace((label, sink));
        // Each turn's value is one value: a body with several makes a list of them.
        if body.iter().filter(|s| has_value(s)).count() > 1 && matches!(sink, Sink::Push(_)) {
            let one = self.temp(span);
            head.push(Stmt::new(StmtKind::Let(one, Some(null(span))), span));
            head.extend(self.lower_body(body, Sink::Assign(one)));
            self.deliver(local(one, span), sink, span, &mut head);
        } else {
            head.extend(self.lower_body(body, sink));
        }
        self.turn = outer;
        self.scopes.leave_block();
        out.push(Stmt::new(StmtKind::ForOf { label, lang: Lang::Js, item, iterable, body: head, is_await: false }, span));
    }

    /// Gives a pattern's names their values.
    pub fn bind(&mut self, target: &Pattern, value: Expr, span: Span, out: &mut Block) {
        match target {
            Pattern::Name(name, _) if &**name == "_" => out.push(Stmt::new(StmtKind::Expr(value), span)),
            Pattern::Name(name, at) => {
                let to = self.scopes.resolve(name).unwrap_or_else(|| self.scopes.declare(name, *at));
                self.assign(to, value, span, out);
            }
            Pattern::Dict { keys, rest } => {
                let from = self.keep(value, span, out);
                for (key, name, at) in keys {
                    let part = runtime("parsley_get", vec![local(from, *at), text(key, *at)], *at);
                    self.bind(&Pattern::Name(name.clone(), *at), part, *at, out);
                }
                if let Some((name, at)) = rest {
                    let mut operands = vec![local(from, *at)];
                    operands.extend(keys.iter().map(|(key, _, at)| text(key, *at)));
                    let part = runtime("parsley_rest", operands, *at);
                    self.bind(&Pattern::Name(name.clone(), *at), part, *at, out);
                }
            }
            Pattern::Array { items, rest } => {
                let from = self.keep(runtime("parsley_list", vec![value], span), span, out);
                for (i, (name, at)) in items.iter().enumerate() {
                    let part = runtime("parsley_at", vec![local(from, *at), Expr::new(ExprKind::Num(i as f64), *at)], *at);
                    self.bind(&Pattern::Name(name.clone(), *at), part, *at, out);
                }
                if let Some((name, at)) = rest {
                    let start = Expr::new(ExprKind::Num(items.len() as f64), *at);
                    let part = runtime("parsley_from", vec![local(from, *at), start], *at);
                    self.bind(&Pattern::Name(name.clone(), *at), part, *at, out);
                }
            }
        }
    }

    fn keep(&mut self, value: Expr, span: Span, out: &mut Block) -> LocalId {
        let to = self.temp(span);
        out.push(Stmt::new(StmtKind::Let(to, Some(value)), span));
        to
    }

    /// A function literal, as the id of its IR function.
    pub fn lower_function(&mut self, params: &[Pattern], body: &[Statement], span: Span) -> FnId {
        let id = self.new_function("", Some(self.scopes.function()), FnKind::Function, span);
        let outer = self.turn.take();
        self.scopes.enter_function(id);
        let mut head = Vec::new();
        let mut locals = Vec::new();
        for param in params {
            match param {
                Pattern::Name(name, at) => locals.push(self.scopes.declare(name, *at)),
                pattern => {
                    let whole = self.temp(span);
                    locals.push(whole);
                    let mut names = Vec::new();
                    pattern_names(pattern, &mut names);
                    for (name, at) in names {
                        let local = self.scopes.declare(&name, at);
                        head.push(Stmt::new(StmtKind::Let(local, Some(null(at))), at));
                    }
                    self.bind(pattern, local(whole, span), span, &mut head);
                }
            }
        }
        head.extend(self.lower_body(body, Sink::Return));
        self.scopes.leave_function();
        self.turn = outer;
        let function = &mut self.functions[id.index()];
        function.length = locals.len() as u32;
        function.params = locals;
        function.body = head;
        id
    }
}

/// Names a scope's `let`s, assignments-to-new and exports declare, in order; `if` branches share the scope.
fn declared_names(statements: &[Statement], names: &mut Vec<(ast::Name, Span)>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Let { target, .. } => pattern_names(target, names),
            StatementKind::Export { name, .. } => names.push((name.clone(), statement.span)),
            StatementKind::Expression(e) => branch_names(e, names),
            StatementKind::Assign { .. } | StatementKind::Return(_) => {}
        }
    }
}

fn branch_names(e: &Expression, names: &mut Vec<(ast::Name, Span)>) {
    if let ExpressionKind::If { then, otherwise, .. } = &e.kind {
        declared_names(then, names);
        declared_names(otherwise.as_deref().unwrap_or_default(), names);
    }
}

fn pattern_names(pattern: &Pattern, names: &mut Vec<(ast::Name, Span)>) {
    match pattern {
        Pattern::Name(name, _) if &**name == "_" => {}
        Pattern::Name(name, span) => names.push((name.clone(), *span)),
        Pattern::Dict { keys, rest } => {
            names.extend(keys.iter().map(|(_, name, span)| (name.clone(), *span)));
            names.extend(rest.clone());
        }
        Pattern::Array { items, rest } => {
            names.extend(items.iter().cloned());
            names.extend(rest.clone());
        }
    }
}

/// Whether a statement contributes to its block's value. A write query as a statement does not: it is there for its effect.
fn has_value(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Expression(e) => !matches!(e.kind, ExpressionKind::Query { op: ast::QueryOp::Execute, .. }),
        _ => false,
    }
}

pub(crate) fn null(span: Span) -> Expr {
    Expr::new(ExprKind::Null, span)
}

pub(crate) fn local(id: LocalId, span: Span) -> Expr {
    Expr::new(ExprKind::Local(id), span)
}

pub(crate) fn text(s: &str, span: Span) -> Expr {
    Expr::new(ExprKind::Str(Text::Utf8(Rc::from(s))), span)
}

pub(crate) fn runtime(op: &'static str, operands: Vec<Expr>, span: Span) -> Expr {
    Expr::new(ExprKind::Runtime(op, operands), span)
}
