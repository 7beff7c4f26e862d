//! The server's table of an interpreted app.

use crate::assemble::{Assembled, Names, assemble};
use crate::closure;
use crate::image::{FunctionId, Read};
use crate::loaded::{Loaded, Shared};
use crate::machine::{Page, read_name};
use puremix_diag::SourceMap;
use puremix_ir::app::{AssetKind, HandlerRef, RouteKind, RouteSegment};
use puremix_ir::{Export, Program};
use puremix_runtime::app as table;
use puremix_runtime::capabilities::Capabilities;
use puremix_value::{Cx, R, Value};
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

thread_local! {
    /// The image of this thread's isolate.
    static LOADED: RefCell<Option<(usize, Value)>> = const { RefCell::new(None) };
}

/// The object that holds the image in this thread's isolate.
fn holder(cx: Cx, shared: &Arc<Shared>) -> Value {
    let address = Arc::as_ptr(shared) as usize;
    let known = LOADED.with_borrow(|loaded| loaded.as_ref().filter(|(of, _)| *of == address).map(|(_, holder)| holder.clone()));
    known.unwrap_or_else(|| {
        let holder = Loaded::load(cx, shared);
        LOADED.set(Some((address, holder.clone())));
        holder
    })
}

/// Makes the table. It lives as long as the process.
pub fn app_def(program: &Program, sources: &SourceMap, version: &str, capabilities: Capabilities, names: &mut Names) -> &'static table::AppDef {
    let assembled = assemble(program, sources, names);
    let tables = Tables { function_base: assembled.function_base.clone(), program };
    let sites = leak(site_table(&assembled, names));
    let (globals, order, global_base) = (assembled.globals, assembled.order.clone(), assembled.global_base.clone());
    let api: Vec<Vec<Read>> = program.app.routes.iter().map(|route| api_reads(&assembled, route)).collect();
    let shared = Arc::new(Shared { image: assembled.image, pages: OnceLock::new() });
    let pages = pages(&tables, &shared, names);
    let app = &program.app;
    let modules: Vec<table::ModuleDef> = order
        .iter()
        .map(|id| {
            let (m, shared) = (program.module(*id), shared.clone());
            let init = tables.function(*id, m.init);
            table::ModuleDef { path: names.text(&m.path), is_esm: m.is_esm(), init: leak_one(move |cx: Cx| closure::call_plain(cx, &holder(cx, &shared), init, &[])) }
        })
        .collect();
    let routes: Vec<table::RouteDef> = app.routes.iter().zip(api).map(|(route, reads)| route_def(&tables, &shared, &pages, route, reads, names)).collect();
    let assets: Vec<table::AssetDef> = app
        .assets
        .iter()
        .map(|asset| table::AssetDef {
            url: names.text(&asset.url),
            public: asset.kind == AssetKind::Public,
            content_type: names.text(&asset.content_type),
            etag: names.text(&asset.etag),
            bytes: leak(std::fs::read(&*asset.source).unwrap_or_default()),
        })
        .collect();
    let page = |id: Option<puremix_ir::ModuleId>| id.and_then(|id| pages[id.index()]);
    let config = app.config.and_then(|id| {
        program.module(id).exports.iter().find_map(|e| match e {
            Export::Global { name, global, .. } if &**name == "default" => Some(global_base[id.index()] + global.0),
            _ => None,
        })
    });
    leak_one(table::AppDef {
        name: names.text(&app.name),
        version: names.text(&app.version),
        puremixc: names.text(version),
        atoms: leak(names.own().to_vec()),
        inline_caches: 0,
        globals,
        sites,
        modules: leak(modules),
        routes: leak(routes),
        config,
        not_found: page(app.not_found),
        server_error: page(app.server_error),
        assets: leak(assets),
        capabilities,
        pins: leak(app.pins.iter().map(|pin| names.text(&pin.why)).collect()),
        workers: app.workers,
    })
}

fn leak<T>(items: Vec<T>) -> &'static [T] {
    Box::leak(items.into_boxed_slice())
}

fn leak_one<T>(item: T) -> &'static T {
    Box::leak(Box::new(item))
}

struct Tables<'p> {
    function_base: Vec<u32>,
    program: &'p Program,
}

impl Tables<'_> {
    fn function(&self, module: puremix_ir::ModuleId, function: puremix_ir::FnId) -> FunctionId {
        FunctionId(self.function_base[module.index()] + function.0)
    }
}

fn site_table(assembled: &Assembled, names: &mut Names) -> Vec<table::Site> {
    let image = &assembled.image;
    let files: Vec<&'static str> = image.files.iter().map(|file| names.text(file)).collect();
    let unknown = (0, 0, 0);
    image
        .places
        .iter()
        .map(|place| match *place {
            place if place == unknown => table::Site { file: "", line: 0, column: 0 },
            (file, line, column) => table::Site { file: files[file as usize], line, column },
        })
        .collect()
}

