//! Exceptions, `finally`, and what `yield*` passes on.

use puremix_js::promise::{AsyncYielder, Frame, Park, Resume, Yielder};
use puremix_js::{self as js};
use puremix_value::{Cx, Key, R, Thrown, Value, well_known as wk};

/// An exception that passes here notes the place. Costs nothing where nothing is thrown.
#[inline(always)]
pub fn at<T>(cx: Cx, site: u32, result: R<T>) -> R<T> {
    match result {
        Ok(v) => Ok(v),
        Err(t) => {
            passes(cx, site);
            Err(t)
        }
    }
}

/// A message about an expression takes its text from the place.
#[cold]
#[inline(never)]
fn passes(cx: Cx, site: u32) {
    if cx.is_placed() {
        return;
    }
    js::errors::reword(cx, &crate::isolate::site_expression(site));
    js::pass(cx, site, js::Passes::Through);
}

/// `throw v` at a place.
#[cold]
pub fn throw_at(cx: Cx, site: u32, v: Value) -> Thrown {
    let thrown = cx.throw(v);
    js::pass(cx, site, js::Passes::Thrown);
    thrown
}

/// `f.call(this, ...args)` of the program.
#[inline]
pub fn call(cx: Cx, f: &Value, this: &Value, args: &[Value]) -> R {
    if f.is_callable() { js::call(cx, f, this, args) } else { Err(js::errors::throw_not_callable(cx, f)) }
}

/// `new F(…)`: an error made meanwhile learns the place.
pub fn construct_at(cx: Cx, site: u32, f: &Value, args: &[Value]) -> R {
    if !f.as_obj().is_some_and(puremix_value::Obj::is_constructor) {
        return at(cx, site, Err(js::errors::throw_about(cx, "", &js::errors::show(cx, f), " is not a constructor")));
    }
    let outer = cx.site();
    cx.at(site);
    let made = js::construct(cx, f, args);
    cx.at(outer);
    made
}

/// The exception behind a `Thrown`.
#[inline]
pub fn caught(cx: Cx, _: Thrown) -> Value {
    cx.take_exception()
}

/// How a block with `finally` was left.
pub enum Done<T> {
    Normal,
    Return(T),
    Throw(Value),
    /// Which of the jumps out of the block.
    Jump(usize),
}

impl<T> Done<T> {
    /// Left by an exception that still waits in the isolate, where iterators that close meanwhile can see it.
    pub fn pending(_: Thrown) -> Done<T> {
        Done::Throw(Value::Uninit)
    }
}

/// A `finally` may wait while it holds what comes after it.
impl Park for Done<Value> {
    fn park(&mut self, frame: &Frame) {
        if let Done::Return(v) | Done::Throw(v) = self {
            frame.save(&mut [v]);
        }
    }

    fn unpark(&mut self, frame: &Frame) {
        if let Done::Return(v) | Done::Throw(v) = self {
            frame.restore(&mut [v]);
        }
    }
}

/// Takes a pending exception out of the isolate before `finally` runs.
#[inline]
pub fn hold<T>(cx: Cx, done: Done<T>) -> Done<T> {
    match done {
        Done::Throw(_) => Done::Throw(cx.take_exception()),
        other => other,
    }
}

/// How a delegation ended.
pub enum Delegated {
    /// The inner iterator is exhausted; this is its value.
    Done(Value),
    /// The generator was told to return; the inner iterator has closed.
    Return(Value),
}

/// The inner iterator's answer to one resumption: its result object, or the end.
enum Step {
    Result(Value),
    Return(Value),
}

fn step(cx: Cx, iterator: &Value, next: &Value, resume: Resume) -> R<Step> {
    let method = |name| js::get_method(cx, iterator, &Key::Atom(name));
    match resume {
        Resume::Next(v) => Ok(Step::Result(js::call(cx, next, iterator, &[v])?)),
        Resume::Throw(v) => match method(wk::THROW)? {
            Some(f) => Ok(Step::Result(js::call(cx, &f, iterator, &[v])?)),
            None => {
                if let Some(f) = method(wk::RETURN)? {
                    js::call(cx, &f, iterator, &[])?;
                }
                Err(js::throw_type(cx, "The iterator does not provide a 'throw' method"))
            }
        },
        Resume::Return(v) => match method(wk::RETURN)? {
            Some(f) => Ok(Step::Result(js::call(cx, &f, iterator, &[v])?)),
            None => Ok(Step::Return(v)),
        },
    }
}

fn check_result(cx: Cx, result: &Value) -> R<bool> {
    if !result.is_object() {
        return Err(js::throw_type(cx, &format!("Iterator result {} is not an object", js::js_to_string(cx, result)?)));
    }
    Ok(js::js_truthy(&js::get(cx, result, wk::DONE, 0)?))
}

/// `yield* v` of a generator.
pub async fn yield_star(cx: Cx, y: &Yielder, v: Value) -> R<Delegated> {
    if v.is_nullish() {
        return Err(js::throw_not_iterable(cx, &v));
    }
    let f = js::get_value(cx, &v, &cx.symbol(puremix_value::WellKnownSymbol::Iterator).into())?;
    if !f.is_callable() {
        return Err(js::throw_not_iterable(cx, &v));
    }
    let mut iterator = js::call(cx, &f, &v, &[])?;
    // Nothing but the frame holds values from here on.
    drop((f, v));
    let mut next = js::get(cx, &iterator, wk::NEXT, 0)?;
    let mut resume = Resume::Next(Value::Undefined);
    loop {
        let returning = matches!(resume, Resume::Return(_));
        let result = match step(cx, &iterator, &next, resume)? {
            Step::Result(result) => result,
            Step::Return(v) => return Ok(Delegated::Return(v)),
        };
        if check_result(cx, &result)? {
            let value = js::get(cx, &result, wk::VALUE, 0)?;
            return Ok(if returning { Delegated::Return(value) } else { Delegated::Done(value) });
        }
        y.save(&mut [&mut iterator, &mut next]);
        resume = y.delegate(result).await;
        y.restore(&mut [&mut iterator, &mut next]);
    }
}

/// `yield* v` of an async generator. What the inner iterator answers is handed out as it is.
pub async fn async_yield_star(cx: Cx, y: &AsyncYielder, v: Value) -> R<Delegated> {
    let mut inner = super::iteration::for_await(cx, &v)?;
    drop(v);
    let mut resume = Resume::Next(Value::Undefined);
    loop {
        let returning = matches!(resume, Resume::Return(_));
        let answer = match step(cx, &inner.iterator, &inner.next, resume) {
            Ok(Step::Return(v)) => {
                drop(inner);
                return Ok(Delegated::Return(js::promise::await_(cx, v).await?));
            }
            Ok(Step::Result(result)) => Ok(result),
            Err(t) => Err(t),
        };
        let asked = inner.answered(cx, answer)?;
        y.park(&mut inner);
        let awaited = js::promise::await_(cx, asked).await;
        y.unpark(&mut inner);
        let (value, done) = inner.meaning(cx, awaited, true)?;
        if done {
            return Ok(if returning { Delegated::Return(value) } else { Delegated::Done(value) });
        }
        y.park(&mut inner);
        let resumed = y.hand_on(value).await;
        y.unpark(&mut inner);
        resume = resumed?;
    }
}

/// Runs a piece of a long template as a Rust function of its own.
#[inline(never)]
pub fn part(run: impl FnOnce() -> R<()>) -> R<()> {
    run()
}
