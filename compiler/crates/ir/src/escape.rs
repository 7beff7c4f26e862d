//! The HTML contexts in which a value can be written; each has its own escaping, decided at compile time.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EscapeContext {
    /// Element content: `& < >` are escaped.
    Text,
    /// Inside `"…"`.
    AttrDouble,
    /// Inside `'…'`.
    AttrSingle,
    /// A value without quotes; everything that could end it is escaped.
    AttrUnquoted,
    /// The value begins a URL attribute: a scheme that runs script (`javascript:` …) is replaced by `about:invalid`.
    UrlStart,
    /// A later part of a URL attribute: percent-encoded where it must be, then attribute-escaped.
    UrlPart,
    /// `<script>` content: JSON that cannot leave the script.
    ScriptJson,
    /// `<style>` content.
    StyleText,
    /// A `style="…"` attribute.
    StyleAttr,
    /// `srcdoc="…"`: escaped twice, as text and as attribute.
    Srcdoc,
    /// `on…="…"`: a JSON literal, attribute-escaped.
    EventHandler,
    /// Inside `<!-- -->`.
    Comment,
    /// `<title>` and `<textarea>`.
    RcData,
    /// Inside a string literal in `on…="…"`: escaped as JavaScript string content, then attribute-escaped.
    EventString,
}

impl EscapeContext {
    pub const ALL: [EscapeContext; 14] = [
        EscapeContext::Text,
        EscapeContext::AttrDouble,
        EscapeContext::AttrSingle,
        EscapeContext::AttrUnquoted,
        EscapeContext::UrlStart,
        EscapeContext::UrlPart,
        EscapeContext::ScriptJson,
        EscapeContext::StyleText,
        EscapeContext::StyleAttr,
        EscapeContext::Srcdoc,
        EscapeContext::EventHandler,
        EscapeContext::Comment,
        EscapeContext::RcData,
        EscapeContext::EventString,
    ];

    /// The context a page script names by this number.
    pub fn from_index(index: usize) -> Option<EscapeContext> {
        EscapeContext::ALL.get(index).copied()
    }
}
