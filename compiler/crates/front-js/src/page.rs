//! A `.puremix` page, component or layout: several units, one module.
//!
//! The `<imports>` are the module's scope. Each block is a scope of its own below it: its top-level declarations become module
//! variables, its statements run once with the module. A block sees the functions of other blocks where a name is otherwise unknown.

use crate::builder::{Builder, OuterNames};
use crate::depth::on_big_stack;
use crate::lower::{FnCtx, Home, Lowerer};
use crate::order::Order;
use crate::parse::{Goal, Parsed, parse_unit};
use crate::scope::Binding;
use crate::signature::Signatures;
use crate::stmt::declared_function;
use crate::template::TemplateScope;
use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::symbol::SymbolId;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::app::{PageTable, ScopeName, ServerFn};
use puremix_ir::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// What a file is used as; decides what free names of its template mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    Page,
    Component,
    Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageBlockKind {
    /// `<loader>`
    Loader,
    /// `<script server>`
    Server,
}

/// One block of server code (JavaScript or TypeScript).
#[derive(Clone, Copy, Debug)]
pub struct PageBlock<'a> {
    pub kind: PageBlockKind,
    pub unit: &'a ScriptUnit,
}

/// An export of another module, which needs no import.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Elsewhere {
    pub specifier: String,
    pub name: String,
}

/// A page taken apart by the page front end.
#[derive(Clone, Copy, Debug)]
pub struct PageInput<'a> {
    pub path: &'a str,
    pub kind: PageKind,
    /// `404.puremix` or `500.puremix`: its template knows `error` and `url`.
    pub is_error_page: bool,
    pub layout: Option<(&'a str, Span)>,
    pub imports: &'a ScriptUnit,
    pub blocks: &'a [PageBlock<'a>],
    /// The module of its Python, which the page's begins as: its functions are actions, and the blocks know them by name.
    pub python: Option<&'a Module>,
    /// What names stand for that nothing in the page declares.
    pub elsewhere: &'a BTreeMap<String, Elsewhere>,
    /// The template in terms of the page intrinsics.
    pub template: &'a ScriptUnit,
    /// The chunks that `__pmx_w(n)` writes.
    pub statics: &'a [String],
    /// Template units that together write the page's head elements, in order. They share `statics`.
    pub head: &'a [&'a ScriptUnit],
    /// Local name, specifier, place.
    pub component_imports: &'a [(&'a str, &'a str, Span)],
    pub has_forms: bool,
    pub mentions_puremix: bool,
    pub needs_client: bool,
    pub uses: &'a [Use],
}

/// Lowers a page to one module with its [`PageTable`].
pub fn lower_page(input: &PageInput<'_>) -> (Module, Vec<Diagnostic>) {
    on_big_stack(|| {
        let allocator = Allocator::default();
        let mut builder = match input.python {
            Some(python) => Builder::over(Module { lang: Lang::Js, ..python.clone() }),
            None => Builder::new(input.template.file, input.path),
        };
        let page = Page::parse(&allocator, input, &mut builder);
        let table = page.lower(&mut builder);
        builder.module.page = Some(table);
        builder.finish()
    })
}

/// All units of a page that could be parsed.
struct Page<'a> {
    input: &'a PageInput<'a>,
    imports: Option<Parsed<'a>>,
    blocks: Vec<(PageBlockKind, Parsed<'a>)>,
    template: Option<Parsed<'a>>,
    head: Vec<Parsed<'a>>,
    signatures: Signatures,
}

/// A unit whose top level has been declared.
struct Declared {
    bindings: HashMap<SymbolId, Binding>,
    /// Top-level names, also for other units.
    names: HashMap<Rc<str>, Binding>,
    order: Order,
}

/// A function at the top level of a block.
struct Candidate {
    block: usize,
    kind: PageBlockKind,
    name: Name,
    global: GlobalId,
    span: Span,
}

