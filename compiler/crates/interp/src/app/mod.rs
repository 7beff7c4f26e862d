//! The server's table of an interpreted program.

mod intern;
mod pages;

pub use pages::use_kind;

use crate::assemble::{Names, assemble, order};
use crate::closure;
use crate::edition::{self, Edition, First};
use crate::image::{Entries, Image, ModuleIndex, Read};
use crate::machine::read_name;
use crate::space::Space;
use intern::Interner;
use puremix_diag::SourceMap;
use puremix_ir::app::{AssetKind, RouteKind, RouteSegment};
use puremix_ir::{Export, ModuleId, Program};
use puremix_runtime::app as table;
use puremix_runtime::capabilities::Capabilities;
use puremix_runtime::isolate;
use puremix_value::{Cx, LateNames, Value};
use std::sync::Arc;

/// Makes editions of a program, and keeps what they have in common.
pub struct Bench {
    version: String,
    capabilities: Capabilities,
    names: Names,
    space: Space,
    kept: Interner,
    first: First,
    /// The images that run, by number.
    accepted: Vec<Option<Arc<Image>>>,
}

impl Bench {
    pub fn new(version: &str, capabilities: Capabilities) -> Bench {
        Bench {
            version: version.to_owned(),
            capabilities,
            names: Names::default(),
            space: Space::default(),
            kept: Interner::default(),
            first: First::default(),
            accepted: Vec::new(),
        }
    }

