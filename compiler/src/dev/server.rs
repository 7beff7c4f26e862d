//! The thread that runs the app: one isolate, whose modules are replaced while it lives.

use super::events::{Events, HEARTBEAT};
use super::handover::{self, Sessions};
use super::overview::{self, Facts};
use super::public::Files;
use super::requests::{Answered, Requests};
use super::watch::Event;
use super::{Options, page, report};
use puremix_interp::app::EMPTY;
use puremix_interp::edition::{self, Edition};
use puremix_runtime::app::{AppDef, ModuleDef, RouteDef, RouteKind};
use puremix_runtime::cli;
use puremix_runtime::config::{Flags, Settings, Tree};
use puremix_runtime::http::exchange::Exchange;
use puremix_runtime::http::message::{Body, Reply, RequestParts, Stream};
use puremix_runtime::http::router::Router;
use puremix_runtime::http::{Handler, Target, server};
use puremix_runtime::isolate::{self, Running, event_loop};
use puremix_runtime::db::migrations;
use puremix_runtime::site::Site;
use puremix_value::{Cx, LateNames};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc as async_mpsc, oneshot, watch};

/// What a module may take to start; an app that waits longer is told to be stuck, so that the next save is seen.
const LONGEST_START: Duration = Duration::from_secs(10);

/// How long after an update what it replaced is looked for: not while a browser waits for the new pages.
const SWEEP: Duration = Duration::from_millis(250);

/// What the isolate begins with: no program, but all that one may need.
static NOTHING: AppDef = AppDef { capabilities: super::CAPABILITIES, ..EMPTY };

/// Ports tried when the app names none that is free.
const PORTS: u16 = 10;

/// What has changed.
pub struct Update {
    /// Absent when the sources have errors.
    pub edition: Option<Arc<Edition>>,
    /// The errors, as the overlay shows them.
    pub report: Option<Value>,
    /// The warnings, as a corner of the page shows them.
    pub warnings: Option<Value>,
    /// Open pages need not be loaded again.
    pub is_patch: bool,
    pub files: Vec<String>,
    pub public: Files,
}

/// What became of an update.
pub enum Outcome {
    /// The edition answers requests.
    Runs,
    /// Its modules did not start; the edition before goes on.
    Failed(String),
    /// It has errors; the edition before goes on.
    Broken,
    /// The configuration could not be read, which only another start can mend.
    NeedsRestart(String),
}

/// The compiling thread's end.
pub struct Server {
    updates: async_mpsc::UnboundedSender<(Update, mpsc::Sender<Outcome>)>,
    sessions: Sessions,
}

impl Server {
    /// Hands over an update and waits until it runs or has failed.
    pub fn send(&self, update: Update) -> Outcome {
        let (answer, outcome) = mpsc::channel();
        let lost = || Outcome::Failed("the serving thread has ended (a bug in puremixc)".to_owned());
        match self.updates.send((update, answer)) {
            Ok(()) => outcome.recv().unwrap_or_else(|_| lost()),
            Err(_) => lost(),
        }
    }

    pub fn sessions(&self) -> Sessions {
        self.sessions.clone()
    }
}

/// Starts the thread; answers once it listens and the first edition runs or has failed.
pub fn start(options: &Options, names: &'static LateNames, first: Update, started: Instant, asker: mpsc::Sender<Event>) -> Result<(Server, Outcome), Vec<String>> {
    let sessions = options.resume.as_deref().and_then(handover::read).unwrap_or_else(Sessions::new);
    let (updates, receiver) = async_mpsc::unbounded_channel();
    let (tell, told) = mpsc::channel();
    let start = Start { options: options.clone(), names, sessions: sessions.clone(), began: started, asker };
    let body = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(e) => {
                // The other side waits in this function's caller.
                let _ = tell.send(Err(vec![format!("cannot start: {e}")]));
                return;
            }
        };
        tokio::task::LocalSet::new().block_on(&runtime, serve(start, first, receiver, tell));
    };
    let spawned = std::thread::Builder::new().name("isolate-0".to_owned()).stack_size(isolate::STACK).spawn(body);
    spawned.map_err(|e| vec![format!("cannot start a thread: {e}")])?;
    let outcome = told.recv().unwrap_or_else(|_| Err(vec!["the serving thread has ended (a bug in puremixc)".to_owned()]))?;
    Ok((Server { updates, sessions }, outcome))
}

/// What the thread begins with.
struct Start {
    options: Options,
    names: &'static LateNames,
    sessions: Sessions,
    began: Instant,
    asker: mpsc::Sender<Event>,
}

