//! What a Python file declares and imports: ruff's tree in, [`Python`] out.

use crate::semantic::check_module;
use crate::source::Source;
use puremix_diag::{Diagnostic, codes};
use puremix_ir::{Name, ParameterKind, Python, PythonFunction, PythonImport, PythonParameter};
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Parameters, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};
use std::rc::Rc;

/// The parser makes room for itself; what drops and walks its tree does not.
const RED_ZONE: usize = 64 << 20;
const STACK: usize = 512 << 20;

/// The names of the functions of a page's block that are actions, for whoever only asks which there are.
pub fn function_names(text: &str) -> Vec<String> {
    let source = Source::of_blocks(puremix_diag::FileId(0), text, std::slice::from_ref(&(0..text.len())));
    let (python, _) = parse_source(&source, "", &[]);
    python.functions.iter().filter(|f| f.is_public() && !f.is_imported).map(|f| f.name.to_string()).collect()
}

/// Parses a source; what does not parse is missing in the outline, and the first error says why. Names that modules of the app itself are imported by begin
/// with one of `app`: what such an import binds can be a function.
pub(crate) fn parse_source(source: &Source, name: &str, app: &[&str]) -> (Python, Vec<Diagnostic>) {
    stacker::maybe_grow(RED_ZONE, STACK, || {
        let parsed = parse_unchecked(source.text(), ParseOptions::from(Mode::Module));
        let mut diagnostics: Vec<Diagnostic> = parsed.errors().first().map(|error| syntax_error(source, &error.error.to_string(), error.location)).into_iter().collect();
        let python = Python { name: name.into(), source: source.text().into(), functions: Vec::new(), classes: Vec::new(), imports: Vec::new() };
        let mut outline = Outline { source, app, python };
        if let ast::Mod::Module(module) = parsed.syntax() {
            if diagnostics.is_empty() {
                let found = check_module(source.text(), &module.body);
                diagnostics.extend(found.iter().map(|error| syntax_error(source, &error.to_string(), error.range)));
            }
            outline.declarations(&module.body);
            diagnostics.extend(outline.duplicates(&module.body));
            Imports { outline: &mut outline, guards: 0 }.visit_body(&module.body);
        }
        (outline.python, diagnostics)
    })
}

fn syntax_error(source: &Source, message: &str, place: TextRange) -> Diagnostic {
    let span = source.span(place.start().to_u32(), place.end().to_u32());
    let found = Diagnostic::error(codes::PYTHON_SYNTAX, span, format!("this is not Python: {}", lower_first(message)));
    if message.contains("indent") {
        return found.help("the lines of a block of code begin with the same spaces or tabs; a `<script server lang=\"python\">` as a whole may be indented");
    }
    found.help("`python3 -m py_compile FILE` says more about a `.py` file")
}

/// The parser's messages begin with a capital letter and may end with a full stop; ours do neither.
fn lower_first(message: &str) -> String {
    let mut chars = message.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

struct Outline<'s> {
    source: &'s Source,
    app: &'s [&'s str],
    python: Python,
}

