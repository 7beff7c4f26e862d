//! What the embedding does for this crate: time, files, the process.

use puremix_value::{Cx, R, Value};
use std::any::Any;
use std::cell::OnceCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Why a file operation failed, in Node's terms.
#[derive(Clone, Debug)]
pub struct FileError {
    /// `ENOENT` …
    pub code: &'static str,
    /// `no such file or directory`
    pub message: String,
    /// The system's error number, negative as in Node.
    pub errno: i32,
    /// The system call that failed, where it is not the operation's usual one.
    pub call: Option<&'static str>,
}

/// What `stat` answers; times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileInfo {
    pub size: f64,
    pub mode: u32,
    pub modified: f64,
    pub changed: f64,
    pub created: f64,
    pub accessed: f64,
    pub device: f64,
    pub special_device: f64,
    pub inode: f64,
    pub links: f64,
    pub user: u32,
    pub group: u32,
    pub block_size: f64,
    pub blocks: f64,
}

/// What an entry of a directory is; the numbers are Node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Unknown = 0,
    File = 1,
    Directory = 2,
    Link = 3,
    Pipe = 4,
    Socket = 5,
    Character = 6,
    Block = 7,
}

/// What `node:os` answers.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    pub host_name: String,
    /// Model and MHz of each core.
    pub cores: Vec<(String, f64)>,
    /// Bytes.
    pub total_memory: f64,
    pub free_memory: f64,
    /// Over 1, 5 and 15 minutes.
    pub load: [f64; 3],
    /// Seconds since the machine started.
    pub uptime: f64,
    /// Of the kernel.
    pub release: String,
    pub version: String,
    pub user_name: String,
    pub home: String,
    pub shell: String,
}

/// Work for another thread, and its answer.
pub type FileWork = Box<dyn FnOnce() -> Result<FileAnswer, FileError> + Send>;

/// What file work can answer.
pub enum FileAnswer {
    Nothing,
    Bytes(Vec<u8>),
    /// Paths below a directory.
    Entries(Vec<(String, FileKind)>),
    Info(FileInfo),
    Text(String),
    /// Of an open file, or of bytes.
    Number(f64),
}

/// Work outside the isolate, and what makes a value of its outcome.
pub type Operation = Pin<Box<dyn Future<Output = Box<dyn Any>>>>;
pub type Finish = Box<dyn FnOnce(Cx, Box<dyn Any>) -> R>;

/// A promise for what `finish` makes of the outcome of an operation outside the isolate: a request, a query. The future runs on this
/// thread and must not touch values.
pub fn spawn<T: 'static>(cx: Cx, operation: impl Future<Output = T> + 'static, finish: impl FnOnce(Cx, T) -> R + 'static) -> R {
    let host = crate::support::host(cx)?;
    let operation: Operation = Box::pin(async move { Box::new(operation.await) as Box<dyn Any> });
    Ok(host.spawn(cx, operation, Box::new(move |cx, outcome| match outcome.downcast::<T>() {
        Ok(outcome) => finish(cx, *outcome),
        Err(_) => Err(cx.throw_error(puremix_value::ErrorKind::Error, "an operation answered what it does not")),
    })))
}

