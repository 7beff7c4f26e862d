//! What the server needs to know of an app: routes, pages, components, layouts.

use crate::{Capability, FnId, GlobalId, ImportId, ModuleId, Name, Use};
use puremix_diag::Span;
use std::rc::Rc;

/// The part of a `.puremix` module that the server calls.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PageTable {
    pub layout: Option<(Rc<str>, Span)>,
    /// The module `layout` names. Filled by the driver; layouts have layouts too.
    pub layout_module: Option<ModuleId>,
    pub loaders: Vec<ServerFn>,
    pub actions: Vec<ServerFn>,
    /// The template; its parameters are bound to what `render_scope` names, in order.
    pub render: Option<FnId>,
    pub render_scope: Vec<ScopeName>,
    /// The page's `<head>` content, with a scope of its own.
    pub head: Option<FnId>,
    pub head_scope: Vec<ScopeName>,
    pub has_forms: bool,
    pub mentions_puremix: bool,
    /// Its markup has a server form or handler, or `data-enhance`.
    pub needs_client: bool,
    /// What its markup makes a browser run and load.
    pub uses: Vec<Use>,
    /// Server functions that it names and does not declare, in handlers, or calls in its scripts.
    pub named_functions: Vec<NamedFunction>,
    /// Names that its scripts for browsers declare.
    pub browser_names: Vec<Name>,
    /// Interfaces and type aliases of its blocks in TypeScript, which its functions' signatures use.
    pub types: Vec<Rc<str>>,
    /// Names used by the template that resolve to nothing.
    pub unknown_names: Vec<(Name, Span)>,
}

/// A server function by the name that markup or a browser's script has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFunction {
    pub name: Name,
    pub span: Span,
    pub by: NamedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// `onclick="save"`, which nothing in the file declares.
    Handler,
    /// `onclick="save({id: 1})"`, which may be a function of a script, too.
    CallInHandler,
    /// `PureMix.call('save')`.
    Script,
}

/// A loader or an action: a function of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerFn {
    pub name: Name,
    pub function: FnId,
    pub span: Span,
    /// Where it is written in TypeScript and says so.
    pub signature: Option<Rc<Signature>>,
}

/// What a server function takes and returns, as TypeScript that is understood beside [`PageTable::types`]. Relative imports in it are written for a file in a
/// directory of the project's root.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Signature {
    /// The type of its first parameter: what it is called with.
    pub data: Option<Rc<str>>,
    /// As annotated: a promise, mostly.
    pub result: Option<Rc<str>>,
}

/// A name of the template scope and where the server takes its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeName {
    /// The whole return value of this loader.
    Loader(Name),
    Params,
    Query,
    Request,
    ActionResult,
    Env,
    Props,
    /// One prop of a component.
    Prop(Name),
    /// A layout sees the page's loaders by name; undefined when the page has none of that name.
    PageValue(Name),
    Title,
    Description,
    /// In `404.puremix` and `500.puremix`: what went wrong.
    Error,
    /// In the same pages: the URL that was asked for.
    Url,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct App {
    pub name: Rc<str>,
    pub version: Rc<str>,
    pub routes: Vec<Route>,
    /// Compiled `puremix.config.js`.
    pub config: Option<ModuleId>,
    /// `app/middleware.js`.
    pub middleware: Option<Middleware>,
    pub not_found: Option<ModuleId>,
    pub server_error: Option<ModuleId>,
    pub assets: Vec<Asset>,
    /// Why the app needs one isolate; empty when it may run one per core.
    pub pins: Vec<Pin>,
    pub workers: Option<u32>,
    /// Crates beyond the runtime that the binary links. Filled by `middle`.
    pub capabilities: Vec<Capability>,
    /// In the order of the modules.
    pub python: Vec<PythonSource>,
}

/// Python that the binary brings along.
#[derive(Clone, Debug, PartialEq)]
pub struct PythonSource {
    /// The dotted name it is imported by.
    pub module: Rc<str>,
    /// Its file as messages name it.
    pub path: Rc<str>,
    pub source: Rc<str>,
}

/// One URL pattern and what answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub pattern: Vec<RouteSegment>,
    pub module: ModuleId,
    pub kind: RouteKind,
    /// Path of the route's file, for listings.
    pub file: Rc<str>,
    /// It may look at the session of a request; so does every route until somebody has looked.
    pub uses_session: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteSegment {
    Literal(Rc<str>),
    Param(Rc<str>),
    CatchAll(Rc<str>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum RouteKind {
    Page { layout: Option<ModuleId> },
    Api(Vec<ApiHandler>),
    /// A Parsley handler: the function is called per request and answers the response value.
    Handler(FnId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ApiHandler {
    /// `None`: every method.
    pub method: Option<Rc<str>>,
    pub handler: HandlerRef,
}

#[derive(Clone, Debug, PartialEq)]
pub enum HandlerRef {
    Global(GlobalId),
    Import(ImportId),
}

/// The export whose value answers requests before the routes do: a function, or an array of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Middleware {
    pub module: ModuleId,
    pub handler: HandlerRef,
}

/// A file embedded in the binary.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// URL path it answers at, beginning with `/`; or a working-directory path for files named in code.
    pub url: Rc<str>,
    /// Path on the build machine: relative to the project, or absolute when it lies outside.
    pub source: Rc<str>,
    pub kind: AssetKind,
    /// Media type, by the name.
    pub content_type: Rc<str>,
    /// Strong entity tag of the content, with quotes.
    pub etag: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetKind {
    Public,
    /// Named by a constant path in the app's code.
    File,
}

/// A module variable that holds shared mutable state.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    pub name: Name,
    pub span: Span,
    pub why: Rc<str>,
}
