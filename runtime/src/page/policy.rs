//! The Content-Security-Policy of a page: what its markup runs and loads, and nothing else.
//!
//! A directive is written where everything that it would forbid is known; what only a browser finds out (what a library from elsewhere does,
//! what markup made at request time holds) leaves the directive open. The rules are in `docs/book/security.md`.

use super::behaviour::{self, Behaviour};
use super::client::Share;
use super::{evaluators, layout};
use crate::app::{AppDef, AssetDef, PageDef, RouteKind, Use, UseKind};
use crate::config::ClientSettings;
use crate::config::headers::PagePolicy;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Where libraries are published: what comes from there loads nothing from elsewhere.
const LIBRARIES: &[&str] = &[
    "unpkg.com", "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "code.jquery.com", "cdn.tailwindcss.com", "esm.sh", "cdn.skypack.dev", "esm.run", "ajax.googleapis.com",
    "stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com", "cdn.plot.ly", "d3js.org", "jspm.dev", "ga.jspm.io", "cdn.socket.io",
];

/// More hashes than this would not fit beside the other headers into the 4 KB that proxies take; then inline code is open.
const MOST_HASHES: usize = 24;

/// Sources of one directive, in the order of their discovery.
#[derive(Default)]
struct Sources {
    list: Vec<String>,
    /// Somewhere that only a browser finds out.
    is_open: bool,
}

impl Sources {
    fn add(&mut self, source: &str) {
        if !self.list.iter().any(|s| s == source) {
            self.list.push(source.to_owned());
        }
    }

    /// Where a URL leads to.
    fn add_url(&mut self, url: &str) {
        match place(url) {
            Place::Here => self.add("'self'"),
            Place::There(origin) => self.add(&origin),
            Place::Inside(scheme) => self.add(scheme),
            Place::Unknown => self.is_open = true,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Here,
    There(String),
    /// `data:` or `blob:`.
    Inside(&'static str),
    Unknown,
}

fn place(url: &str) -> Place {
    let lower = url.to_ascii_lowercase();
    if lower.is_empty() {
        return Place::Unknown;
    }
    for scheme in ["data:", "blob:"] {
        if lower.starts_with(scheme) {
            return Place::Inside(scheme);
        }
    }
    let (scheme, rest) = match lower.split_once("//") {
        Some((scheme @ ("http:" | "https:"), rest)) => (format!("{scheme}//"), rest),
        Some(("", rest)) => (String::new(), rest),
        _ if lower.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':')) => return Place::Unknown,
        _ => return Place::Here,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    if is_host { Place::There(scheme + host) } else { Place::Unknown }
}

/// `'sha256-…'`.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// A page, the components in it and its layouts.
pub(crate) fn parts_of(page: &'static PageDef) -> Vec<&'static PageDef> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&'static PageDef> = layout::layouts_of(page).chain([page]).collect();
    let mut parts = Vec::new();
    while let Some(def) = waiting.pop() {
        if seen.insert(std::ptr::from_ref(def) as usize) {
            parts.push(def);
            waiting.extend(def.components);
        }
    }
    parts
}

/// Uses of a page, the components in it and its layouts.
fn uses_of(page: &'static PageDef) -> Vec<Use> {
    parts_of(page).into_iter().flat_map(|def| def.uses.iter().copied()).collect()
}

/// What of the client runtime a page gets.
pub(super) fn share(app: &'static AppDef, page: &'static PageDef, settings: ClientSettings) -> Share {
    Share::of(app, &parts_of(page), &uses_of(page), settings)
}

/// Uses of the app's other pages: a library may put any of them into this one.
fn uses_elsewhere(app: &'static AppDef) -> Vec<Use> {
    let pages = app.routes.iter().filter_map(|route| if let RouteKind::Page(page) = route.kind { Some(page) } else { None });
    pages.flat_map(uses_of).collect()
}

/// The policy's text. `has_client` says that the page gets the client runtime, which loads nothing but from here; in development the open page is patched and has a script more.
pub fn policy(app: &'static AppDef, page: &'static PageDef, has_client: bool, is_dev: bool, settings: &PagePolicy) -> String {
    let uses = uses_of(page);
    let has = |kind: UseKind| uses.iter().any(|one| one.kind == kind);
    let runs_scripts = is_dev || {
        use UseKind::{Handler, InlineScript, Library, Script, ScriptUrl, Srcdoc, Translated};
        [InlineScript, Handler, ScriptUrl, Translated, Library, Script, Srcdoc].into_iter().any(has)
    };
    let mut directives = vec![("base-uri", base(&uses)), ("frame-ancestors", "'self'".to_owned())];
    if !has(UseKind::Plugin) {
        directives.push(("object-src", "'none'".to_owned()));
    }
    let behaviour = behaviour_of(app.assets, &uses);
    directives.push(("script-src", scripts(app, &uses, &behaviour, has_client, is_dev)));
    directives.push(("script-src-attr", handlers(app, &uses, &behaviour, is_dev)));
    if runs_scripts {
        directives.push(("worker-src", "'self' blob:".to_owned()));
    }
    // What a script does to the page, and what trusted markup holds, is not in the templates.
    if !runs_scripts && !has(UseKind::Raw) {
        directives.extend(still_page(app, &uses, has_client));
    }
    let mut directives: Vec<(String, String)> = directives.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n.to_owned(), v)).collect();
    settings.amend(&mut directives);
    directives.iter().map(|(name, value)| format!("{name} {value}").trim_end().to_owned()).collect::<Vec<_>>().join(";")
}

