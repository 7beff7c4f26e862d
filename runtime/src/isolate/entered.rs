//! Futures that run app code: each poll is an entry into the isolate, and what the entry's microtasks have made ready is taken up at once.

use super::event_loop::enter;
use puremix_value::Cx;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// So many turns follow each other before other tasks of the thread have theirs.
const TURNS: usize = 16;

/// The executor is told of a wake.
const TELLS: u8 = 0;
/// Microtasks run; the future is polled again when they have.
const DRAINS: u8 = 1;
/// As before, and one of them has woken the future.
const WOKEN: u8 = 2;

/// Wakes the executor's task, except while the entry's own microtasks run: most of what a page waits for (a statement of SQLite, a promise that is
/// settled) is ready by the end of them, and the way back through the executor would read the connection again and set a timer for the answer.
struct Turn {
    state: AtomicU8,
    task: Mutex<Waker>,
}

impl Turn {
    fn new(task: &Waker) -> Arc<Turn> {
        Arc::new(Turn { state: AtomicU8::new(TELLS), task: Mutex::new(task.clone()) })
    }

    /// The task may have another waker at each poll.
    fn belongs_to(&self, task: &Waker) {
        self.task.lock().unwrap_or_else(PoisonError::into_inner).clone_from(task);
    }
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.compare_exchange(DRAINS, WOKEN, Ordering::AcqRel, Ordering::Acquire) == Err(TELLS) {
            self.task.lock().unwrap_or_else(PoisonError::into_inner).wake_by_ref();
        }
    }
}

/// A turn and the waker made of it.
struct Bell {
    turn: Arc<Turn>,
    waker: Waker,
}

thread_local! {
    /// The bell of the last future that has ended: the next one is most often of the same connection, and needs no other.
    static LAST: Cell<Option<Bell>> = const { Cell::new(None) };
}

impl Bell {
    fn take(task: &Waker) -> Bell {
        LAST.take().unwrap_or_else(|| {
            let turn = Turn::new(task);
            Bell { waker: turn.clone().into(), turn }
        })
    }

    /// Kept for the next future, unless somebody may still wake this one.
    fn give_back(self) {
        if Arc::strong_count(&self.turn) == 2 {
            LAST.set(Some(self));
        }
    }
}

/// A future whose every poll is an entry. It is moved once, into its box: that of a request is some kilobytes.
pub fn entered<F: Future>(cx: Cx, future: F) -> impl Future<Output = F::Output> + use<F> {
    let mut future = Box::pin(future);
    let mut begun: Option<Bell> = None;
    std::future::poll_fn(move |context| {
        let Bell { turn, waker } = begun.get_or_insert_with(|| Bell::take(context.waker()));
        turn.belongs_to(context.waker());
        for _ in 0..TURNS {
            if let Poll::Ready(output) = enter(cx, || poll(future.as_mut(), turn, waker)) {
                turn.state.store(TELLS, Ordering::Release);
                if let Some(bell) = begun.take() {
                    bell.give_back();
                }
                return Poll::Ready(output);
            }
            if turn.state.swap(TELLS, Ordering::AcqRel) != WOKEN {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

fn poll<F: Future>(future: Pin<&mut F>, turn: &Turn, waker: &Waker) -> Poll<F::Output> {
    let outcome = future.poll(&mut Context::from_waker(waker));
    turn.state.store(DRAINS, Ordering::Release);
    outcome
}