    /// The names of all editions, for an isolate that runs more than one.
    pub fn names(&self) -> &'static LateNames {
        self.names.shared()
    }

    /// The program as an edition. What did not change since the accepted one is taken from there; `contents` has a number for each module
    /// that is another when its text is.
    pub fn edition(&mut self, program: &Program, contents: &[u64], sources: &SourceMap) -> Arc<Edition> {
        let assembled = assemble(program, contents, sources, &mut self.names, &self.space, &self.accepted);
        let numbers: Vec<ModuleIndex> = assembled.iter().map(|image| image.module).collect();
        let pages_by_id = self.pages(program, &numbers);
        let mut images = vec![None; self.names.modules()];
        let mut pages = vec![None; self.names.modules()];
        for (image, page) in assembled.iter().zip(&pages_by_id) {
            images[image.module.0 as usize] = Some(image.clone());
            pages[image.module.0 as usize] = *page;
        }
        let order = order(program).into_iter().map(|id| (numbers[id.index()], self.module_def(program, id, &assembled[id.index()]))).collect::<Vec<_>>();
        let def = self.app_def(program, &assembled, &order, &pages_by_id);
        let config = program.app.config.map(|id| numbers[id.index()]);
        Arc::new(Edition { images, pages, order, slots: self.space.slots(), config, def })
    }

    /// From now on editions build on this one.
    pub fn accept(&mut self, edition: &Edition) {
        self.accepted.clone_from(&edition.images);
    }

    fn module_def(&mut self, program: &Program, id: ModuleId, image: &Image) -> table::ModuleDef {
        let m = program.module(id);
        let (number, started) = (image.module, image.promise_slot);
        let path = self.names.text(&m.path);
        let first = self.first.clone();
        let make = || -> table::ModuleDef {
            let init: &'static table::ValueFn = Box::leak(Box::new(move |cx: Cx| {
                let (holder, init) = edition::entry(cx, &first, number, |entries| entries.init)?;
                closure::call_plain(cx, &holder, init, &[])
            }));
            table::ModuleDef { path, is_esm: m.is_esm(), init, started }
        };
        *self.kept.one(format!("{number:?} {} {started:?}", m.is_esm()), make)
    }

    fn app_def(&mut self, program: &Program, images: &[Arc<Image>], order: &[(ModuleIndex, table::ModuleDef)], pages: &[Option<&'static table::PageDef>]) -> &'static table::AppDef {
        let app = &program.app;
        let routes = self.routes(program, images, pages);
        let assets: Vec<&'static table::AssetDef> = app.assets.iter().map(|asset| self.asset(asset)).collect();
        let page = |id: Option<ModuleId>| id.and_then(|id| pages[id.index()]);
        let config = app.config.and_then(|id| {
            program.module(id).exports.iter().find_map(|e| match e {
                Export::Global { name, global, .. } if &**name == "default" => Some(images[id.index()].lease.first_slot + global.0),
                _ => None,
            })
        });
        let middleware = app.middleware.as_ref().map(|middleware| self.middleware(images[middleware.module.index()].module));
        let pins: Vec<&'static str> = app.pins.iter().map(|pin| self.names.text(&pin.why)).collect();
        let python = self.python(&app.python);
        let (name, version, puremixc) = (self.names.text(&app.name), self.names.text(&app.version), self.names.text(&self.version.clone()));
        let (not_found, server_error) = (page(app.not_found), page(app.server_error));
        let address = |page: Option<&'static table::PageDef>| page.map(std::ptr::from_ref);
        let key = format!(
            "{name} {version} {:?} {order:?} {:?} {:?} {config:?} {:?} {:?} {pins:?} {:?} {:?}",
            routes.as_ptr(),
            assets.iter().map(|asset| std::ptr::from_ref(*asset)).collect::<Vec<_>>(),
            middleware.map(std::ptr::from_ref),
            address(not_found),
            address(server_error),
            app.workers,
            python.as_ptr(),
            order = order.iter().map(|(number, _)| number.0).collect::<Vec<_>>(),
        );
        let capabilities = self.capabilities;
        self.kept.one(key, || table::AppDef {
            name,
            version,
            puremixc,
            atoms: &[],
            inline_caches: 0,
            globals: 0,
            sites: &[],
            modules: Vec::leak(order.iter().map(|(_, def)| *def).collect()),
            routes,
            config,
            middleware,
            not_found,
            server_error,
            assets: Vec::leak(assets.into_iter().copied().collect()),
            capabilities,
            python,
            pins: Vec::leak(pins),
            workers: app.workers,
        })
    }

    /// Sources that are as they were stay where they were.
    fn python(&mut self, sources: &[puremix_ir::app::PythonSource]) -> &'static [table::PythonSource] {
        let sources: Vec<table::PythonSource> = sources
            .iter()
            .map(|python| table::PythonSource { module: self.names.text(&python.module), path: self.names.text(&python.path), source: self.names.text(&python.source) })
            .collect();
        let key = format!("python {:?}", sources.iter().map(|python| (python.module.as_ptr(), python.path.as_ptr(), python.source.as_ptr())).collect::<Vec<_>>());
        self.kept.list(key, || sources)
    }

    fn asset(&mut self, asset: &puremix_ir::app::Asset) -> &'static table::AssetDef {
        let (url, content_type, etag) = (self.names.text(&asset.url), self.names.text(&asset.content_type), self.names.text(&asset.etag));
        self.kept.one(format!("{url} {etag} {:?}", asset.kind), || table::AssetDef {
            url,
            public: asset.kind == AssetKind::Public,
            content_type,
            etag,
            bytes: Vec::leak(std::fs::read(&*asset.source).unwrap_or_default()),
        })
    }

    fn routes(&mut self, program: &Program, images: &[Arc<Image>], pages: &[Option<&'static table::PageDef>]) -> &'static [table::RouteDef] {
        let routes: Vec<(&'static table::RouteDef, String)> = program.app.routes.iter().map(|route| self.route(route, images, pages)).collect();
        let key = routes.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>().join("\n");
        self.kept.list(key, || routes.iter().map(|(route, _)| **route).collect())
    }

    fn route(&mut self, route: &puremix_ir::app::Route, images: &[Arc<Image>], pages: &[Option<&'static table::PageDef>]) -> (&'static table::RouteDef, String) {
        let number = images[route.module.index()].module;
        let pattern: Vec<table::Segment> = route
            .pattern
            .iter()
            .map(|segment| match segment {
                RouteSegment::Literal(s) => table::Segment::Literal(self.names.text(s)),
                RouteSegment::Param(s) => table::Segment::Param(self.names.text(s)),
                RouteSegment::CatchAll(s) => table::Segment::CatchAll(self.names.text(s)),
            })
            .collect();
        let (kind, what) = match &route.kind {
            RouteKind::Page { .. } => match pages[route.module.index()] {
                Some(page) => (table::RouteKind::Page(page), format!("page {:?}", std::ptr::from_ref(page))),
                None => panic!("bug in puremixc: the route {} has no page", route.file),
            },
            RouteKind::Api(handlers) => {
                let handlers: Vec<table::ApiDef> = handlers.iter().enumerate().map(|(index, handler)| self.api(number, index, handler.method.as_deref())).collect();
                let what = format!("{number:?} {:?}", handlers.iter().map(|handler| handler.method).collect::<Vec<_>>());
                (table::RouteKind::Api(self.kept.list(what.clone(), || handlers)), what)
            }
            RouteKind::Handler(_) => {
                let first = self.first.clone();
                let handler: &'static Handler = self.kept.one(format!("{number:?}"), || {
                    Handler(Box::leak(Box::new(move |cx: Cx, request: &Value| {
                        let (holder, handler) = edition::entry(cx, &first, number, |entries| entries.handler)?;
                        closure::call_plain(cx, &holder, handler, std::slice::from_ref(request))
                    })))
                });
                (table::RouteKind::Handler(handler.0), format!("handler {number:?}"))
            }
        };
        let uses_session = route.uses_session;
        let key = format!("{:?} {} {what} {uses_session}", route.pattern, route.file);
        let file = self.names.text(&route.file);
        let pattern = self.kept.list(format!("{:?}", route.pattern), || pattern);
        (self.kept.one(key.clone(), || table::RouteDef { pattern, kind, file, uses_session }), key)
    }

    fn api(&mut self, number: ModuleIndex, index: usize, method: Option<&str>) -> table::ApiDef {
        let method = method.map(|method| self.names.text(method));
        let handler = self.reader(number, &format!("api {index}"), move |entries| entries.api.get(index));
        table::ApiDef { method, handler }
    }

    fn middleware(&mut self, number: ModuleIndex) -> &'static table::ValueFn {
        self.reader(number, "middleware", |entries| entries.middleware.as_ref())
    }

    /// A function that reads what the module's current image has at this entry.
    fn reader(&mut self, number: ModuleIndex, what: &str, entry: impl Fn(&Entries) -> Option<&Read> + Send + Sync + 'static) -> &'static table::ValueFn {
        let first = self.first.clone();
        let read: &'static Reader = self.kept.one(format!("{number:?} {what}"), || {
            Reader(Box::leak(Box::new(move |cx: Cx| {
                let holder = edition::holder(cx, &first, number)?;
                match entry(&crate::loaded::Loaded::of(&holder).image.entries) {
                    Some(read) => read_name(cx, &holder, read),
                    None => Ok(Value::Undefined),
                }
            })))
        });
        read.0
    }
}