/// What needs `'unsafe-eval'` on a page, for people.
fn evaluators_of(assets: &'static [AssetDef], uses: &[Use], behaviour: &Behaviour) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for one in uses {
        match one.kind {
            UseKind::Script => found.extend(evaluators::of_url(one.text).filter(|_| place(one.text) != Place::Here).map(|name| format!("{name} ({})", one.text))),
            UseKind::Library if !one.text.is_empty() => found.push(format!("the attribute `{}`", one.text)),
            _ => {}
        }
    }
    found.extend(behaviour.loads.iter().filter_map(|url| evaluators::of_url(url).map(|name| format!("{name} ({url})"))));
    for one in uses.iter().filter(|one| matches!(one.kind, UseKind::InlineScript | UseKind::Handler | UseKind::ScriptUrl) && behaviour::of_inline(one.text).evaluates) {
        let line = one.text.trim().lines().next().unwrap_or_default();
        found.push(format!("a script of the page (`{}…`)", line.chars().take(40).collect::<String>()));
    }
    let own = reachable(assets, uses, behaviour).into_iter().filter(|file| behaviour::of_file(&String::from_utf8_lossy(file.bytes)).evaluates);
    found.extend(own.map(|file| file.url.to_owned()));
    found.dedup();
    found
}

/// What makes a page's policy have `'unsafe-eval'`, for people: the uses of its markup, of its layouts' and its components'.
pub fn evaluating(assets: &'static [AssetDef], uses: &[Use]) -> Vec<String> {
    evaluators_of(assets, uses, &behaviour_of(assets, uses))
}

/// What scripts of the page that are at hand do.
fn behaviour_of(assets: &'static [AssetDef], uses: &[Use]) -> Behaviour {
    let mut behaviour = Behaviour::default();
    for one in uses.iter().filter(|one| matches!(one.kind, UseKind::InlineScript | UseKind::Handler | UseKind::ScriptUrl)) {
        behaviour.add(behaviour::of_inline(one.text));
    }
    for file in reachable(assets, uses, &behaviour) {
        behaviour.add(behaviour::of_file(&String::from_utf8_lossy(file.bytes)));
    }
    behaviour
}

