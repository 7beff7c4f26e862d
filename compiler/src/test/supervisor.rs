//! One test file on a thread of its own, watched by another: what hangs is interrupted, and given up when that does not help.

use super::host::Wishes;
use super::isolate;
use super::outcome::{Entry, Failure, FileOutcome, Written};
use puremix_interp::edition::Edition;
use puremix_interp::machine::Interrupt;
use puremix_value::LateNames;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What one file's thread begins with.
pub struct Job {
    /// As the user would type it.
    pub path: String,
    pub edition: Arc<Edition>,
    pub names: &'static LateNames,
    /// The program holds routes, which the file asks.
    pub has_app: bool,
    /// `public/`: URLs and files.
    pub public: Vec<(String, std::path::PathBuf)>,
    pub wishes: Wishes,
    pub has_failed: Arc<AtomicBool>,
}

/// What the file's thread tells.
pub enum Message {
    /// The result of a test at the top, as JSON.
    Entry(String),
    Output(Vec<u8>, bool),
    /// The file does not load.
    Failed(String),
    /// All tests have run; failures outside of tests, as JSON.
    Done(String),
}

/// Loading modules and starting the app may take longer than a test.
const LOADING: u64 = 30_000;
/// How late the thread may be for other reasons than the code that it runs.
const GRACE: u64 = 250;
/// An interruption that has not helped by then does not: the code is not ours to interrupt.
const GIVEN_UP: u64 = 3_000;
const LOOK: Duration = Duration::from_millis(20);

/// The thread's sign of life.
pub struct Pulse {
    began: Instant,
    /// Milliseconds since `began`.
    last: AtomicU64,
    limit: AtomicU64,
    interruptions: AtomicU64,
    pub interrupt: OnceLock<Interrupt>,
}

impl Pulse {
    fn new(timeout: u64) -> Pulse {
        Pulse { began: Instant::now(), last: AtomicU64::new(0), limit: AtomicU64::new(timeout.max(LOADING)), interruptions: AtomicU64::new(0), interrupt: OnceLock::new() }
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// The thread runs its event loop.
    pub fn beat(&self) {
        self.last.store(self.now(), Ordering::Relaxed);
    }

    /// Milliseconds that code may run without giving control back; the limit before.
    pub fn set_limit(&self, ms: u64) -> u64 {
        self.beat();
        self.limit.swap(ms, Ordering::Relaxed)
    }

    pub fn interruptions(&self) -> u64 {
        self.interruptions.load(Ordering::Relaxed)
    }

    /// For how many milliseconds the thread has been late.
    fn late(&self) -> Option<u64> {
        let silent = self.now().saturating_sub(self.last.load(Ordering::Relaxed));
        silent.checked_sub(self.limit.load(Ordering::Relaxed).saturating_add(GRACE))
    }
}

/// Runs the file to its end.
pub fn run(job: Job) -> FileOutcome {
    let started = Instant::now();
    let mut outcome = FileOutcome { path: job.path.clone(), ..FileOutcome::default() };
    let pulse = Arc::new(Pulse::new(job.wishes.timeout));
    let (tell, told) = channel();
    let has_failed = job.has_failed.clone();
    if let Err(e) = isolate::spawn(job, tell, pulse.clone()) {
        outcome.failures.push(Failure::of("testCodeFailure", format!("cannot start a thread: {e}")));
        return outcome;
    }
    let mut is_interrupted = false;
    loop {
        match told.recv_timeout(LOOK) {
            Ok(Message::Entry(json)) => match serde_json::from_str::<Entry>(&json) {
                Ok(entry) => {
                    if entry.is_failure() {
                        has_failed.store(true, Ordering::Relaxed);
                    }
                    outcome.entries.push(entry);
                }
                Err(e) => outcome.failures.push(Failure::of("testCodeFailure", format!("a result cannot be read (a bug in puremixc): {e}"))),
            },
            Ok(Message::Output(bytes, is_error)) => outcome.written.push(Written { bytes, is_error }),
            Ok(Message::Failed(why)) => {
                outcome.failures.push(Failure::of_exception(&why, &outcome.path));
                break;
            }
            Ok(Message::Done(json)) => {
                outcome.failures.extend(serde_json::from_str::<Vec<Failure>>(&json).unwrap_or_default());
                break;
            }
            Err(RecvTimeoutError::Disconnected) => {
                outcome.failures.push(Failure::of("testCodeFailure", "the thread of the test file has ended (a bug in puremixc)"));
                break;
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        match (pulse.late(), pulse.interrupt.get()) {
            (Some(late), _) if late > GIVEN_UP => {
                outcome.failures.push(Failure::of("testTimeoutFailure", "the file hangs in code that cannot be interrupted; its other tests were not run"));
                break;
            }
            (Some(_), Some(interrupt)) if !is_interrupted => {
                pulse.interruptions.fetch_add(1, Ordering::Relaxed);
                interrupt.request();
                is_interrupted = true;
            }
            (None, Some(interrupt)) if is_interrupted => {
                interrupt.withdraw();
                is_interrupted = false;
            }
            _ => {}
        }
    }
    if outcome.is_failure() {
        has_failed.store(true, Ordering::Relaxed);
    }
    outcome.took = started.elapsed();
    outcome
}