impl<'a> Page<'a> {
    fn parse(allocator: &'a Allocator, input: &'a PageInput<'a>, builder: &mut Builder) -> Page<'a> {
        let diagnostics = &mut builder.diagnostics;
        let imports = parse_unit(allocator, input.imports, Goal::Block, diagnostics);
        let blocks: Vec<_> =
            input.blocks.iter().filter_map(|b| Some((b.kind, parse_unit(allocator, b.unit, Goal::Block, diagnostics)?))).collect();
        let template = parse_unit(allocator, input.template, Goal::Block, diagnostics);
        let head = input.head.iter().filter_map(|u| parse_unit(allocator, u, Goal::Block, diagnostics)).collect();
        let signatures = Signatures::of_blocks(input.path, imports.as_ref(), &blocks.iter().map(|(_, parsed)| parsed).collect::<Vec<_>>());
        Page { input, imports, blocks, template, head, signatures }
    }

    fn lower(&self, m: &mut Builder) -> PageTable {
        for (name, specifier, span) in self.input.component_imports {
            let request = m.request(specifier, RequestKind::Static, *span);
            m.import(request, ImportName::Default, name, *span);
        }
        let empty = OuterNames::default();
        let imports = self.imports.as_ref().map(|p| declare(m, p, &empty, &self.value_uses()));
        let shared: HashMap<Rc<str>, Binding> = imports.as_ref().map_or_else(HashMap::new, |d| d.names.clone());
        let mut declared: Vec<Declared> = self.blocks.iter().map(|(_, p)| declare(m, p, &empty, &HashMap::new())).collect();
        let candidates = self.candidates(&declared);
        self.report_duplicates(&candidates, m);
        let python = self.python_functions().map(|(f, global)| (f.name.clone(), Binding::Global(global)));
        let fallback: HashMap<Rc<str>, Binding> = python.chain(candidates.iter().map(|c| (c.name.clone(), Binding::Global(c.global)))).collect();
        let is_declared = |name: &str| shared.contains_key(name) || fallback.contains_key(name);
        let elsewhere = self.elsewhere(&is_declared, m);
        self.check_crossing(&candidates, m);

        if let (Some(parsed), Some(declared)) = (&self.imports, imports) {
            lower_unit(m, parsed, declared, &empty);
        }
        let outer = OuterNames { tables: vec![shared.clone(), fallback, elsewhere] };
        for ((_, parsed), declared) in self.blocks.iter().zip(declared.drain(..)) {
            lower_unit(m, parsed, declared, &outer);
        }
        let (loaders, actions) = self.server_functions(&candidates, m);
        let mut outside = shared;
        outside.extend(self.helpers(&candidates, m).map(|c| (c.name.clone(), Binding::Global(c.global))));
        self.table(m, outside, loaders, actions)
    }

    /// Names that the template and the blocks take from outside themselves: true where one is used as a value.
    fn value_uses(&self) -> HashMap<String, bool> {
        let mut uses = HashMap::new();
        let units = self.blocks.iter().map(|(_, p)| p).chain(&self.template).chain(&self.head);
        for parsed in units {
            let scoping = parsed.semantic.scoping();
            for (name, references) in scoping.root_unresolved_references() {
                let value = references.iter().any(|r| scoping.get_reference(*r).is_value());
                *uses.entry(name.to_string()).or_insert(false) |= value;
            }
        }
        uses
    }

    /// Functions at the top level of the blocks, in source order.
    fn candidates(&self, declared: &[Declared]) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (block, ((kind, parsed), declared)) in self.blocks.iter().zip(declared).enumerate() {
            for id in parsed.program.body.iter().flat_map(top_level_functions) {
                let Some(Binding::Global(global)) = id.symbol_id.get().and_then(|s| declared.bindings.get(&s).copied()) else { continue };
                let span = parsed.unit.span(id.span.start, id.span.end);
                found.push(Candidate { block, kind: *kind, name: id.name.as_str().into(), global, span });
            }
        }
        found
    }

