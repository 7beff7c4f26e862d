//! A connection whose other end must take what we write: with a pause at most, and then with a least rate. Who reads a byte now and then would
//! otherwise hold an answer in memory for as long as it likes. And it must send the heads of its later requests within the time that actix-http gives
//! to the first one only.

use crate::config::settings::Limits;
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// The connection. Nothing is measured while writes succeed at once, which is nearly always.
pub struct Paced {
    stream: TcpStream,
    patience: Duration,
    /// Bytes a second after the patience has ended.
    rate: u64,
    stall: Option<Stall>,
    progress: Rc<Progress>,
    head: Option<Head>,
    head_patience: Duration,
    /// Bytes so far.
    written: u64,
}

/// What the requests of a connection tell its reader.
#[derive(Default)]
pub struct Progress {
    /// Requests that began to be answered.
    begun: Cell<u64>,
    answering: Cell<u32>,
    /// Bytes that arrived after the latest beginning.
    received: Cell<u64>,
}

impl Progress {
    /// A request begins to be answered; until the guard is dropped, what arrives is its body.
    pub fn begin(this: &Rc<Progress>) -> Answering {
        this.begun.set(this.begun.get() + 1);
        this.answering.set(this.answering.get() + 1);
        this.received.set(0);
        Answering(this.clone())
    }
}

pub struct Answering(Rc<Progress>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.set(self.0.answering.get() - 1);
        self.0.received.set(0);
    }
}

/// A head that has begun to arrive.
struct Head {
    timer: Pin<Box<Sleep>>,
    /// Of [`Paced`], when the timer was set: while an answer is being sent, the head of the next request may be complete and waiting.
    written: u64,
    begun: u64,
}

/// Since the peer's window was first full.
struct Stall {
    start: Instant,
    written: u64,
    timer: Pin<Box<Sleep>>,
}

impl Paced {
    /// Timeouts of zero wait for ever.
    pub fn new(stream: TcpStream, limits: &Limits) -> Paced {
        Paced {
            stream,
            patience: limits.write_timeout,
            rate: (limits.body_rate as u64).max(1),
            stall: None,
            progress: Rc::default(),
            head: None,
            head_patience: limits.header_timeout,
            written: 0,
        }
    }

    pub fn progress(&self) -> Rc<Progress> {
        self.progress.clone()
    }

    /// Nothing has arrived for now. An error once the head of a request has begun and takes too long.
    fn wait_for_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = &self.progress;
        let (written, begun) = (self.written, progress.begun.get());
        if begun == 0 || progress.answering.get() > 0 || progress.received.get() == 0 || self.head_patience.is_zero() {
            self.head = None;
            return Poll::Pending;
        }
        let patience = self.head_patience;
        let head = match &mut self.head {
            Some(head) if head.written == written && head.begun == begun => head,
            other => other.insert(Head { timer: Box::pin(tokio::time::sleep(patience)), written, begun }),
        };
        ready!(head.timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the head of the request is too slow")))
    }

    fn judge(&mut self, outcome: Poll<io::Result<usize>>, wanted: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Ok(n)) if n < wanted => {
                self.written += n as u64;
                if let Some(stall) = &mut self.stall {
                    stall.written += n as u64;
                }
                Poll::Ready(Ok(n))
            }
            Poll::Ready(done) => {
                self.stall = None;
                self.written += done.as_ref().map_or(0, |n| *n as u64);
                Poll::Ready(done)
            }
            Poll::Pending if self.patience.is_zero() => Poll::Pending,
            Poll::Pending => {
                let patience = self.patience;
                let stall = self.stall.get_or_insert_with(|| {
                    let start = Instant::now();
                    Stall { start, written: 0, timer: Box::pin(tokio::time::sleep_until(start + patience)) }
                });
                let deadline = stall.start + patience + Duration::from_millis(stall.written.saturating_mul(1000) / self.rate);
                if stall.timer.deadline() != deadline {
                    stall.timer.as_mut().reset(deadline);
                }
                ready!(stall.timer.as_mut().poll(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
            }
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Pending => self.wait_for_head(cx),
            Poll::Ready(read) => {
                let received = &self.progress.received;
                received.set(received.get() + (buffer.filled().len() - before) as u64);
                Poll::Ready(read)
            }
        }
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(outcome, bytes.len(), cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.judge(outcome, slices.iter().map(|s| s.len()).sum(), cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