/// What answers requests now; shared by the handler and the updates.
struct Live {
    events: Events,
    public: RefCell<Files>,
    requests: RefCell<Requests>,
    /// Whether any edition runs.
    runs: Cell<bool>,
    /// Whether other machines may follow saves.
    is_open: bool,
    /// Whether they may see `/__dev`.
    is_exposed: bool,
    /// Where questions to the compiling thread go.
    asker: mpsc::Sender<Event>,
    /// Whether what the last updates replaced is about to be looked for.
    is_sweep_due: Cell<bool>,
    /// Open while no edition is being replaced.
    gate: watch::Sender<bool>,
}

type Told = mpsc::Sender<Result<Outcome, Vec<String>>>;

async fn serve(start: Start, first: Update, mut updates: async_mpsc::UnboundedReceiver<(Update, mpsc::Sender<Outcome>)>, tell: Told) {
    let running = isolate::create_growing(&NOTHING, start.names);
    tokio::task::spawn_local(event_loop::run(running.cx));
    // Names this start for browsers that knew another one; the clock is fine enough for people who restart servers.
    let number = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros() as u64);
    let live = Rc::new(Live {
        events: Events::new(number),
        public: RefCell::new(first.public.clone()),
        requests: RefCell::default(),
        runs: Cell::new(false),
        is_open: start.options.host.is_some(),
        is_exposed: start.options.expose,
        asker: start.asker.clone(),
        is_sweep_due: Cell::new(false),
        gate: watch::channel(false).0,
    });
    let mut beginning = Beginning::new(&running, first.edition.as_ref());
    let configured = beginning.configure(&running).await;
    let flags = flags(&start.options);
    let (tree, config_error) = match configured {
        Ok(tree) => (tree, None),
        Err(text) => (Tree::Null, Some(text)),
    };
    let def = first.edition.as_ref().map_or(&EMPTY, |edition| edition.def);
    // A server that cannot be as configured still shows why.
    let (settings, config_error) = match (cli::settings(def, &flags, &tree), config_error) {
        (Err(errors), None) => (cli::settings(def, &flags, &Tree::Null), Some(errors.join("\n"))),
        other => other,
    };
    // Development applies what is pending too, so that a new migration needs a restart of `dev` and nothing else.
    puremix_runtime::db::set_up(&super::workspace::CAPABILITIES, true);
    let migrated = migrations::of_project(std::path::Path::new(".")).and_then(|all| puremix_runtime::db::apply(&all));
    let config_error = config_error.or(migrated.err());
    let bound = settings.and_then(|settings| listen(settings, start.options.port.is_some()).map_err(|e| vec![e]));
    let (settings, listeners) = match bound {
        Ok(bound) => bound,
        Err(errors) => {
            let _ = tell.send(Err(errors));
            return;
        }
    };
    let site = Site::keeping(def, settings, start.sessions.secret, start.sessions.store.clone());
    let exchange = Rc::new(Exchange::new(site, handler(&running, site, &live)).with_front(front(&live)));
    let mut isolate = Isolate { running, live, exchange: exchange.clone(), routers: HashMap::new() };
    let outcome = match (config_error, first.edition) {
        (Some(text), _) => {
            isolate.live.events.failed(report::of_configuration(&text));
            beginning.give_up(&isolate.running);
            Outcome::NeedsRestart(text)
        }
        (None, None) => {
            isolate.live.events.failed(first.report.unwrap_or_default());
            Outcome::Broken
        }
        (None, Some(edition)) => {
            isolate.live.events.started(first.warnings.clone());
            isolate.finish(beginning, &edition, first.warnings.as_ref()).await
        }
    };
    isolate.live.gate.send_replace(true);
    announce(&start, def, &listeners, &outcome);
    let (drain, _) = watch::channel(false);
    let (lane, port) = server::lane(&drain);
    tokio::task::spawn_local(server::serve(site, port, exchange));
    tokio::task::spawn_local(server::accept(site, listeners, vec![lane], drain, std::future::pending()));
    tokio::task::spawn_local(beat(isolate.live.clone()));
    let _ = tell.send(Ok(outcome));
    while let Some((update, answer)) = updates.recv().await {
        let outcome = isolate.apply(update).await;
        // The compiling thread waits for it.
        let _ = answer.send(outcome);
    }
}

/// Frees what replaced code has left in circles, such as a class and its prototype, and with it the code. The collector would not come by
/// itself: it waits for many objects, and these are few, each with a whole module behind it.
async fn sweep(cx: Cx, live: Rc<Live>) {
    tokio::time::sleep(SWEEP).await;
    live.is_sweep_due.set(false);
    cx.collect();
}

