//! A connection that tells when its client has gone, also while nobody reads requests from it.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Whether the client has closed its side.
#[derive(Default)]
pub struct Gone {
    is: Cell<bool>,
    told: RefCell<Vec<Box<dyn FnOnce()>>>,
}

impl Gone {
    /// Calls this when the client goes; at once if it has gone.
    pub fn on_gone(&self, tell: impl FnOnce() + 'static) {
        if self.is.get() { tell() } else { self.told.borrow_mut().push(Box::new(tell)) }
    }

    /// Forgets who wanted to know: their request is answered.
    pub(super) fn forget(&self) {
        self.told.take();
    }

    fn note(&self) {
        if !self.is.replace(true) {
            for tell in self.told.take() {
                tell();
            }
        }
    }
}

/// The connection's socket.
pub struct Watched<T> {
    pub(super) io: T,
    pub(super) gone: Rc<Gone>,
}

impl<T> Watched<T> {
    pub(super) fn new(io: T) -> Watched<T> {
        Watched { io, gone: Rc::default() }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        let is_over = match &read {
            Poll::Ready(Ok(())) => buf.filled().len() == before && buf.remaining() > 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if is_over {
            self.gone.note();
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
