//! Errors that CPython's compiler finds behind its parser: `return` outside a function, `await` outside an async one, a name declared `global`
//! too late. ruff's checker knows them; here is what it asks of the place it looks at.

use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Comprehension, Expr, PythonVersion, Stmt};
use ruff_python_parser::semantic_errors::{LazyImportContext, SemanticSyntaxChecker, SemanticSyntaxContext, SemanticSyntaxError};
use ruff_text_size::{Ranged, TextRange};
use std::cell::RefCell;
use std::collections::HashMap;

/// All of a module, in the order they are met.
pub(crate) fn check_module(text: &str, body: &[Stmt]) -> Vec<SemanticSyntaxError> {
    let module = Scope { kind: Kind::Module, globals: globals_of(body), bound: Vec::new(), parameters: Vec::new(), loops: 0 };
    let mut visitor = Place { checker: SemanticSyntaxChecker::new(), found: RefCell::default(), text, scopes: vec![module], tries: 0 };
    visitor.visit_body(body);
    visitor.found.into_inner()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Class,
    Function { is_async: bool },
    Lambda,
    /// Of a list, set or dictionary.
    Comprehension { is_async: bool },
    Generator { is_async: bool },
}

struct Scope {
    kind: Kind,
    /// Names that its body declares `global`, and where: their uses come behind that.
    globals: HashMap<String, TextRange>,
    /// Names that the function binds anywhere.
    bound: Vec<String>,
    parameters: Vec<String>,
    /// How many loops are open.
    loops: u32,
}

struct Place<'t> {
    checker: SemanticSyntaxChecker,
    found: RefCell<Vec<SemanticSyntaxError>>,
    text: &'t str,
    scopes: Vec<Scope>,
    /// How many `try`s are open.
    tries: u32,
}

impl Place<'_> {
    fn scope(&self) -> &Scope {
        self.scopes.last().expect("the module's is never closed")
    }

    fn scope_mut(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the module's is never closed")
    }

    fn within(&mut self, kind: Kind, visit: impl FnOnce(&mut Self)) {
        self.within_scope(Scope { kind, globals: HashMap::new(), bound: Vec::new(), parameters: Vec::new(), loops: 0 }, visit);
    }

    fn within_scope(&mut self, scope: Scope, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(scope);
        visit(self);
        self.scopes.pop();
    }

    fn check(&mut self, ask: impl FnOnce(&mut SemanticSyntaxChecker, &Self)) {
        let mut checker = std::mem::take(&mut self.checker);
        ask(&mut checker, self);
        self.checker = checker;
    }

    /// The first iterable belongs to the scope around, everything else to the comprehension's own.
    fn comprehension(&mut self, kind: Kind, generators: &[Comprehension], visit: impl FnOnce(&mut Self)) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.within(kind, |place| {
            for (index, generator) in generators.iter().enumerate() {
                place.visit_expr(&generator.target);
                if index > 0 {
                    place.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|test| place.visit_expr(test));
            }
            visit(place);
        });
    }

    fn looping(&mut self, body: &[Stmt]) {
        self.scope_mut().loops += 1;
        self.visit_body(body);
        self.scope_mut().loops -= 1;
    }
}

fn is_async(generators: &[Comprehension]) -> bool {
    generators.iter().any(|generator| generator.is_async)
}

fn names_of(parameters: &ast::Parameters) -> Vec<String> {
    parameters.iter().map(|parameter| parameter.name().as_str().to_owned()).collect()
}

/// The names that a body declares `global`, without the functions and classes in it.
fn globals_of(body: &[Stmt]) -> HashMap<String, TextRange> {
    struct Globals(HashMap<String, TextRange>);
    impl<'a> StatementVisitor<'a> for Globals {
        fn visit_stmt(&mut self, s: &'a Stmt) {
            match s {
                Stmt::Global(global) => self.0.extend(global.names.iter().map(|name| (name.as_str().to_owned(), name.range()))),
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => statement_visitor::walk_stmt(self, s),
            }
        }
    }
    let mut globals = Globals(HashMap::new());
    globals.visit_body(body);
    globals.0
}

