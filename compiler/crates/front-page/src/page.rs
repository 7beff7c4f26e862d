//! What one `.puremix` file is, as data.

use puremix_diag::Span;
use puremix_ir::unit::{ScriptLang, ScriptUnit};
use puremix_ir::app::NamedFunction;
use puremix_ir::uses::Use;

/// What a file is used as; decides which placeholders it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// A route: `app/routes/**/*.puremix`.
    Page,
    /// A component, used as a tag by pages, layouts and other components.
    Component,
    /// A layout (`.puremix` or `.html`), filled with a page's content.
    Layout,
}

/// A value with its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

/// The languages a server block can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockLang {
    Js,
    Ts,
    Python,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// `<loader>`.
    Loader,
    /// `<script server>`.
    Server,
}

/// A block of server code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub lang: BlockLang,
    /// The text between the tags, verbatim. For Python the unit's `lang` says nothing.
    pub unit: ScriptUnit,
    /// The whole block, tags included.
    pub span: Span,
}

/// A component a file imports: `import Card from '../components/Card.puremix'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentImport {
    pub name: String,
    pub specifier: String,
    /// The import statement.
    pub span: Span,
}

/// Which elements of a page's head stand for the same thing as one of the layout's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadKey {
    /// `<title>`.
    Title,
    /// `<meta name=…>` or `<meta property=…>`, as `name:description` or `property:og:title`.
    Meta(String),
    /// Added to whatever the layout has.
    Other,
}

/// One element of a page's head, as a template unit of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadPiece {
    pub key: HeadKey,
    pub unit: ScriptUnit,
}

/// The `<head>` block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The elements in source order, title included.
    pub pieces: Vec<HeadPiece>,
    /// A template unit that writes the content of `<title>`, without the tags.
    pub title: Option<ScriptUnit>,
    /// A template unit that writes the `content` of `<meta name="description">`.
    pub description: Option<ScriptUnit>,
    pub span: Span,
}

/// A server function named by an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerUse {
    /// The function, or `Component.function`, as written.
    pub name: String,
    pub span: Span,
    /// Whether the file declares the function (or imports the component). Others are left as browser handlers.
    pub declared: bool,
}

/// What later stages want to know without reading the template again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// A client script, an inline handler or another attribute contains the word `PureMix`.
    pub mentions_puremix: bool,
    /// Some element has a server function as its handler, or `data-enhance`: the client runtime makes it live.
    pub needs_client: bool,
    /// What the markup makes a browser run and load; each once.
    pub uses: Vec<Use>,
    /// Some form posts, so the page needs the CSRF token (and its cookie).
    pub has_forms: bool,
    /// From `onsubmit`, `onclick` and `data-action`.
    pub handlers: Vec<HandlerUse>,
    /// Server functions that handlers name and nothing in the file declares, and those that its scripts call.
    pub named_functions: Vec<NamedFunction>,
    /// Names that its scripts for browsers declare.
    pub browser_names: Vec<String>,
    /// Component tags in source order, one entry a use.
    pub components: Vec<Spanned<String>>,
    /// A layout has its own `<title>` element, which takes the page's title.
    pub layout_title: bool,
    /// The head elements a layout declares under a key (`name:description`), which a page's piece replaces.
    pub layout_metas: Vec<String>,
}

/// One file, taken apart. Its expressions are still text; `front-js` lowers the units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub kind: PageKind,
    pub layout: Option<Spanned<String>>,
    /// The `<imports>` blocks, one after the other.
    pub imports: ScriptUnit,
    pub component_imports: Vec<ComponentImport>,
    /// Loaders and server scripts in source order.
    pub blocks: Vec<Block>,
    pub head: Option<Head>,
    /// The template as a list of intrinsic statements; see the crate documentation.
    pub template: ScriptUnit,
    /// The chunks that `__pmx_w(i)` writes, shared by the template and the head units.
    pub statics: Vec<String>,
    pub facts: Facts,
}

/// Answers questions about scripts. Their front ends implement it; this crate must not know a parser.
pub trait ScriptOracle {
    /// Whether the whole text is one expression (embedded markup is replaced by a call beforehand).
    fn is_expression(&self, text: &str, typescript: bool) -> bool;
    /// Whether the whole text is a list of statements.
    fn is_statements(&self, text: &str) -> bool;
    /// The names of the functions at the top level of a Python block.
    fn python_functions(&self, text: &str) -> Vec<String>;
}

/// What the caller knows about a file beyond its text.
pub struct PageOptions<'a> {
    pub kind: PageKind,
    /// The file's stem. A component's server functions are addressed as `name.function`.
    pub name: &'a str,
    pub oracle: &'a dyn ScriptOracle,
    /// Further names in scope: props of a component, names a layout sees. The file's own loaders, imports, exports of
    /// JS blocks and map variables, and the names every template has, are known without it.
    pub known: &'a dyn Fn(&str) -> bool,
    /// Whether a handler's name that nothing in the file declares is a server function of a layout, a component or another page.
    pub elsewhere: &'a dyn Fn(&str) -> bool,
    /// What is written for the URL of a script or style sheet that was built (`/client/main.js`).
    pub client: &'a dyn Fn(&str) -> Option<ClientFile>,
}

/// A script or style sheet that was built for browsers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientFile {
    pub url: String,
    /// Style sheets that its modules import.
    pub styles: Vec<String>,
    /// Modules that it imports, which the browser may load at once.
    pub preloads: Vec<String>,
}

impl BlockLang {
    /// The language of the block's unit; Python units are labelled as JavaScript and must not be read as such.
    pub(crate) fn script_lang(self) -> ScriptLang {
        match self {
            BlockLang::Ts => ScriptLang::Ts,
            BlockLang::Js | BlockLang::Python => ScriptLang::Js,
        }
    }
}
