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
    /// False for keys that apps written for the original have, and that change nothing here yet: setting one is told, not ignored.
    pub has_effect: bool,
}

const fn key(path: &'static str, kind: Kind, default: &'static str) -> Key {
    Key { path, kind, env: None, default, secret: false, has_effect: true }
}
const fn env(path: &'static str, kind: Kind, default: &'static str, name: &'static str) -> Key {
    Key { path, kind, env: Some(name), default, secret: false, has_effect: true }
}
const fn later(key: Key) -> Key {
    Key { has_effect: false, ..key }
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
    env("logFormat", Word(&["pretty", "json"]), "pretty", "LOG_FORMAT"),
    key("compression", Any, "true"),
    key("compression.threshold", Size, "1kb"),
    key("compression.level", Any, "3"),
    key("compression.brotli.quality", Any, "3"),
    key("compression.zstd.level", Any, "3"),
    key("compression.encodings", Any, "zstd, br, gzip"),
    key("compression.filter", Any, ""),
    key("middleware", Any, ""),
    later(key("poweredBy", Bool, "false")),
    later(key("showDebugInProduction", Bool, "false")),
    // The client runtime: `true` for every page, `false` for none; without a value where a page uses it.
    key("client", Any, ""),
    key("client.enhance", Bool, "false"),
    later(key("clientRuntime", Any, "")),
    later(key("template", Any, "")),
    later(key("static", Any, "")),
    later(key("tailwind", Any, "")),
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
    // Always so, when the app is compiled.
    key("python.validateSyntax", Bool, "true"),
    later(key("pythonPersistence", Any, "")),
    // Sessions, in both of the guide's shapes; `session.cookie.*` wins.
    Key { path: "session.secret", kind: Any, env: Some("SESSION_SECRET"), default: "", secret: true, has_effect: true },
    key("session.name", Text, "sid"),
    key("session.enabled", Bool, "true"),
    env("session.store", Text, "", "SESSION_STORE"),
    key("session.rolling", Bool, "false"),
    key("session.resave", Bool, "false"),
    key("session.saveUninitialized", Bool, "false"),
    key("session.unset", Word(&["keep", "destroy"]), "keep"),
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
    key("session.cookie.partitioned", Bool, "false"),
    key("session.cookie.priority", Word(&["low", "medium", "high"]), ""),
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
    key("cors", Any, ""),
    key("cors.enabled", Bool, ""),
    key("cors.origin", Any, ""),
    key("cors.methods", Any, ""),
    key("cors.allowedHeaders", Any, ""),
    key("cors.exposedHeaders", Any, ""),
    key("cors.credentials", Bool, "false"),
    key("cors.maxAge", Count, ""),
    key("cors.preflightContinue", Bool, "false"),
    key("cors.optionsSuccessStatus", Count, "204"),
    // Uploads.
    key("fileUpload.enabled", Bool, "true"),
    key("fileUpload.storage", Word(&["disk", "memory"]), "disk"),
    key("fileUpload.uploadDir", Text, ""),
    key("fileUpload.tempDir", Text, ""),
    key("fileUpload.maxFileSize", Size, "50mb"),
    key("fileUpload.maxTotalFileSize", Size, "200mb"),
    key("fileUpload.maxFiles", Count, "100"),
    key("fileUpload.maxFields", Count, "1000"),
    key("fileUpload.maxFieldsSize", Size, "20mb"),
    key("fileUpload.allowedTypes", Any, ""),
    key("fileUpload.allowedMimeTypes", Any, ""),
    key("fileUpload.security.allowedExtensions", Any, ""),
    // What the original keeps from servers; an app that is made for such files takes it back with an empty list.
    key("fileUpload.security.blockedExtensions", Any, "exe,bat,cmd,com,pif,scr,vbs,js,jar,app,deb,pkg,dmg,msi"),
    key("fileUpload.security.requireExtension", Bool, "false"),
    // Always so.
    key("fileUpload.security.blockPathTraversal", Bool, "true"),
    later(key("fileUpload.development", Any, "")),
    // Security headers and CSRF.
    key("security.headers", Any, "true"),
    key("security.frameOptions", Word(&["SAMEORIGIN", "DENY", "none"]), ""),
    key("security.referrerPolicy", Text, ""),
    key("security.csp", Any, ""),
    key("security.hsts", Any, ""),
    key("security.csrf", Bool, "true"),
    key("security.strictNames", Bool, "true"),
    key("security.trustedOrigins", Any, ""),
    key("security.allowedHosts", Any, ""),
    // Limits.
    key("limits.headers", Size, "64kb"),
    key("limits.body", Size, "1mb"),
    key("limits.multipart", Size, "256mb"),
    key("limits.headerTimeout", Time, "10000"),
    key("limits.bodyTimeout", Time, "30000"),
    key("limits.bodyRate", Size, "500"),
    key("limits.writeTimeout", Time, "30000"),
    key("limits.keepAlive", Time, "65000"),
    key("limits.connections", Count, "25000"),
    key("limits.handlerTimeout", Time, "0"),
    key("limits.responseTimeout", Time, "30000"),
    env("shutdownTimeout", Time, "30000", "SHUTDOWN_TIMEOUT"),
    env("server.drainTimeout", Time, "", "DRAIN_TIMEOUT"),
    env("server.drainDelay", Time, "0", "DRAIN_DELAY"),
];

