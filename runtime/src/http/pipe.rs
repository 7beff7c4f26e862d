//! A body that server code writes while it is sent.

use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Bytes that may wait before [`Pipe::write`] says that the client does not keep up (Node's `writableHighWaterMark`).
pub const HIGH_WATER: usize = 16 * 1024;

/// What happens to a body under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// All that waited has been handed to the connection, after a write was told to wait.
    Drained,
    /// The whole body has been handed to the connection.
    Sent,
    /// The client is gone, or the body was broken off.
    Gone,
}

/// The writing side. Clones are the same pipe.
#[derive(Clone, Default)]
pub struct Pipe(Rc<State>);

#[derive(Default)]
struct State {
    pieces: RefCell<VecDeque<Bytes>>,
    waiting: Cell<usize>,
    length: Cell<Option<u64>>,
    end: Cell<End>,
    /// A write was told to wait.
    is_full: Cell<bool>,
    /// The client wants no body (HEAD): what is written counts as sent.
    is_discarded: Cell<bool>,
    reader: RefCell<Option<Waker>>,
    writer: RefCell<Option<Waker>>,
    listener: RefCell<Option<Listener>>,
}

type Listener = Rc<dyn Fn(Event)>;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    /// No more will be written.
    Written,
    /// The connection must close, so that the client sees that something is missing.
    Broken,
    /// Over: told to the listener.
    Told,
}

impl Pipe {
    /// Tells what happens from now on; after the last event the listener is dropped.
    pub fn listen(&self, listener: impl Fn(Event) + 'static) {
        self.0.listener.replace(Some(Rc::new(listener)));
    }

    /// The whole body's length, where its header says so.
    pub fn set_length(&self, length: u64) {
        self.0.length.set(Some(length));
    }

    pub fn length(&self) -> Option<u64> {
        self.0.length.get()
    }

    /// Adds a piece. False: the client does not keep up, wait for [`Event::Drained`].
    pub fn write(&self, piece: Vec<u8>) -> bool {
        let state = &self.0;
        if piece.is_empty() || state.end.get() != End::Open || state.is_discarded.get() {
            return true;
        }
        state.waiting.set(state.waiting.get() + piece.len());
        state.pieces.borrow_mut().push_back(piece.into());
        self.wake();
        let keeps_up = state.waiting.get() < HIGH_WATER;
        if !keeps_up {
            state.is_full.set(true);
        }
        keeps_up
    }

    /// Until all that waits is handed over, or nothing more will be.
    pub async fn drained(&self) {
        std::future::poll_fn(|context| {
            if self.waiting() == 0 || self.is_over() {
                return Poll::Ready(());
            }
            self.0.writer.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// Bytes that wait.
    pub fn waiting(&self) -> usize {
        self.0.waiting.get()
    }

    /// No more will be written.
    pub fn end(&self) {
        if self.0.end.get() != End::Open {
            return;
        }
        self.0.end.set(End::Written);
        self.wake();
        if self.0.is_discarded.get() {
            self.tell_last(Event::Sent);
        }
    }

    /// Breaks the body off.
    pub fn break_off(&self) {
        if matches!(self.0.end.get(), End::Open | End::Written) {
            self.0.end.set(End::Broken);
            self.0.pieces.take();
            self.0.waiting.set(0);
            self.wake();
            if let Some(writer) = self.0.writer.take() {
                writer.wake();
            }
        }
    }

    /// True once nothing written can reach the client.
    pub fn is_over(&self) -> bool {
        matches!(self.0.end.get(), End::Broken | End::Told)
    }

    /// True where the client wants no body.
    pub fn is_discarded(&self) -> bool {
        self.0.is_discarded.get()
    }

    /// The client wants no body.
    pub(super) fn discard(&self) {
        self.0.is_discarded.set(true);
        self.0.pieces.take();
        self.0.waiting.set(0);
        if self.0.end.get() == End::Written {
            self.tell_last(Event::Sent);
        }
    }

    pub(super) fn reader(&self) -> Reader {
        Reader(self.clone())
    }

    fn wake(&self) {
        if let Some(waker) = self.0.reader.take() {
            waker.wake();
        }
    }

    fn tell(&self, event: Event) {
        if let Some(writer) = self.0.writer.take() {
            writer.wake();
        }
        let listener = self.0.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(event);
        }
    }

    fn tell_last(&self, event: Event) {
        if self.0.end.replace(End::Told) != End::Told {
            self.tell(event);
        }
        self.0.listener.replace(None);
    }
}

impl std::fmt::Debug for Pipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pipe")
    }
}

