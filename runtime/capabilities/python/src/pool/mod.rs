//! Python processes, shared by all isolates of the process.
//!
//! A call takes a worker that has nothing to do, or waits for one in order of coming; the [`supervisor`]'s thread starts processes, reads
//! what they print, and learns of their ends. A change of sources or settings makes a new [`Plan`]: workers of an older one finish the call
//! they are at and go.

mod output;
mod process;
mod supervisor;

pub use process::Worker;

use crate::failure::Failure;
use process::{NotReady, Process};
use puremix_interop::{Setup, Severity};
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Calls that may wait for each worker there may be; more are refused.
const QUEUE: usize = 100;

/// What workers are started with.
pub struct Plan {
    generation: u64,
    pub setup: Setup,
    /// Marks, in messages, what JSON has no form for.
    pub tag: String,
    /// Modules are imported before the first call. False when that has gone wrong.
    preloads: AtomicBool,
    /// What goes wrong in importing has been logged.
    has_told: AtomicBool,
}

impl Plan {
    fn max(&self) -> usize {
        self.setup.settings.max_workers.max(1)
    }

    fn min(&self) -> usize {
        let settings = &self.setup.settings;
        if settings.enabled && settings.use_pool && self.setup.serves && !self.setup.sources.is_empty() { settings.min_workers.min(self.max()) } else { 0 }
    }

    /// How long a call may run, and wait.
    pub fn limit(&self) -> Option<Duration> {
        Some(self.setup.settings.timeout).filter(|limit| !limit.is_zero())
    }

    pub fn is_own_file(&self, path: &str) -> bool {
        self.setup.sources.iter().any(|source| source.path == path)
    }
}

struct Idle {
    worker: Worker,
    since: Instant,
}

type Given = Result<Lease, Failure>;

#[derive(Default)]
struct State {
    plan: Option<Arc<Plan>>,
    /// The one used last is used first, so that the others may go.
    idle: Vec<Idle>,
    /// Workers of the plan: starting, idle or busy.
    alive: usize,
    starting: usize,
    /// The numbers of those that have become ready.
    ready: HashSet<u32>,
    waiting: VecDeque<oneshot::Sender<Given>>,
    is_stopping: bool,
    version: Option<String>,
    /// Why the last start went wrong, and how many did so in a row; until one goes right.
    trouble: Option<String>,
    failures: u32,
}

static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A worker for one call. Dropped before the call began, it goes back; dropped during the call, it is ended.
pub struct Lease {
    worker: Option<Worker>,
    pub is_busy: bool,
}

impl Lease {
    fn new(worker: Worker) -> Lease {
        Lease { worker: Some(worker), is_busy: false }
    }

    pub fn worker(&mut self) -> &mut Worker {
        self.worker.as_mut().expect("held until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        match self.worker.take() {
            Some(worker) if self.is_busy => worker.kill(),
            Some(worker) => give_back(worker),
            None => {}
        }
    }
}

/// What a call gets.
pub enum Taken {
    Ready(Lease),
    Waits(oneshot::Receiver<Given>),
}

/// The plan in force, if calls can be made at all.
pub fn plan() -> Result<Arc<Plan>, Failure> {
    let state = state();
    match &state.plan {
        _ if state.is_stopping => Err(Failure::Stopping),
        None => Err(Failure::Unavailable("the app has no Python".to_owned())),
        Some(plan) if !plan.setup.settings.enabled => Err(Failure::Disabled),
        Some(plan) => Ok(plan.clone()),
    }
}

/// A worker that has nothing to do, or the promise of one.
pub fn take() -> Result<Taken, Failure> {
    let mut state = state();
    if state.is_stopping {
        return Err(Failure::Stopping);
    }
    let Some(plan) = state.plan.clone() else { return Err(Failure::Unavailable("the app has no Python".to_owned())) };
    while let Some(idle) = state.idle.pop() {
        if !idle.worker.process.has_ended() {
            return Ok(Taken::Ready(Lease::new(idle.worker)));
        }
    }
    // Those whose calls were given up wait no more.
    if state.waiting.len() >= QUEUE * plan.max() {
        state.waiting.retain(|waiter| !waiter.is_closed());
        if state.waiting.len() >= QUEUE * plan.max() {
            return Err(Failure::Full(state.waiting.len()));
        }
    }
    let (give, wait) = oneshot::channel();
    state.waiting.push_back(give);
    start_for_waiting(&mut state, &plan);
    Ok(Taken::Waits(wait))
}

