//! Parsley projects: `basil.yaml` lists routes and the `.pars` handlers that answer them.

use super::read_source;
use super::routes::{RouteFile, RouteFileKind};
use puremix_diag::{Diagnostic, FileId, SourceMap, Span, codes};
use puremix_ir::app::RouteSegment;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{Location, Spanned};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file whose presence makes a directory a Parsley project.
pub const CONFIG_NAME: &str = "basil.yaml";

/// What a build needs of `basil.yaml`, with the places of what can be wrong.
#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    server: Server,
    /// Path of the SQLite file, relative to the directory the server runs in.
    sqlite: Option<String>,
    #[serde(default)]
    routes: Vec<Spanned<Entry>>,
}

#[derive(Debug, Default, Deserialize)]
struct Server {
    host: Option<String>,
    port: Option<u16>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: Spanned<String>,
    handler: Option<Spanned<String>>,
}

/// The keys of the file and of its routes, known or not: those that only the server of later versions reads are reported.
#[derive(Debug, Default, Deserialize)]
struct Keys {
    #[serde(default)]
    routes: Vec<BTreeMap<String, IgnoredAny>>,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

/// A Parsley project's own part.
#[derive(Clone, Debug, Default)]
pub struct Basil {
    pub sqlite: String,
    pub host: Option<String>,
    pub port: Option<u16>,
}

impl Basil {
    /// The configuration as the module that PureMix apps have, so that the server reads one form only.
    pub fn config_module(&self) -> String {
        let host = self.host.as_deref().map_or_else(|| "process.env.HOST".to_owned(), |h| format!("{h:?}"));
        let port = self.port.unwrap_or(8080);
        format!("export default {{ port: process.env.PORT || {port}, host: {host} }};\n")
    }
}

/// Reads `basil.yaml`, which is added to `sources`: the project's settings and its routes.
pub fn read(root: &Path, sources: &mut SourceMap) -> (Basil, Vec<RouteFile>, Vec<Diagnostic>) {
    let file = match read_source(&root.join(CONFIG_NAME), CONFIG_NAME, sources) {
        Ok(file) => file,
        Err(diagnostic) => return (Basil::default(), Vec::new(), vec![diagnostic]),
    };
    let place = Places { file, text: &sources.file(file).text };
    let parsed = match serde_saphyr::from_str::<File>(place.text) {
        Ok(parsed) => parsed,
        Err(e) => return (Basil::default(), Vec::new(), vec![place.unreadable(&e)]),
    };
    let mut diagnostics = place.unused_keys(&parsed);
    let mut routes = Vec::new();
    for entry in &parsed.routes {
        match route(root, &entry.value, &place, entry.defined) {
            Ok(route) => routes.push(route),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if parsed.routes.is_empty() {
        let message = format!("`{CONFIG_NAME}` lists no routes");
        diagnostics.push(Diagnostic::error(codes::BASIL_CONFIG, place.key("routes"), message).help("write `routes:`, and below it `- path: /` with `handler: ./index.pars`"));
    }
    let basil = Basil { sqlite: parsed.sqlite.unwrap_or_default(), host: parsed.server.host, port: parsed.server.port };
    (basil, routes, diagnostics)
}

fn route(root: &Path, entry: &Entry, place: &Places<'_>, at: Location) -> Result<RouteFile, Diagnostic> {
    let wrong = |at: Location, message: String| Diagnostic::error(codes::BASIL_CONFIG, place.line(at), message);
    let path = &entry.path.value;
    let Some(handler) = &entry.handler else {
        return Err(wrong(at, format!("the route `{path}` has no `handler:`")).help("name a `.pars` file; API modules come with a later version"));
    };
    if !path.starts_with('/') {
        return Err(wrong(entry.path.defined, format!("the route `{path}` must begin with `/`")).help(format!("write `/{path}`")));
    }
    let file: PathBuf = root.join(handler.value.trim_start_matches("./"));
    if !file.is_file() {
        return Err(wrong(handler.defined, format!("there is no handler `{}`", handler.value)).help("paths are relative to this file"));
    }
    let pattern = path.split('/').filter(|s| !s.is_empty()).map(|s| RouteSegment::Literal(s.into())).collect();
    Ok(RouteFile { pattern, path: file, kind: RouteFileKind::Handler })
}

/// Places in the configuration's text.
struct Places<'a> {
    file: FileId,
    text: &'a str,
}

impl Places<'_> {
    /// From a place to the end of its line.
    fn line(&self, at: Location) -> Span {
        let line_start: usize = self.text.split_inclusive('\n').take((at.line() as usize).saturating_sub(1)).map(str::len).sum();
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let column = line.char_indices().nth((at.column() as usize).saturating_sub(1)).map_or(line.len(), |(i, _)| i);
        Span::new(self.file, line_start + column, line_start + line.len())
    }

    /// A key at the beginning of a line.
    fn key(&self, key: &str) -> Span {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            if line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')) {
                return Span::new(self.file, start, start + key.len());
            }
            start += line.len();
        }
        Span::new(self.file, 0, 0)
    }

    /// The parser's words without its own place and its picture of the source.
    fn unreadable(&self, e: &serde_saphyr::Error) -> Diagnostic {
        let text = e.to_string();
        let first = text.lines().next().unwrap_or_default();
        let why = first.split_once("column ").and_then(|(_, rest)| rest.split_once(": ")).map_or(first, |(_, why)| why);
        let message = format!("`{CONFIG_NAME}` cannot be read: {why}");
        Diagnostic::error(codes::BASIL_CONFIG, e.location().map_or(Span::new(self.file, 0, 0), |at| self.line(at)), message)
    }

    fn unused_keys(&self, parsed: &File) -> Vec<Diagnostic> {
        let keys: Keys = serde_saphyr::from_str(self.text).unwrap_or_default();
        let unused = |span, message| Diagnostic::warning(codes::BASIL_CONFIG, span, message);
        let known = |key: &&String| !["server", "sqlite"].contains(&key.as_str());
        let of_file = keys.rest.keys().filter(known).map(|key| unused(self.key(key), format!("`{key}` is not used by this version")));
        let of_routes = keys.routes.iter().zip(&parsed.routes).flat_map(|(keys, entry)| {
            let path = &entry.value.path;
            let more = keys.keys().filter(|key| !["path", "handler"].contains(&key.as_str()));
            more.map(|key| unused(self.line(path.defined), format!("`{key}` of the route `{}` is not used by this version", path.value)))
        });
        of_file.chain(of_routes).collect()
    }
}