async fn beat(live: Rc<Live>) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        live.events.beat();
    }
}

/// The first edition, which starts in two steps: what the configuration needs, and the rest once the server's settings are known.
struct Beginning {
    former: Option<edition::Replaced>,
    modules: Vec<ModuleDef>,
    begun: usize,
    /// How many modules the configuration needs, and the variable that holds it.
    config: Option<(usize, u32)>,
}

impl Beginning {
    fn new(running: &Running, edition: Option<&Arc<Edition>>) -> Beginning {
        let Some(edition) = edition else { return Beginning { former: None, modules: Vec::new(), begun: 0, config: None } };
        let (former, modules) = edition::replace(running.cx, edition);
        let position = edition.config.and_then(|config| edition.order.iter().position(|(module, _)| *module == config));
        Beginning { former: Some(former), modules, begun: 0, config: position.map(|i| i + 1).zip(edition.def.config) }
    }

    async fn configure(&mut self, running: &Running) -> Result<Tree, String> {
        let Some((count, global)) = self.config else { return Ok(Tree::Null) };
        run(running, &self.modules[..count], &mut self.begun).await?;
        running.exported(global).await
    }

    fn give_up(self, running: &Running) {
        if let Some(former) = self.former {
            edition::restore(running.cx, former);
        }
    }
}

/// Runs modules; the error is for people.
async fn run(running: &Running, modules: &[ModuleDef], begun: &mut usize) -> Result<(), String> {
    let before = *begun;
    match tokio::time::timeout(LONGEST_START, running.run_modules(modules, begun)).await {
        Ok(outcome) => outcome.map_err(|failure| failure.describe(running.cx)),
        Err(_) => {
            let path = modules.get(begun.saturating_sub(1).max(before)).map_or("a module", |module| module.path);
            Err(format!("{path} has not started after {} s: its top-level `await` waits", LONGEST_START.as_secs()))
        }
    }
}

struct Isolate {
    running: Running,
    live: Rc<Live>,
    exchange: Rc<Exchange>,
    /// Routers that were made, by the routes they are of: such tables live as long as the process.
    routers: HashMap<*const RouteDef, &'static Router>,
}

impl Isolate {
    async fn apply(&mut self, update: Update) -> Outcome {
        self.live.public.replace(update.public);
        let Some(edition) = update.edition else {
            self.live.events.failed(update.report.unwrap_or_default());
            return Outcome::Broken;
        };
        self.live.gate.send_replace(false);
        let (former, modules) = edition::replace(self.running.cx, &edition);
        let outcome = self.finish(Beginning { former: Some(former), modules, begun: 0, config: None }, &edition, update.warnings.as_ref()).await;
        if let Outcome::Runs = outcome {
            self.live.events.updated(update.is_patch, &update.files, update.warnings);
        }
        self.live.gate.send_replace(true);
        if !self.live.is_sweep_due.replace(true) {
            tokio::task::spawn_local(sweep(self.running.cx, self.live.clone()));
        }
        outcome
    }

    /// Runs what has not run of an edition that is current, and lets it answer requests; or goes back to the one before.
    async fn finish(&mut self, mut beginning: Beginning, edition: &Arc<Edition>, warnings: Option<&Value>) -> Outcome {
        let outcome = run(&self.running, &beginning.modules, &mut beginning.begun).await;
        let Some(former) = beginning.former else { return Outcome::Broken };
        let outcome = match outcome {
            Ok(()) => {
                edition::finish(self.running.cx, former);
                isolate::set_app(edition.def);
                let routes = edition.def.routes;
                let router = self.routers.entry(routes.as_ptr()).or_insert_with(|| Box::leak(Box::new(Router::new(routes))));
                self.exchange.set_router(router);
                self.live.runs.set(true);
                Outcome::Runs
            }
            Err(text) => {
                edition::restore(self.running.cx, former);
                self.live.events.failed(report::of_exception(&text, warnings));
                Outcome::Failed(text)
            }
        };
        // Else each save would add an interval to those of the versions before.
        event_loop::cancel_timers(edition::is_stale);
        outcome
    }
}