/// The side that is sent. Dropped before the end: the client is gone.
pub struct Reader(Pipe);

impl Reader {
    pub(super) fn length(&self) -> Option<u64> {
        self.0.length()
    }

    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let state = &self.0.0;
        if state.end.get() == End::Broken {
            self.0.tell_last(Event::Gone);
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let piece = state.pieces.borrow_mut().pop_front();
        if let Some(piece) = piece {
            state.waiting.set(state.waiting.get() - piece.len());
            if state.waiting.get() == 0 && state.is_full.replace(false) {
                self.0.tell(Event::Drained);
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        if state.end.get() == End::Open {
            state.reader.replace(Some(cx.waker().clone()));
            return Poll::Pending;
        }
        self.0.tell_last(Event::Sent);
        Poll::Ready(None)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.0.pieces.take();
        self.0.tell_last(Event::Gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(pipe: &Pipe) -> Rc<RefCell<Vec<Event>>> {
        let events = Rc::new(RefCell::new(Vec::new()));
        let listened = events.clone();
        pipe.listen(move |event| listened.borrow_mut().push(event));
        events
    }

    fn next(reader: &Reader) -> String {
        match reader.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => "pending".into(),
            Poll::Ready(None) => "end".into(),
            Poll::Ready(Some(Ok(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            Poll::Ready(Some(Err(e))) => e.kind().to_string(),
        }
    }

    #[test]
    fn pieces_come_out_in_order_and_a_full_pipe_says_so() {
        let pipe = Pipe::default();
        let events = heard(&pipe);
        let reader = pipe.reader();
        assert_eq!(next(&reader), "pending");
        assert!(pipe.write(b"a".to_vec()));
        assert!(!pipe.write(vec![b'b'; HIGH_WATER]));
        assert_eq!(next(&reader), "a");
        assert_eq!(*events.borrow(), []);
        assert_eq!(next(&reader).len(), HIGH_WATER);
        assert_eq!(*events.borrow(), [Event::Drained]);
        pipe.end();
        assert_eq!(next(&reader), "end");
        drop(reader);
        assert_eq!(*events.borrow(), [Event::Drained, Event::Sent]);
    }

    #[test]
    fn a_client_that_goes_and_a_body_that_breaks_off_are_told_once() {
        let pipe = Pipe::default();
        let events = heard(&pipe);
        drop(pipe.reader());
        assert!(pipe.is_over() && pipe.write(b"x".to_vec()) && pipe.waiting() == 0);
        let broken = Pipe::default();
        let more = heard(&broken);
        let reader = broken.reader();
        broken.write(b"x".to_vec());
        broken.break_off();
        assert_eq!(next(&reader), "connection aborted");
        drop(reader);
        assert_eq!((events.borrow().as_slice(), more.borrow().as_slice()), (&[Event::Gone][..], &[Event::Gone][..]));
    }

    #[test]
    fn what_nobody_wants_is_sent_when_it_is_written() {
        let pipe = Pipe::default();
        let events = heard(&pipe);
        pipe.discard();
        assert!(pipe.write(vec![0; HIGH_WATER * 2]));
        pipe.end();
        assert_eq!(*events.borrow(), [Event::Sent]);
    }
}
