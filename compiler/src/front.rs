//! The one place where a file's kind picks a front end.
//!
//! In: a file's text and what it is used as. Out: its IR and diagnostics. The front ends do not know each other; here the
//! page front end's units meet the script front end.

use puremix_diag::{Diagnostic, FileId, Span, codes};
use puremix_front_js as js;
use puremix_front_page as page;
use puremix_front_py as py;
use crate::client::ClientFiles;
use crate::load::PythonNames;
use puremix_ir::*;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What a file is used as; a `.puremix` file's placeholders and scope depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileRole {
    Page,
    /// `404.puremix` and `500.puremix`: pages whose templates know what went wrong.
    ErrorPage,
    Component,
    Layout,
    Script,
    /// A Python file that answers requests.
    PythonRoute,
    /// A Parsley file that answers requests.
    Handler,
}

/// Lowers one file by its extension and role. Always gives a module.
pub fn lower_file(file: FileId, path: &str, text: &str, role: FileRole, python: &PythonNames) -> (Module, Vec<Diagnostic>) {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match (role, extension) {
        (FileRole::Page | FileRole::ErrorPage | FileRole::Component | FileRole::Layout, _) => lower_page(file, path, text, role, python, &ClientFiles::default(), &BTreeSet::new()),
        (FileRole::Script, "json") => lower_json(file, path, text),
        (FileRole::PythonRoute, _) => lower_python(file, path, text, python, py::Use::Route),
        (FileRole::Script, "py") => lower_python(file, path, text, python, py::Use::Module),
        (FileRole::Handler, _) => lower_handler(file, path, text, ""),
        (FileRole::Script, _) => js::lower_module(&script_unit(file, path, text), path),
    }
}

/// Lowers a Parsley handler; `sqlite` is the path of the project's database.
pub fn lower_handler(file: FileId, path: &str, text: &str, sqlite: &str) -> (Module, Vec<Diagnostic>) {
    let (module, diagnostics) = puremix_front_parsley::lower_handler(file, path, text, sqlite);
    (module.unwrap_or_else(|| Module::empty(file, path, Lang::Js)), diagnostics)
}

fn script_unit(file: FileId, path: &str, text: &str) -> ScriptUnit {
    let lang = if path.ends_with(".ts") || path.ends_with(".mts") { ScriptLang::Ts } else { ScriptLang::Js };
    ScriptUnit::verbatim(file, text, 0, lang)
}

/// The page front end asks the script front end what is an expression.
struct Oracle;

impl page::ScriptOracle for Oracle {
    fn is_expression(&self, text: &str, typescript: bool) -> bool {
        js::is_expression(text, typescript)
    }

    fn is_statements(&self, text: &str) -> bool {
        js::is_statements(text)
    }

    fn python_functions(&self, text: &str) -> Vec<String> {
        py::function_names(text)
    }
}

