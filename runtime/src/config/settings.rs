//! The effective configuration in the types its readers want.

use super::compression::Compression;
use super::cors::Cors;
use super::effective::boolean;
use super::headers::SecurityHeaders;
use super::rate_limit::RateLimit;
use super::{Effective, Tree};
use crate::http::forwarded::Trust;
use puremix_interop::PythonSettings;
use std::path::PathBuf;
use std::time::Duration;

/// Everything the runtime reads from the configuration. Made once per start.
#[derive(Clone, Debug)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    /// `NODE_ENV`.
    pub mode: String,
    /// Detailed error pages and no caching.
    pub is_dev: bool,
    /// `None` leaves the number to the pins and the cores.
    pub workers: Option<usize>,
    pub trust: Trust,
    pub access_log: bool,
    pub log_level: String,
    pub log_json: bool,
    pub show_debug_in_production: bool,
    pub limits: Limits,
    pub shutdown_timeout: Duration,
    /// How long connections are accepted after readiness has ended.
    pub drain_delay: Duration,
    pub session: SessionSettings,
    pub cors: Option<Cors>,
    pub upload: super::upload::Upload,
    pub security: Security,
    pub debug: DebugLog,
    pub client: ClientSettings,
    pub python: PythonSettings,
    pub rate_limits: Vec<RateLimit>,
    /// `None` encodes nothing.
    pub compression: Option<Compression>,
}

/// Which pages get the client runtime (`runtime/client`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// Not only those that use it.
    pub everywhere: bool,
    /// Links between pages change the page in place.
    pub enhance: bool,
    /// No page: forms work as plain forms.
    pub is_off: bool,
}

/// Bounds on what a client may send and how slowly.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the request line and headers; 431 beyond.
    pub headers: usize,
    /// Bytes of a body other than multipart; 413 beyond.
    pub body: usize,
    /// Bytes of a multipart body; 413 beyond.
    pub multipart: usize,
    /// Until the head is complete; 408 beyond.
    pub header_timeout: Duration,
    /// How long a body may pause, and its grace before the rate counts.
    pub body_timeout: Duration,
    /// Bytes a second a body must arrive with, after the grace.
    pub body_rate: usize,
    /// How long a client may take nothing of what we write, and its grace before the rate counts; zero is no limit.
    pub write_timeout: Duration,
    pub keep_alive: Duration,
    pub connections: usize,
    /// Longest time to an answer (504); zero is no limit.
    pub handler_timeout: Duration,
    /// Longest time an API handler takes until it answers (504); zero is no limit.
    pub response_timeout: Duration,
}

#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// The first signs, all verify.
    pub secrets: Vec<String>,
    pub name: String,
    /// How long a session lives after it was used last.
    pub max_age: Duration,
    pub cookie: crate::session::CookieOptions,
    /// A word or a URL; `None`: what fits.
    pub store: Option<String>,
    pub enabled: bool,
    /// Saves also what did not change.
    pub resave: bool,
    /// Saves also sessions with nothing in them.
    pub save_uninitialized: bool,
    /// `request.session = null` ends the session; else it stays as it was.
    pub unset_destroys: bool,
    /// Sends the cookie with the answer of every request that looked.
    pub rolling: bool,
}

#[derive(Clone, Debug)]
pub struct Security {
    pub headers: SecurityHeaders,
    pub csrf: bool,
    /// Requests with names that reach for prototypes or are database operators are refused.
    pub strict_names: bool,
    /// Origins whose cross-site requests are accepted (`https://partner.example`).
    pub trusted_origins: Vec<String>,
    /// When not empty, other `Host` headers get 421.
    pub allowed_hosts: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct DebugLog {
    pub enabled: bool,
    pub level: String,
    pub console: bool,
    pub save: bool,
    /// Headers and fields of requests, redacted.
    pub include_data: bool,
    /// How long the stages of requests take.
    pub track_performance: bool,
    pub dir: PathBuf,
    pub max_file_size: usize,
    pub max_files: usize,
}

/// Reads typed values; [`Effective::choose`] has checked the kinds.
pub(super) struct Read<'a>(&'a Effective);

