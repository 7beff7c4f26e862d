//! The IR module of a Python source: functions whose bodies have CPython run them.

use crate::NATIVE;
use crate::outline::parse_source;
use crate::source::Source;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::*;
use std::rc::Rc;

/// What a source is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Its functions are exported.
    Module,
    /// An API route: `main(context)` answers requests.
    Route,
    /// Its functions are the page's: callable by its other code, and actions.
    Page,
}

/// Lowers a source. `name` is the dotted name of the module, `path` its file's; `app` are the names that the app's own modules begin with.
pub fn lower_module(source: &Source, name: &str, path: &str, app: &[&str], used_as: Use) -> (Module, Vec<Diagnostic>) {
    let (python, mut diagnostics) = parse_source(source, name, app);
    let mut builder = Builder { module: Module::empty(source.file(), path, Lang::Py), init: Vec::new(), request: None, python };
    match used_as {
        Use::Module => builder.functions(true),
        Use::Page => builder.functions(false),
        Use::Route => {
            if let Some(main) = builder.python.functions.iter().find(|f| &*f.name == "main") {
                diagnostics.extend(check_main(main));
                builder.route();
            } else if diagnostics.is_empty() {
                let found = Diagnostic::error(codes::API_NO_HANDLER, Span::new(source.file(), 0, 0), format!("the API route `{path}` has no function `main`"));
                diagnostics.push(found.help("a Python route answers requests with `def main(context):`; modules that routes import belong beside `routes/`, such as in `services/`"));
            }
        }
    }
    (builder.finish(), diagnostics)
}

/// A `main` that cannot be called with a context.
fn check_main(main: &PythonFunction) -> Option<Diagnostic> {
    let (fewest, most) = main.arity()?;
    (fewest > 1 || most == Some(0)).then(|| {
        Diagnostic::warning(codes::PYTHON_ARGUMENTS, main.span, "`main` of an API route gets one argument").label("Python throws a TypeError").help("declare it as `def main(context):`")
    })
}

struct Builder {
    module: Module,
    /// The initialiser.
    init: Vec<Stmt>,
    /// Of the native module, once something is called there.
    request: Option<usize>,
    python: Python,
}

impl Builder {
    fn finish(mut self) -> Module {
        self.module.functions[0].body = self.init;
        self.module.python = Some(Rc::new(self.python));
        self.module
    }

    /// One function each, and what the server calls of a page's.
    fn functions(&mut self, exported: bool) {
        for index in 0..self.python.functions.len() {
            let function = self.python.functions[index].clone();
            // What a page's block imports is not the page's: a browser could call it.
            if !function.is_public() || !exported && function.is_imported {
                continue;
            }
            let call = self.call(&function);
            let global = self.variable(&function.name, call, function.span);
            if exported {
                self.module.exports.push(Export::Global { name: function.name.clone(), global, span: function.span });
            } else {
                self.python.functions[index].action = Some(self.action(&function));
            }
            self.python.functions[index].global = Some(global);
        }
    }

    /// `(…args) => call(module, name, args)`
    fn call(&mut self, function: &PythonFunction) -> FnId {
        let (id, span) = self.function(&function.name, function.span);
        let args = self.local("args", id, span);
        self.module.functions[id.index()].rest = Some(args);
        let operands = vec![self.name_of_module(span), text(&function.name, span), expr(ExprKind::Local(args), span)];
        self.answer(id, "call", operands, span);
        id
    }

