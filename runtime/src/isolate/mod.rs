//! The isolate of a thread: made from the app table, started module by module, driven by tokio.
//!
//! In: [`AppDef`]. Out: a running [`Cx`] and its configuration. This room must never know HTTP beyond handing requests to pages.

mod entered;
pub mod event_loop;
mod export;
pub mod handler;
mod node_host;
pub mod report;
mod services;
mod sessions;
pub mod script;
mod signals;
pub mod thread;
pub mod timers;

pub use node_host::set_command_line;
pub(crate) use export::tree as plain_tree;

use crate::app::{AppDef, ModuleDef};
use crate::config::Tree;
use crate::log;
use puremix_js::promise;
use puremix_value::{Cx, Isolate, LateNames, Value};
use std::cell::Cell;
use std::future::Future as _;
use std::rc::Rc;
use std::sync::OnceLock;
use std::task::Poll;
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

/// Where places of code are that is not in an app's table of sites: code that is interpreted, which may change while it runs.
pub struct Places {
    /// `file:line:column` of a site of this thread's isolate.
    pub place: fn(u32) -> Option<String>,
    /// What messages call the expression of a site.
    pub expression: fn(u32) -> String,
    /// Whether a file is the program's own.
    pub knows_file: fn(&str) -> bool,
}

static PLACES: OnceLock<Places> = OnceLock::new();

/// Tells where places of interpreted code are found. The first call holds for the process.
pub fn set_places(places: Places) {
    let _ = PLACES.set(places);
}

/// `file:line:column` of a site.
fn site_text(_: Cx, site: u32) -> Option<String> {
    match APP.get()?.sites.get(site as usize) {
        Some(place) => Some(format!("{}:{}:{}", place.file, place.line, place.column)),
        None => (PLACES.get()?.place)(site),
    }
}

/// Whether a file is one of the app's own sources.
fn is_own_file(file: &str) -> bool {
    APP.get().is_some_and(|app| app.sites.iter().any(|s| s.file == file) || app.python.iter().any(|s| s.path == file)) || PLACES.get().is_some_and(|places| (places.knows_file)(file))
}

/// The text of the expression that a message about the site's operation names; empty when there is none.
pub fn site_expression(site: u32) -> String {
    match APP.get().and_then(|app| app.sites.get(site as usize)) {
        Some(place) => place.expression.to_owned(),
        None => PLACES.get().map_or_else(String::new, |places| (places.expression)(site)),
    }
}

/// An isolate whose modules start in order.
pub struct Running {
    pub cx: Cx,
    app: &'static AppDef,
    /// Modules that have run.
    started: usize,
}

/// From now on this thread's requests are answered by `app`, of which the isolate has got the code.
pub fn set_app(app: &'static AppDef) {
    crate::db::set_up(&app.capabilities, true);
    crate::python::set_up(app);
    APP.set(Some(app));
}

/// Makes this thread's isolate, near the bottom of a stack of [`STACK`] bytes.
pub fn create(app: &'static AppDef) -> Running {
    furnish(Isolate::new(app.atoms, app.inline_caches as usize, app.globals as usize), app)
}

/// As [`create`], for a program that is replaced while it runs and whose names are in `names`. The table `app` has none of its own.
pub fn create_growing(app: &'static AppDef, names: &'static LateNames) -> Running {
    let cx = Isolate::new(&[], 0, 0);
    cx.share_names(names);
    furnish(cx, app)
}

fn furnish(cx: Cx, app: &'static AppDef) -> Running {
    cx.set_stack_budget(STACK - RESERVE);
    puremix_js::start(cx);
    puremix_js::set_site_text(cx, site_text);
    promise::set_hooks(report::HOOKS);
    if log::has_listener() {
        puremix_js::set_console_sink(|stream, line| log::printed(stream == puremix_js::Stream::Err, line));
    }
    // For the collector's own tests: see docs/runtime-abi.md, section 5.
    if let Some(every) = std::env::var("PUREMIX_GC_STRESS").ok().and_then(|n| n.parse().ok()) {
        cx.set_collector_stress(every);
    }
    APP.set(Some(app));
    crate::db::set_up(&app.capabilities, !app.routes.is_empty());
    crate::python::set_up(app);
    crate::request::install(cx, Box::new(services::IsolateServices::new(app)));
    puremix_node::set_host(Rc::new(node_host::NodeHost { app, started: Instant::now() }));
    if puremix_node::install(cx).and_then(|()| app.capabilities.installs.iter().try_for_each(|install| install(cx))).is_err() {
        log::error(None, &format!("cannot install Node's globals: {}", report::describe(cx, &cx.take_exception())));
    }
    Running { cx, app, started: 0 }
}

