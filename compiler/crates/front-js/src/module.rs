//! A module: imports, exports, the initialiser.

use crate::builder::{Builder, OuterNames};
use crate::commonjs::CommonJs;
use crate::depth::on_big_stack;
use crate::lower::{FnCtx, Home, Lowerer, undefined};
use crate::order::Order;
use crate::parse::{Goal, Parsed, parse_unit};
use crate::scope::Binding;
use crate::typescript::declared_names;
use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::symbol::{SymbolFlags, SymbolId};
use puremix_diag::{Diagnostic, Span};
use puremix_ir::*;
use std::collections::{HashMap, HashSet};

/// Lowers a `.js`, `.mjs` or `.ts` module. A file without `import` and `export` that mentions `module.exports`, `exports` or
/// `require` is CommonJS: its exports object is the default export.
pub fn lower_module(unit: &ScriptUnit, path: &str) -> (Module, Vec<Diagnostic>) {
    on_big_stack(|| {
        let allocator = Allocator::default();
        let mut builder = Builder::new(unit.file, path);
        builder.module.functions[0].span = unit.span(0, unit.text.len() as u32);
        if let Some(parsed) = parse_unit(&allocator, unit, Goal::Module, &mut builder.diagnostics) {
            let outer = OuterNames::default();
            let mut lowerer = Lowerer::new(&mut builder, &parsed, &outer);
            lowerer.commonjs = CommonJs::detect(&parsed, path, &unit.text);
            lowerer.declare_module(&parsed);
            lowerer.commonjs_start();
            lowerer.lower_init(&parsed);
            lowerer.commonjs_end();
            lowerer.finish_init();
        }
        builder.finish()
    })
}

impl<'a, 'm> Lowerer<'a, 'm> {
    pub fn new(m: &'m mut Builder, parsed: &'m Parsed<'a>, outer: &'m OuterNames) -> Lowerer<'a, 'm> {
        let mut init = FnCtx::new(m.module.init, FnKind::ModuleInit, false, Home::None);
        init.next_label = m.init_labels;
        Lowerer {
            m,
            unit: parsed.unit,
            semantic: &parsed.semantic,
            typescript: parsed.typescript,
            bindings: HashMap::new(),
            outer,
            order: Order::default(),
            fns: vec![init],
            classes: Vec::new(),
            params: HashSet::new(),
            vars: Vec::new(),
            crossing: HashSet::new(),
            plain_vars: HashSet::new(),
            safe: false,
            template: None,
            imported_elsewhere: None,
            commonjs: None,
        }
    }

    /// Makes the module's variables, imports and exports, before any code is lowered.
    pub fn declare_module(&mut self, parsed: &Parsed<'a>) {
        self.declare_imports(parsed);
        self.declare_globals(parsed);
        self.declare_exports(parsed);
    }

    fn declare_imports(&mut self, parsed: &Parsed<'a>) {
        for statement in &parsed.program.body {
            let (source, is_type) = match statement {
                Statement::ImportDeclaration(i) => (&i.source, i.import_kind.is_type()),
                Statement::ExportAllDeclaration(e) => (&e.source, e.export_kind.is_type()),
                Statement::ExportFromDeclaration(e) => (&e.source, e.export_kind.is_type()),
                _ => continue,
            };
            if is_type || self.is_type_only_import(parsed, statement) {
                continue;
            }
            let at = self.span(source);
            let request = self.m.request(source.value.as_str(), RequestKind::Static, at);
            let Statement::ImportDeclaration(import) = statement else { continue };
            for specifier in import.specifiers.iter().flatten() {
                let (local, name) = match specifier {
                    ImportDeclarationSpecifier::ImportSpecifier(s) => {
                        if s.import_kind.is_type() {
                            continue;
                        }
                        (&s.local, named(s.imported.name().as_str()))
                    }
                    ImportDeclarationSpecifier::ImportDefaultSpecifier(s) => (&s.local, ImportName::Default),
                    ImportDeclarationSpecifier::ImportNamespaceSpecifier(s) => (&s.local, ImportName::Namespace),
                };
                let Some(symbol) = local.symbol_id.get() else { continue };
                if self.is_type_only_name(parsed, symbol, local.name.as_str()) {
                    continue;
                }
                let at = self.span(specifier);
                let id = self.m.import(request, name, local.name.as_str(), at);
                self.bindings.insert(symbol, Binding::Import(id));
            }
        }
    }

    /// TypeScript drops an import none of whose names is used as a value.
    fn is_type_only_import(&self, parsed: &Parsed<'a>, statement: &Statement<'a>) -> bool {
        let Statement::ImportDeclaration(import) = statement else { return false };
        let Some(specifiers) = import.specifiers.as_ref().filter(|s| !s.is_empty()) else { return false };
        specifiers.iter().all(|s| {
            let is_type = matches!(s, ImportDeclarationSpecifier::ImportSpecifier(s) if s.import_kind.is_type());
            is_type || s.local().symbol_id.get().is_some_and(|symbol| self.is_type_only_name(parsed, symbol, s.local().name.as_str()))
        })
    }

