//! The keys of `puremix.config.js` that building needs; everything else is evaluated when the server starts.

use crate::front::{self, FileRole};
use crate::load::PythonNames;
use crate::project::{discover, read_source};
use puremix_diag::{Diagnostic, SourceMap, Span, codes, suggest::closest};
use puremix_ir::{Export, Expr, ExprKind, Key, Module, Place, Property, StmtKind, Text};
use puremix_runtime::config::secrets;
use std::path::Path;

/// Constant settings, read off the config's source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildConfig {
    pub app_dir: Option<String>,
    pub workers: Option<u32>,
}

/// A key that the server knows.
pub struct ConfigKey {
    /// With dots: `session.maxAge`.
    pub path: &'static str,
    /// Name of the runtime's `Kind`.
    pub kind: &'static str,
    /// The environment variable that sets it too.
    pub env: Option<&'static str>,
    /// Empty: unset.
    pub default: &'static str,
    /// Whether this version does something with it.
    pub has_effect: bool,
}

include!(concat!(env!("OUT_DIR"), "/config_keys.rs"));

/// Keys that must be literals, because building needs them.
pub const WHILE_BUILDING: [&str; 2] = ["appDir", "workers"];

fn top_level() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|key| key.path.split('.').next().unwrap_or(key.path))
}

/// The build's keys of the project at `path`, read ahead of everything else because `appDir` says where the app is. The
/// config is lowered again with the other modules, which is when its diagnostics are reported.
pub fn of_project(path: &Path) -> BuildConfig {
    let Some(config) = discover::locate(path).ok().and_then(|root| discover::find_config(&root)) else {
        return BuildConfig::default();
    };
    let mut sources = SourceMap::default();
    let Ok(file) = read_source(&config, "puremix.config", &mut sources) else { return BuildConfig::default() };
    let (module, _) = front::lower_file(file, &config.to_string_lossy(), &sources.file(file).text, FileRole::Script, &PythonNames::default());
    read(&module).0
}

/// Reads the build's keys from the module's default export, and warns of keys that mean nothing.
pub fn read(module: &Module) -> (BuildConfig, Vec<Diagnostic>) {
    let mut config = BuildConfig::default();
    let mut diagnostics = Vec::new();
    if !module.exports.iter().any(exports_config) {
        let none = Diagnostic::warning(codes::CONFIG_BAD_VALUE, Span::new(module.file, 0, 0), "this file exports no configuration, so it has no effect");
        diagnostics.push(none.help("write `export default { port: 3000 };`"));
    }
    let Some(properties) = default_object(module) else { return (config, diagnostics) };
    diagnostics.extend(without_effect(properties));
    diagnostics.extend(weak_secret(properties));
    diagnostics.extend(cors_for_everybody(properties));
    for property in properties {
        let Property::Value(Key::Name(name), value) = property else { continue };
        match &**name {
            "appDir" => match &value.kind {
                ExprKind::Str(Text::Utf8(text)) => config.app_dir = Some(text.to_string()),
                _ => diagnostics.push(not_constant("appDir", "a string such as 'app'", value.span)),
            },
            "workers" => match value.kind {
                ExprKind::Num(n) if n >= 1.0 && n <= 1024.0 && n.fract() == 0.0 => config.workers = Some(n as u32),
                ExprKind::Num(_) | ExprKind::Str(_) | ExprKind::Bool(_) => diagnostics.push(
                    Diagnostic::error(codes::CONFIG_BAD_VALUE, value.span, "`workers` is a whole number from 1 to 1024"),
                ),
                _ => diagnostics.push(not_constant("workers", "a number", value.span)),
            },
            known if top_level().any(|key| key == known) => {}
            unknown => {
                let mut warning = Diagnostic::warning(
                    codes::CONFIG_BAD_KEY,
                    value.span,
                    format!("`{unknown}` is no key of puremix.config.js and has no effect"),
                );
                if let Some(near) = closest(unknown, top_level()) {
                    warning = warning.help(format!("did you mean `{near}`?"));
                }
                diagnostics.push(warning);
            }
        }
    }
    (config, diagnostics)
}

/// The value of a key of an object literal.
fn value_of<'a>(properties: &'a [Property], name: &str) -> Option<&'a Expr> {
    properties.iter().rev().find_map(|property| match property {
        Property::Value(Key::Name(key), value) if &**key == name => Some(value),
        _ => None,
    })
}

fn object(value: &Expr) -> Option<&[Property]> {
    match &value.kind {
        ExprKind::Object(_, properties) => Some(properties),
        _ => None,
    }
}

