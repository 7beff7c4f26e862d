//! Functions that suspend: futures around the machine. Before it waits, a frame moves what it holds into the task's frame, where the
//! collector sees it.

use super::frame::{Frame, Stop, Walk};
use puremix_runtime::__rt as rt;
use puremix_value::{Cx, R, Thrown, Value};
use rt::Park;

/// The body of an async function.
pub async fn drive_async(cx: Cx, mut frame: Frame, task: rt::Frame) -> R {
    loop {
        match frame.run(cx, None)? {
            Stop::Return(value) => return Ok(value),
            stop => frame.wait(cx, stop, &task).await?,
        }
    }
}

/// The body of a generator. It begins to run when the first value is asked for.
pub fn drive_generator(cx: Cx, mut frame: Frame, y: rt::Yielder) -> impl Future<Output = R> {
    y.park(&mut frame);
    async move {
        y.unpark(&mut frame);
        loop {
            match frame.run(cx, None)? {
                Stop::Return(value) => return Ok(value),
                Stop::Yield { to, value, on_return } => {
                    y.park(&mut frame);
                    let resumed = y.yield_(value).await;
                    y.unpark(&mut frame);
                    frame.resume(cx, to, on_return, resumed)?;
                }
                Stop::YieldStar { to, value, on_return } => {
                    y.park(&mut frame);
                    let ended = rt::yield_star(cx, &y, value).await;
                    y.unpark(&mut frame);
                    frame.end_delegation(cx, to, on_return, ended)?;
                }
                Stop::Await { .. } | Stop::NextAwait { .. } | Stop::CloseAwait { .. } => panic!("bug in puremixc: a generator awaits"),
            }
        }
    }
}

/// The body of an async generator.
pub fn drive_async_generator(cx: Cx, mut frame: Frame, y: rt::AsyncYielder) -> impl Future<Output = R> {
    y.park(&mut frame);
    async move {
        y.unpark(&mut frame);
        loop {
            match frame.run(cx, None)? {
                Stop::Return(value) => return Ok(value),
                Stop::Yield { to, value, on_return } => {
                    y.park(&mut frame);
                    let resumed = y.yield_(value).await;
                    y.unpark(&mut frame);
                    match resumed {
                        Ok(resumed) => frame.resume(cx, to, on_return, resumed)?,
                        Err(thrown) => frame.unwind_here(cx, thrown)?,
                    }
                }
                Stop::YieldStar { to, value, on_return } => {
                    y.park(&mut frame);
                    let ended = rt::async_yield_star(cx, &y, value).await;
                    y.unpark(&mut frame);
                    frame.end_delegation(cx, to, on_return, ended)?;
                }
                stop => frame.wait(cx, stop, &y).await?,
            }
        }
    }
}

/// Where a waiting body leaves what it holds.
trait Resting {
    fn put(&self, frame: &mut Frame);
    fn take(&self, frame: &mut Frame);
}

impl Resting for rt::Frame {
    fn put(&self, frame: &mut Frame) {
        self.park(frame);
    }
    fn take(&self, frame: &mut Frame) {
        self.unpark(frame);
    }
}

impl Resting for rt::AsyncYielder {
    fn put(&self, frame: &mut Frame) {
        self.park(frame);
    }
    fn take(&self, frame: &mut Frame) {
        self.unpark(frame);
    }
}

impl Park for Frame {
    fn park(&mut self, task: &rt::Frame) {
        task.save(&mut self.registers.iter_mut().collect::<Vec<_>>());
        for walk in &mut self.walks {
            match walk {
                Walk::None => {}
                Walk::Of(cursor) => task.park(cursor),
                Walk::Await(cursor) => task.park(cursor),
                Walk::In(object, _) => task.save(&mut [object]),
                Walk::Each(_) => panic!("bug in puremixc: a template waits"),
            }
        }
    }

    fn unpark(&mut self, task: &rt::Frame) {
        for walk in self.walks.iter_mut().rev() {
            match walk {
                Walk::None | Walk::Each(_) => {}
                Walk::Of(cursor) => task.unpark(cursor),
                Walk::Await(cursor) => task.unpark(cursor),
                Walk::In(object, _) => task.restore(&mut [object]),
            }
        }
        task.restore(&mut self.registers.iter_mut().collect::<Vec<_>>());
    }
}

impl Frame {
    /// Waits for a value's promise.
    async fn wait_for(&mut self, cx: Cx, value: Value, task: &impl Resting) -> R {
        task.put(self);
        let settled = rt::await_(cx, value).await;
        task.take(self);
        settled
    }

    /// Waits for what the function awaits.
    async fn wait(&mut self, cx: Cx, stop: Stop, task: &impl Resting) -> R<()> {
        let waited = match stop {
            Stop::Await { to, value } => self.wait_for(cx, value, task).await.map(|value| self.set(to, value)),
            Stop::NextAwait { walk, to, done } => self.next_await(cx, walk, to, done, task).await,
            Stop::CloseAwait { walk } => self.close_await(cx, walk, task).await,
            Stop::Return(_) | Stop::Yield { .. } | Stop::YieldStar { .. } => panic!("bug in puremixc: this is no wait"),
        };
        waited.or_else(|thrown| self.unwind_here(cx, thrown))
    }

    fn cursor(&mut self, walk: u32) -> &mut rt::ForAwait {
        match &mut self.walks[walk as usize] {
            Walk::Await(cursor) => cursor,
            _ => panic!("bug in puremixc: the loop is not open"),
        }
    }

    /// A turn of `for await`.
    async fn next_await(&mut self, cx: Cx, walk: u32, to: u32, done: u32, task: &impl Resting) -> R<()> {
        let asked = self.cursor(walk).ask(cx)?;
        let awaited = self.wait_for(cx, asked, task).await;
        match self.cursor(walk).answer(cx, awaited)? {
            Some(value) => self.set(to, value),
            None => self.pc = done,
        }
        Ok(())
    }

    async fn close_await(&mut self, cx: Cx, walk: u32, task: &impl Resting) -> R<()> {
        let asked = self.cursor(walk).close(cx)?;
        self.walks[walk as usize] = Walk::None;
        match asked {
            Some(asked) => self.wait_for(cx, asked, task).await.map(drop),
            None => Ok(()),
        }
    }

    fn resume(&mut self, cx: Cx, to: u32, on_return: u32, how: rt::Resume) -> R<()> {
        match how {
            rt::Resume::Next(value) => self.set(to, value),
            rt::Resume::Return(value) => {
                self.set(to, value);
                self.pc = on_return;
            }
            rt::Resume::Throw(value) => {
                let thrown = rt::throw(cx, value);
                return self.unwind_here(cx, thrown);
            }
        }
        Ok(())
    }

    fn end_delegation(&mut self, cx: Cx, to: u32, on_return: u32, ended: R<rt::Delegated>) -> R<()> {
        match ended {
            Ok(rt::Delegated::Done(value)) => self.set(to, value),
            Ok(rt::Delegated::Return(value)) => {
                self.set(to, value);
                self.pc = on_return;
            }
            Err(thrown) => return self.unwind_here(cx, thrown),
        }
        Ok(())
    }

    /// An exception arrives at the operation that suspended.
    fn unwind_here(&mut self, cx: Cx, thrown: Thrown) -> R<()> {
        let place = self.function().places[self.pc as usize - 1];
        match rt::at::<()>(cx, place, Err(thrown)) {
            Ok(()) => Ok(()),
            Err(thrown) => self.unwind(cx, thrown),
        }
    }
}