    /// `(data, request) => action(module, name, data, request, wantsContext)`; one that takes nothing is called with nothing.
    fn action(&mut self, function: &PythonFunction) -> FnId {
        let (id, span) = self.function(&function.name, function.span);
        let (data, request) = (self.local("data", id, span), self.local("request", id, span));
        if function.action_arguments() == 0 {
            let operands = vec![self.name_of_module(span), text(&function.name, span), expr(ExprKind::Array(Lang::Js, Vec::new()), span)];
            self.parameters(id, vec![data, request]);
            self.answer(id, "call", operands, span);
            return id;
        }
        let operands = vec![
            self.name_of_module(span),
            text(&function.name, span),
            expr(ExprKind::Local(data), span),
            expr(ExprKind::Local(request), span),
            expr(ExprKind::Bool(function.action_arguments() == 2), span),
        ];
        self.parameters(id, vec![data, request]);
        self.answer(id, "action", operands, span);
        id
    }

    /// `(request, response) => route(module, request, response)`, the module's default export.
    fn route(&mut self) {
        let Some(main) = self.python.functions.iter().position(|f| &*f.name == "main") else { return };
        let (id, span) = self.function("main", self.python.functions[main].span);
        let (request, response) = (self.local("request", id, span), self.local("response", id, span));
        let operands = vec![self.name_of_module(span), expr(ExprKind::Local(request), span), expr(ExprKind::Local(response), span)];
        self.parameters(id, vec![request, response]);
        self.answer(id, "route", operands, span);
        let global = self.variable("main", id, span);
        self.python.functions[main].global = Some(global);
        self.module.exports.push(Export::Global { name: "default".into(), global, span });
    }

    fn function(&mut self, name: &str, span: Span) -> (FnId, Span) {
        let id = FnId::from(self.module.functions.len());
        self.module.functions.push(Function::new(name, Some(self.module.init), FnKind::Arrow, span));
        (id, span)
    }

    fn parameters(&mut self, id: FnId, locals: Vec<LocalId>) {
        let function = &mut self.module.functions[id.index()];
        function.length = locals.len() as u32;
        function.params = locals;
    }

    /// The function's body: what the native module's function answers.
    fn answer(&mut self, id: FnId, native: &str, operands: Vec<Expr>, span: Span) {
        let callee = expr(ExprKind::Import(self.import(native, span)), span);
        let call = ExprKind::Call { callee: callee.boxed(), args: operands.into_iter().map(Arg::Value).collect() };
        self.module.functions[id.index()].body = vec![Stmt::new(StmtKind::Return(Some(expr(call, span))), span)];
    }

    /// A constant that holds a function, and is there before any module runs.
    fn variable(&mut self, name: &str, function: FnId, span: Span) -> GlobalId {
        let global = GlobalId::from(self.module.globals.len());
        let variable = Global { name: name.into(), is_const: false, checked: false, assigned: false, function: Some(function), hoisted: true, ty: Ty::Any, constant: None, span };
        self.module.globals.push(variable);
        let assign = ExprKind::Assign(Place::Global(global), expr(ExprKind::Closure(function), span).boxed());
        self.init.push(Stmt::new(StmtKind::Expr(expr(assign, span)), span));
        global
    }

    fn local(&mut self, name: &str, owner: FnId, span: Span) -> LocalId {
        let id = LocalId::from(self.module.locals.len());
        self.module.locals.push(Local::new(name, owner, span));
        id
    }

    fn name_of_module(&self, span: Span) -> Expr {
        text(&self.python.name, span)
    }

    fn import(&mut self, name: &str, span: Span) -> ImportId {
        let module = &mut self.module;
        let request = *self.request.get_or_insert_with(|| {
            module.requests.push(Request { specifier: NATIVE.into(), span, kind: RequestKind::Static, target: Target::Unresolved });
            module.requests.len() - 1
        });
        let named = ImportName::Named(name.into());
        if let Some(known) = module.imports.iter().position(|i| i.request == request && i.name == named) {
            return ImportId::from(known);
        }
        module.imports.push(Import { request, name: named, local_name: name.into(), span, target: ImportTarget::Unresolved });
        ImportId::from(module.imports.len() - 1)
    }
}

fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr::new(kind, span)
}

fn text(value: &str, span: Span) -> Expr {
    expr(ExprKind::Str(Text::from(value)), span)
}