/// The app's handler, behind the gate, with the client's script in its pages.
fn handler(running: &Running, site: &'static Site, live: &Rc<Live>) -> Handler {
    let (inner, live) = (isolate::handler::new(running.cx, site), live.clone());
    Rc::new(move |target, parts: RequestParts| {
        let (inner, live) = (inner.clone(), live.clone());
        Box::pin(async move {
            let mut gate = live.gate.subscribe();
            // The sender lives as long as the handler.
            let _ = gate.wait_for(|open| *open).await;
            if !live.runs.get() {
                return page::nothing_runs();
            }
            let is_page = page::is_for_page(&parts);
            let is_api = matches!(target, Target::Route(RouteDef { kind: RouteKind::Api(_), .. }));
            let (method, url, begun) = (parts.method().to_owned(), parts.url().to_owned(), Instant::now());
            let reply = inner(target, parts).await;
            live.requests.borrow_mut().note(Answered::new(method, url, &reply, begun.elapsed()));
            if is_page { page::with_client(reply, is_api) } else { reply }
        })
    })
}

/// The development server's own URLs, and the app's files.
fn front(live: &Rc<Live>) -> puremix_runtime::http::exchange::Front {
    let live = live.clone();
    Rc::new(move |parts: &RequestParts| match parts.path() {
        // A page of another site, whose name was made to lead here, sees nothing of the sources.
        path if path.starts_with(page::OVERVIEW_URL) && !live.is_open && !is_from_here(parts) => None,
        page::OVERVIEW_URL | "/__dev/" if live.is_exposed || is_from_here(parts) => Some(overview_of(&live)),
        page::CLIENT_URL => Some(page::client()),
        page::EVENTS_URL => Some(live.events.subscribe()),
        path if parts.method() == "GET" => live.public.borrow().answer(path),
        _ => None,
    })
}

/// `/__dev`. A part of it is known only to the compiling thread, which may be at work.
fn overview_of(live: &Rc<Live>) -> Reply {
    let (sender, stream) = Stream::new(1);
    let (answer, facts) = oneshot::channel();
    let live = live.clone();
    tokio::task::spawn_local(async move {
        let facts = match live.asker.send(Event::Asked(answer)) {
            Ok(()) => facts.await.unwrap_or_default(),
            Err(_) => Facts::default(),
        };
        let text = page::inserted(overview::page(isolate::app().unwrap_or(&EMPTY), &live.requests.borrow(), &facts));
        // Who asked may have gone.
        let _ = sender.send(text.into()).await;
    });
    let mut reply = Reply::status(200).with("content-type", "text/html; charset=utf-8").with("cache-control", "no-store");
    reply.body = Body::Stream(stream);
    reply
}

/// Whether the request comes from this machine and was meant for it: a page of another site, or a proxy, asks for another name.
fn is_from_here(parts: &RequestParts) -> bool {
    parts.peer().is_some_and(|peer| peer.ip().to_canonical().is_loopback()) && is_local(parts.hostname())
}

/// Whether a host's name is this machine's.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Only this machine, unless the user names a host.
fn flags(options: &Options) -> Flags {
    Flags { host: Some(options.host.clone().unwrap_or_else(|| "localhost".to_owned())), port: options.port.map(|port| port.to_string()), workers: None }
}

/// Listens where the settings say; where the user did not name the port, on the next free one.
fn listen(mut settings: Settings, is_named: bool) -> Result<(Settings, Vec<TcpListener>), String> {
    let first = settings.port;
    loop {
        match server::listen(&settings.host, settings.port) {
            Ok(listeners) if settings.port == first => return Ok((settings, listeners)),
            Ok(listeners) => {
                eprintln!("port {first} is in use: port {} serves", settings.port);
                return Ok((settings, listeners));
            }
            Err(e) if is_named || settings.port == 0 || settings.port - first >= PORTS || !e.contains("already in use") => return Err(e),
            Err(_) => settings.port = settings.port.saturating_add(1),
        }
    }
}

fn announce(start: &Start, def: &AppDef, listeners: &[TcpListener], outcome: &Outcome) {
    let Some(address) = listeners.first().and_then(|l| l.local_addr().ok()) else { return };
    let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
    let url = format!("http://{host}:{}/", address.port());
    let state = match outcome {
        Outcome::Runs => format!("{} routes", def.routes.len()),
        Outcome::Broken | Outcome::Failed(_) | Outcome::NeedsRestart(_) => "waiting for a save without errors".to_owned(),
    };
    start.options.output.say(format!(
        "\n  {} {} in development: {url}\n  {state}, ready in {} ms; errors appear here and in the browser\n",
        def.name,
        def.version,
        start.began.elapsed().as_millis()
    ));
    if start.options.open {
        open(&url);
    }
}

/// Shows a URL in the user's browser, where there is one.
fn open(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = std::process::Stdio::null;
    if std::process::Command::new(program).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_err() {
        eprintln!("cannot open a browser: there is no `{program}`");
    }
}