impl Read<'_> {
    pub(super) fn text(&self, path: &str) -> Option<String> {
        match self.0.get(path)? {
            Tree::Str(s) if s.is_empty() => None,
            other => Some(other.to_string()),
        }
    }
    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        self.0.get(path).and_then(boolean)
    }
    pub(super) fn number(&self, path: &str) -> Option<f64> {
        match self.0.get(path)? {
            Tree::Num(n) => Some(*n),
            _ => None,
        }
    }
    pub(super) fn size(&self, path: &str) -> usize {
        self.number(path).unwrap_or(0.0) as usize
    }
    pub(super) fn time(&self, path: &str) -> Duration {
        Duration::from_millis(self.number(path).unwrap_or(0.0) as u64)
    }
    /// A list, or one text with commas.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        match self.0.get(path) {
            Some(Tree::List(items)) => items.iter().map(Tree::to_string).collect(),
            Some(Tree::Str(s)) => s.split(',').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect(),
            _ => Vec::new(),
        }
    }
}

impl Settings {
    /// Types the effective values. Errors name the key.
    pub fn read(effective: &Effective, mode: &str) -> Result<Settings, Vec<String>> {
        let r = Read(effective);
        let mut errors = Vec::new();
        let is_dev = mode == "development" || (mode != "production" && mode != "test" && r.flag("isDev").unwrap_or(false));
        let trust = trust(effective.get("trustProxy")).unwrap_or_else(|| {
            let why = if matches!(effective.get("trustProxy"), Some(Tree::Opaque)) { "cannot be a function: it must be" } else { "must be" };
            errors.push(format!("`trustProxy` {why} true, false, a number of proxies, or a list of networks such as `10.0.0.0/8`, `loopback`, `uniquelocal`"));
            Trust::Nobody
        });
        let default_host = if is_dev { "localhost" } else { "0.0.0.0" };
        let cors = super::cors::read(&r, effective, &mut errors);
        let headers = super::headers::read(&r, effective, cors.is_some(), &mut errors);
        let settings = Settings {
            host: r.text("host").unwrap_or_else(|| default_host.to_owned()),
            port: r.number("port").unwrap_or(3000.0) as u16,
            mode: mode.to_owned(),
            is_dev,
            workers: r.number("workers").map(|n| n as usize).filter(|n| *n > 0),
            trust,
            access_log: r.flag("accessLog").unwrap_or(is_dev),
            log_level: r.text("logLevel").unwrap_or_default(),
            log_json: r.text("logFormat").as_deref() == Some("json"),
            show_debug_in_production: r.flag("showDebugInProduction").unwrap_or(false),
            limits: Limits {
                headers: r.size("limits.headers"),
                body: r.size("limits.body"),
                multipart: r.size("limits.multipart"),
                header_timeout: r.time("limits.headerTimeout"),
                body_timeout: r.time("limits.bodyTimeout"),
                body_rate: r.size("limits.bodyRate"),
                write_timeout: r.time("limits.writeTimeout"),
                keep_alive: r.time("limits.keepAlive"),
                connections: r.size("limits.connections").max(1),
                handler_timeout: r.time("limits.handlerTimeout"),
                response_timeout: r.time("limits.responseTimeout"),
            },
            shutdown_timeout: r.time(if effective.is_set("server.drainTimeout") { "server.drainTimeout" } else { "shutdownTimeout" }),
            drain_delay: r.time("server.drainDelay"),
            session: session(&r, effective),
            cors,
            upload: super::upload::read(&r),
            security: Security {
                headers,
                csrf: r.flag("security.csrf").unwrap_or(true),
                strict_names: r.flag("security.strictNames").unwrap_or(true),
                trusted_origins: r.list("security.trustedOrigins"),
                allowed_hosts: r.list("security.allowedHosts"),
            },
            debug: DebugLog {
                enabled: r.flag("verboseDebug.enabled").unwrap_or(false),
                level: r.text("verboseDebug.level").unwrap_or_default(),
                console: r.flag("verboseDebug.console").unwrap_or(true),
                save: r.flag("verboseDebug.save").unwrap_or(false),
                include_data: r.flag("verboseDebug.includeData").unwrap_or(false),
                track_performance: r.flag("verboseDebug.trackPerformance").unwrap_or(false),
                dir: r.text("verboseDebug.logDir").unwrap_or_default().into(),
                max_file_size: r.size("verboseDebug.maxFileSize"),
                max_files: r.size("verboseDebug.maxFiles"),
            },
            client: client(&r, effective),
            python: python(&r, effective),
            rate_limits: super::rate_limit::read(effective, &mut errors),
            compression: super::compression::read(&r, effective, &mut errors),
        };
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    pub fn is_production(&self) -> bool {
        self.mode == "production"
    }
}

/// `client: true`, `client: false`, `client: {enhance: true}`.
fn client(r: &Read<'_>, effective: &Effective) -> ClientSettings {
    let enhance = r.flag("client.enhance").unwrap_or(false);
    let whole = effective.get("client").and_then(boolean);
    ClientSettings { everywhere: enhance || whole == Some(true), enhance, is_off: whole == Some(false) }
}

fn python(r: &Read<'_>, effective: &Effective) -> PythonSettings {
    let max_workers = r.number("python.workers").map_or_else(|| r.size("python.maxWorkers"), |n| n as usize).max(1);
    PythonSettings {
        enabled: r.flag("python.enabled").unwrap_or(true),
        use_pool: r.flag("python.usePool").unwrap_or(true),
        path: r.text("python.path"),
        min_workers: r.size("python.minWorkers").min(max_workers),
        max_workers,
        timeout: match r.number("pythonTimeout") {
            Some(ms) if !effective.is_set("python.timeout") => Duration::from_millis(ms as u64),
            _ => r.time("python.timeout"),
        },
        max_idle: r.time("python.maxIdleTime"),
    }
}

fn trust(value: Option<&Tree>) -> Option<Trust> {
    match value {
        None | Some(Tree::Null) => Some(Trust::Loopback),
        Some(Tree::List(items)) => Trust::parse(&items.iter().map(Tree::to_string).collect::<Vec<_>>().join(",")),
        Some(other) => Trust::parse(&other.to_string()),
    }
}

/// `session.cookie.x` wins over `session.x`.
fn session(r: &Read<'_>, effective: &Effective) -> SessionSettings {
    let either = |name: &str| {
        let inner = format!("session.cookie.{name}");
        if effective.is_set(&inner) { inner } else { format!("session.{name}") }
    };
    let max_age = r.time(&either("maxAge"));
    SessionSettings {
        secrets: r.list("session.secret").into_iter().filter(|s| !s.is_empty()).collect(),
        name: r.text("session.name").unwrap_or_else(|| "sid".to_owned()),
        max_age,
        cookie: crate::session::CookieOptions {
            max_age: Some(max_age),
            secure: r.flag(&either("secure")),
            http_only: r.flag(&either("httpOnly")).unwrap_or(true),
            same_site: match r.text(&either("sameSite")).as_deref() {
                Some("strict" | "true") => Some("Strict"),
                Some("none") => Some("None"),
                Some("false") => None,
                _ => Some("Lax"),
            },
            path: r.text("session.cookie.path").unwrap_or_else(|| "/".to_owned()),
            domain: r.text("session.cookie.domain"),
            partitioned: r.flag("session.cookie.partitioned").unwrap_or(false),
            priority: match r.text("session.cookie.priority").as_deref() {
                Some("low") => Some("Low"),
                Some("medium") => Some("Medium"),
                Some("high") => Some("High"),
                _ => None,
            },
        },
        store: r.text("session.store").filter(|s| !s.is_empty()),
        enabled: r.flag("session.enabled").unwrap_or(true),
        resave: r.flag("session.resave").unwrap_or(false),
        save_uninitialized: r.flag("session.saveUninitialized").unwrap_or(false),
        unset_destroys: r.text("session.unset").as_deref() == Some("destroy"),
        rolling: r.flag("session.rolling").unwrap_or(false),
    }
}

impl Default for Settings {
    /// What an app without configuration gets, in production.
    fn default() -> Settings {
        let chosen = Effective::choose(&super::Flags::default(), &super::Environment::default(), &Tree::Null);
        match chosen.map(|e| Settings::read(&e, "production")) {
            Ok(Ok(settings)) => settings,
            Ok(Err(errors)) | Err(errors) => unreachable!("the defaults are valid: {errors:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Environment, Flags};
    use super::*;

    fn map(entries: Vec<(&str, Tree)>) -> Tree {
        Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
    fn env(vars: &[(&str, &str)]) -> Environment {
        let dir = crate::sys::temp_dir("settings").unwrap();
        Environment::load(vars.iter().map(|(n, v)| (n.to_string(), v.to_string())), dir.path(), "production")
    }
    fn choose(flags: Flags, vars: &[(&str, &str)], config: Tree) -> Result<(Settings, Effective), Vec<String>> {
        let env = env(vars);
        let effective = Effective::choose(&flags, &env, &config)?;
        Ok((Settings::read(&effective, env.mode())?, effective))
    }

    #[test]
    fn precedence() {
        let config = || map(vec![("port", Tree::Str("4000".into()))]);
        let port = |flags: Flags, vars: &[(&str, &str)], config: Tree| {
            let (s, e) = choose(flags, vars, config).unwrap();
            (s.port, e.origin("port").unwrap().to_string())
        };
        let flag = || Flags { port: Some("7000".to_owned()), ..Flags::default() };
        assert_eq!(port(flag(), &[("PORT", "5000")], config()), (7000, "--port".to_owned()));
        assert_eq!(port(Flags::default(), &[("PORT", "5000")], config()), (5000, "environment PORT".to_owned()));
        assert_eq!(port(Flags::default(), &[("PORT", "")], config()), (4000, "puremix.config.js".to_owned()));
        assert_eq!(port(Flags::default(), &[], Tree::Null), (3000, "default".to_owned()));
    }

    #[test]
    fn both_session_shapes() {
        let flat = map(vec![("session", map(vec![("maxAge", Tree::Num(5000.0)), ("secure", Tree::Bool(true))]))]);
        let (s, _) = choose(Flags::default(), &[], flat).unwrap();
        assert_eq!((s.session.max_age, s.session.cookie.secure, s.session.cookie.same_site), (Duration::from_secs(5), Some(true), Some("Lax")));
        let cookie = map(vec![("maxAge", Tree::Str("1d".into())), ("sameSite", Tree::Str("strict".into()))]);
        let nested = map(vec![("session", map(vec![("maxAge", Tree::Num(5000.0)), ("cookie", cookie)]))]);
        let (s, _) = choose(Flags::default(), &[], nested).unwrap();
        assert_eq!((s.session.max_age, s.session.cookie.secure, s.session.cookie.same_site), (Duration::from_secs(86400), None, Some("Strict")));
    }

    #[test]
    fn errors_name_key_value_and_origin() {
        let config = map(vec![("python", map(vec![("timeout", Tree::Str("soon".into()))])), ("verboseDebug", map(vec![("level", Tree::Str("loud".into()))]))]);
        let errors = choose(Flags::default(), &[("PORT", "99999")], config).unwrap_err();
        assert_eq!(
            errors,
            [
                "`port` must be a port from 0 to 65535, but environment PORT has `99999`",
                "`python.timeout` must be milliseconds, or a time with a unit such as `30s`, but puremix.config.js has `soon`",
                "`verboseDebug.level` must be one of error, warn, info, debug, trace, but puremix.config.js has `loud`",
            ]
        );
    }

    #[test]
    fn secrets_are_masked() {
        let (s, e) = choose(Flags::default(), &[("SESSION_SECRET", "hunter2")], Tree::Null).unwrap();
        assert_eq!(s.session.secrets, ["hunter2"]);
        assert!(!e.list().contains("hunter2"));
        assert!(e.list().contains("session.secret = ********  (environment SESSION_SECRET)"));
    }

    #[test]
    fn defaults_are_production() {
        let s = Settings::default();
        assert_eq!((s.host.as_str(), s.limits.body, s.is_dev, s.access_log), ("0.0.0.0", 1 << 20, false, false));
        assert!(s.cors.is_none());
    }
}