/// The app's own scripts that a page loads, and what these import: any script whose file's name stands in one that is loaded.
fn reachable(assets: &'static [AssetDef], uses: &[Use], inline: &Behaviour) -> Vec<&'static AssetDef> {
    let name = |asset: &AssetDef| asset.url.rsplit('/').next().unwrap_or_default();
    let mut waiting: Vec<&str> = uses.iter().filter(|one| one.kind == UseKind::Script && place(one.text) == Place::Here).map(|one| one.text).collect();
    if inline.imports {
        waiting.extend(uses.iter().filter(|one| one.kind == UseKind::InlineScript).map(|one| one.text));
    }
    let mut found: Vec<&'static AssetDef> = Vec::new();
    while let Some(text) = waiting.pop() {
        for file in public(assets, "javascript").filter(|file| text.contains(name(file))) {
            if !found.iter().any(|known| std::ptr::eq(*known, file)) {
                found.push(file);
                waiting.extend(std::str::from_utf8(file.bytes));
            }
        }
    }
    found
}

fn public(assets: &'static [AssetDef], media: &'static str) -> impl Iterator<Item = &'static AssetDef> {
    assets.iter().filter(move |asset| asset.public && asset.content_type.contains(media))
}

fn is_public(app: &'static AppDef, url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    app.assets.iter().any(|asset| asset.public && (asset.url == path || asset.url.trim_start_matches('/') == path.trim_start_matches("./")))
}

fn base(uses: &[Use]) -> String {
    let mut sources = Sources::default();
    sources.add("'self'");
    uses.iter().filter(|one| one.kind == UseKind::Base).for_each(|one| sources.add_url(one.text));
    if sources.is_open { String::new() } else { sources.list.join(" ") }
}

fn scripts(app: &'static AppDef, uses: &[Use], behaviour: &Behaviour, has_client: bool, is_dev: bool) -> String {
    let of = |kind: UseKind| uses.iter().filter(move |one| one.kind == kind);
    let mut hashes = Sources::default();
    let mut sources = Sources::default();
    let mut evaluates = !evaluators_of(app.assets, uses, behaviour).is_empty();
    let mut inline_is_open = behaviour.writes_scripts || of(UseKind::Translated).next().is_some() || of(UseKind::Srcdoc).any(|one| one.text.is_empty() || behaviour::is_active(one.text));
    if has_client {
        sources.add("'self'");
    }
    of(UseKind::InlineScript).for_each(|one| hashes.add(&hash(one.text)));
    // htmx and its like run the scripts of fragments, and move from page to page in one document.
    if of(UseKind::Library).next().is_some() {
        let elsewhere = uses_elsewhere(app);
        elsewhere.iter().filter(|one| one.kind == UseKind::InlineScript).for_each(|one| hashes.add(&hash(one.text)));
        elsewhere.iter().filter(|one| one.kind == UseKind::Script).for_each(|one| sources.add_url(one.text));
        inline_is_open |= elsewhere.iter().any(|one| one.kind == UseKind::Translated);
    }
    for one in of(UseKind::Script) {
        sources.add_url(one.text);
        match place(one.text) {
            Place::There(origin) => {
                let host = origin.rsplit('/').next().unwrap_or_default();
                sources.is_open |= !LIBRARIES.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')));
            }
            Place::Here => evaluates |= !is_public(app, one.text),
            Place::Inside(_) | Place::Unknown => evaluates = true,
        }
    }
    if behaviour.imports {
        sources.add("'self'");
    }
    behaviour.loads.iter().for_each(|url| sources.add_url(url));
    sources.is_open |= behaviour.loads_unknown;
    if sources.is_open {
        sources.add("'self'");
        sources.add("https:");
    }
    if is_dev {
        sources.add("'self'");
    }
    let urls: Vec<String> = of(UseKind::ScriptUrl).map(|one| hash(one.text)).collect();
    if inline_is_open || hashes.list.len() + urls.len() > MOST_HASHES {
        sources.add("'unsafe-inline'");
    } else {
        if !urls.is_empty() {
            sources.add("'unsafe-hashes'");
        }
        hashes.list.iter().chain(&urls).for_each(|hash| sources.add(hash));
    }
    if evaluates {
        sources.add("'unsafe-eval'");
    }
    if sources.list.is_empty() { "'none'".to_owned() } else { sources.list.join(" ") }
}

