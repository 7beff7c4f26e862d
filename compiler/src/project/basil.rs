//! Parsley projects: `basil.yaml` lists routes and the `.pars` handlers that answer them.

use super::routes::{RouteFile, RouteFileKind};
use puremix_diag::{Diagnostic, Severity, codes};
use puremix_ir::app::RouteSegment;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file whose presence makes a directory a Parsley project.
pub const CONFIG_NAME: &str = "basil.yaml";

/// What a build needs of `basil.yaml`. Keys that only the server of later versions reads are accepted and reported.
#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    server: Server,
    /// Path of the SQLite file, relative to the directory the server runs in.
    sqlite: Option<String>,
    #[serde(default)]
    routes: Vec<Entry>,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Server {
    host: Option<String>,
    port: Option<u16>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    path: String,
    handler: Option<String>,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, serde_json::Value>,
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

/// Reads `basil.yaml`: the project's settings and its routes.
pub fn read(root: &Path) -> (Basil, Vec<RouteFile>, Vec<Diagnostic>) {
    let path = root.join(CONFIG_NAME);
    let parsed = std::fs::read_to_string(&path).map_err(|e| e.to_string()).and_then(|text| {
        serde_saphyr::from_str::<File>(&text).map_err(|e| e.to_string())
    });
    let file = match parsed {
        Ok(file) => file,
        Err(why) => {
            let message = format!("`{CONFIG_NAME}` cannot be read: {}", why.lines().next().unwrap_or_default());
            return (Basil::default(), Vec::new(), vec![problem(Severity::Error, message)]);
        }
    };
    let mut diagnostics = Vec::new();
    for key in file.rest.keys() {
        diagnostics.push(problem(Severity::Warning, format!("`{key}` in {CONFIG_NAME} is not used by this version")));
    }
    let mut routes = Vec::new();
    for entry in &file.routes {
        match route(root, entry) {
            Ok(route) => routes.push(route),
            Err(why) => diagnostics.push(problem(Severity::Error, why)),
        }
        for key in entry.rest.keys() {
            diagnostics.push(problem(Severity::Warning, format!("`{key}` of the route `{}` is not used by this version", entry.path)));
        }
    }
    if file.routes.is_empty() {
        diagnostics.push(problem(Severity::Error, format!("`{CONFIG_NAME}` lists no `routes:`")));
    }
    let basil = Basil { sqlite: file.sqlite.unwrap_or_default(), host: file.server.host, port: file.server.port };
    (basil, routes, diagnostics)
}

fn route(root: &Path, entry: &Entry) -> Result<RouteFile, String> {
    let Some(handler) = &entry.handler else {
        return Err(format!("the route `{}` has no `handler:`; API modules come with a later version", entry.path));
    };
    if !entry.path.starts_with('/') {
        return Err(format!("the route `{}` must begin with `/`", entry.path));
    }
    let path: PathBuf = root.join(handler.trim_start_matches("./"));
    if !path.is_file() {
        return Err(format!("the handler `{handler}` of the route `{}` does not exist", entry.path));
    }
    let pattern = entry.path.split('/').filter(|s| !s.is_empty()).map(|s| RouteSegment::Literal(s.into())).collect();
    Ok(RouteFile { pattern, path, kind: RouteFileKind::Handler })
}

fn problem(severity: Severity, message: String) -> Diagnostic {
    Diagnostic::project(codes::BASIL_CONFIG, severity, message)
}