/// The names that a function's body binds, in whatever way: for `nonlocal` of functions within.
fn bound_names(body: &[Stmt]) -> Vec<String> {
    struct Bound(Vec<String>);
    impl<'a> Visitor<'a> for Bound {
        fn visit_stmt(&mut self, s: &'a Stmt) {
            match s {
                Stmt::FunctionDef(f) => self.0.push(f.name.as_str().to_owned()),
                Stmt::ClassDef(class) => self.0.push(class.name.as_str().to_owned()),
                Stmt::Import(import) => self.0.extend(import.names.iter().map(|alias| {
                    let bound = alias.asname.as_ref().map_or_else(|| alias.name.split('.').next().unwrap_or_default(), |name| name.as_str());
                    bound.to_owned()
                })),
                Stmt::ImportFrom(import) => self.0.extend(import.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str().to_owned())),
                _ => walk_stmt(self, s),
            }
        }
        fn visit_expr(&mut self, e: &'a Expr) {
            if let Expr::Name(name) = e
                && !name.ctx.is_load()
            {
                self.0.push(name.id.as_str().to_owned());
            }
            walk_expr(self, e);
        }
        fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
            let ast::ExceptHandler::ExceptHandler(inner) = handler;
            self.0.extend(inner.name.iter().map(|name| name.as_str().to_owned()));
            ast::visitor::walk_except_handler(self, handler);
        }
        fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
            let name = match pattern {
                ast::Pattern::MatchAs(p) => p.name.as_ref(),
                ast::Pattern::MatchStar(p) => p.name.as_ref(),
                ast::Pattern::MatchMapping(p) => p.rest.as_ref(),
                _ => None,
            };
            self.0.extend(name.map(|name| name.as_str().to_owned()));
            ast::visitor::walk_pattern(self, pattern);
        }
    }
    let mut bound = Bound(Vec::new());
    bound.visit_body(body);
    bound.0
}

impl Visitor<'_> for Place<'_> {
    fn visit_stmt(&mut self, s: &Stmt) {
        self.check(|checker, place| checker.visit_stmt(s, place));
        match s {
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|d| self.visit_decorator(d));
                class.type_params.iter().for_each(|p| self.visit_type_params(p));
                class.arguments.iter().for_each(|a| self.visit_arguments(a));
                self.within(Kind::Class, |place| place.visit_body(&class.body));
            }
            Stmt::FunctionDef(f) => {
                f.decorator_list.iter().for_each(|d| self.visit_decorator(d));
                f.type_params.iter().for_each(|p| self.visit_type_params(p));
                self.visit_parameters(&f.parameters);
                f.returns.iter().for_each(|r| self.visit_annotation(r));
                let parameters = names_of(&f.parameters);
                let bound = parameters.iter().cloned().chain(bound_names(&f.body)).collect();
                let scope = Scope { kind: Kind::Function { is_async: f.is_async }, globals: globals_of(&f.body), bound, parameters, loops: 0 };
                self.within_scope(scope, |place| place.visit_body(&f.body));
            }
            Stmt::For(s) => {
                self.visit_expr(&s.iter);
                self.visit_expr(&s.target);
                self.looping(&s.body);
                self.visit_body(&s.orelse);
            }
            Stmt::While(s) => {
                self.visit_expr(&s.test);
                self.looping(&s.body);
                self.visit_body(&s.orelse);
            }
            Stmt::Try(_) => {
                self.tries += 1;
                walk_stmt(self, s);
                self.tries -= 1;
            }
            _ => walk_stmt(self, s),
        }
    }

    fn visit_expr(&mut self, e: &Expr) {
        self.check(|checker, place| checker.visit_expr(e, place));
        match e {
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|p| self.visit_parameters(p));
                let parameters = lambda.parameters.as_ref().map_or_else(Vec::new, |p| names_of(p));
                let scope = Scope { kind: Kind::Lambda, globals: HashMap::new(), bound: parameters.clone(), parameters, loops: 0 };
                self.within_scope(scope, |place| place.visit_expr(&lambda.body));
            }
            Expr::ListComp(c) => self.comprehension(Kind::Comprehension { is_async: is_async(&c.generators) }, &c.generators, |place| place.visit_expr(&c.elt)),
            Expr::SetComp(c) => self.comprehension(Kind::Comprehension { is_async: is_async(&c.generators) }, &c.generators, |place| place.visit_expr(&c.elt)),
            Expr::Generator(c) => self.comprehension(Kind::Generator { is_async: is_async(&c.generators) }, &c.generators, |place| place.visit_expr(&c.elt)),
            Expr::DictComp(c) => self.comprehension(Kind::Comprehension { is_async: is_async(&c.generators) }, &c.generators, |place| {
                c.key.iter().for_each(|key| place.visit_expr(key));
                place.visit_expr(&c.value);
            }),
            _ => walk_expr(self, e),
        }
    }
}

