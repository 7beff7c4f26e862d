//! Running a chain: each function calls the next, as in Express' router.

use super::layers::{self, Layers};
use crate::csrf;
use crate::http::message::Reply;
use crate::lang;
use crate::page;
use crate::request::{self, Exchange, host};
use puremix_js::promise;
use puremix_value::{Args, Cx, HostObject, Intrinsic, Obj, R, Tracer, Value};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What stands behind the last function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All have called `next()`.
    Route,
    /// One has called `next('router')`, or an error function `next()`: no route is asked.
    Nothing,
}

/// Answers where the chain ends.
pub type Ending = Box<dyn FnOnce(End) -> Pin<Box<dyn Future<Output = Reply>>>>;

/// How the functions have ended.
enum Outcome {
    /// What stands behind them answers, and has begun to.
    Goes(Pin<Box<dyn Future<Output = Reply>>>),
    Answered(Reply),
    Failed(Value),
    /// Nothing stands behind them.
    Through,
}

/// One run through a chain.
struct Run {
    layers: Layers,
    /// The next to be called.
    at: Cell<usize>,
    exchange: Rc<Exchange>,
    request: RefCell<Value>,
    response: RefCell<Value>,
    /// Taken by whoever comes to the end first.
    ending: Cell<Option<Ending>>,
    outcome: RefCell<Option<Outcome>>,
    waker: RefCell<Option<Waker>>,
    /// A handler's list: the last one's value is an answer, and `next('route')` leaves it.
    is_list: bool,
    /// What the last handler of a list has returned, once it has.
    returned: RefCell<Option<Value>>,
}

/// `next`.
struct Next(Rc<Run>);

impl HostObject for Next {
    fn class_name(&self) -> &'static str {
        "Function"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        t.value(&self.0.request.borrow());
        t.value(&self.0.response.borrow());
    }

    fn clear(&self) {
        let (request, response) = (self.0.request.take(), self.0.response.take());
        drop((request, response));
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, cx: Cx, a: &Args<'_>) -> R {
        let run = &self.0;
        match a.get(0) {
            v if !lang::truthy(v) => step(cx, run, a.callee, None),
            Value::Str(s) if s.as_str() == "route" && run.is_list => finish(run, Outcome::Through),
            Value::Str(s) if s.as_str() == "route" => step(cx, run, a.callee, None),
            Value::Str(s) if s.as_str() == "router" => run.end(End::Nothing),
            error => step(cx, run, a.callee, Some(error.clone())),
        }
        Ok(Value::Undefined)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Run {
    fn new(layers: Layers, exchange: Rc<Exchange>, request: &Value, response: Value, ending: Option<Ending>) -> Rc<Run> {
        Rc::new(Run {
            layers,
            at: Cell::new(0),
            exchange,
            request: RefCell::new(request.clone()),
            response: RefCell::new(response),
            is_list: ending.is_none(),
            ending: Cell::new(ending),
            outcome: RefCell::new(None),
            waker: RefCell::new(None),
            returned: RefCell::new(None),
        })
    }

    /// Begins what stands behind the functions, at once: what a middleware does after `next()` comes after it, as in Express.
    fn end(&self, end: End) {
        if self.is_list {
            return finish(self, Outcome::Through);
        }
        let Some(ending) = self.ending.take() else { return };
        let mut future = ending(end);
        // Whoever waits for the chain polls it again, with a waker that counts.
        let outcome = match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(reply) => Outcome::Answered(reply),
            Poll::Pending => Outcome::Goes(future),
        };
        finish(self, outcome);
    }
}

fn finish(run: &Run, outcome: Outcome) {
    // A second call of `next` by the last function finds the route running.
    let first = run.outcome.borrow().is_none();
    if first {
        run.outcome.replace(Some(outcome));
    }
    if let Some(waker) = run.waker.take() {
        waker.wake();
    }
}

/// Calls the next function that is for this path and for errors, or not; errors that it throws go on.
fn step(cx: Cx, run: &Rc<Run>, next: &Obj, mut error: Option<Value>) {
    loop {
        let at = run.at.get();
        let Some(layer) = run.layers.get(at) else {
            request::mount(&run.request.borrow(), "");
            return match error {
                None => run.end(End::Route),
                Some(error) => finish(run, Outcome::Failed(error)),
            };
        };
        run.at.set(at + 1);
        if layer.takes_errors != error.is_some() || !layer.covers(run.exchange.parts.path()) {
            continue;
        }
        let (request, response) = (run.request.borrow().clone(), run.response.borrow().clone());
        // As in Express, a function at a path sees the rest of it until it calls `next`.
        request::mount(&request, &layer.mount);
        let next_value = Value::Obj(next.clone());
        let called = match error.take() {
            None => lang::call(cx, &layer.function, &Value::Undefined, &[request.clone(), response, next_value]),
            Some(error) => lang::call(cx, &layer.function, &Value::Undefined, &[error, request.clone(), response, next_value]),
        };
        match called {
            Err(_) => error = Some(cx.take_exception()),
            Ok(returned) => return settle(cx, run, next, at, returned),
        }
    }
}