    /// A name used as a type only is no import at run time. A page's imports are used from its other units, where being used
    /// nowhere is no sign of a type.
    fn is_type_only_name(&self, parsed: &Parsed<'a>, symbol: SymbolId, name: &str) -> bool {
        if self.has_value_reference(symbol) || self.has_export_reference(parsed, name) {
            return false;
        }
        match &self.imported_elsewhere {
            Some(uses) => uses.get(name) == Some(&false),
            None => self.typescript,
        }
    }

    fn has_export_reference(&self, parsed: &Parsed<'a>, name: &str) -> bool {
        parsed.program.body.iter().any(|s| match s {
            Statement::ExportNamedDeclaration(e) if !e.export_kind.is_type() => {
                e.specifiers.iter().any(|s| s.local.name() == name && !s.export_kind.is_type())
            }
            _ => false,
        })
    }

    fn declare_globals(&mut self, parsed: &Parsed<'a>) {
        let scoping = self.semantic.scoping();
        let mut symbols: Vec<SymbolId> = scoping.iter_bindings_in(scoping.root_scope_id()).collect();
        symbols.sort_unstable();
        for symbol in symbols {
            let flags = scoping.symbol_flags(symbol);
            if flags.is_import() || !flags.is_value() || flags.is_ambient() || self.bindings.contains_key(&symbol) {
                continue;
            }
            let declared = scoping.symbol_span(symbol);
            // Statements stand in the order of the text: a module of very many must not be searched from its beginning each time.
            let after = parsed.program.body.partition_point(|s| s.span().start <= declared.start);
            let statement = parsed.program.body[..after].last().filter(|s| declared.end <= s.span().end);
            if statement.is_some_and(is_ambient) {
                continue;
            }
            let is_function = flags.is_function();
            let is_var = flags.contains(SymbolFlags::FunctionScopedVariable) && !is_function;
            let global = self.m.global(scoping.symbol_name(symbol), flags.is_const_variable(), self.oxc_span(declared));
            let end = statement.map_or(declared.end, |s| declaration_end(s, declared));
            let checked = !is_function && !is_var && self.order.used_before(self.semantic, symbol, end);
            let mutated = scoping.symbol_is_mutated(symbol);
            let entry = &mut self.m.module.globals[global.index()];
            entry.checked = checked;
            entry.assigned = mutated || is_var;
            self.bindings.insert(symbol, Binding::Global(global));
            if is_var {
                let span = self.oxc_span(declared);
                let stmt = self.assign_stmt(Place::Global(global), undefined(span), span);
                self.m.hoisted.push(stmt);
            }
        }
    }