/// Takes a `.puremix` file (or an `.html` layout) apart. Of the names in its handlers that it does not declare, those in `elsewhere` are server functions.
pub fn parse_page(file: FileId, path: &str, text: &str, role: FileRole, client: &ClientFiles, elsewhere: &BTreeSet<String>) -> (page::Page, Vec<Diagnostic>) {
    let kind = match role {
        FileRole::Layout => page::PageKind::Layout,
        FileRole::Component => page::PageKind::Component,
        FileRole::Page | FileRole::ErrorPage | FileRole::Script | FileRole::PythonRoute | FileRole::Handler => page::PageKind::Page,
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // Props of a component and names of a layout's pages are known only when those are lowered; any name may be one.
    let known = |name: &str| match role {
        FileRole::Page => false,
        FileRole::ErrorPage => matches!(name, "error" | "url"),
        _ => true,
    };
    page::parse_page(file, text, &page::PageOptions { kind, name, oracle: &Oracle, known: &known, elsewhere: &|name| elsewhere.contains(name), client: &|url| client.find(url).cloned() })
}

/// Cuts a page into units and lowers them to one module.
pub fn lower_page(file: FileId, path: &str, text: &str, role: FileRole, names: &PythonNames, client: &ClientFiles, elsewhere: &BTreeSet<String>) -> (Module, Vec<Diagnostic>) {
    let (page, mut diagnostics) = parse_page(file, path, text, role, client, elsewhere);
    let block_kind = |kind| match kind {
        page::BlockKind::Loader => js::PageBlockKind::Loader,
        page::BlockKind::Server => js::PageBlockKind::Server,
    };
    let is_python = |block: &&page::Block| block.lang == page::BlockLang::Python;
    let blocks: Vec<js::PageBlock<'_>> = page
        .blocks
        .iter()
        .filter(|block| !is_python(block))
        .map(|block| js::PageBlock { kind: block_kind(block.kind), unit: &block.unit })
        .collect();
    let python = python_of_page(file, path, text, &page, names, &mut diagnostics);
    let head: Vec<&ScriptUnit> = page.head.iter().flat_map(|head| head.pieces.iter().map(|piece| &piece.unit)).collect();
    let component_imports: Vec<(&str, &str, Span)> =
        page.component_imports.iter().map(|c| (c.name.as_str(), c.specifier.as_str(), c.span)).collect();
    let (module, found) = js::lower_page(&js::PageInput {
        path,
        kind: match page.kind {
            page::PageKind::Page => js::PageKind::Page,
            page::PageKind::Component => js::PageKind::Component,
            page::PageKind::Layout => js::PageKind::Layout,
        },
        is_error_page: role == FileRole::ErrorPage,
        layout: page.layout.as_ref().map(|layout| (layout.value.as_str(), layout.span)),
        imports: &page.imports,
        blocks: &blocks,
        python: python.as_ref(),
        elsewhere: &names.functions,
        template: &page.template,
        statics: &page.statics,
        head: &head,
        component_imports: &component_imports,
        has_forms: page.facts.has_forms,
        mentions_puremix: page.facts.mentions_puremix,
        needs_client: page.facts.needs_client,
        uses: &page.facts.uses,
    });
    let mut module = module;
    if let Some(table) = &mut module.page {
        table.named_functions = page.facts.named_functions.clone();
        table.browser_names = page.facts.browser_names.iter().map(|name| name.as_str().into()).collect();
    }
    // Without the end of a block the markup behind it is read as script, and everything said about that is noise.
    let cut_short = diagnostics.iter().any(|d| d.code == codes::PAGE_UNCLOSED_BLOCK);
    diagnostics.extend(found.into_iter().filter(|d| !(cut_short && d.code == codes::JS_SYNTAX)));
    diagnostics.extend(ambiguous_names(&module, names));
    diagnostics.extend(module.python.iter().flat_map(|python| actions_that_need_more(python, &page)));
    (module, diagnostics)
}

/// The module that the Python blocks of a page are.
fn python_of_page(file: FileId, path: &str, text: &str, page: &page::Page, names: &PythonNames, diagnostics: &mut Vec<Diagnostic>) -> Option<Module> {
    let (actions, loaders): (Vec<_>, Vec<_>) = page.blocks.iter().filter(|b| b.lang == page::BlockLang::Python).partition(|b| b.kind == page::BlockKind::Server);
    diagnostics.extend(loaders.iter().map(|block| python_loader(block.span)));
    if actions.is_empty() {
        return None;
    }
    let ranges: Vec<std::ops::Range<usize>> = actions.iter().map(|block| block.unit.map[0].source as usize).zip(&actions).map(|(start, block)| start..start + block.unit.text.len()).collect();
    let source = py::Source::of_blocks(file, text, &ranges);
    let (module, found) = py::lower_module(&source, &py::module_name(path), path, &first_names(names), py::Use::Page);
    diagnostics.extend(found);
    Some(module)
}

fn python_loader(span: Span) -> Diagnostic {
    Diagnostic::error(codes::PAGE_PYTHON_LOADER, span, "a loader is JavaScript or TypeScript")
        .help("move the functions to `<script server lang=\"python\">` and call them from a loader: `const stats = await analyze(data)`")
}

/// Uses of names that several Python functions have.
fn ambiguous_names(module: &Module, names: &PythonNames) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for function in module.functions.iter().filter(|_| !names.ambiguous.is_empty()) {
        visit::walk(&function.body, &mut |node| {
            let visit::Node::Expr(Expr { kind: ExprKind::Builtin(name), span, .. }) = node else { return };
            let Some(files) = names.ambiguous.get(&**name) else { return };
            let files = files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(" and ");
            let diagnostic = Diagnostic::error(codes::PYTHON_AMBIGUOUS_NAME, *span, format!("`{name}` is a function of {files}"));
            found.push(diagnostic.help(format!("import the one that is meant: `import {{ {name} }} from '…'` in `<imports>`")));
        });
    }
    found
}