/// Why the modules did not all start.
pub enum Failure {
    /// A module threw, or its promise was rejected.
    Threw { module: &'static str, error: Value },
    /// A module awaits what nothing will settle.
    Stuck { module: &'static str },
}

impl Failure {
    /// For logs.
    pub fn describe(&self, cx: Cx) -> String {
        match self {
            Failure::Threw { module, error } => format!("{module}: {}", report::describe(cx, error)),
            Failure::Stuck { module } => format!("{module}: top-level `await` waits for a promise that nothing will settle"),
        }
    }
}

/// The error, for people, where the app's middleware cannot run as it stands.
pub fn checked_middleware(cx: Cx) -> Result<(), String> {
    event_loop::enter(cx, || crate::middleware::check(cx).map_err(|_| report::describe(cx, &cx.take_exception()))).flatten()
}

impl Running {
    /// Runs modules until the configuration's object (or the function that makes it) exists, and copies it. The compiler puts
    /// `puremix.config.js` and what it imports first, so nothing of the app runs before its configuration is known.
    pub async fn config(&mut self) -> Result<Tree, String> {
        let Some(global) = self.app.config else { return Ok(Tree::Null) };
        let cx = self.cx;
        crate::middleware::begin_config(cx);
        while matches!(cx.global(global), Value::Uninit) {
            if self.started == self.app.modules.len() {
                return Err("puremix.config.js has no default export".to_owned());
            }
            self.run(1).await.map_err(|e| e.describe(cx))?;
        }
        self.exported(global).await
    }

    /// The configuration that a module variable holds, as data. A function is asked for it.
    pub async fn exported(&self, global: u32) -> Result<Tree, String> {
        const FILE: &str = "puremix.config.js";
        let cx = self.cx;
        let mut exported = self.settle(FILE, cx.global(global)).await.map_err(|e| e.describe(cx))?;
        if exported.is_callable() {
            let called = event_loop::enter(cx, || crate::lang::call(cx, &exported, &Value::Undefined, &[]).map_err(|_| report::describe(cx, &cx.take_exception())));
            exported = self.settle(FILE, called?).await.map_err(|e| e.describe(cx))?;
        }
        event_loop::enter(cx, || {
            let mut tree = export::tree(cx, &exported)?;
            crate::middleware::adopt_config(cx, &exported, &mut tree)?;
            Ok(tree)
        })
        .map_err(|puremix_value::Thrown| report::describe(cx, &cx.take_exception()))
    }

    /// Runs the modules that have not run.
    pub async fn start(&mut self) -> Result<(), Failure> {
        self.run(usize::MAX).await
    }

    /// Runs at most so many of the modules that have not run. Those that do not await run in one turn: what they queue runs after them.
    async fn run(&mut self, most: usize) -> Result<(), Failure> {
        let last = self.app.modules.len().min(self.started.saturating_add(most));
        let modules = &self.app.modules[self.started..last];
        let mut ran = 0;
        let outcome = self.run_modules(modules, &mut ran).await;
        self.started += ran;
        outcome
    }

    /// Runs these modules in order, and counts those that have begun to run.
    pub async fn run_modules(&self, modules: &[ModuleDef], begun: &mut usize) -> Result<(), Failure> {
        while *begun < modules.len() {
            let cx = self.cx;
            let modules = &modules[*begun..];
            let ticks_first = !modules.last().is_some_and(|m| m.is_esm);
            let mut ran = 0;
            let pending = event_loop::enter_in_order(cx, ticks_first, || {
                for module in modules {
                    ran += 1;
                    if module.started.is_some_and(|slot| crate::__rt::has_started(cx, slot)) {
                        continue;
                    }
                    let start = |value| module.started.inspect(|slot| cx.set_global(*slot, value));
                    start(Value::Bool(true));
                    match (module.init)(cx) {
                        Ok(value) if promise::as_promise(&value).is_some() => {
                            start(value.clone());
                            return Ok(Some((module.path, value)));
                        }
                        Ok(_) => {}
                        Err(_) => return Err(Failure::Threw { module: module.path, error: cx.take_exception() }),
                    }
                }
                Ok(None)
            });
            *begun += ran;
            if let Some((path, value)) = pending? {
                self.settle(path, value).await?;
            }
        }
        Ok(())
    }

    /// The value of a promise. A promise that nothing can settle any more is an error, as in Node.
    async fn settle(&self, module: &'static str, value: Value) -> Result<Value, Failure> {
        let Some(promise) = promise::as_promise(&value) else { return Ok(value) };
        let cx = self.cx;
        let (send, receive) = tokio::sync::oneshot::channel();
        event_loop::enter(cx, || {
            promise::on_settled(cx, promise, |_, outcome| {
                // The receiver waits in this function.
                let _ = send.send(outcome);
            });
        });
        let mut receive = std::pin::pin!(receive);
        let mut idle = std::pin::pin!(event_loop::idle());
        let outcome = std::future::poll_fn(|context| match receive.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            // Nothing is left that could settle it.
            Poll::Pending => idle.as_mut().poll(context).map(|()| None),
        });
        match outcome.await {
            None => Err(Failure::Stuck { module }),
            Some(outcome) => outcome.unwrap_or(Ok(Value::Undefined)).map_err(|error| Failure::Threw { module, error }),
        }
    }
}

#[cfg(test)]
mod tests;