/// Starts one more worker when more calls wait than workers are on their way.
fn start_for_waiting(state: &mut State, plan: &Arc<Plan>) {
    if state.starting < state.waiting.len() && state.alive < plan.max() {
        start(state, plan);
    }
}

fn start(state: &mut State, plan: &Arc<Plan>) {
    state.starting += 1;
    state.alive += 1;
    supervisor::start(plan.clone());
}

/// A worker whose call is over goes to the next.
pub fn give_back(worker: Worker) {
    let mut state = state();
    let is_current = state.plan.as_ref().is_some_and(|plan| plan.generation == worker.plan.generation);
    if state.is_stopping || !is_current || worker.is_spent() || worker.process.has_ended() {
        if is_current && state.ready.remove(&worker.process.number) {
            state.alive -= 1;
            let plan = worker.plan.clone();
            start_for_waiting(&mut state, &plan);
        }
        drop(state);
        supervisor::retire(worker);
        return;
    }
    hand_over(&mut state, worker);
}

fn hand_over(state: &mut State, worker: Worker) {
    let mut lease = Lease::new(worker);
    while let Some(waiter) = state.waiting.pop_front() {
        match waiter.send(Ok(lease)) {
            Ok(()) => return,
            Err(Ok(returned)) => lease = returned,
            Err(Err(_)) => return,
        }
    }
    if let Some(worker) = lease.worker.take() {
        state.idle.push(Idle { worker, since: Instant::now() });
    }
}

/// A process is ready for calls.
fn started(worker: Worker, version: &str) {
    let mut state = state();
    if state.plan.as_ref().is_none_or(|plan| plan.generation != worker.plan.generation) || state.is_stopping {
        drop(state);
        supervisor::retire(worker);
        return;
    }
    state.starting -= 1;
    state.trouble = None;
    state.failures = 0;
    state.version = Some(version.to_owned());
    // What has ended by now was not counted as ready.
    if worker.process.has_ended() {
        state.alive -= 1;
    } else {
        state.ready.insert(worker.process.number);
        hand_over(&mut state, worker);
    }
    // Others may be waiting still.
    if let Some(plan) = state.plan.clone() {
        start_for_waiting(&mut state, &plan);
    }
}

/// A process did not get so far.
fn start_failed(plan: &Arc<Plan>, why: NotReady) {
    let (why, attempts) = match &why {
        NotReady::Never(why) => (why.as_str(), 1),
        NotReady::Ended(why) => (why.as_str(), 2),
        NotReady::Killed(why) => (why.as_str(), 20),
    };
    let mut state = state();
    if state.plan.as_ref().is_none_or(|now| now.generation != plan.generation) {
        return;
    }
    state.starting -= 1;
    state.alive -= 1;
    let is_news = state.trouble.as_deref() != Some(why);
    state.trouble = Some(why.to_owned());
    state.failures += 1;
    let gives_up = state.failures >= attempts;
    if !gives_up {
        supervisor::start_later(Duration::from_millis(25) * state.failures);
    }
    // Where nothing runs, nobody will be served.
    let count = if state.alive == 0 && gives_up { state.waiting.len() } else { 0 };
    let refused: Vec<_> = state.waiting.drain(..count).collect();
    drop(state);
    if is_news {
        (plan.setup.log)(Severity::Error, &format!("Python: {why}"));
    }
    for waiter in refused {
        // Nobody may be waiting any more.
        let _ = waiter.send(Err(Failure::Unavailable(why.to_owned())));
    }
}

/// A process has ended that had been ready.
fn ended(process: &Process, plan: &Arc<Plan>, lived: Duration) {
    let mut state = state();
    state.idle.retain(|idle| idle.worker.process.number != process.number);
    if !state.ready.remove(&process.number) || state.plan.as_ref().is_none_or(|now| now.generation != plan.generation) || state.is_stopping {
        return;
    }
    state.alive -= 1;
    start_for_waiting(&mut state, plan);
    if state.alive < plan.min() {
        if lived > Duration::from_secs(1) {
            start(&mut state, plan);
        } else {
            supervisor::start_later(Duration::from_secs(2));
        }
    }
}