    /// The same function name in two blocks of a kind: the later one counts.
    fn report_duplicates(&self, candidates: &[Candidate], m: &mut Builder) {
        for (i, later) in candidates.iter().enumerate() {
            let earlier = candidates[..i].iter().rev().find(|c| c.name == later.name && c.kind == later.kind && c.block != later.block);
            let python = self.python_functions().find(|(f, _)| f.name == later.name && later.kind == PageBlockKind::Server);
            let Some(first) = earlier.map(|c| c.span).or(python.map(|(f, _)| f.span)) else { continue };
            m.diagnostics.push(
                Diagnostic::warning(codes::PAGE_DUPLICATE_FUNCTION, later.span, format!("the page declares `{}` twice", later.name))
                    .label("this one is used")
                    .secondary(first, "also declared here")
                    .help("rename one of them"),
            );
        }
    }

    /// The functions of the Python blocks that can be called, and their variables.
    fn python_functions(&self) -> impl Iterator<Item = (&'a PythonFunction, GlobalId)> {
        let python = self.input.python.and_then(|module| module.python.as_deref());
        python.into_iter().flat_map(|python| &python.functions).filter_map(|f| Some((f, f.global?)))
    }

    /// Imports what the blocks name and nothing declares.
    fn elsewhere(&self, is_declared: &dyn Fn(&str) -> bool, m: &mut Builder) -> HashMap<Rc<str>, Binding> {
        let mut found: HashMap<Rc<str>, Binding> = HashMap::new();
        for (_, parsed) in &self.blocks {
            let scoping = parsed.semantic.scoping();
            let mut names: Vec<_> = scoping.root_unresolved_references().iter().collect();
            names.sort_by_key(|(name, _)| name.as_str());
            for (name, references) in names {
                let Some(export) = self.input.elsewhere.get(name.as_str()).filter(|_| !is_declared(name.as_str())) else { continue };
                let first = references.iter().map(|r| scoping.get_reference(*r)).find(|r| r.is_value());
                let Some(at) = first.map(|r| parsed.semantic.nodes().get_node(r.node_id()).kind().span()) else { continue };
                let span = parsed.unit.span(at.start, at.end);
                let request = m.request(&export.specifier, RequestKind::Static, span);
                let import = m.import(request, ImportName::Named(export.name.as_str().into()), name.as_str(), span);
                found.insert(name.as_str().into(), Binding::Import(import));
            }
        }
        found
    }

    /// A function kept in a constant and used from another block may be used before its block has run.
    fn check_crossing(&self, candidates: &[Candidate], m: &mut Builder) {
        for c in candidates {
            let crosses = self.blocks.iter().enumerate().any(|(i, (_, p))| {
                i != c.block && p.semantic.scoping().root_unresolved_references().keys().any(|k| k.as_str() == &*c.name)
            });
            let parsed = &self.blocks[c.block].1;
            let is_declaration =
                parsed.program.body.iter().filter_map(declared_function).any(|f| f.id.as_ref().is_some_and(|id| id.name.as_str() == &*c.name));
            if crosses && !is_declaration {
                m.module.globals[c.global.index()].checked = true;
            }
        }
    }

    fn server_functions(&self, candidates: &[Candidate], m: &Builder) -> (Vec<ServerFn>, Vec<ServerFn>) {
        let used = self.value_uses_in_templates();
        let of_kind = |kind| candidates.iter().filter(move |c| c.kind == kind);
        let alone = of_kind(PageBlockKind::Loader).count() == 1;
        let helpers: HashSet<&str> = self.helpers(candidates, m).map(|c| &*c.name).collect();
        let is_loader = |c: &Candidate| {
            let shown = used.contains(&*c.name) && !helpers.contains(&*c.name);
            alone || c.name.starts_with("load") || shown || self.client_uses(&c.name)
        };
        let mut loaders = Vec::new();
        let python = self.python_functions().filter_map(|(f, _)| Some(ServerFn { name: f.name.clone(), function: f.action?, span: f.span, signature: None }));
        let mut actions: Vec<ServerFn> = python.collect();
        for c in candidates {
            let (list, wanted) = match c.kind {
                PageBlockKind::Loader => (&mut loaders, is_loader(c)),
                PageBlockKind::Server => (&mut actions, true),
            };
            let Some(function) = m.module.globals[c.global.index()].function.filter(|_| wanted) else { continue };
            list.retain(|f: &ServerFn| f.name != c.name);
            let signature = self.signatures.of(c.block, &c.name);
            list.push(ServerFn { name: c.name.clone(), function, span: c.span, signature });
        }
        (loaders, actions)
    }

