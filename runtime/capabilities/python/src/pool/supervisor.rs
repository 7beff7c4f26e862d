//! The thread that processes belong to: it starts them, reads what they print, and learns of their ends. It lives as long as the server, and
//! the kernel ends its processes with it.

use super::process::{self, NotReady, Process, Worker};
use super::Plan;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak, mpsc};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;

/// How long a worker that is let go may take to run what it has registered for its exit.
const FAREWELL: Duration = Duration::from_secs(2);

/// The thread's runtime; the error is why there is none.
static RUNTIME: LazyLock<Result<Handle, String>> = LazyLock::new(|| {
    let failed = |e: std::io::Error| format!("the thread for Python cannot be started: {e}");
    let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new().name("python".to_owned()).spawn(move || runtime.block_on(shrink())).map_err(failed)?;
    Ok(handle)
});

/// Processes that have not ended, by number.
static PROCESSES: LazyLock<Mutex<HashMap<u32, Weak<Process>>>> = LazyLock::new(Mutex::default);

fn processes() -> Vec<Arc<Process>> {
    PROCESSES.lock().unwrap_or_else(PoisonError::into_inner).values().filter_map(Weak::upgrade).collect()
}

static CHANGED: Notify = Notify::const_new();

/// The settings are others.
pub fn settings_changed() {
    CHANGED.notify_one();
}

/// Starts a process of a plan.
pub fn start(plan: Arc<Plan>) {
    match &*RUNTIME {
        Ok(runtime) => drop(runtime.spawn(async move {
            match process::launch(&plan).await {
                Ok((worker, version)) => super::started(worker, &version),
                Err(why) => super::start_failed(&plan, why),
            }
        })),
        Err(why) => {
            // The state is locked by who asks.
            let why = NotReady::Never(why.clone());
            std::thread::spawn(move || super::start_failed(&plan, why));
        }
    }
}

pub fn process_started(process: &Arc<Process>) {
    PROCESSES.lock().unwrap_or_else(PoisonError::into_inner).insert(process.number, Arc::downgrade(process));
}

pub fn process_ended(process: &Process, plan: &Arc<Plan>, lived: Duration) {
    PROCESSES.lock().unwrap_or_else(PoisonError::into_inner).remove(&process.number);
    super::ended(process, plan, lived);
}

/// Lets a worker go: it sees the end of its socket, runs its exit functions, and is killed when it takes long.
pub fn retire(worker: Worker) {
    let process = worker.process.clone();
    // Both its ends: the copy that wakes readers would keep the worker waiting.
    if let Some(socket) = &worker.socket {
        let _ = socket.shutdown(std::net::Shutdown::Both);
    }
    drop(worker);
    if let Ok(runtime) = &*RUNTIME {
        runtime.spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            process.kill();
        });
    }
}

/// Starts what is needed a little later: a process that ends as soon as it has begun must not keep the machine busy.
pub fn start_later(pause: Duration) {
    if let Ok(runtime) = &*RUNTIME {
        runtime.spawn(async move {
            tokio::time::sleep(pause).await;
            super::refill();
        });
    }
}

/// Ends what is left; returns when all processes have ended.
pub fn stop() {
    let Ok(runtime) = &*RUNTIME else { return };
    let (tell, told) = mpsc::channel();
    runtime.spawn(async move {
        let left = processes();
        let polite = tokio::time::Instant::now() + FAREWELL;
        for process in &left {
            let _ = tokio::time::timeout_at(polite, process.end()).await;
        }
        for process in &left {
            process.kill();
            process.end().await;
        }
        let _ = tell.send(());
    });
    let _ = told.recv_timeout(2 * FAREWELL);
}

/// Lets workers go that have nothing to do, for ever.
async fn shrink() {
    loop {
        let (workers, pause) = super::superfluous();
        workers.into_iter().for_each(retire);
        // Changed settings may ask for another pause.
        let _ = tokio::time::timeout(pause, CHANGED.notified()).await;
    }
}

/// Whether a program exists, by its path or on `PATH`.
pub fn exists(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
