//! One Python process: started, spoken to, ended.

use super::{Plan, output};
use crate::frame::{self, Message, Received};
use crate::{encode, interpreter};
use rustix::process::{Pid, Signal};
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;

const BOOT: &str = include_str!("../worker/boot.py");
const FILES: [(&str, &str); 3] = [
    ("convert", include_str!("../worker/convert.py")),
    ("modules", include_str!("../worker/modules.py")),
    ("worker", include_str!("../worker/worker.py")),
];

/// How long a process may take until it is ready, and until it has imported the app's modules.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a process that has closed its socket may take to end.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all who deal with a process share.
pub struct Process {
    /// Counted from 1.
    pub number: u32,
    pid: Pid,
    /// Our end of the socket once more, to wake who reads from it.
    control: UnixStream,
    /// The module that was called last, for the log.
    module: Mutex<Arc<str>>,
    /// How the process ended, once it has.
    ended: watch::Receiver<Option<String>>,
}

impl Process {
    pub fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// How it ended, if it does so soon.
    pub async fn end(&self) -> Option<String> {
        let mut ended = self.ended.clone();
        let told = tokio::time::timeout(Duration::from_secs(5), ended.wait_for(Option::is_some)).await;
        told.ok()?.ok()?.clone()
    }

    /// Ends it, and what it has started, at once.
    pub fn kill(&self) {
        // The number is ours until the end has been told.
        if !self.has_ended() {
            let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        }
    }

    /// The module that output belongs to.
    pub fn module(&self) -> Arc<str> {
        self.module.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_module(&self, name: &str) {
        let mut module = self.module.lock().unwrap_or_else(PoisonError::into_inner);
        if &**module != name {
            *module = name.into();
        }
    }
}

/// A process that is ready for a call.
pub struct Worker {
    /// Absent while a call talks over it.
    pub socket: Option<UnixStream>,
    pub process: Arc<Process>,
    pub plan: Arc<Plan>,
    /// Of the last message to it.
    pub number: u32,
}

impl Worker {
    /// It is not to be used again: one process serves one call.
    pub fn is_spent(&self) -> bool {
        !self.plan.setup.settings.use_pool && self.number > 0
    }

    pub fn take_socket(&mut self) -> Option<UnixStream> {
        self.socket.take()
    }

    pub fn kill(self) {
        self.process.kill();
    }
}

/// Why a process did not become ready.
pub enum NotReady {
    /// It cannot be started at all.
    Never(String),
    /// It began, and ended.
    Ended(String),
    /// It began, and was killed: that says little of the next.
    Killed(String),
}

impl NotReady {
    /// `how` is what [`describe`] said.
    fn after(how: &str, why: String) -> NotReady {
        if how.starts_with(KILLED) { NotReady::Killed(why) } else { NotReady::Ended(why) }
    }
}

const KILLED: &str = "was killed";

/// Starts a process, and lets it import the app's modules. Runs on the supervisor's thread, whose end is the
/// process's end.
pub async fn launch(plan: &Arc<Plan>) -> Result<(Worker, String), NotReady> {
    let (worker, child) = spawn(plan).map_err(NotReady::Never)?;
    let process = worker.process.clone();
    // From here on the process is watched: what goes wrong kills it, and its end is told by the watch.
    let ready = tokio::time::timeout(PATIENCE, greet(worker, plan)).await;
    let outcome = match ready {
        Ok(Ok(ready)) => Ok(ready),
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(format!("`{child}` was not ready within {} s", PATIENCE.as_secs())),
    };
    match outcome {
        Ok((worker, version)) => {
            let worker = import_modules(worker, plan).await?;
            Ok((worker, version))
        }
        Err(problem) => {
            // A process that has ended says how; one that has not is ended.
            if tokio::time::timeout(FAREWELL, process.end()).await.is_err() {
                process.kill();
            }
            match process.end().await {
                Some(how) => Err(NotReady::after(&how, format!("`{child}` {how}"))),
                None => Err(NotReady::Ended(problem)),
            }
        }
    }
}

fn spawn(plan: &Arc<Plan>) -> Result<(Worker, String), String> {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let program = interpreter::find(&plan.setup);
    let shown = program.display().to_string();
    let failed = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => format!("no Python was found (`{shown}`): install Python 3.8 or later, or set PYTHON_PATH"),
        _ => format!("`{shown}` cannot be started: {e}"),
    };
    let (ours, theirs) = UnixStream::pair().map_err(failed)?;
    let mut command = Command::new(&program);
    command.args(["-X", "utf8", "-c", BOOT]).stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own: Ctrl-C in a terminal is for the server, and killing it kills what it has started.
    command.process_group(0).current_dir(&plan.setup.root).envs((plan.setup.environment)());
    let started = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    // The command holds the other end of the socket.
    drop(command);
    let pid = Pid::from_child(&child);
    let (tell, ended) = watch::channel(None);
    let prepared = (|| {
        ours.set_nonblocking(true)?;
        let control = ours.try_clone()?;
        let end = match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
            // Deprecated for types whose descriptor may change or close; an `OwnedFd` is not one of them.
            #[allow(deprecated)]
            Ok(pidfd) => Some(AsyncFd::with_interest(pidfd, Interest::READABLE)?),
            // Old kernels, and sandboxes that know no pidfd.
            Err(_) => None,
        };
        Ok((control, end))
    })();
    let (control, end) = match prepared {
        Ok(prepared) => prepared,
        Err(e) => {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(e));
        }
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let process = Arc::new(Process { number, pid, control, module: Mutex::new("".into()), ended });
    super::supervisor::process_started(&process);
    let outputs = [child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from)];
    for (fd, is_error) in outputs.into_iter().zip([false, true]) {
        if let Some(fd) = fd {
            tokio::spawn(output::read(fd, is_error, process.clone(), plan.setup.log));
        }
    }
    tokio::spawn(watch_end(child, end, process.clone(), plan.clone(), started, tell));
    Ok((Worker { socket: Some(ours), process, plan: plan.clone(), number: 0 }, shown))
}