/// A rejected promise is an error; of a list's last handler the value counts.
fn settle(cx: Cx, run: &Rc<Run>, next: &Obj, at: usize, returned: Value) {
    let is_last = run.is_list && at + 1 == run.layers.len();
    let Some(promise) = promise::as_promise(&returned) else {
        if is_last {
            run.returned.replace(Some(returned));
            finish_waiting(run);
        }
        return;
    };
    let run = run.clone();
    promise::on_settled_with(cx, promise, vec![Value::Obj(next.clone())], move |cx, held, outcome| match (outcome, held.first()) {
        (Err(error), Some(Value::Obj(next))) => step(cx, &run, next, Some(error)),
        (Ok(value), _) if is_last => {
            run.returned.replace(Some(value));
            finish_waiting(&run);
        }
        _ => {}
    });
}

fn finish_waiting(run: &Run) {
    if let Some(waker) = run.waker.take() {
        waker.wake();
    }
}

/// Runs the functions; ready when they have ended or one has begun to answer.
async fn run_through(cx: Cx, run: Rc<Run>, error: Option<Value>) -> Option<Outcome> {
    let next = Obj::host(cx, cx.try_intrinsic(Intrinsic::FunctionPrototype), Next(run.clone()));
    step(cx, &run, &next, error);
    drop(next);
    let outcome = std::future::poll_fn(|context| {
        if let Some(outcome) = run.outcome.take() {
            return Poll::Ready(Some(outcome));
        }
        if run.exchange.response.has_begun() || run.returned.borrow().is_some() {
            return Poll::Ready(None);
        }
        run.waker.replace(Some(context.waker().clone()));
        run.exchange.response.watch(context.waker());
        Poll::Pending
    });
    outcome.await
}

/// Answers a request with a chain and what stands behind it.
///
/// Routes ask themselves whether a request may change state. What middleware answers where no route would must be as safe.
pub async fn answer(cx: Cx, layers: Layers, exchange: Rc<Exchange>, has_route: bool, ending: Ending) -> Reply {
    let request = request::share_object(cx, &exchange);
    match request::prepare(cx, &request) {
        // The route answers a malformed body, and no middleware can read it.
        Ok(Err(_)) => return ending(End::Route).await,
        Ok(Ok(())) if has_route => {}
        Ok(Ok(())) => match page::may_change_state(cx, &exchange, &request) {
            Ok(true) => {}
            Ok(false) => return csrf::refusal(true, "made by another site, or no valid token"),
            Err(thrown) => return failed(cx, &exchange, &request, thrown).await,
        },
        Err(thrown) => return failed(cx, &exchange, &request, thrown).await,
    }
    let response = match lang::get(cx, &request, "res") {
        Ok(response) => response,
        Err(thrown) => return failed(cx, &exchange, &request, thrown).await,
    };
    let run = Run::new(layers, exchange.clone(), &request, response, Some(ending));
    let limit = host(cx).services.response_timeout();
    match page::within(limit, run_through(cx, run, None)).await {
        None => page::late(&exchange, limit, "middleware"),
        Some(Some(Outcome::Goes(future))) => future.await,
        Some(Some(Outcome::Answered(reply))) => reply,
        Some(Some(Outcome::Failed(error))) => {
            let thrown = cx.throw(error);
            failed(cx, &exchange, &request, thrown).await
        }
        Some(Some(Outcome::Through) | None) => request::take_reply(&exchange).unwrap_or_else(|| Reply::status(204)),
    }
}

/// The answer to the exception that waits in the isolate, after the chain's error functions have had it.
async fn failed(cx: Cx, exchange: &Rc<Exchange>, request: &Value, _: puremix_value::Thrown) -> Reply {
    if exchange.is_api() { page::api_failure(cx, exchange) } else { page::error_reply(cx, exchange, request).await }
}

/// Gives the exception that waits in the isolate to the chain's error functions. `None`: there is none, or it has handed on an error, which waits now.
pub async fn rescue(cx: Cx, exchange: &Rc<Exchange>, request: &Value) -> Option<Reply> {
    let error = cx.take_exception();
    let layers = match layers::of_app(cx) {
        Ok(Some(layers)) if layers.iter().any(|layer| layer.takes_errors) => layers,
        Ok(_) => {
            cx.throw(error);
            return None;
        }
        Err(_) => return None,
    };
    let Ok(response) = lang::get(cx, request, "res") else { return None };
    let behind = exchange.clone();
    let ending: Ending = Box::new(move |_| Box::pin(page::not_found(cx, behind)));
    let run = Run::new(layers, exchange.clone(), request, response, Some(ending));
    let limit = host(cx).services.response_timeout();
    match page::within(limit, run_through(cx, run, Some(error))).await {
        None => Some(page::late(exchange, limit, "error middleware")),
        Some(Some(Outcome::Goes(future))) => Some(future.await),
        Some(Some(Outcome::Answered(reply))) => Some(reply),
        Some(Some(Outcome::Failed(error))) => {
            cx.throw(error);
            None
        }
        Some(Some(Outcome::Through) | None) => request::take_reply(exchange),
    }
}

/// Runs the handlers of an API route that exports an array: what the last has returned; undefined when one has begun to answer. `None` when all have
/// called `next`.
pub async fn run_handlers(cx: Cx, list: &Value, exchange: &Rc<Exchange>, request: &Value, response: &Value) -> R<Option<Value>> {
    let run = Run::new(layers::of_list(cx, list)?, exchange.clone(), request, response.clone(), None);
    match run_through(cx, run.clone(), None).await {
        Some(Outcome::Failed(error)) => Err(cx.throw(error)),
        Some(_) => Ok(None),
        None => Ok(Some(run.returned.take().unwrap_or_default())),
    }
}
