//! Pages: scope, output, escaping, components, layouts, loaders and actions.

pub mod error_page;
pub mod escape;
pub mod head;

use puremix_value::Value;

/// What a template can see. Values are made on first use.
pub struct Scope<'a> {
    /// Return values of the page's own loaders, in `PageDef::loaders` order.
    pub loaders: &'a [Value],
    /// The request object.
    pub request: &'a Value,
    pub action_result: &'a Value,
    /// Props of a component; undefined elsewhere.
    pub props: &'a Value,
    /// Rendered content of the page (layouts) or children (components).
    pub content: &'a Value,
}

/// The output buffer. Text goes straight in; a component that is still loading leaves a gap that is filled before sending.
#[derive(Default)]
pub struct Out {
    pub text: String,
}