fn handlers(app: &'static AppDef, uses: &[Use], behaviour: &Behaviour, is_dev: bool) -> String {
    // What scripts fetch and put into the page is the app's, too.
    let inserts = behaviour.inserts_markup || uses.iter().any(|one| one.kind == UseKind::Library || one.kind == UseKind::Script && place(one.text) != Place::Here);
    let elsewhere = if inserts { uses_elsewhere(app) } else { Vec::new() };
    let all = || uses.iter().chain(&elsewhere);
    let is_open = is_dev
        || behaviour.writes_handlers
        || all().any(|one| one.kind == UseKind::Handler && one.text.is_empty() || one.kind == UseKind::Translated || one.kind == UseKind::Srcdoc && (one.text.is_empty() || behaviour::is_active(one.text)));
    let mut hashes = Sources::default();
    all().filter(|one| one.kind == UseKind::Handler).for_each(|one| hashes.add(&hash(one.text)));
    if is_open || hashes.list.len() > MOST_HASHES {
        "'unsafe-inline'".to_owned()
    } else if hashes.list.is_empty() {
        "'none'".to_owned()
    } else {
        format!("'unsafe-hashes' {}", hashes.list.join(" "))
    }
}

/// A page without scripts of its own loads what its markup names; the client runtime asks only this server.
fn still_page(app: &'static AppDef, uses: &[Use], has_client: bool) -> Vec<(&'static str, String)> {
    let of = |kind: UseKind| uses.iter().filter(move |one| one.kind == kind);
    let named = |kind: UseKind, always: &[&str]| {
        let mut sources = Sources::default();
        always.iter().for_each(|one| sources.add(one));
        of(kind).for_each(|one| sources.add_url(one.text));
        match sources.list.as_slice() {
            _ if sources.is_open => String::new(),
            [] => "'none'".to_owned(),
            list => list.join(" "),
        }
    };
    let mut directives = vec![("frame-src", named(UseKind::Frame, &[])), ("media-src", named(UseKind::Media, &[]))];
    if of(UseKind::Connect).next().is_none() {
        directives.push(("connect-src", if has_client { "'self'" } else { "'none'" }.to_owned()));
    }
    // A style sheet loads images, fonts and other style sheets.
    let style_loads = |text: &str| text.contains("@import") || text.contains("url(");
    let has_links = of(UseKind::Style).next().is_some();
    let loads = has_links || of(UseKind::InlineStyle).chain(of(UseKind::StyleAttribute)).any(|one| one.text.is_empty() || style_loads(one.text));
    if !loads {
        directives.push(("img-src", named(UseKind::Image, &["'self'"])));
        directives.push(("font-src", named(UseKind::Font, &[])));
    }
    let mut styles = Sources::default();
    of(UseKind::Style).for_each(|one| styles.add_url(one.text));
    let imports = of(UseKind::InlineStyle).any(|one| one.text.contains("@import"))
        || has_links && (of(UseKind::Style).any(|one| !is_public(app, one.text)) || public(app.assets, "css").any(|file| String::from_utf8_lossy(file.bytes).contains("@import")));
    if imports || styles.is_open {
        styles.add("'self'");
        styles.add("https:");
    }
    let attributes: Vec<&Use> = of(UseKind::StyleAttribute).collect();
    let hashes: Vec<String> = of(UseKind::InlineStyle).chain(attributes.iter().copied()).map(|one| hash(one.text)).collect();
    if attributes.iter().any(|one| one.text.is_empty()) || hashes.len() > MOST_HASHES {
        styles.add("'unsafe-inline'");
    } else {
        if !attributes.is_empty() {
            styles.add("'unsafe-hashes'");
        }
        hashes.iter().for_each(|hash| styles.add(hash));
    }
    if styles.list.is_empty() {
        styles.add("'none'");
    }
    directives.push(("style-src", styles.list.join(" ")));
    directives
}

#[cfg(test)]
#[path = "tests/policy.rs"]
mod tests;