    /// Plain functions of loader blocks that the template calls, `{money(item.price)}`, and uses in no other way: a loader's value could
    /// not be called, so they are meant as functions.
    fn helpers<'c>(&self, candidates: &'c [Candidate], m: &Builder) -> impl Iterator<Item = &'c Candidate> {
        let of_loaders: Vec<&Candidate> = candidates.iter().filter(|c| c.kind == PageBlockKind::Loader).collect();
        let is_plain = |c: &Candidate| {
            m.module.globals[c.global.index()].function.is_some_and(|f| !m.module.functions[f.index()].is_async)
        };
        let is_helper = |c: &&Candidate| of_loaders.len() > 1 && !c.name.starts_with("load") && is_plain(c) && self.is_only_called(&c.name);
        of_loaders.iter().copied().filter(is_helper).collect::<Vec<_>>().into_iter()
    }

    /// Whether the template names it, and only as what is called.
    fn is_only_called(&self, name: &str) -> bool {
        let mut uses = 0;
        let only = self.template.iter().chain(&self.head).all(|parsed| {
            let (scoping, nodes) = (parsed.semantic.scoping(), parsed.semantic.nodes());
            let references = scoping.root_unresolved_references().iter().filter(|(k, _)| k.as_str() == name).flat_map(|(_, list)| list);
            references.map(|r| scoping.get_reference(*r)).all(|reference| {
                uses += 1;
                let span = nodes.get_node(reference.node_id()).kind().span();
                matches!(nodes.parent_kind(reference.node_id()), AstKind::CallExpression(call) if call.callee.span() == span)
            })
        });
        only && uses > 0
    }

    fn value_uses_in_templates(&self) -> HashSet<String> {
        let units = self.template.iter().chain(&self.head);
        units.flat_map(|p| p.semantic.scoping().root_unresolved_references().keys().map(|k| k.to_string())).collect()
    }

    /// Whether a client script reads the loader's data by name: `PureMix.data.name`.
    fn client_uses(&self, name: &str) -> bool {
        let forms = [format!("data.{name}"), format!("data.results.{name}"), format!("data['{name}']"), format!("data[\"{name}\"]")];
        self.input.statics.iter().any(|text| {
            text.contains("PureMix")
                && forms.iter().any(|form| {
                    text.match_indices(form.as_str()).any(|(at, _)| {
                        !text[at + form.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
                    })
                })
        })
    }

    fn table(&self, m: &mut Builder, imports: HashMap<Rc<str>, Binding>, loaders: Vec<ServerFn>, actions: Vec<ServerFn>) -> PageTable {
        let mut components: HashMap<Rc<str>, usize> = HashMap::new();
        for (name, specifier, span) in self.input.component_imports {
            components.insert((*name).into(), m.request(specifier, RequestKind::Static, *span));
        }
        let statics: Rc<[Rc<str>]> = self.input.statics.iter().map(|s| s.as_str().into()).collect();
        let names: HashSet<Rc<str>> = loaders.iter().map(|l| l.name.clone()).collect();
        let scope = |m: &mut Builder, span: Span| TemplateScope {
            kind: self.input.kind,
            is_error_page: self.input.is_error_page,
            render: m.function("render", Some(m.module.init), FnKind::Render, span),
            loaders: names.clone(),
            imports: imports.clone(),
            components: components.clone(),
            statics: statics.clone(),
            exports: HashMap::new(),
            used: Vec::new(),
            unknown: Vec::new(),
            has_csrf: false,
            component_tags: 0,
        };
        let mut table = PageTable {
            layout: self.input.layout.map(|(name, span)| (name.into(), span)),
            loaders,
            actions,
            has_forms: self.input.has_forms,
            mentions_puremix: self.input.mentions_puremix,
            needs_client: self.input.needs_client,
            uses: self.input.uses.to_vec(),
            types: self.signatures.types.clone(),
            ..PageTable::default()
        };
        if let Some(parsed) = &self.template {
            let scope = scope(m, self.input.template.span(0, self.input.template.text.len() as u32));
            let (render, scope) = render(m, std::slice::from_ref(parsed), scope);
            table.render = Some(render);
            table.has_forms |= scope.has_csrf;
            table.render_scope = names_of(&scope);
            table.unknown_names = scope.unknown;
        }
        if !self.head.is_empty() {
            let span = self.head[0].unit.span(0, self.head[0].unit.text.len() as u32);
            let scope = scope(m, span);
            let (head, scope) = render(m, &self.head, scope);
            table.head = Some(head);
            table.head_scope = names_of(&scope);
            table.unknown_names.extend(scope.unknown);
        }
        table
    }
}

