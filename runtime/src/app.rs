//! The app table: what a generated crate hands to [`crate::__rt`]'s `main`. Everything in it is `'static` data and plain functions.

use crate::capabilities::Capabilities;
use crate::page::{Out, Scope};
use puremix_value::{Cx, R, Value};

pub use puremix_interop::PythonSource;

/// One compiled app.
#[derive(Clone, Copy)]
pub struct AppDef {
    pub name: &'static str,
    pub version: &'static str,
    pub puremixc: &'static str,
    /// Names used by generated code; the atom of `atoms[i]` is `well_known::COUNT + i`.
    pub atoms: &'static [&'static str],
    /// Number of inline-cache cells (cell 0 is never filled).
    pub inline_caches: u32,
    /// Number of module-level variables.
    pub globals: u32,
    /// Places of calls that can throw; site 0 is unknown.
    pub sites: &'static [Site],
    /// In initialisation order.
    pub modules: &'static [ModuleDef],
    pub routes: &'static [RouteDef],
    /// Global index of the default export of `puremix.config.js`.
    pub config: Option<u32>,
    /// Reads what `app/middleware.js` exports: a function `(request, response, next)`, or an array of them.
    pub middleware: Option<&'static ValueFn>,
    pub not_found: Option<&'static PageDef>,
    pub server_error: Option<&'static PageDef>,
    pub assets: &'static [AssetDef],
    /// Variables that need the whole app in one isolate: `name (file:line)`.
    pub pins: &'static [&'static str],
    /// `workers` of the config, which overrides the pins.
    pub workers: Option<u32>,
    pub capabilities: Capabilities,
    /// Python files and blocks of pages.
    pub python: &'static [PythonSource],
}

/// A place in the app's own files; 1-based line and column.
pub struct Site {
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
    /// What is called, constructed or walked there, as V8 shows it in messages.
    pub expression: &'static str,
}

#[derive(Clone, Copy)]
pub struct ModuleDef {
    pub path: &'static str,
    /// Whether its body is an ES module's, which Node runs inside a microtask.
    pub is_esm: bool,
    /// Runs the module's body; a promise when it awaits at top level.
    pub init: &'static ValueFn,
    /// The module variable that says it has started, where `require` or `import()` may start it earlier.
    pub started: Option<u32>,
}

#[derive(Clone, Copy)]
pub enum Segment {
    Literal(&'static str),
    Param(&'static str),
    CatchAll(&'static str),
}

#[derive(Clone, Copy)]
pub struct RouteDef {
    pub pattern: &'static [Segment],
    pub kind: RouteKind,
    /// The route's file, for listings.
    pub file: &'static str,
    /// It is likely to look at the request's session.
    pub uses_session: bool,
}

#[derive(Clone, Copy)]
pub enum RouteKind {
    Page(&'static PageDef),
    Api(&'static [ApiDef]),
    /// A Parsley handler: called with the request object, answers the response value.
    Handler(&'static HandlerFn),
}

#[derive(Clone, Copy)]
pub struct ApiDef {
    /// Upper case; `None` answers every method.
    pub method: Option<&'static str>,
    /// Reads the handler function (an exported value).
    pub handler: &'static ValueFn,
}

// Functions of the table are trait objects: generated code gives plain functions, the interpreter closures that know what they run.

/// Gives a value of the module.
pub type ValueFn = dyn Fn(Cx) -> R + Send + Sync;

/// Answers a request object.
pub type HandlerFn = dyn Fn(Cx, &Value) -> R + Send + Sync;

/// Writes a template into the buffer.
pub type RenderFn = dyn Fn(Cx, &Scope<'_>, &mut Out) -> R<()> + Send + Sync;

/// Calls a loader.
pub type LoaderFn = dyn Fn(Cx, &Value, &Value, &Value) -> R + Send + Sync;

/// Calls an action.
pub type ActionFn = dyn Fn(Cx, &Value, &Value) -> R + Send + Sync;

/// A page, component or layout.
pub struct PageDef {
    /// Component name or page path.
    pub name: &'static str,
    pub file: &'static str,
    pub loaders: &'static [LoaderDef],
    pub actions: &'static [ActionDef],
    pub render: &'static RenderFn,
    pub head: Option<&'static RenderFn>,
    /// Components that its template names; a form inside one asks for the action `Name.function`.
    pub components: &'static [&'static PageDef],
    pub layout: Option<&'static PageDef>,
    pub has_forms: bool,
    pub mentions_puremix: bool,
    /// Its markup has what the client runtime makes live: a server form or handler, or `data-enhance`.
    pub needs_client: bool,
    /// What its markup makes a browser run and load.
    pub uses: &'static [Use],
}

/// Something that markup makes a browser run or load.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    pub kind: UseKind,
    /// The text or URL as the browser sees it; empty where it is known only when the page is rendered. A URL whose beginning is known is that beginning.
    pub text: &'static str,
}

/// The same kinds as in the compiler's `puremix_ir::UseKind`, where each is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    InlineScript,
    Handler,
    ScriptUrl,
    Translated,
    Library,
    InlineStyle,
    StyleAttribute,
    Srcdoc,
    Raw,
    Script,
    Style,
    Image,
    Media,
    Font,
    Frame,
    Connect,
    Plugin,
    Base,
}

#[derive(Clone, Copy)]
pub struct LoaderDef {
    pub name: &'static str,
    /// `(request, actionResult, props)`; the value may be a promise.
    pub call: &'static LoaderFn,
}

#[derive(Clone, Copy)]
pub struct ActionDef {
    pub name: &'static str,
    /// `(formData, request)`; the value may be a promise.
    pub call: &'static ActionFn,
}

#[derive(Clone, Copy)]
pub struct AssetDef {
    /// Begins with `/` for public files; a path relative to the working directory for files named in code.
    pub url: &'static str,
    pub public: bool,
    pub content_type: &'static str,
    /// Strong, with quotes.
    pub etag: &'static str,
    pub bytes: &'static [u8],
}
