//! What a template's markup makes a browser run and load, as far as the template says it. The server makes the page's
//! Content-Security-Policy of it (`docs/book/security.md`).

use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UseKind {
    /// `<script>` with its text.
    InlineScript,
    /// `on…="…"`.
    Handler,
    /// `href="javascript:…"`.
    ScriptUrl,
    /// A script in another language, which a script of the page translates and runs.
    Translated,
    /// An attribute that is a library's (`hx-get`, `x-data`, `@click`); its name where the library makes code of the value.
    Library,
    /// `<style>` with its text.
    InlineStyle,
    /// `style="…"`.
    StyleAttribute,
    /// `srcdoc="…"`.
    Srcdoc,
    /// Trusted markup that is made while the page is rendered.
    Raw,
    // What is loaded, by its URL.
    Script,
    Style,
    Image,
    Media,
    Font,
    Frame,
    /// Told of clicks (`ping`).
    Connect,
    Plugin,
    /// `<base href>`.
    Base,
}

/// One use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Use {
    pub kind: UseKind,
    /// The text or URL as the browser sees it; empty where it is known only when the page is rendered. A URL whose beginning is known is that beginning.
    pub text: Rc<str>,
}
