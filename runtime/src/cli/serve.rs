//! `serve`: from the command line to a running server, and its end.

use super::{Configured, configure, fail};
use crate::app::AppDef;
use crate::config::{Flags, Settings};
use crate::http::server;
use crate::isolate::thread::{self, Link};
use crate::config::secrets;
use crate::site::{self, Site};
use crate::{db, log, session, sys, upload};
use std::net::TcpListener;
use std::sync::{OnceLock, mpsc};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Serves until a signal ends it; the process's exit code.
pub fn run(app: &'static AppDef, flags: &Flags) -> i32 {
    match try_run(app, flags) {
        Ok(code) => code,
        Err(errors) => fail(&errors),
    }
}

fn try_run(app: &'static AppDef, flags: &Flags) -> Result<i32, Vec<String>> {
    let one = |e: String| vec![e];
    let first = thread::spawn(app, 0).map_err(|e| one(format!("cannot start a thread: {e}")))?;
    let tree = received(&first.config).map_err(one)?;
    let Configured { settings, .. } = configure(app, flags, &tree)?;
    let kept = kept_secret();
    if kept.is_none() {
        check_secret(app, &settings).map_err(one)?;
    }
    db::migrate_at_start(app).map_err(one)?;
    let listeners = server::listen(&settings.host, settings.port).map_err(one)?;
    let count = isolates(app, &settings);
    let store = session::open(&settings.session, &app.capabilities, settings.is_production()).map_err(one)?;
    let site = Site::keeping(app, settings, kept.unwrap_or_else(sys::random_bytes), store);
    upload::sweep();

    let (drain, _) = watch::channel(false);
    let mut links = vec![first];
    for number in 1..count {
        links.push(thread::spawn(app, number).map_err(|e| one(format!("cannot start a thread: {e}")))?);
    }
    let mut lanes = Vec::new();
    let mut ready = Vec::new();
    for Link { go, ready: told, .. } in links {
        let (lane, port) = server::lane(&drain);
        lanes.push(lane);
        // A thread that has ended has dropped its end; `received` then says so.
        let _ = go.send((site, port));
        ready.push(told);
    }
    for told in &ready {
        received(told).map_err(one)?;
    }
    announce(site, &listeners, count);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| one(format!("cannot start: {e}")))?;
    let clean = runtime.block_on(async {
        tokio::spawn(sys::reap::reap_if_first());
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        server::accept(site, listeners, lanes, drain, async move {
            either(&mut term, &mut int).await;
            log::info(&format!("stopping: waiting up to {} s for running requests", site.settings.shutdown_timeout.as_secs()));
            tokio::spawn(async move {
                either(&mut term, &mut int).await;
                log::warn("stopped at once by a second signal");
                std::process::exit(130);
            });
        })
        .await
    });
    crate::python::stop();
    match clean.map_err(|e| one(format!("cannot serve: {e}")))? {
        true => log::info("stopped"),
        false => log::warn("stopped with requests still running"),
    }
    // `process.exitCode` of the app.
    Ok(sys::exit_code())
}

async fn either(a: &mut tokio::signal::unix::Signal, b: &mut tokio::signal::unix::Signal) {
    std::future::poll_fn(|cx| if a.poll_recv(cx).is_ready() || b.poll_recv(cx).is_ready() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }).await;
}

fn received<T>(from: &mpsc::Receiver<Result<T, String>>) -> Result<T, String> {
    from.recv().unwrap_or_else(|_| Err("an isolate ended while it started".to_owned()))
}

/// One isolate for an app with module state; else one a core; the configuration overrides both.
fn isolates(app: &AppDef, settings: &Settings) -> usize {
    match settings.workers {
        Some(n) => n,
        None if !app.pins.is_empty() => 1,
        None => sys::cores(),
    }
}

static KEPT: OnceLock<[u8; 32]> = OnceLock::new();

/// The secret of an app that configures none, where somebody keeps one for it: `puremixc run`. The first call holds for the process.
pub fn keep_secret(secret: [u8; 32]) {
    let _ = KEPT.set(secret);
}

/// The variable by which `puremixc run` hands the kept secret (64 hexadecimal digits) to the binary.
pub const KEPT_SECRET: &str = "PUREMIX_KEPT_SECRET";

fn kept_secret() -> Option<[u8; 32]> {
    let given = || {
        let text = std::env::var(KEPT_SECRET).ok()?;
        let bytes: Option<Vec<u8>> = (0..text.len() / 2).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()).collect();
        bytes?.try_into().ok()
    };
    KEPT.get().copied().or_else(given)
}

/// Tokens and cookies must outlive a restart, hold on every instance, and be nobody's to forge: in production that takes a secret of the app's own.
fn check_secret(app: &AppDef, settings: &Settings) -> Result<(), String> {
    let problem = match settings.session.secrets.as_slice() {
        [] if site::signs(app) => Some("`session.secret` is not set, and this app has sessions, signed cookies or forms".to_owned()),
        given => given.iter().find_map(|s| secrets::weakness(s)).map(|why| format!("`session.secret` {why}")),
    };
    match problem {
        None => Ok(()),
        Some(problem) if settings.is_production() => Err(format!("{problem}; {}", secrets::MAKE_ONE)),
        Some(problem) => {
            log::line(log::Level::Debug, None, &format!("{problem}; a start with NODE_ENV=production would be refused"));
            Ok(())
        }
    }
}

fn announce(site: &Site, listeners: &[TcpListener], count: usize) {
    let addresses: Vec<String> = listeners.iter().filter_map(|l| l.local_addr().ok()).map(|a| format!("http://{a}")).collect();
    let isolates = if count == 1 { "1 isolate".to_owned() } else { format!("{count} isolates") };
    log::info(&format!("{} {} listening on {} ({}, {isolates})", site.app.name, site.app.version, addresses.join(" and "), site.settings.mode));
}