impl SemanticSyntaxContext for Place<'_> {
    /// Annotations are not judged: what is allowed in them depends on Python's version.
    fn future_annotations_or_stub(&self) -> bool {
        true
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        match self.scope().kind {
            Kind::Function { .. } | Kind::Lambda => Some(LazyImportContext::Function),
            Kind::Class => Some(LazyImportContext::Class),
            _ => (self.tries > 0).then_some(LazyImportContext::TryExceptBlocks),
        }
    }

    fn python_version(&self) -> PythonVersion {
        PythonVersion::latest()
    }

    fn source(&self) -> &str {
        self.text
    }

    fn global(&self, name: &str) -> Option<TextRange> {
        self.scope().globals.get(name).copied()
    }

    fn has_nonlocal_binding(&self, name: &str) -> bool {
        let around = &self.scopes[..self.scopes.len() - 1];
        // Methods have the name of their class.
        if name == "__class__" && around.iter().any(|scope| scope.kind == Kind::Class) {
            return true;
        }
        around.iter().any(|scope| matches!(scope.kind, Kind::Function { .. } | Kind::Lambda) && scope.bound.iter().any(|bound| bound == name))
    }

    fn in_async_context(&self) -> bool {
        for scope in self.scopes.iter().rev() {
            match scope.kind {
                Kind::Function { is_async } => return is_async,
                Kind::Generator { .. } => return true,
                Kind::Comprehension { .. } => {}
                Kind::Module | Kind::Class | Kind::Lambda => return false,
            }
        }
        false
    }

    fn in_await_allowed_context(&self) -> bool {
        self.in_function_scope()
    }

    fn in_yield_allowed_context(&self) -> bool {
        matches!(self.scope().kind, Kind::Function { .. } | Kind::Lambda)
    }

    fn in_sync_comprehension(&self) -> bool {
        self.scopes.iter().rev().take_while(|scope| matches!(scope.kind, Kind::Comprehension { .. } | Kind::Generator { .. })).any(|scope| scope.kind == Kind::Comprehension { is_async: false })
    }

    fn in_class_body_comprehension(&self) -> bool {
        let mut around = self.scopes.iter().rev().skip_while(|scope| matches!(scope.kind, Kind::Comprehension { .. } | Kind::Generator { .. }));
        let is_within = matches!(self.scope().kind, Kind::Comprehension { .. } | Kind::Generator { .. });
        // The checker asks before the comprehension's own scope is opened.
        around.next().is_some_and(|scope| scope.kind == Kind::Class) && (is_within || self.scope().kind == Kind::Class)
    }

    fn in_module_scope(&self) -> bool {
        self.scopes.len() == 1
    }

    fn in_function_scope(&self) -> bool {
        let mut around = self.scopes.iter().rev().skip_while(|scope| matches!(scope.kind, Kind::Comprehension { .. } | Kind::Generator { .. }));
        around.next().is_some_and(|scope| matches!(scope.kind, Kind::Function { .. } | Kind::Lambda))
    }

    fn in_generator_context(&self) -> bool {
        matches!(self.scope().kind, Kind::Generator { .. })
    }

    fn in_notebook(&self) -> bool {
        false
    }

    fn in_loop_context(&self) -> bool {
        self.scope().loops > 0
    }

    fn is_bound_parameter(&self, name: &str) -> bool {
        self.scope().parameters.iter().any(|parameter| parameter == name)
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.found.borrow_mut().push(error);
    }
}
