//! Reads one `.puremix` file: page, component or layout (also a layout's `.html`).
//!
//! In: the file's text, what it is used as, and an oracle that says whether text is JavaScript. Out: a [`Page`], which is
//! data, and diagnostics; parsing never fails. This crate must never know a JavaScript parser, the IR's nodes, other
//! files, or how templates run.
//!
//! # From text to page
//! `puremix.pest` reads tokens in linear time and bounded depth; `tokens` and `tree` build the syntax tree; `parse` takes
//! blocks out; `template`, `element`, `forms` and `component` emit the template as a *unit*: a JavaScript statement list
//! over intrinsics, with a map from each copied expression back to the file. `front-js` lowers units.
//!
//! # Intrinsics
//! | statement or expression | meaning |
//! |---|---|
//! | `__pmx_w(3);` | write chunk 3 of [`Page::statics`] |
//! | `__pmx_e(0, (x));` | write a value, escaped for `EscapeContext` number 0; nothing for null and undefined |
//! | `__pmx_raw((x));` | write a value as it is: `{@html x}` |
//! | `__pmx_a("class", "value", (x));` | write ` class="…"`; kinds `value bool url style event srcdoc`; nothing for null, undefined, false |
//! | `__pmx_s((x));` | write the properties of an object as attributes: `<p {...x}>` |
//! | `__pmx_m(() => {…})` | an expression: the markup the body writes |
//! | `__pmx_c("Card", {props}, () => {…}, key);` | use a component; children and key can be `undefined` |
//! | `__pmx_js(() => {…}, ["a"]);` | run a JS block once; its result's properties become names for what follows |
//! | `__pmx_instance();` | in a component's root tag: write the attributes that say which instance it is |
//! | `__pmx_csrf();` | write the hidden field with the CSRF token |
//! | `__pmx_content(() => {…}?);` | `{content}`, `{children}`, `<slot>`; the body is shown where there is none |
//! | `__pmx_head();` | `{head}`: the page's head elements; before `</head>` where a layout has no `{head}` |
//! | `__pmx_title(() => {…}?);` | the page's title (text, escaped), else the body: a layout's own `<title>` content |
//! | `__pmx_description();` | the page's description |
//! | `__pmx_meta("name:robots", () => {…});` | a layout's `<meta>`, unless the page's head has a piece of this key |
//!
//! # When is a brace group an expression?
//! Where it is one by JavaScript's grammar, with markup allowed as operand. Otherwise it is text. Always text: empty
//! groups, `{{…}}` (except as a component's prop), groups in attributes beginning `x-`, `:`, `@`, `v-`, `hx-`, scripts,
//! styles, HTML comments, and counts in `pattern` (`[0-9]{3}`). In `<pre>`, `<code>` and `on…` attributes other
//! languages' braces are usual: there, only expressions over known names are evaluated. `\{` is a brace that is text.
#![forbid(unsafe_code)]

mod buttons;
mod calls;
mod component;
mod element;
mod forms;
mod grammar;
mod html;
mod imports;
mod instance;
mod meaning;
mod names;
mod page;
mod parse;
mod report;
mod syntax;
mod template;
mod tokens;
mod tree;
mod unit;
mod uses;

pub use calls::declared_in_script;
pub use page::{
    Block, BlockKind, BlockLang, ClientFile, ComponentImport, Facts, HandlerUse, Head, HeadKey, HeadPiece, Page, PageKind, PageOptions, ScriptOracle,
    Spanned,
};
pub use parse::parse_page;