/// The pages of all modules that are pages, components or layouts. Each may name others, which are therefore made first; layouts and
/// components that go in circles were refused before, except for components in each other, whose table entries are found at run time.
fn pages(tables: &Tables<'_>, shared: &Arc<Shared>, names: &mut Names) -> Vec<Option<&'static table::PageDef>> {
    let count = tables.program.modules.len();
    let mut made: Vec<Option<&'static table::PageDef>> = vec![None; count];
    let mut visiting = vec![false; count];
    for index in 0..count {
        make_page(tables, shared, names, index, &mut made, &mut visiting);
    }
    assert!(shared.pages.set(made.clone()).is_ok(), "the pages are made once");
    made
}

fn make_page(
    tables: &Tables<'_>,
    shared: &Arc<Shared>,
    names: &mut Names,
    index: usize,
    made: &mut Vec<Option<&'static table::PageDef>>,
    visiting: &mut Vec<bool>,
) {
    let m = &tables.program.modules[index];
    let Some(page) = &m.page else { return };
    if made[index].is_some() || std::mem::replace(&mut visiting[index], true) {
        return;
    }
    let mut components: Vec<usize> = m
        .requests
        .iter()
        .filter_map(|r| match r.target {
            puremix_ir::Target::Component(id) => Some(id.index()),
            _ => None,
        })
        .collect();
    components.sort_unstable();
    components.dedup();
    for needed in components.iter().copied().chain(page.layout_module.map(|l| l.index())) {
        make_page(tables, shared, names, needed, made, visiting);
    }
    let id = puremix_ir::ModuleId::from(index);
    let render = |function: puremix_ir::FnId| -> &'static table::RenderFn {
        let (shared, function) = (shared.clone(), tables.function(id, function));
        leak_one(move |cx: Cx, scope: &puremix_runtime::page::Scope<'_>, out: &mut puremix_runtime::page::Out| {
            closure::render(cx, &holder(cx, &shared), function, &mut Page { scope, out })
        })
    };
    let loaders = page
        .loaders
        .iter()
        .map(|loader| {
            let (shared, function) = (shared.clone(), tables.function(id, loader.function));
            table::LoaderDef {
                name: names.text(&loader.name),
                call: leak_one(move |cx: Cx, request: &Value, action_result: &Value, props: &Value| -> R {
                    closure::call_plain(cx, &holder(cx, &shared), function, &[request.clone(), action_result.clone(), props.clone()])
                }),
            }
        })
        .collect();
    let actions = page
        .actions
        .iter()
        .map(|action| {
            let (shared, function) = (shared.clone(), tables.function(id, action.function));
            table::ActionDef {
                name: names.text(&action.name),
                call: leak_one(move |cx: Cx, form_data: &Value, request: &Value| -> R {
                    closure::call_plain(cx, &holder(cx, &shared), function, &[form_data.clone(), request.clone()])
                }),
            }
        })
        .collect();
    let nothing: &'static table::RenderFn = &|_: Cx, _: &puremix_runtime::page::Scope<'_>, _: &mut puremix_runtime::page::Out| Ok(());
    let def = table::PageDef {
        name: names.text(page_name(&m.path)),
        file: names.text(&m.path),
        loaders: leak(loaders),
        actions: leak(actions),
        render: page.render.map_or(nothing, render),
        head: page.head.map(render),
        components: leak(components.into_iter().filter_map(|c| made[c]).collect()),
        layout: page.layout_module.and_then(|l| made[l.index()]),
        has_forms: page.has_forms,
        mentions_puremix: page.mentions_puremix,
    };
    made[index] = Some(leak_one(def));
}

fn page_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split_once('.').map_or(file, |(stem, _)| stem)
}

/// Where a route's API handlers are read.
fn api_reads(assembled: &Assembled, route: &puremix_ir::app::Route) -> Vec<Read> {
    let RouteKind::Api(handlers) = &route.kind else { return Vec::new() };
    handlers.iter().map(|handler| assembled.handler_read(route.module, &handler.handler)).collect()
}

fn route_def(
    tables: &Tables<'_>,
    shared: &Arc<Shared>,
    pages: &[Option<&'static table::PageDef>],
    route: &puremix_ir::app::Route,
    reads: Vec<Read>,
    names: &mut Names,
) -> table::RouteDef {
    let pattern = route
        .pattern
        .iter()
        .map(|segment| match segment {
            RouteSegment::Literal(s) => table::Segment::Literal(names.text(s)),
            RouteSegment::Param(s) => table::Segment::Param(names.text(s)),
            RouteSegment::CatchAll(s) => table::Segment::CatchAll(names.text(s)),
        })
        .collect();
    let kind = match &route.kind {
        RouteKind::Page { .. } => match pages[route.module.index()] {
            Some(page) => table::RouteKind::Page(page),
            None => panic!("bug in puremixc: the route {} has no page", route.file),
        },
        RouteKind::Api(handlers) => {
            let handlers = handlers.iter().zip(reads).map(|(handler, read)| {
                let shared = shared.clone();
                let method = handler.method.as_ref().map(|m| names.text(m));
                table::ApiDef { method, handler: leak_one(move |cx: Cx| read_name(cx, &holder(cx, &shared), &read)) }
            });
            table::RouteKind::Api(leak(handlers.collect()))
        }
        RouteKind::Handler(f) => {
            let (shared, function) = (shared.clone(), tables.function(route.module, *f));
            table::RouteKind::Handler(leak_one(move |cx: Cx, request: &Value| {
                closure::call_plain(cx, &holder(cx, &shared), function, std::slice::from_ref(request))
            }))
        }
    };
    table::RouteDef { pattern: leak(pattern), kind, file: names.text(&route.file) }
}

impl Assembled {
    /// Handlers were resolved with the image's imports.
    fn handler_read(&self, module: puremix_ir::ModuleId, handler: &HandlerRef) -> Read {
        match handler {
            HandlerRef::Global(global) => Read::Global { slot: self.global(module, *global), checked: None },
            HandlerRef::Import(import) => self.imports[module.index()][import.index()].clone(),
        }
    }
}
