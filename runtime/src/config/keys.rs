//! Every key of the configuration: its meaning, kind, default, and the environment variable that sets it.

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    /// A whole number, 0 or more.
    Count,
    Port,
    Text,
    /// Bytes: a number, or text such as `10mb`.
    Size,
    /// Milliseconds: a number, or text such as `30s`, `7d`.
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list, or anything with a shape of its own that its reader checks. Its inner keys are not checked here.
    Any,
}

pub struct Key {
    pub path: &'static str,
    pub kind: Kind,
    pub env: Option<&'static str>,
    /// As it would be written in the environment; empty means unset.
    pub default: &'static str,
    /// Never shown.
    pub secret: bool,
}

const fn key(path: &'static str, kind: Kind, default: &'static str) -> Key {
    Key { path, kind, env: None, default, secret: false }
}
const fn env(path: &'static str, kind: Kind, default: &'static str, name: &'static str) -> Key {
    Key { path, kind, env: Some(name), default, secret: false }
}

use Kind::{Any, Bool, Count, Port, Size, Text, Time, Word};

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];
const SAME_SITE: &[&str] = &["strict", "lax", "none", "true", "false"];

/// All keys, in the order `config` lists them.
pub static KEYS: &[Key] = &[
    env("port", Port, "3000", "PORT"),
    env("host", Text, "", "HOST"),
    key("appDir", Text, "app"),
    key("isDev", Bool, ""),
    key("hotReload", Bool, "true"),
    env("workers", Count, "", "WORKERS"),
    env("trustProxy", Any, "loopback", "TRUST_PROXY"),
    env("accessLog", Bool, "", "ACCESS_LOG"),
    env("logLevel", Word(LEVELS), "info", "LOG_LEVEL"),
    key("compression", Any, "true"),
    key("middleware", Any, ""),
    key("poweredBy", Bool, "false"),
    key("showDebugInProduction", Bool, "false"),
    key("clientRuntime", Any, ""),
    key("template", Any, ""),
    key("static", Any, ""),
    key("tailwind", Any, ""),
    key("rateLimit", Any, ""),
    // Python.
    key("pythonTimeout", Time, ""),
    key("python.enabled", Bool, "true"),
    key("python.usePool", Bool, "true"),
    key("python.minWorkers", Count, "2"),
    key("python.maxWorkers", Count, "8"),
    key("python.workers", Count, ""),
    key("python.maxIdleTime", Time, "300000"),
    env("python.path", Text, "", "PYTHON_PATH"),
    key("python.timeout", Time, "30000"),
    key("python.validateSyntax", Bool, "true"),
    key("pythonPersistence", Any, ""),
    // Sessions, in both of the guide's shapes; `session.cookie.*` wins.
    Key { path: "session.secret", kind: Any, env: Some("SESSION_SECRET"), default: "", secret: true },
    key("session.name", Text, "sid"),
    key("session.enabled", Bool, "true"),
    key("session.store", Any, "memory"),
    key("session.rolling", Bool, "false"),
    key("session.resave", Bool, "false"),
    key("session.saveUninitialized", Bool, "false"),
    key("session.maxAge", Time, "604800000"),
    key("session.secure", Any, ""),
    key("session.httpOnly", Bool, "true"),
    key("session.sameSite", Word(SAME_SITE), "lax"),
    key("session.cookie.maxAge", Time, ""),
    key("session.cookie.secure", Any, ""),
    key("session.cookie.httpOnly", Bool, ""),
    key("session.cookie.sameSite", Word(SAME_SITE), ""),
    key("session.cookie.path", Text, "/"),
    key("session.cookie.domain", Text, ""),
    // Debug log.
    env("verboseDebug.enabled", Bool, "false", "VERBOSE_DEBUG"),
    key("verboseDebug.level", Word(LEVELS), "debug"),
    key("verboseDebug.console", Bool, "true"),
    key("verboseDebug.save", Bool, "false"),
    key("verboseDebug.logDir", Text, "logs"),
    key("verboseDebug.includeData", Bool, "false"),
    key("verboseDebug.trackPerformance", Bool, "false"),
    key("verboseDebug.maxFileSize", Size, "10mb"),
    key("verboseDebug.maxFiles", Count, "5"),
    // Cross-origin requests.
    key("cors.enabled", Bool, ""),
    key("cors.origin", Any, "*"),
    key("cors.methods", Any, ""),
    key("cors.allowedHeaders", Any, ""),
    key("cors.exposedHeaders", Any, ""),
    key("cors.credentials", Bool, "false"),
    key("cors.maxAge", Count, ""),
    // Uploads.
    key("fileUpload.enabled", Bool, "true"),
    key("fileUpload.storage", Text, "disk"),
    key("fileUpload.uploadDir", Text, ""),
    key("fileUpload.tempDir", Text, ""),
    key("fileUpload.maxFileSize", Size, "50mb"),
    key("fileUpload.maxTotalFileSize", Size, "200mb"),
    key("fileUpload.maxFiles", Count, "100"),
    key("fileUpload.maxFields", Count, "100"),
    key("fileUpload.maxFieldsSize", Size, "20mb"),
    key("fileUpload.allowedTypes", Any, ""),
    key("fileUpload.allowedMimeTypes", Any, ""),
    key("fileUpload.security", Any, ""),
    key("fileUpload.development", Any, ""),
    // Security headers and CSRF.
    key("security.headers", Any, "true"),
    key("security.frameOptions", Word(&["SAMEORIGIN", "DENY", "none"]), "SAMEORIGIN"),
    key("security.referrerPolicy", Text, "strict-origin-when-cross-origin"),
    key("security.csp", Any, ""),
    key("security.hsts", Any, ""),
    key("security.csrf", Bool, "true"),
    key("security.trustedOrigins", Any, ""),
    key("security.allowedHosts", Any, ""),
    // Limits.
    key("limits.headers", Size, "64kb"),
    key("limits.body", Size, "1mb"),
    key("limits.multipart", Size, "50mb"),
    key("limits.headerTimeout", Time, "10000"),
    key("limits.bodyTimeout", Time, "30000"),
    key("limits.bodyRate", Size, "500"),
    key("limits.keepAlive", Time, "65000"),
    key("limits.connections", Count, "25000"),
    key("limits.handlerTimeout", Time, "0"),
    env("shutdownTimeout", Time, "30000", "SHUTDOWN_TIMEOUT"),
];

