//! One running app: what all its threads share.

use crate::app::{AppDef, PageDef};
use crate::config::Settings;
use crate::csrf::{self, Csrf, Verdict};
use crate::http::assets::Assets;
use crate::http::cors;
use crate::http::message::RequestParts;
use crate::http::rate_limit::RateLimits;
use crate::http::router::Router;
use crate::seal::Seal;
use crate::session::{MemoryStore, SessionStore, Sessions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Made once per start and never freed.
pub struct Site {
    pub app: &'static AppDef,
    pub settings: Settings,
    pub router: Router,
    pub assets: Assets,
    pub csrf: Csrf,
    pub(crate) seal: Seal,
    pub sessions: Sessions,
    pub rate_limits: RateLimits,
    /// Of `response.cookie(…, {signed: true})`: those of sessions, as in Express apps that give one secret to both.
    pub cookie_secrets: Vec<Vec<u8>>,
    pub started: Instant,
    /// Requests answered or being answered.
    requests: AtomicU64,
    draining: AtomicBool,
}

impl Site {
    /// Builds the tables. Without a configured secret, one is made for this start: tokens and cookies then end with the process.
    /// Sessions are in memory.
    pub fn new(app: &'static AppDef, settings: Settings) -> &'static Site {
        Site::keeping(app, settings, crate::sys::random_bytes(), Arc::new(MemoryStore::default()))
    }

    /// As [`Site::new`], with the secret to use when none is configured, and with the store of sessions.
    pub fn keeping(app: &'static AppDef, settings: Settings, secret: [u8; 32], store: Arc<dyn SessionStore>) -> &'static Site {
        let secrets: Vec<Vec<u8>> = match settings.session.secrets.as_slice() {
            [] => vec![secret.to_vec()],
            given => given.iter().map(|s| s.as_bytes().to_vec()).collect(),
        };
        crate::python::serve(app, &settings.python);
        let first = secrets.first().map_or(&[][..], Vec::as_slice);
        let (csrf, seal) = (Csrf::new(first), Seal::new(first));
        let sessions = Sessions::new(settings.session.clone(), &secrets, store);
        Box::leak(Box::new(Site {
            app,
            router: Router::new(app.routes),
            assets: Assets::new(app.assets),
            csrf,
            seal,
            rate_limits: RateLimits::new(&settings.rate_limits),
            sessions,
            cookie_secrets: secrets,
            settings,
            started: Instant::now(),
            requests: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        }))
    }

    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// From now on `/_puremix/ready` says no.
    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether a request may change state, as far as its headers tell.
    pub fn judge(&self, parts: &RequestParts, is_api: bool) -> Verdict {
        let security = &self.settings.security;
        if !security.csrf {
            return Verdict::Allow;
        }
        let is_trusted = csrf::is_listed(parts.header("origin"), &security.trusted_origins)
            || self.settings.cors.as_ref().is_some_and(|c| cors::permits(c, parts, is_api));
        csrf::judge_request(parts, &self.sessions.settings().name, is_api, is_trusted)
    }
}

/// Whether an app signs anything: it has forms or server functions, or its code names sessions or signed cookies.
pub fn signs(app: &AppDef) -> bool {
    use crate::app::RouteKind;
    let names = ["session", "signedCookies", "signed"];
    let asks = |page: &PageDef| page.has_forms || !page.actions.is_empty();
    app.routes.iter().any(|r| matches!(&r.kind, RouteKind::Page(page) if asks(page) || page.components.iter().any(|c| asks(c)))) || app.atoms.iter().any(|a| names.contains(a))
}