/// A warning for each key of the configuration that means nothing, and one for all that mean nothing yet.
pub fn unknown(tree: &super::Tree) -> Vec<String> {
    let mut warnings = Vec::new();
    walk(tree, "", &mut warnings);
    let idle = KEYS.iter().filter(|k| !k.has_effect && tree.at(k.path).is_some_and(|v| !is_met(k.path, &v.to_string())));
    warnings.extend(without_effect("puremix.config.js", idle.map(|k| k.path)));
    warnings
}

/// `puremix.config.js: `a`, `b` have no effect in this version`; nothing where there is none.
fn without_effect<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "has" } else { "have" };
    (!names.is_empty()).then(|| format!("{place}: {} {verb} no effect in this version", names.join(", ")))
}

/// Whether a value of a key without effect asks for what the server does without it: sessions in memory, uploads.
pub fn is_met(path: &str, value: &str) -> bool {
    match path {
        "session.enabled" => value == "true",
        "session.store" => value == "memory",
        _ => matches!(value, "" | "false" | "null"),
    }
}

fn walk(tree: &super::Tree, prefix: &str, warnings: &mut Vec<String>) {
    let super::Tree::Map(entries) = tree else { return };
    for (name, value) in entries {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let group = format!("{path}.");
        let has_keys = KEYS.iter().any(|k| k.path.starts_with(&group));
        if KEYS.iter().any(|k| k.path == path) && !(has_keys && matches!(value, super::Tree::Map(_))) {
            continue;
        }
        if has_keys {
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
            ("poweredBy", Tree::Bool(true)),
            ("tailwind", map(vec![("max", Tree::Num(5.0))])),
            ("fileUpload", map(vec![("development", map(vec![]))])),
        ]);
        assert_eq!(
            unknown(&tree),
            [
                "puremix.config.js: unknown key `prot`; did you mean `port`?",
                "puremix.config.js: unknown key `session.secert`; did you mean `secret`?",
                "puremix.config.js: unknown key `session.cookie.samesite`; did you mean `sameSite`?",
                "puremix.config.js: unknown key `zzzzzz`",
                "puremix.config.js: `poweredBy`, `tailwind`, `fileUpload.development` have no effect in this version",
            ]
        );
    }

    #[test]
    fn every_key_without_effect_says_so() {
        for key in KEYS.iter().filter(|k| !k.has_effect) {
            for value in [Tree::Bool(true), Tree::Bool(false), Tree::Str("something".into()), Tree::Num(7.0)] {
                let met = is_met(key.path, &value.to_string());
                let tree = key.path.split('.').rev().fold(value, |inner, name| Tree::Map(vec![(name.to_owned(), inner)]));
                let told = unknown(&tree).iter().any(|w| *w == format!("puremix.config.js: `{}` has no effect in this version", key.path));
                assert_eq!(told, !met, "{tree}");
            }
            let all = ["true", "false", "something"].map(|v| is_met(key.path, v));
            assert!(all.contains(&false), "`{}` has values that are not met", key.path);
        }
    }
}
