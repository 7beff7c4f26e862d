//! The isolate of a thread: made from the app table, started module by module, driven by tokio.
//!
//! In: [`AppDef`]. Out: a running [`Cx`] and its configuration. This room must never know HTTP beyond handing requests to pages.

pub mod event_loop;
mod export;
mod handler;
mod node_host;
pub mod report;
mod services;
pub mod script;
pub mod thread;
pub mod timers;

pub use report::place_exception;

use crate::app::AppDef;
use crate::config::Tree;
use puremix_js::promise;
use puremix_value::{Cx, Isolate, Value};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

/// Address space for the stack of an isolate's thread; memory is used only as deep as calls go.
pub const STACK: usize = 256 * 1024 * 1024;

/// What must remain free for built-ins and for unwinding when a RangeError is thrown.
const RESERVE: usize = 1024 * 1024;

thread_local! {
    /// The app of this thread's isolate, for places of errors.
    static APP: Cell<Option<&'static AppDef>> = const { Cell::new(None) };
}

/// The app of this thread's isolate; `None` on threads without one.
pub fn app() -> Option<&'static AppDef> {
    APP.get()
}

/// `file:line:column` of a site.
fn site_text(_: Cx, site: u32) -> Option<String> {
    let place = APP.get()?.sites.get(site as usize)?;
    Some(format!("{}:{}:{}", place.file, place.line, place.column))
}

/// An isolate whose modules start in order.
pub struct Running {
    pub cx: Cx,
    app: &'static AppDef,
    /// Modules that have run.
    started: usize,
}

/// Makes this thread's isolate, near the bottom of a stack of [`STACK`] bytes.
pub fn create(app: &'static AppDef) -> Running {
    let cx = Isolate::new(app.atoms, app.inline_caches as usize, app.globals as usize);
    cx.set_stack_budget(STACK - RESERVE);
    puremix_js::start(cx);
    puremix_js::set_site_text(cx, site_text);
    promise::set_rejection_hook(report::unhandled_rejection);
    // For the collector's own tests: see docs/runtime-abi.md, section 5.
    if let Some(every) = std::env::var("PUREMIX_GC_STRESS").ok().and_then(|n| n.parse().ok()) {
        cx.set_collector_stress(every);
    }
    APP.set(Some(app));
    crate::request::install(cx, Box::new(services::IsolateServices::new(app)));
    puremix_node::set_host(Rc::new(node_host::NodeHost { app, started: Instant::now() }));
    if puremix_node::install(cx).is_err() {
        report::uncaught(cx, "cannot install Node's globals");
    }
    Running { cx, app, started: 0 }
}

impl Running {
    /// Runs modules until the configuration's object exists, and copies it. The compiler puts `puremix.config.js` and what it imports
    /// first, so nothing of the app runs before its configuration is known.
    pub async fn config(&mut self) -> Result<Tree, String> {
        let Some(global) = self.app.config else { return Ok(Tree::Null) };
        while matches!(self.cx.global(global), Value::Uninit) {
            if !self.start_next().await? {
                return Err("puremix.config.js has no default export".to_owned());
            }
        }
        let exported = self.cx.global(global);
        let exported = self.settle(exported).await?;
        let cx = self.cx;
        event_loop::enter(cx, || export::tree(cx, &exported).map_err(|_| report::describe(cx, &cx.take_exception())))
    }

    /// Runs the modules that have not run.
    pub async fn start(&mut self) -> Result<(), String> {
        while self.start_next().await? {}
        Ok(())
    }

    async fn start_next(&mut self) -> Result<bool, String> {
        let Some(module) = self.app.modules.get(self.started) else { return Ok(false) };
        self.started += 1;
        let cx = self.cx;
        let outcome = event_loop::enter(cx, || (module.init)(cx).map_err(|_| report::describe(cx, &cx.take_exception())));
        let value = outcome.map_err(|e| format!("{}: {e}", module.path))?;
        self.settle(value).await.map_err(|e| format!("{}: {e}", module.path))?;
        Ok(true)
    }

    /// The value of a promise; errors as text. A promise that nothing can settle any more is an error, as in Node.
    async fn settle(&self, value: Value) -> Result<Value, String> {
        let Some(promise) = promise::as_promise(&value) else { return Ok(value) };
        let cx = self.cx;
        let (send, receive) = tokio::sync::oneshot::channel();
        event_loop::enter(cx, || {
            promise::on_settled(cx, promise, |cx, outcome| {
                // The receiver waits in this function.
                let _ = send.send(outcome.map_err(|e| report::describe(cx, &e)));
            });
        });
        if matches!(promise::settled(promise), promise::Settled::Pending) && !event_loop::is_alive() {
            return Err("top-level `await` waits for a promise that nothing will settle".to_owned());
        }
        receive.await.unwrap_or_else(|_| Err("the promise was dropped".to_owned()))
    }
}

#[cfg(test)]
mod tests;