fn names_of(scope: &TemplateScope) -> Vec<ScopeName> {
    scope.used.iter().map(|(name, _)| name.clone()).collect()
}

/// Declares the top level of a unit. An import that other units use as a type only is none.
fn declare(m: &mut Builder, parsed: &Parsed<'_>, outer: &OuterNames, uses: &HashMap<String, bool>) -> Declared {
    let mut lowerer = Lowerer::new(m, parsed, outer);
    lowerer.imported_elsewhere = Some(uses.clone()).filter(|u| !u.is_empty());
    lowerer.declare_module(parsed);
    let scoping = parsed.semantic.scoping();
    let names =
        lowerer.bindings.iter().map(|(symbol, binding)| (Rc::from(scoping.symbol_name(*symbol)), *binding)).collect();
    let (bindings, order) = (std::mem::take(&mut lowerer.bindings), std::mem::take(&mut lowerer.order));
    // What a block exports is for nobody: a page's module has no importers.
    m.module.exports.clear();
    Declared { bindings, names, order }
}

fn lower_unit(m: &mut Builder, parsed: &Parsed<'_>, declared: Declared, outer: &OuterNames) {
    let mut lowerer = Lowerer::new(m, parsed, outer);
    lowerer.bindings = declared.bindings;
    lowerer.order = declared.order;
    lowerer.lower_init(parsed);
    lowerer.finish_init();
}

/// Lowers template units, one after the other, into one function.
fn render(m: &mut Builder, units: &[Parsed<'_>], scope: TemplateScope) -> (FnId, TemplateScope) {
    let id = scope.render;
    let nothing = OuterNames::default();
    let mut ctx = FnCtx::new(id, FnKind::Render, false, Home::None);
    let mut scope = scope;
    let mut body = Vec::new();
    for parsed in units {
        let mut lowerer = Lowerer::new(m, parsed, &nothing);
        lowerer.fns.push(ctx);
        lowerer.template = Some(scope);
        lowerer.safe = true;
        lowerer.enter_scope(parsed.semantic.scoping().root_scope_id());
        let mut block = lowerer.statements(&parsed.program.body);
        body.append(&mut block);
        ctx = lowerer.fns.pop().expect("pushed above");
        scope = lowerer.template.take().expect("set above");
    }
    let function = &mut m.module.functions[id.index()];
    function.params = scope.used.iter().map(|(_, local)| *local).collect();
    function.length = function.params.len() as u32;
    function.uses = ctx.uses;
    function.body = body;
    (id, scope)
}

/// The names of the functions a top-level statement declares: declarations, and constants that hold a function.
fn top_level_functions<'b, 'a>(s: &'b Statement<'a>) -> Vec<&'b BindingIdentifier<'a>> {
    if let Some(f) = declared_function(s) {
        return f.id.iter().collect();
    }
    let declaration = match s {
        Statement::VariableDeclaration(d) => d,
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::VariableDeclaration(d) => d,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let functions = declaration.declarations.iter().filter(|d| {
        let init = d.init.as_ref().map(Expression::get_inner_expression);
        matches!(init, Some(Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_)))
    });
    functions.filter_map(|d| d.id.get_binding_identifier()).collect()
}
