//! The client runtime (`runtime/client`): its file, and what a document says to get it.

use super::memo::Fixed;
use crate::app::{AppDef, AssetDef, PageDef, Use, UseKind};
use crate::config::ClientSettings;
use crate::http::assets::{self, Conditions};
use crate::http::message::Reply;
use crate::request::{Exchange, host};
use puremix_value::Cx;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// Bundled and minified by `cargo xtask client`.
const SOURCE: &str = include_str!("../../client/dist/puremix.js");

/// The paths under which the file was, is and will be known.
const PREFIX: &str = "/_puremix/client.";

static FILE: LazyLock<AssetDef> = LazyLock::new(|| {
    let hash = short_hash(SOURCE);
    AssetDef {
        url: format!("{PREFIX}{hash}.js").leak(),
        public: true,
        content_type: "text/javascript; charset=utf-8",
        etag: format!("\"{hash}\"").leak(),
        bytes: SOURCE.as_bytes(),
    }
});

fn short_hash(text: &str) -> String {
    Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The answer where a path is the client's. A page of another version of the app asks for another name: it gets this file, too, but not for long.
pub(crate) fn file(path: &str, conditions: Conditions<'_>) -> Option<Reply> {
    path.strip_prefix(PREFIX)?.strip_suffix(".js")?;
    let mut reply = assets::embedded(&FILE, conditions);
    let cache = if path == FILE.url { "public, max-age=31536000, immutable" } else { "no-store" };
    reply.headers.retain(|(name, _)| name != "cache-control");
    Some(reply.with("cache-control", cache))
}

/// What of the client a page gets; the same at every request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// Scripts of the page may read `PureMix.data`.
    has_data: bool,
    /// Functions of the server can be called from the page.
    has_token: bool,
    is_given: bool,
    /// Scripts of the page may expect `PureMix`: it is there before they run.
    blocks: bool,
    enhances: bool,
}

impl Share {
    /// The share of a page with these uses (its components' and layouts' included).
    pub fn of(app: &'static AppDef, all: &[&'static PageDef], uses: &[Use], settings: ClientSettings) -> Share {
        use UseKind::{Handler, InlineScript, Library, Script, ScriptUrl, Srcdoc, Translated};
        let speaks = |file: &AssetDef| file.content_type.contains("javascript") && memchr::memmem::find(file.bytes, b"PureMix").is_some();
        // A file that is not in the binary (in development none is) may speak of anything.
        let is_own = |one: &Use| {
            let is_here = one.kind == Script && one.text.starts_with('/') && !one.text.starts_with("//");
            is_here && app.assets.iter().find(|file| file.public && file.url == one.text).is_none_or(speaks)
        };
        let has_data = all.iter().any(|def| def.mentions_puremix) || uses.iter().any(is_own);
        if settings.is_off || !(has_data || settings.everywhere || all.iter().any(|def| def.needs_client)) {
            return Share::default();
        }
        Share {
            has_data,
            has_token: has_data || all.iter().any(|def| def.has_forms || !def.actions.is_empty()),
            is_given: true,
            blocks: has_data || uses.iter().any(|one| [InlineScript, Handler, ScriptUrl, Translated, Library, Script, Srcdoc].contains(&one.kind)),
            enhances: settings.enhance,
        }
    }

    /// Whether forms or calls can be made from the page.
    pub fn has_token(self) -> bool {
        self.has_token
    }

    pub fn has_data(self) -> bool {
        self.has_data
    }

    pub fn is_given(self) -> bool {
        self.is_given
    }

    /// The element that loads the client. Pages with the same policy can take each other's place in one document.
    pub fn element(self, policy: Option<&str>) -> String {
        if !self.is_given {
            return String::new();
        }
        let policy = policy.map(|text| format!(" data-policy=\"{}\"", short_hash(text))).unwrap_or_default();
        let (enhance, defer) = (if self.enhances { " data-enhance" } else { "" }, if self.blocks { "" } else { " defer" });
        format!("<script src=\"{}\"{policy}{enhance}{defer}></script>", FILE.url)
    }
}

/// What goes into the head before every other script: the token of calls, the data (JSON that cannot end a script element), and the element that loads
/// the client.
pub(super) fn head(cx: Cx, exchange: &Exchange, data: Option<&str>, fixed: Fixed) -> String {
    let mut out = String::new();
    if fixed.share.has_token {
        // Base64url: nothing needs escaping.
        let token = host(cx).services.csrf_token(exchange);
        out = format!("<meta name=\"csrf-token\" content=\"{token}\">");
    }
    if let Some(json) = data {
        out.push_str("<script type=\"application/json\" id=\"puremix-data\">");
        out.push_str(json);
        out.push_str("</script>");
    }
    out.push_str(fixed.element);
    out
}