/// Starts what is missing of the minimum, and what waiting calls need.
fn refill() {
    let mut state = state();
    let Some(plan) = state.plan.clone().filter(|_| !state.is_stopping) else { return };
    start_for_waiting(&mut state, &plan);
    while state.alive < plan.min() {
        start(&mut state, &plan);
    }
}

/// Workers above the minimum that have had nothing to do for long, and how long to wait until there may be others.
fn superfluous() -> (Vec<Worker>, Duration) {
    let mut state = state();
    let Some(plan) = state.plan.clone() else { return (Vec::new(), Duration::from_secs(60)) };
    let max_idle = plan.setup.settings.max_idle;
    let mut gone = Vec::new();
    while state.alive > plan.min() && state.idle.first().is_some_and(|idle| idle.since.elapsed() >= max_idle) {
        let worker = state.idle.remove(0).worker;
        // Counted out now, not when it has ended.
        if state.ready.remove(&worker.process.number) {
            state.alive -= 1;
        }
        gone.push(worker);
    }
    (gone, (max_idle / 4).clamp(Duration::from_millis(50), Duration::from_secs(60)))
}

/// The engine's `set_up`.
pub fn set_up(setup: Setup) {
    let mut state = state();
    let generation = match &state.plan {
        Some(plan) if is_same(&plan.setup, &setup) => return,
        Some(plan) => plan.generation + 1,
        None => 1,
    };
    let mut random = [0u8; 8];
    // Without randomness the mark is one that no data has by accident.
    let _ = getrandom::fill(&mut random);
    let tag = format!("puremix:{:016x}", u64::from_le_bytes(random));
    let preloads = AtomicBool::new(setup.serves && setup.settings.use_pool);
    let plan = Arc::new(Plan { generation, setup, tag, preloads, has_told: AtomicBool::new(false) });
    state.plan = Some(plan.clone());
    (state.alive, state.starting) = (0, 0);
    state.ready.clear();
    state.trouble = None;
    state.failures = 0;
    let old: Vec<Idle> = state.idle.drain(..).collect();
    for _ in 0..state.waiting.len().min(plan.max()) {
        start(&mut state, &plan);
    }
    drop(state);
    for idle in old {
        supervisor::retire(idle.worker);
    }
    refill();
    supervisor::settings_changed();
}

fn is_same(a: &Setup, b: &Setup) -> bool {
    a.sources == b.sources && a.settings == b.settings && a.root == b.root && a.serves == b.serves
}

/// Python's version, once a worker has told it.
pub fn version() -> Option<String> {
    state().version.clone()
}

/// Whether nothing is known that keeps calls from being made. Looks for an interpreter when none has run yet.
pub fn is_available() -> bool {
    let Ok(plan) = plan() else { return false };
    let (known, trouble) = {
        let state = state();
        (state.version.is_some(), state.trouble.is_some())
    };
    !trouble && (known || supervisor::exists(&crate::interpreter::find(&plan.setup)))
}

/// The engine's `status`: counts and the version, no paths.
pub fn status() -> String {
    let is_available = is_available();
    let state = state();
    let version = state.version.as_deref().map_or_else(|| "null".to_owned(), |version| format!("\"{version}\""));
    let busy = state.alive - state.starting.min(state.alive) - state.idle.len().min(state.alive);
    format!("{{\"available\":{is_available},\"version\":{version},\"workers\":{},\"busy\":{busy},\"waiting\":{}}}", state.alive, state.waiting.len())
}

/// The engine's `stop`: no process is left when it returns.
pub fn stop() {
    let (idle, waiting) = {
        let mut state = state();
        state.is_stopping = true;
        (std::mem::take(&mut state.idle), std::mem::take(&mut state.waiting))
    };
    for waiter in waiting {
        let _ = waiter.send(Err(Failure::Stopping));
    }
    for idle in idle {
        supervisor::retire(idle.worker);
    }
    supervisor::stop();
}

impl Plan {
    fn preloads(&self) -> bool {
        self.preloads.load(Ordering::Relaxed)
    }
}