/// A session secret in the source: whoever reads the source can sign cookies.
fn weak_secret(properties: &[Property]) -> Option<Diagnostic> {
    let secret = value_of(object(value_of(properties, "session")?)?, "secret")?;
    let (text, span) = literal_in(secret)?;
    let why = secrets::weakness(&text).unwrap_or("stands in the source");
    let warning = Diagnostic::warning(codes::CONFIG_BAD_VALUE, span, format!("this session secret {why}"));
    Some(warning.help(format!("write `secret: process.env.SESSION_SECRET`, and {}", secrets::MAKE_ONE)))
}

/// A text that the value may be: itself, or what stands after `||` or `??`.
fn literal_in(value: &Expr) -> Option<(String, Span)> {
    match &value.kind {
        ExprKind::Str(Text::Utf8(text)) => Some((text.to_string(), value.span)),
        ExprKind::Logical(_, _, left, right) => literal_in(left).or_else(|| literal_in(right)),
        _ => None,
    }
}

/// Browsers refuse `*` with credentials, so that one of the two was not meant.
fn cors_for_everybody(properties: &[Property]) -> Option<Diagnostic> {
    let cors = object(value_of(properties, "cors")?)?;
    let credentials = value_of(cors, "credentials").filter(|v| matches!(v.kind, ExprKind::Bool(true)))?;
    let is_everybody = match value_of(cors, "origin").map(|v| &v.kind) {
        None => true,
        Some(ExprKind::Str(Text::Utf8(text))) => &**text == "*",
        Some(_) => false,
    };
    let warning = is_everybody.then(|| Diagnostic::warning(codes::CONFIG_BAD_VALUE, credentials.span, "`credentials` has no effect where `origin` is `*`: browsers refuse the two together"))?;
    Some(warning.help("name the origins: `origin: ['https://yoursite.com']`"))
}

/// One warning for all keys that are known and do nothing in this version, at the first of them.
fn without_effect(properties: &[Property]) -> Option<Diagnostic> {
    let mut idle = Vec::new();
    find_idle(properties, "", &mut idle);
    let (first, more) = idle.split_first()?;
    let message = match more {
        [] => format!("`{}` has no effect in this version", first.0),
        more => format!("`{}` has no effect in this version, nor do {} others", first.0, more.len()),
    };
    let warning = more.iter().fold(Diagnostic::warning(codes::CONFIG_BAD_KEY, first.1, message), |found, (path, span)| found.secondary(*span, format!("nor has `{path}`")));
    Some(warning.help("remove them, or keep them for the day they work: docs/book/reference/config.md marks them with \u{2020}"))
}

fn find_idle(properties: &[Property], prefix: &str, idle: &mut Vec<(String, Span)>) {
    for property in properties {
        let Property::Value(Key::Name(name), value) = property else { continue };
        let path = format!("{prefix}{name}");
        match (KEYS.iter().find(|key| key.path == path), &value.kind) {
            (Some(key), _) => {
                if !key.has_effect && !constant(value).is_some_and(|text| puremix_runtime::config::keys::is_met(key.path, &text)) {
                    idle.push((path, value.span));
                }
            }
            (None, ExprKind::Object(_, inner)) => find_idle(inner, &format!("{path}."), idle),
            (None, _) => {}
        }
    }
}

/// A constant as text.
fn constant(value: &Expr) -> Option<String> {
    Some(match &value.kind {
        ExprKind::Undefined => String::new(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Str(Text::Utf8(text)) => text.to_string(),
        _ => return None,
    })
}

fn not_constant(key: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::CONFIG_NOT_CONSTANT, span, format!("`{key}` is needed while building and must be {what}"))
        .help("write the value itself; other keys may be computed when the server starts")
}

fn exports_config(export: &Export) -> bool {
    match export {
        Export::Global { name, .. } | Export::Import { name, .. } => matches!(&**name, "default" | "module.exports"),
        Export::All { .. } => false,
    }
}

/// The object literal of `export default {…}` or of `module.exports = {…}`.
fn default_object(module: &Module) -> Option<&[Property]> {
    let global = module.exports.iter().find_map(|e| match e {
        Export::Global { name, global, .. } if matches!(&**name, "default" | "module.exports") => Some(*global),
        Export::Global { .. } | Export::Import { .. } | Export::All { .. } => None,
    })?;
    let value: &Expr = module.function(module.init).body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Global(to), value), .. }) if *to == global => Some(&**value),
        _ => None,
    })?;
    // `const config = {…}; export default config;`
    let value = match value.kind {
        ExprKind::Global(other) => module.function(module.init).body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Global(to), value), .. }) if *to == other => Some(&**value),
            _ => None,
        })?,
        _ => value,
    };
    match &value.kind {
        ExprKind::Object(_, properties) => Some(properties),
        _ => None,
    }
}
