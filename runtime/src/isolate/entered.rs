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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;
    use puremix_js::promise;
    use puremix_value::{Isolate, Value};
    use std::sync::atomic::AtomicUsize;

    /// Counts how often the executor is told.
    #[derive(Default)]
    struct Told(AtomicUsize);

    impl Wake for Told {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn isolate() -> Cx {
        let cx = Isolate::new(&[], 1, 0);
        puremix_js::start(cx);
        cx
    }

    /// Polls once; the outcome, and how often the executor was told meanwhile.
    fn poll_once<F: Future>(future: Pin<&mut F>, told: &Arc<Told>) -> (Poll<F::Output>, usize) {
        let before = told.0.load(Ordering::Relaxed);
        let outcome = future.poll(&mut Context::from_waker(&told.clone().into()));
        (outcome, told.0.load(Ordering::Relaxed) - before)
    }

    #[test]
    fn what_microtasks_settle_is_taken_up_in_the_same_poll() {
        let cx = isolate();
        let promise = promise::new_promise(cx);
        let waited: Value = promise.clone().into();
        let mut future = std::pin::pin!(entered(cx, async move {
            let first = promise::fulfilled(cx, Value::Undefined);
            promise::on_settled(cx, &first, move |cx, _| promise::resolve(cx, &promise, Value::Num(7.0)));
            lang::wait(cx, &waited).await.is_ok_and(|v| matches!(v, Value::Num(7.0)))
        }));
        let (outcome, told) = poll_once(future.as_mut(), &Arc::default());
        assert_eq!(outcome, Poll::Ready(true));
        assert_eq!(told, 0);
    }

    #[test]
    fn what_settles_later_tells_the_executor() {
        let cx = isolate();
        let promise = promise::new_promise(cx);
        let waited: Value = promise.clone().into();
        let mut future = std::pin::pin!(entered(cx, async move { lang::wait(cx, &waited).await.is_ok() }));
        let told = Arc::default();
        assert_eq!(poll_once(future.as_mut(), &told), (Poll::Pending, 0));
        enter(cx, || promise::resolve(cx, &promise, Value::Null));
        assert_eq!(told.0.load(Ordering::Relaxed), 1);
        assert_eq!(poll_once(future.as_mut(), &told), (Poll::Ready(true), 0));
    }

    #[test]
    fn a_future_that_goes_on_for_ever_lets_others_run() {
        let cx = isolate();
        let polls = std::rc::Rc::new(Cell::new(0));
        let counted = polls.clone();
        let mut future = std::pin::pin!(entered(
            cx,
            std::future::poll_fn(move |context| {
                counted.set(counted.get() + 1);
                let waker = context.waker().clone();
                promise::enqueue_tick(move |_| waker.wake());
                Poll::<()>::Pending
            })
        ));
        assert_eq!(poll_once(future.as_mut(), &Arc::default()), (Poll::Pending, 1));
        assert_eq!(polls.get(), TURNS);
    }

    #[test]
    fn a_future_that_wakes_itself_yields() {
        let cx = isolate();
        let mut future = std::pin::pin!(entered(
            cx,
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                Poll::<()>::Pending
            })
        ));
        assert_eq!(poll_once(future.as_mut(), &Arc::default()), (Poll::Pending, 1));
    }
}