impl Outline<'_> {
    fn text(&self, range: TextRange) -> Rc<str> {
        self.source.text()[range].into()
    }

    fn span(&self, range: TextRange) -> puremix_ir::Span {
        self.source.span(range.start().to_u32(), range.end().to_u32())
    }

    /// What the statements of the module bind, also within `if`, `try` and `with`, which have no scope of their own.
    fn declarations(&mut self, body: &[Stmt]) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(f) => self.function(f),
                Stmt::ClassDef(class) => self.python.classes.push(class.name.as_str().into()),
                Stmt::Assign(assign) => {
                    if let ([Expr::Name(name)], Expr::Lambda(lambda)) = (assign.targets.as_slice(), &*assign.value) {
                        let parameters = lambda.parameters.as_ref().map_or_else(Vec::new, |p| self.parameters(p));
                        self.declare(name.id.as_str(), name.range(), Some(parameters));
                    }
                }
                Stmt::ImportFrom(import) => self.imported(import),
                Stmt::If(s) => {
                    self.declarations(&s.body);
                    s.elif_else_clauses.iter().for_each(|clause| self.declarations(&clause.body));
                }
                Stmt::Try(s) => {
                    self.declarations(&s.body);
                    for ExceptHandler::ExceptHandler(handler) in &s.handlers {
                        self.declarations(&handler.body);
                    }
                    self.declarations(&s.orelse);
                    self.declarations(&s.finalbody);
                }
                Stmt::With(s) => self.declarations(&s.body),
                _ => {}
            }
        }
    }

    /// Functions whose names are declared again, both times in any case and as they are.
    fn duplicates(&self, body: &[Stmt]) -> Vec<Diagnostic> {
        let plain = |s: &Stmt| match s {
            Stmt::FunctionDef(f) if f.decorator_list.is_empty() => Some((f.name.as_str().to_owned(), f.name.range())),
            _ => None,
        };
        let functions: Vec<(String, TextRange)> = body.iter().filter_map(plain).collect();
        let pairs = functions.iter().enumerate().filter_map(|(index, (name, at))| Some((name, at, functions[..index].iter().rfind(|(n, _)| n == name)?)));
        let report = |(name, at, (_, first)): (&String, &TextRange, &(String, TextRange))| {
            Diagnostic::warning(codes::PAGE_DUPLICATE_FUNCTION, self.span(*at), format!("`{name}` is declared twice"))
                .label("this one is used")
                .secondary(self.span(*first), "also declared here")
                .help("rename one of them")
        };
        pairs.map(report).collect()
    }

    fn declare(&mut self, name: &str, at: TextRange, parameters: Option<Vec<PythonParameter>>) -> &mut PythonFunction {
        let span = self.span(at);
        let functions = &mut self.python.functions;
        functions.retain(|f| &*f.name != name);
        functions.push(PythonFunction { name: name.into(), span, is_async: false, is_imported: false, is_decorated: false, parameters, returns: None, doc: None, global: None, action: None });
        functions.last_mut().expect("pushed above")
    }

    fn function(&mut self, f: &ast::StmtFunctionDef) {
        let parameters = Some(self.parameters(&f.parameters));
        let returns = f.returns.as_ref().map(|r| self.text(r.range()));
        let doc = docstring(&f.body);
        let declared = self.declare(f.name.as_str(), f.name.range(), parameters);
        (declared.is_async, declared.is_decorated, declared.returns, declared.doc) = (f.is_async, !f.decorator_list.is_empty(), returns, doc);
    }

    fn parameters(&self, parameters: &Parameters) -> Vec<PythonParameter> {
        let one = |parameter: &ast::Parameter, kind, has_default| PythonParameter {
            name: parameter.name.as_str().into(),
            kind,
            has_default,
            annotation: parameter.annotation.as_ref().map(|a| self.text(a.range())),
        };
        let positional = parameters.posonlyargs.iter().chain(&parameters.args).map(|p| one(&p.parameter, ParameterKind::Positional, p.default.is_some()));
        let rest = parameters.vararg.iter().map(|p| one(p, ParameterKind::Rest, false));
        let named = parameters.kwonlyargs.iter().map(|p| one(&p.parameter, ParameterKind::Keyword, p.default.is_some()));
        let named_rest = parameters.kwarg.iter().map(|p| one(p, ParameterKind::KeywordRest, false));
        positional.chain(rest).chain(named).chain(named_rest).collect()
    }

    /// `from .stats import mean`: what another module of the app has is exported here too. Whether it is a function is known when it is called.
    fn imported(&mut self, import: &ast::StmtImportFrom) {
        let module = import.module.as_ref().map_or("", |m| m.as_str());
        let is_of_app = import.level > 0 || self.app.contains(&module.split('.').next().unwrap_or(module));
        if !is_of_app {
            return;
        }
        for alias in &import.names {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            // A module, and not a function, where no module is named.
            if name.as_str() != "*" && !module.is_empty() {
                self.declare(name.as_str(), name.range(), None).is_imported = true;
            }
        }
    }
}

/// The text of a body that begins with a string.
fn docstring(body: &[Stmt]) -> Option<Rc<str>> {
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    let Expr::StringLiteral(text) = &*first.value else { return None };
    Some(text.value.to_str().trim().into())
}

/// Every import of the file, wherever it stands.
struct Imports<'o, 's> {
    outline: &'o mut Outline<'s>,
    /// How many `try`s stand around.
    guards: u32,
}

impl Imports<'_, '_> {
    fn push(&mut self, level: u32, module: &str, name: Option<Name>, at: TextRange) {
        let span = self.outline.span(at);
        self.outline.python.imports.push(PythonImport { level, module: module.into(), name, is_guarded: self.guards > 0, span });
    }
}

impl<'a> StatementVisitor<'a> for Imports<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.push(0, alias.name.as_str(), None, alias.name.range());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |m| m.as_str());
                for alias in &import.names {
                    let at = match &import.module {
                        Some(module) => module.range(),
                        None => alias.name.range(),
                    };
                    let name = Some(alias.name.as_str()).filter(|name| *name != "*").map(Name::from);
                    self.push(import.level, module, name, at);
                }
            }
            Stmt::Try(_) => {
                self.guards += 1;
                walk_stmt(self, statement);
                self.guards -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }
}
