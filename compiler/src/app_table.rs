//! Fills [`puremix_ir::app::App`]: which module answers which URL, and what is embedded.

use crate::driver::Entries;
use crate::embedded;
use crate::project::{Project, RouteFileKind};
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::app::{ApiHandler, App, AssetKind, HandlerRef, Middleware, PythonSource, Route, RouteKind};
use puremix_ir::{Export, Import, ImportId, ImportName, ImportTarget, Module, ModuleId, Name, Program, Shared, Target};

/// Sets `program.app`. Called before linking, which needs the routes as roots.
pub fn fill(program: &mut Program, project: &Project, entries: &Entries, workers: Option<u32>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut routes = Vec::new();
    for (file, module) in project.routes.iter().zip(&entries.routes) {
        let kind = match file.kind {
            RouteFileKind::Page => {
                RouteKind::Page { layout: program.module(*module).page.as_ref().and_then(|p| p.layout_module) }
            }
            RouteFileKind::Handler => RouteKind::Handler(puremix_front_parsley::HANDLER),
            RouteFileKind::Api => {
                name_stars(program, *module);
                let handlers = api_handlers(program.module(*module));
                if handlers.is_empty() {
                    diagnostics.push(no_handler(program.module(*module)));
                }
                RouteKind::Api(handlers)
            }
        };
        let shown = project.display(&file.path);
        routes.push(Route { pattern: file.pattern.clone(), module: *module, kind, file: shown.into(), uses_session: true });
    }
    let middleware = entries.middleware.and_then(|module| {
        name_stars(program, module);
        let handler = middleware_export(program.module(module));
        if handler.is_none() {
            diagnostics.push(no_middleware(program.module(module)));
        }
        Some(Middleware { module, handler: handler? })
    });
    program.app = App {
        name: project.name.as_str().into(),
        version: project.version.as_str().into(),
        routes,
        config: entries.config,
        middleware,
        not_found: entries.not_found,
        server_error: entries.server_error,
        assets: Vec::new(),
        pins: Vec::new(),
        workers,
        capabilities: Vec::new(),
        python: python_sources(program),
    };
    diagnostics
}

fn python_sources(program: &Program) -> Vec<PythonSource> {
    let of_module = |module: &Shared<Module>| {
        let python = module.python.as_ref()?;
        Some(PythonSource { module: python.name.clone(), path: module.path.clone(), source: python.source.clone() })
    };
    program.modules.iter().filter_map(of_module).collect()
}

/// Sets `program.app.assets`: public files, files that code names by constant paths, and migrations.
pub fn embed(program: &mut Program, project: &Project) {
    let assets = project.public.iter().map(|(url, source)| embedded::asset(project, url, source, AssetKind::Public));
    let mut assets: Vec<_> = assets.chain(embedded::constant_files(program, project)).collect();
    for asset in embedded::migrations(project) {
        if assets.iter().all(|known| known.url != asset.url) {
            assets.push(asset);
        }
    }
    program.app.assets = assets;
}

/// Methods that a function's name can stand for, in any case.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Names that stand for every method when the module has neither a default export nor a method's function.
const GENERIC: [&str; 7] = ["handler", "handle", "process", "execute", "main", "call", "request"];

/// Gives a module that handlers are looked for in an export by name for each that `export *` brings, as if they had been written one by one.
/// A name that two of them bring is none, as in the language.
fn name_stars(program: &mut Program, id: ModuleId) {
    let mut found: Vec<(Name, usize, Span)> = Vec::new();
    let stars = program.module(id).exports.iter().filter_map(|export| match export {
        Export::All { request, span } => Some((*request, *span)),
        Export::Global { .. } | Export::Import { .. } => None,
    });
    for (request, span) in stars {
        let Target::Module(from) = program.module(id).requests[request].target else { continue };
        let names = program.exports_of(from).into_iter().map(|(name, ..)| name);
        found.extend(names.filter(|name| !matches!(&**name, "default" | "module.exports")).map(|name| (name, request, span)));
    }
    let own: Vec<Name> = exports(program.module(id)).into_iter().map(|(name, _)| name.into()).collect();
    let added = found.iter().filter(|(name, ..)| !own.contains(name) && found.iter().filter(|(other, ..)| other == name).count() == 1);
    let added: Vec<(Name, usize, Span)> = added.cloned().collect();
    if added.is_empty() {
        return;
    }
    let module = &mut *program.modules[id.index()];
    for (name, request, span) in added {
        let import = ImportId::from(module.imports.len());
        module.imports.push(Import { request, name: ImportName::Named(name.clone()), local_name: name.clone(), span, target: ImportTarget::Unresolved });
        module.exports.push(Export::Import { name, import, span });
    }
}

/// What a module exports by name.
fn exports(module: &Module) -> Vec<(&str, HandlerRef)> {
    let exports = module.exports.iter().filter_map(|export| match export {
        Export::Global { name, global, .. } => Some((&**name, HandlerRef::Global(*global))),
        Export::Import { name, import, .. } => Some((&**name, HandlerRef::Import(*import))),
        Export::All { .. } => None,
    });
    exports.collect()
}

/// The export of `app/middleware.js` that counts: the default one, or else `middleware`.
fn middleware_export(module: &Module) -> Option<HandlerRef> {
    let exports = exports(module);
    ["default", "module.exports", "middleware"].iter().find_map(|wanted| exports.iter().find(|(name, _)| name == wanted)).map(|(_, handler)| handler.clone())
}

fn no_middleware(module: &Module) -> Diagnostic {
    Diagnostic::error(codes::API_NO_HANDLER, Span::new(module.file, 0, 0), format!("`{}` exports no middleware", module.path))
        .help("`export default function (request, response, next) {…}`, or an array of such functions")
}

/// The default export answers every method; without one, each function named after a method answers that; then the
/// generic names; then the only export there is.
fn api_handlers(module: &Module) -> Vec<ApiHandler> {
    let exports = exports(module);
    let every = |handler: &HandlerRef| vec![ApiHandler { method: None, handler: handler.clone() }];
    let named = |wanted: &str| exports.iter().find(|(name, _)| *name == wanted).map(|(_, handler)| handler);
    if let Some(handler) = named("default").or_else(|| named("module.exports")) {
        return every(handler);
    }
    let methods: Vec<ApiHandler> = METHODS
        .iter()
        .filter_map(|method| {
            let (_, handler) = exports.iter().find(|(name, _)| name.eq_ignore_ascii_case(method))?;
            Some(ApiHandler { method: Some((*method).into()), handler: handler.clone() })
        })
        .collect();
    if !methods.is_empty() {
        return methods;
    }
    match (GENERIC.iter().find_map(|name| named(name)), exports.as_slice()) {
        (Some(handler), _) | (None, [(_, handler)]) => every(handler),
        (None, _) => Vec::new(),
    }
}

fn no_handler(module: &Module) -> Diagnostic {
    Diagnostic::error(
        codes::API_NO_HANDLER,
        Span::new(module.file, 0, 0),
        format!("the API route `{}` exports no handler", module.path),
    )
    .help("`export default function (request, response) {…}`, or functions named GET, POST, PUT, PATCH, DELETE")
}