/// How often a process is looked at where the kernel does not tell its end.
const POLL: Duration = Duration::from_millis(50);

/// Waits for the process's end, and tells it.
async fn watch_end(mut child: Child, end: Option<AsyncFd<OwnedFd>>, process: Arc<Process>, plan: Arc<Plan>, started: Instant, tell: watch::Sender<Option<String>>) {
    match end {
        Some(end) => drop(end.readable().await),
        None => {
            while matches!(child.try_wait(), Ok(None)) {
                tokio::time::sleep(POLL).await;
            }
        }
    }
    // What it has started and not waited for; the number is not reused before `wait`.
    let _ = rustix::process::kill_process_group(process.pid, Signal::KILL);
    let how = child.wait().map_or_else(|_| "ended".to_owned(), |status| describe(&status));
    tell.send_replace(Some(how));
    // Who reads is woken, even where a child of the process has the socket open.
    let _ = process.control.shutdown(Shutdown::Both);
    super::supervisor::process_ended(&process, &plan, started.elapsed());
}

/// `was killed by signal 11 (SIGSEGV)`.
fn describe(status: &ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => format!("{KILLED} by signal 9 (SIGKILL), as the system does when memory is short"),
        (Some(signal), _) => {
            let name = match signal {
                4 => " (SIGILL)",
                6 => " (SIGABRT)",
                7 => " (SIGBUS)",
                8 => " (SIGFPE)",
                11 => " (SIGSEGV)",
                15 => " (SIGTERM)",
                _ => "",
            };
            format!("{KILLED} by signal {signal}{name}")
        }
        (None, Some(code)) => format!("ended with exit code {code}"),
        (None, None) => "ended".to_owned(),
    }
}

/// Sends the process its program and the app's sources; its answer is Python's version.
async fn greet(worker: Worker, plan: &Plan) -> Result<(Worker, String), String> {
    let mut setup = String::from("{\"files\":[");
    for (i, (name, text)) in FILES.iter().enumerate() {
        setup.push_str(if i > 0 { ",[" } else { "[" });
        encode::text(&mut setup, name);
        setup.push(',');
        encode::text(&mut setup, text);
        setup.push(']');
    }
    setup.push_str("],\"sources\":[");
    for (i, source) in plan.setup.sources.iter().enumerate() {
        setup.push_str(if i > 0 { ",[" } else { "[" });
        for (j, text) in [source.module, source.path, source.source].into_iter().enumerate() {
            if j > 0 {
                setup.push(',');
            }
            encode::text(&mut setup, text);
        }
        setup.push(']');
    }
    setup.push_str(&format!("],\"parent\":{},\"tag\":\"{}\",\"root\":", std::process::id(), plan.tag));
    encode::text(&mut setup, &plan.setup.root.to_string_lossy());
    setup.push('}');
    let mut bytes = (setup.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(setup.as_bytes());
    let (worker, answer) = round_trip(worker, &bytes).await?;
    match answer.kind {
        frame::READY => Ok((worker, String::from_utf8_lossy(answer.text()).into_owned())),
        _ => Err("the process answered what no worker does".to_owned()),
    }
}

/// Imports all modules, so that no call pays for it. A process that does not survive it leaves word that the next shall not try.
async fn import_modules(mut worker: Worker, plan: &Arc<Plan>) -> Result<Worker, NotReady> {
    if !plan.preloads() || plan.setup.sources.is_empty() {
        return Ok(worker);
    }
    let mut message = Message::new();
    message.text.push_str("[[");
    for (i, source) in plan.setup.sources.iter().enumerate() {
        if i > 0 {
            message.text.push(',');
        }
        encode::text(&mut message.text, source.module);
    }
    let tells = !plan.has_told.swap(true, Ordering::Relaxed);
    message.text.push_str(if tells { "],true]" } else { "],false]" });
    worker.number = worker.number.wrapping_add(1);
    let process = worker.process.clone();
    let Some(bytes) = message.into_bytes(worker.number, frame::LOAD) else { return Ok(worker) };
    let outcome = tokio::time::timeout(PATIENCE, round_trip(worker, &bytes)).await;
    match outcome {
        Ok(Ok((mut worker, _))) => {
            // A process for one call has had none yet.
            worker.number = 0;
            Ok(worker)
        }
        Ok(Err(_)) | Err(_) => {
            plan.preloads.store(false, Ordering::Relaxed);
            process.kill();
            let how = process.end().await.unwrap_or_default();
            Err(NotReady::Killed(format!("a worker {how} while it imported the app's modules; from now on each is imported when it is called first")))
        }
    }
}

async fn round_trip(mut worker: Worker, bytes: &[u8]) -> Result<(Worker, Received), String> {
    let socket = worker.take_socket().ok_or("the process has no connection")?;
    let stream = tokio::net::UnixStream::from_std(socket).map_err(|e| e.to_string())?;
    let answer = crate::exchange::converse(&stream, bytes, 0).await.map_err(|broken| broken.to_string())?;
    worker.socket = Some(stream.into_std().map_err(|e| e.to_string())?);
    Ok((worker, answer))
}