/// The embedding. Every method may be called on the isolate's thread only.
pub trait Host {
    /// `setTimeout` and `setInterval`: calls `function` on `this`; the number names the timer.
    fn set_timer(&self, function: Value, this: Value, args: Vec<Value>, ms: f64, repeats: bool) -> u32;
    fn clear_timer(&self, id: u32);
    /// Counts the delay from now again.
    fn refresh_timer(&self, id: u32);
    /// Whether the timer keeps a script running.
    fn keep_timer_alive(&self, id: u32, keeps: bool);
    fn is_timer_kept_alive(&self, id: u32) -> bool;
    /// Calls back after IO of this turn.
    fn set_immediate(&self, function: Value, args: Vec<Value>) -> u32;
    fn clear_immediate(&self, id: u32);
    /// Runs file work on another thread; the promise gets what `finish` makes of the answer on this one.
    fn spawn_file(&self, cx: Cx, work: FileWork, finish: Box<dyn FnOnce(Cx, Result<FileAnswer, FileError>) -> R>) -> Value;
    /// Runs a future on this thread beside the isolate; it must not touch values. See [`spawn`].
    fn spawn(&self, cx: Cx, operation: Operation, finish: Finish) -> Value;
    /// Reads a file of the working directory, or one embedded under that path when there is none.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError>;
    /// Any other file operation, on this thread (the `…Sync` functions).
    fn file(&self, op: FileOp) -> Result<FileAnswer, FileError>;
    /// The same operation as work for another thread.
    fn file_work(&self, op: FileOp) -> FileWork;
    /// The environment the app sees: the process's and the `.env` files'.
    fn environment(&self) -> Vec<(String, String)>;
    fn working_directory(&self) -> String;
    /// Command line, the program first.
    fn arguments(&self) -> Vec<String>;
    /// Seconds since the process started.
    fn uptime(&self) -> f64;
    /// Resident set size in bytes.
    fn memory(&self) -> f64;
    fn write_output(&self, text: &str, is_error: bool) {
        self.write_bytes(text.as_bytes(), is_error);
    }
    /// To standard output or standard error, at once.
    fn write_bytes(&self, bytes: &[u8], is_error: bool);
    /// Columns of the terminal that the descriptor is, if it is one.
    fn terminal_width(&self, is_error: bool) -> Option<u32>;
    /// The code with which the process ends when nothing else says so.
    fn set_exit_code(&self, code: i32);
    fn change_directory(&self, path: &str) -> Result<(), FileError>;
    /// Microseconds of processor time: the program's and the system's for it.
    fn cpu_times(&self) -> (f64, f64);
    /// User and group.
    fn user_ids(&self) -> (u32, u32);
    fn parent_id(&self) -> u32;
    /// Sends a signal by name or number; the error is a code, `UNKNOWN` for no signal at all.
    fn kill(&self, pid: i32, signal: &str) -> Result<(), &'static str>;
    /// From now on a signal is told to [`crate::signal`]. Names that are no signals are ignored.
    fn watch_signal(&self, cx: Cx, name: &str);
    /// What the operating system says of the machine.
    fn machine(&self) -> Machine;
    /// Ends the process after pending output.
    fn exit(&self, code: i32);
}

/// One file operation; paths are as the program gave them.
pub enum FileOp {
    Read(String),
    Write {
        path: String,
        bytes: Vec<u8>,
        append: bool,
        /// Fails when the file exists.
        exclusive: bool,
        /// Writes over an existing file's beginning.
        keep: bool,
        /// Of a new file.
        mode: Option<u32>,
    },
    Exists(String),
    /// With the bits of `R_OK`, `W_OK` and `X_OK`.
    Access(String, u32),
    /// Answers the first directory made, when `recursive`.
    MakeDir { path: String, recursive: bool },
    MakeTempDir(String),
    ReadDir { path: String, recursive: bool },
    ReadLink(String),
    RealPath(String),
    Stat { path: String, follow: bool },
    Remove { path: String, recursive: bool, force: bool },
    RemoveDir(String),
    Unlink(String),
    Rename(String, String),
    Copy { from: String, to: String, exclusive: bool },
    CopyTree { from: String, to: String, recursive: bool },
    Symlink { target: String, path: String },
    Truncate(String, u64),
    ChangeMode(String, u32),
    /// Seconds since 1970.
    SetTimes { path: String, accessed: f64, modified: f64 },
    /// Answers the number of the open file. `flags`: those of `open(2)`.
    Open { path: String, flags: u32, mode: u32 },
    Close(i32),
    /// At most so many bytes; none at the end. Without a position where the last one ended.
    ReadOpen { fd: i32, length: usize, position: Option<u64> },
    /// Answers how many were written, which may be fewer.
    WriteOpen { fd: i32, bytes: Vec<u8>, position: Option<u64> },
    StatOpen(i32),
    /// To the disk.
    SyncOpen(i32),
}

thread_local! {
    static HOST: OnceCell<Rc<dyn Host>> = const { OnceCell::new() };
}

/// Gives this thread's isolate its host; the first call counts.
pub fn set_host(host: Rc<dyn Host>) {
    HOST.with(|slot| {
        // A second host for the same thread would leave timers of the first behind.
        let _ = slot.set(host);
    });
}

/// This thread's host. `None` before [`set_host`].
pub fn host() -> Option<Rc<dyn Host>> {
    HOST.with(|slot| slot.get().cloned())
}
