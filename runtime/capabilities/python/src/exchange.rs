//! One call's way to a worker and back, on the caller's own thread: no other thread is woken for it.

use crate::failure::Failure;
use crate::frame::{self, Received};
use crate::pool::{self, Lease, Plan, Taken};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixStream;

/// How long a worker whose socket is closed may take to end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long a call may wait for a worker at least: one may be starting, and importing what takes its time.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a conversation can break off.
#[derive(Debug)]
pub enum Broken {
    /// The worker has ended; `heard` says whether it may have read the message.
    Ended { heard: bool },
    /// It sent what is no message.
    Confused(String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Ended { .. } => f.write_str("the process ended"),
            Broken::Confused(what) => f.write_str(what),
        }
    }
}

/// A call that is to be made.
pub struct Call {
    /// The message, but for its number.
    pub bytes: Vec<u8>,
    /// Whose output the log names.
    pub module: String,
    pub plan: Arc<Plan>,
    began: Option<Begun>,
}

/// A worker that has got the beginning of the message, or all of it.
struct Begun {
    lease: Lease,
    number: u32,
    written: usize,
}

impl Call {
    pub fn new(bytes: Vec<u8>, module: String, plan: Arc<Plan>) -> Call {
        Call { bytes, module, plan, began: None }
    }

    /// Where a worker has nothing to do, it gets the message at once.
    pub fn begin(mut self) -> Result<Pending, Failure> {
        match pool::take()? {
            Taken::Ready(lease) => {
                self.began = Some(self.give(lease));
                Ok(Pending::Begun(self))
            }
            Taken::Waits(wait) => Ok(Pending::Waits(self, wait)),
        }
    }

    fn give(&mut self, mut lease: Lease) -> Begun {
        use io::Write as _;
        lease.is_busy = true;
        let worker = lease.worker();
        worker.process.set_module(&self.module);
        worker.number = worker.number.wrapping_add(1);
        let number = worker.number;
        self.bytes[..4].copy_from_slice(&number.to_le_bytes());
        // What cannot be written now, or not at all, is seen when the rest is.
        let written = worker.socket.as_ref().map_or(0, |mut socket| socket.write(&self.bytes).unwrap_or(0));
        Begun { lease, number, written }
    }

    /// The answer of the worker that has the message.
    async fn answer(&mut self) -> Result<Received, Failure> {
        let Some(Begun { mut lease, number, written }) = self.began.take() else { return Err(Failure::NeverBegan) };
        let process = lease.worker().process.clone();
        let limit = self.plan.limit();
        let outcome = match limit {
            Some(limit) => match tokio::time::timeout(limit, over(&mut lease, &self.bytes, written)).await {
                Ok(outcome) => outcome,
                // The lease ends the worker.
                Err(_) => return Err(Failure::Timeout(limit)),
            },
            None => over(&mut lease, &self.bytes, written).await,
        };
        match outcome {
            Ok(received) if received.number == number => {
                lease.is_busy = false;
                Ok(received)
            }
            Ok(_) => Err(Failure::Confused("it answered another call".to_owned())),
            Err(Broken::Ended { heard: false }) => Err(Failure::NeverBegan),
            Err(Broken::Ended { heard: true }) => {
                let by_itself = tokio::time::timeout(LAST_WORDS, process.end()).await.ok().flatten();
                // Where it has only closed its socket, the lease ends it.
                Err(Failure::Ended(by_itself.unwrap_or_else(|| "closed its connection".to_owned())))
            }
            Err(Broken::Confused(what)) => Err(Failure::Confused(what)),
        }
    }
}

/// A call under way.
pub enum Pending {
    Begun(Call),
    Waits(Call, tokio::sync::oneshot::Receiver<Result<Lease, Failure>>),
}

impl Pending {
    pub async fn finish(self) -> Result<Received, Failure> {
        let mut call = match self {
            Pending::Begun(call) => call,
            Pending::Waits(call, wait) => wait_for(call, wait).await?,
        };
        // A worker that ends between two calls leaves its call to another.
        for _ in 0..3 {
            match call.answer().await {
                Err(Failure::NeverBegan) => {}
                answer => return answer,
            }
            call = match call.begin()? {
                Pending::Begun(call) => call,
                Pending::Waits(call, wait) => wait_for(call, wait).await?,
            };
        }
        call.answer().await
    }
}

async fn wait_for(mut call: Call, wait: tokio::sync::oneshot::Receiver<Result<Lease, Failure>>) -> Result<Call, Failure> {
    let limit = call.plan.limit().map(|limit| limit.max(PATIENCE));
    let given = match limit {
        Some(limit) => tokio::time::timeout(limit, wait).await.map_err(|_| Failure::Waited(limit))?,
        None => wait.await,
    };
    let lease = given.unwrap_or(Err(Failure::Stopping))?;
    call.began = Some(call.give(lease));
    Ok(call)
}

/// Talks over a worker's socket, which is this thread's for as long.
async fn over(lease: &mut Lease, bytes: &[u8], written: usize) -> Result<Received, Broken> {
    let worker = lease.worker();
    let broken = |e: io::Error| Broken::Confused(e.to_string());
    let socket = worker.take_socket();
    let stream = UnixStream::from_std(socket.ok_or_else(|| Broken::Confused("its socket is gone".to_owned()))?).map_err(broken)?;
    let answer = converse(&stream, bytes, written).await?;
    worker.socket = Some(stream.into_std().map_err(broken)?);
    Ok(answer)
}

/// Writes the rest of a message and reads the answer.
pub async fn converse(stream: &UnixStream, bytes: &[u8], mut written: usize) -> Result<Received, Broken> {
    while written < bytes.len() {
        match stream.try_write(&bytes[written..]) {
            Ok(n) => written += n,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => stream.writable().await.map_err(|_| Broken::Ended { heard: true })?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Broken::Ended { heard: false }),
        }
    }
    let mut received: Vec<u8> = Vec::with_capacity(4096);
    let mut wanted = None;
    loop {
        stream.readable().await.map_err(|_| Broken::Ended { heard: true })?;
        if received.capacity() == received.len() {
            received.reserve(wanted.map_or(received.len(), |wanted: usize| wanted - received.len()));
        }
        match stream.try_read_buf(&mut received) {
            Ok(0) => return Err(Broken::Ended { heard: true }),
            Ok(_) => {}
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => continue,
            // The kernel says so where the worker has ended with our message unread.
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset && received.is_empty() => return Err(Broken::Ended { heard: false }),
            Err(_) => return Err(Broken::Ended { heard: true }),
        }
        if wanted.is_none() {
            wanted = frame::length(&received).map_err(Broken::Confused)?;
            if let Some(wanted) = wanted {
                received.reserve_exact(wanted.saturating_sub(received.len()));
            }
        }
        match wanted {
            Some(wanted) if received.len() == wanted => return frame::parse(received).ok_or_else(|| Broken::Confused("it sent what is no message".to_owned())),
            Some(wanted) if received.len() > wanted => return Err(Broken::Confused("it sent more than an answer".to_owned())),
            _ => {}
        }
    }
}