    fn declare_exports(&mut self, parsed: &Parsed<'a>) {
        for statement in &parsed.program.body {
            let span = self.span(statement);
            match statement {
                Statement::ExportDeclaration(e) => {
                    for id in declared_names(&e.declaration) {
                        let at = self.span(id);
                        self.export_symbol(id.name.as_str(), id.symbol_id.get(), at);
                    }
                }
                Statement::ExportDefaultDeclaration(e) => {
                    let id = match &e.declaration {
                        ExportDefaultDeclarationKind::FunctionDeclaration(f) if f.body.is_some() => f.id.as_ref(),
                        ExportDefaultDeclarationKind::ClassDeclaration(c) => c.id.as_ref(),
                        ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => continue,
                        _ => None,
                    };
                    match id {
                        Some(id) => self.export_symbol("default", id.symbol_id.get(), span),
                        None => {
                            let global = self.default_global(span);
                            self.m.module.exports.push(Export::Global { name: "default".into(), global, span });
                        }
                    }
                }
                Statement::ExportNamedDeclaration(e) if !e.export_kind.is_type() => {
                    for s in &e.specifiers {
                        if s.export_kind.is_type() {
                            continue;
                        }
                        let symbol = self.root_symbol(s.local.name().as_str());
                        let at = self.span(s);
                        self.export_symbol(s.exported.name().as_str(), symbol, at);
                    }
                }
                Statement::ExportFromDeclaration(e) if !e.export_kind.is_type() => {
                    let at = self.span(&e.source);
                    let request = self.m.request(e.source.value.as_str(), RequestKind::Static, at);
                    for s in &e.specifiers {
                        if s.export_kind.is_type() {
                            continue;
                        }
                        let at = self.span(s);
                        let name = s.local.name();
                        let import = self.m.import(request, named(name.as_str()), name.as_str(), at);
                        self.m.module.exports.push(Export::Import { name: s.exported.name().as_str().into(), import, span: at });
                    }
                }
                Statement::ExportAllDeclaration(e) if !e.export_kind.is_type() => {
                    let at = self.span(&e.source);
                    let request = self.m.request(e.source.value.as_str(), RequestKind::Static, at);
                    match &e.exported {
                        None => self.m.module.exports.push(Export::All { request, span }),
                        Some(name) => {
                            let name = name.name();
                            let import = self.m.import(request, ImportName::Namespace, name.as_str(), span);
                            self.m.module.exports.push(Export::Import { name: name.as_str().into(), import, span });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn root_symbol(&self, name: &str) -> Option<SymbolId> {
        let scoping = self.semantic.scoping();
        scoping.iter_bindings_in(scoping.root_scope_id()).find(|s| scoping.symbol_name(*s) == name)
    }

    fn export_symbol(&mut self, name: &str, symbol: Option<SymbolId>, span: Span) {
        match symbol.and_then(|s| self.bindings.get(&s).copied()) {
            Some(Binding::Global(global)) => self.m.module.exports.push(Export::Global { name: name.into(), global, span }),
            Some(Binding::Import(import)) => self.m.module.exports.push(Export::Import { name: name.into(), import, span }),
            // Types are exported to nobody; oxc has reported names that do not exist.
            _ => {}
        }
    }

    /// The variable behind an anonymous `export default`.
    pub fn default_global(&mut self, span: Span) -> GlobalId {
        match self.m.module.globals.iter().position(|g| &*g.name == "default") {
            Some(found) => GlobalId::from(found),
            None => self.m.global("default", true, span),
        }
    }

    pub fn lower_init(&mut self, parsed: &Parsed<'a>) {
        let mut body = self.statements(&parsed.program.body);
        self.m.init_body.append(&mut body);
    }

    /// Writes what lowering learnt of the initialiser itself.
    pub fn finish_init(&mut self) {
        let ctx = self.fns.pop().expect("the initialiser is always there");
        self.m.init_labels = ctx.next_label;
        let init = &mut self.m.module.functions[ctx.id.index()];
        init.is_async |= ctx.is_async;
    }

    pub fn export_declaration(&mut self, e: &'a ExportDeclaration<'a>, out: &mut Block) {
        match &e.declaration {
            Declaration::VariableDeclaration(d) => self.variables(d, out),
            Declaration::ClassDeclaration(c) => self.class_declaration(c, out),
            Declaration::TSEnumDeclaration(e) => self.enum_declaration(e, out),
            Declaration::TSNamespaceDeclaration(n) => self.namespace(n, out),
            Declaration::TSImportEqualsDeclaration(i) => self.import_equals(i, out),
            _ => {}
        }
    }

    pub fn export_default(&mut self, e: &'a ExportDefaultDeclaration<'a>, out: &mut Block) {
        let span = self.span(e);
        let (value, hoisted) = match &e.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(f) if f.body.is_some() => {
                let function = self.function(f, "default", FnKind::Function, Home::None);
                (Expr::new(ExprKind::Closure(function), span), true)
            }
            ExportDefaultDeclarationKind::ClassDeclaration(c) if c.id.is_some() => return self.class_declaration(c, out),
            ExportDefaultDeclarationKind::ClassDeclaration(c) => (self.class(c, "default"), false),
            declaration => match declaration.as_expression() {
                Some(e) => (self.named_expr(e, "default"), false),
                None => return,
            },
        };
        let global = self.default_global(span);
        let stmt = self.init_global(global, value, true, span);
        if hoisted { self.m.hoisted.push(stmt) } else { out.push(stmt) }
    }
}

fn named(name: &str) -> ImportName {
    match name {
        "default" => ImportName::Default,
        name => ImportName::Named(name.into()),
    }
}

fn is_ambient(s: &Statement<'_>) -> bool {
    match s {
        Statement::VariableDeclaration(d) => d.declare,
        Statement::ClassDeclaration(c) => c.declare,
        Statement::FunctionDeclaration(f) => f.declare,
        Statement::TSEnumDeclaration(e) => e.declare,
        Statement::TSNamespaceDeclaration(n) => n.declare,
        _ => false,
    }
}

/// Where a variable is initialised: the end of its declarator, not of the whole statement.
fn declaration_end(s: &Statement<'_>, name: oxc_span::Span) -> u32 {
    let declaration = match s {
        Statement::VariableDeclaration(d) => Some(d),
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::VariableDeclaration(d) => Some(d),
            _ => None,
        },
        _ => None,
    };
    let declarator = declaration.and_then(|d| d.declarations.iter().find(|d| d.span.start <= name.start && name.end <= d.span.end));
    declarator.map_or(s.span().end, |d| d.span.end)
}