/// A warning for each key of the configuration that nothing reads.
pub fn unknown(tree: &super::Tree) -> Vec<String> {
    let mut warnings = Vec::new();
    walk(tree, "", &mut warnings);
    warnings
}

fn walk(tree: &super::Tree, prefix: &str, warnings: &mut Vec<String>) {
    let super::Tree::Map(entries) = tree else { return };
    for (name, value) in entries {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if KEYS.iter().any(|k| k.path == path) {
            continue;
        }
        let group = format!("{path}.");
        if KEYS.iter().any(|k| k.path.starts_with(&group)) {
            walk(value, &path, warnings);
            continue;
        }
        let siblings = KEYS.iter().filter_map(|k| {
            let rest = if prefix.is_empty() { k.path } else { k.path.strip_prefix(prefix)?.strip_prefix('.')? };
            rest.split('.').next()
        });
        let hint = super::suggest::nearest(name, siblings).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        warnings.push(format!("puremix.config.js: unknown key `{path}`{hint}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Tree;

    #[test]
    fn unknown_keys_get_a_suggestion() {
        let map = |entries: Vec<(&str, Tree)>| Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        let tree = map(vec![
            ("prot", Tree::Num(1.0)),
            ("session", map(vec![("secert", Tree::Null), ("cookie", map(vec![("samesite", Tree::Null)]))])),
            ("cors", map(vec![("origin", map(vec![("anything", Tree::Null)]))])),
            ("zzzzzz", Tree::Null),
        ]);
        assert_eq!(
            unknown(&tree),
            [
                "puremix.config.js: unknown key `prot`; did you mean `port`?",
                "puremix.config.js: unknown key `session.secert`; did you mean `secret`?",
                "puremix.config.js: unknown key `session.cookie.samesite`; did you mean `sameSite`?",
                "puremix.config.js: unknown key `zzzzzz`",
            ]
        );
    }
}
