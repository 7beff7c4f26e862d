//! The thread of a test file: an isolate with the app, if the file asks for it, and with the file.

use super::host::{self, Host};
use super::library;
use super::supervisor::{Job, Message, Pulse};
use crate::dev::PublicFiles;
use puremix_interp::edition;
use puremix_interp::machine::Interrupt;
use puremix_runtime::app::{AppDef, ModuleDef};
use puremix_runtime::cli;
use puremix_runtime::config::{Flags, Tree};
use puremix_runtime::http::exchange::Exchange;
use puremix_runtime::http::message::RequestParts;
use puremix_runtime::log;
use puremix_runtime::isolate::{self, Running, event_loop};
use puremix_runtime::session::MemoryStore;
use puremix_runtime::site::Site;
use puremix_value::Value;
use std::cell::Cell;
use std::future::Future as _;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Poll;
use std::time::Duration;

/// How often the thread says that it lives.
const BEAT: Duration = Duration::from_millis(20);

/// Starts the thread.
pub fn spawn(job: Job, tell: Sender<Message>, pulse: Arc<Pulse>) -> std::io::Result<()> {
    std::thread::Builder::new().name("test".to_owned()).stack_size(isolate::STACK).spawn(move || {
        // One that exists already is another thread's, which cannot be.
        let _ = pulse.interrupt.set(Interrupt::of_this_thread());
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => tokio::task::LocalSet::new().block_on(&runtime, run(job, &tell, pulse)),
            Err(e) => {
                // Without a receiver the run is over.
                let _ = tell.send(Message::Failed(format!("cannot start: {e}")));
            }
        }
    })?;
    Ok(())
}

async fn run(job: Job, tell: &Sender<Message>, pulse: Arc<Pulse>) {
    if let Err(why) = run_file(job, tell, pulse).await {
        // Without a receiver the run is over.
        let _ = tell.send(Message::Failed(why));
    }
}

async fn run_file(job: Job, tell: &Sender<Message>, pulse: Arc<Pulse>) -> Result<(), String> {
    host::hear(tell);
    let def = job.edition.def;
    let running = isolate::create_growing(def, job.names);
    let cx = running.cx;
    tokio::task::spawn_local(event_loop::run(cx));
    tokio::task::spawn_local(beat(pulse.clone()));
    let (former, modules) = edition::replace(cx, &job.edition);
    edition::finish(cx, former);
    let first = modules.iter().position(|module| library::is_own(module.path)).unwrap_or(0);
    let (of_app, of_test) = modules.split_at(first);
    let exchange = if job.has_app { Some(start_app(&running, &job, of_app).await?) } else { None };
    let (is_done, done) = (Rc::new(Cell::new(false)), Rc::new(tokio::sync::Notify::new()));
    let host = Host { tell: tell.clone(), pulse, has_failed: job.has_failed.clone(), exchange, is_done: is_done.clone(), done: done.clone() };
    let object = Value::Obj(host::install(cx, host, &job.wishes, &job.path));
    let loaded = running.run_modules(of_test, &mut 0).await;
    loaded.map_err(|failure| failure.describe(cx))?;
    let call = |name: &str| {
        event_loop::enter(cx, || {
            let method = puremix_js::get_value(cx, &object, &cx.key_of(name));
            let called = method.and_then(|method| puremix_js::call(cx, &method, &object, &[]));
            called.map_err(|_| isolate::report::describe(cx, &cx.take_exception()))
        })
    };
    call("finish")?;
    while !is_done.get() {
        let is_idle = until_idle(&done).await;
        if is_idle && !is_done.get() && !matches!(call("idle")?, Value::Bool(true)) {
            return Err("the tests have not ended, and nothing is left that could end them".to_owned());
        }
    }
    Ok(())
}

/// Until all tests have run, or nothing is left that could call back: true.
async fn until_idle(done: &tokio::sync::Notify) -> bool {
    let (mut done, mut idle) = (pin!(done.notified()), pin!(event_loop::idle()));
    std::future::poll_fn(|context| match done.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(false),
        Poll::Pending => idle.as_mut().poll(context).map(|()| true),
    })
    .await
}

async fn beat(pulse: Arc<Pulse>) {
    loop {
        pulse.beat();
        tokio::time::sleep(BEAT).await;
    }
}

/// Runs the app's modules and makes what answers requests, as a server would.
async fn start_app(running: &Running, job: &Job, modules: &[ModuleDef]) -> Result<Rc<Exchange>, String> {
    let def: &'static AppDef = job.edition.def;
    let config = job.edition.config.zip(def.config);
    let needed = config.and_then(|(module, _)| job.edition.order.iter().position(|(m, _)| *m == module)).map_or(0, |at| at + 1);
    let mut begun = 0;
    run_modules(running, &modules[..needed.min(modules.len())], &mut begun).await?;
    let tree = match config {
        Some((_, global)) => running.exported(global).await.map_err(|e| format!("puremix.config.js: {e}"))?,
        None => Tree::Null,
    };
    run_modules(running, modules, &mut begun).await?;
    let flags = Flags { host: None, port: None, workers: None };
    let mut settings = cli::settings(def, &flags, &tree).map_err(|errors| errors.join("\n"))?;
    settings.access_log = false;
    if std::env::var_os("LOG_LEVEL").is_none() {
        // What the server notes of each request is beside the point; its errors are not.
        log::set_level(log::Level::Warn);
    }
    let site = Site::keeping(def, settings, [7; 32], Arc::new(MemoryStore::default()));
    let public = PublicFiles::of(&job.public);
    let front = Rc::new(move |parts: &RequestParts| (parts.method() == "GET").then(|| public.answer(parts.path())).flatten());
    Ok(Rc::new(Exchange::new(site, isolate::handler::new(running.cx, site)).with_front(front)))
}

async fn run_modules(running: &Running, modules: &[ModuleDef], begun: &mut usize) -> Result<(), String> {
    running.run_modules(modules, begun).await.map_err(|failure| format!("the app does not start: {}", failure.describe(running.cx)))
}