/// Python functions that elements name as actions, and that need more than an action gets.
fn actions_that_need_more(python: &Python, page: &page::Page) -> Vec<Diagnostic> {
    let report = |handler: &page::HandlerUse| {
        let function = python.functions.iter().find(|f| *f.name == *handler.name)?;
        let (fewest, _) = function.arity().filter(|(fewest, _)| *fewest > 2)?;
        let found = Diagnostic::warning(codes::PYTHON_ARGUMENTS, handler.span, format!("`{}` needs {fewest} arguments, and an action gets two", handler.name));
        Some(found.label("Python throws a TypeError").secondary(function.span, "declared here").help("an action is `def name(data, js_context=None)`: the form's fields, and the request"))
    };
    page.facts.handlers.iter().filter_map(report).collect()
}

fn lower_python(file: FileId, path: &str, text: &str, names: &PythonNames, used_as: py::Use) -> (Module, Vec<Diagnostic>) {
    py::lower_module(&py::Source::of_file(file, text), &py::module_name(path), path, &first_names(names), used_as)
}

fn first_names(names: &PythonNames) -> Vec<&str> {
    names.first.iter().map(String::as_str).collect()
}

/// Whether what a file is lowered to depends on the app's Python.
pub fn knows_python(path: &str, role: FileRole) -> bool {
    match role {
        FileRole::Handler => false,
        FileRole::Script => path.ends_with(".py"),
        FileRole::Page | FileRole::ErrorPage | FileRole::Component | FileRole::Layout | FileRole::PythonRoute => true,
    }
}

/// A JSON file is data, not code: its text is parsed once when the module is initialised, however large it is.
fn lower_json(file: FileId, path: &str, text: &str) -> (Module, Vec<Diagnostic>) {
    if let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let line_start: usize = text.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum();
        let at = (line_start + e.column().saturating_sub(1)).min(text.len());
        let diagnostic = Diagnostic::error(codes::JS_SYNTAX, Span::new(file, at, at), format!("this is not JSON: {e}"))
            .help("JSON has no comments and no trailing commas");
        return (Module::empty(file, path, Lang::Js), vec![diagnostic]);
    }
    let mut module = Module::empty(file, path, Lang::Js);
    let span = Span::new(file, 0, 0);
    let global = GlobalId::from(module.globals.len());
    module.globals.push(Global {
        name: "data".into(),
        is_const: true,
        checked: false,
        assigned: false,
        function: None,
        hoisted: false,
        ty: Ty::Any,
        constant: None,
        span,
    });
    let expr = |kind| Expr::new(kind, span);
    let parse = expr(ExprKind::CallMethod {
        recv: expr(ExprKind::Builtin("JSON".into())).boxed(),
        name: "parse".into(),
        args: vec![Arg::Value(expr(ExprKind::Str(Text::from(text))))],
        safe: false,
    });
    let init = module.init.index();
    let assign = expr(ExprKind::Assign(Place::Global(global), parse.boxed()));
    module.functions[init].body.push(Stmt::new(StmtKind::Expr(assign), span));
    module.exports.push(Export::Global { name: Rc::from("module.exports"), global, span });
    (module, Vec::new())
}