/// Functions as values that can be kept.
struct Handler(&'static table::HandlerFn);
struct Reader(&'static table::ValueFn);

/// The table of a program that does not change. It lives as long as the process.
pub fn app_def(program: &Program, sources: &SourceMap, version: &str, capabilities: Capabilities) -> &'static table::AppDef {
    let mut bench = Bench::new(version, capabilities);
    let edition = bench.edition(program, &vec![0; program.modules.len()], sources);
    let def = Box::leak(Box::new(table::AppDef { atoms: Vec::leak(bench.names().texts()), globals: edition.slots, ..*edition.def }));
    assert!(bench.first.set(edition).is_ok(), "a new bench has made no edition");
    tell_places();
    def
}

/// Lets the runtime find places of interpreted code.
pub fn tell_places() {
    isolate::set_places(isolate::Places { place: edition::place, expression: edition::expression, knows_file: edition::knows_file });
}

/// The table of no program: what an isolate has before its first edition.
pub static EMPTY: table::AppDef = table::AppDef {
    name: "app",
    version: "",
    puremixc: "",
    atoms: &[],
    inline_caches: 0,
    globals: 0,
    sites: &[],
    modules: &[],
    routes: &[],
    config: None,
    middleware: None,
    not_found: None,
    server_error: None,
    assets: &[],
    pins: &[],
    workers: None,
    capabilities: Capabilities::NONE,
    python: &[],
};
