//! Loops over iterables, spread, destructuring.

use puremix_js::promise::{Frame, Park};
use puremix_js::{self as js, Iter};
use puremix_value::{Class, Cx, Obj, Payload, R, Thrown, Tracer, Value, WellKnownSymbol, well_known as wk};
use std::cell::RefCell;

/// A running `for … of`. Dropped while an exception is on its way, it closes the iterator; `break` and `return` close it in so many words.
pub struct ForOf {
    cx: Cx,
    iter: Iter,
}

impl ForOf {
    #[inline]
    pub fn next(&mut self, cx: Cx) -> R<Option<Value>> {
        self.iter.next(cx)
    }

    pub fn close(&mut self, cx: Cx) -> R<()> {
        self.iter.close(cx)
    }

    /// A step of a destructuring pattern: the next element, undefined beyond the end.
    #[inline]
    pub fn iter_next(&mut self, cx: Cx) -> R {
        Ok(self.iter.next(cx)?.unwrap_or_default())
    }

    /// What a pattern's rest takes.
    pub fn iter_rest(&mut self, cx: Cx) -> R {
        Ok(js::array(cx, self.iter.rest(cx)?))
    }

    /// The end of a pattern.
    #[inline]
    pub fn iter_close(&mut self, cx: Cx) -> R<()> {
        self.iter.close(cx)
    }
}

impl Park for ForOf {
    fn park(&mut self, frame: &Frame) {
        frame.save_iter(std::mem::replace(&mut self.iter, Iter::DONE));
    }

    fn unpark(&mut self, frame: &Frame) {
        self.iter = frame.restore_iter();
    }
}

impl Drop for ForOf {
    #[inline]
    fn drop(&mut self) {
        if self.cx.has_exception() {
            self.iter.close_throwing(self.cx, Thrown);
        }
    }
}

#[inline]
pub fn for_of(cx: Cx, v: &Value) -> R<ForOf> {
    Ok(ForOf { cx, iter: iter(cx, v)? })
}

/// Iterates an expression's value: the message for what is not iterable names the expression.
#[inline]
fn iter(cx: Cx, v: &Value) -> R<Iter> {
    js::iter(cx, v).map_err(|t| about_iterable(cx, v, t, " is not iterable"))
}

#[cold]
fn about_iterable(cx: Cx, v: &Value, thrown: Thrown, after: &str) -> Thrown {
    if !has_iterator(cx, v) {
        js::errors::reword_as("", after);
    }
    thrown
}

/// Whether the value has the method that makes iterators. The exception that waits goes on waiting.
fn has_iterator(cx: Cx, v: &Value) -> bool {
    if v.is_nullish() {
        return false;
    }
    let exception = cx.take_exception();
    let found = js::get_value(cx, v, &cx.symbol(WellKnownSymbol::Iterator).into());
    if found.is_err() {
        cx.take_exception();
    }
    cx.throw(exception);
    found.is_ok_and(|f| f.is_callable())
}

/// A running `for await … of`, or an async `yield*`.
pub struct ForAwait {
    cx: Cx,
    pub(super) iterator: Value,
    pub(super) next: Value,
    done: bool,
    /// A plain iterator: its values are awaited here (§27.1.4, %AsyncFromSyncIterator%).
    is_sync: bool,
    /// The plain iterator's latest answer said that it was the last.
    is_last: bool,
}

pub fn for_await(cx: Cx, v: &Value) -> R<ForAwait> {
    let (f, is_sync) = match js::get_method(cx, v, &cx.symbol(WellKnownSymbol::AsyncIterator).into())? {
        Some(f) => (f, false),
        None => match js::get_method(cx, v, &cx.symbol(WellKnownSymbol::Iterator).into())? {
            Some(f) => (f, true),
            None => return Err(js::errors::throw_about(cx, "", &js::errors::describe(cx, v), " is not async iterable")),
        },
    };
    let iterator = js::call(cx, &f, v, &[])?;
    let next = js::get(cx, &iterator, wk::NEXT, 0)?;
    Ok(ForAwait { cx, iterator, next, done: false, is_sync, is_last: false })
}

/// A step of a `for await` is begun, awaited by the body itself (so that the iterator is in its frame meanwhile), and finished.
impl ForAwait {
    /// Asks for the next value: what to await.
    pub fn ask(&mut self, cx: Cx) -> R {
        let asked = js::call(cx, &self.next, &self.iterator, &[]);
        let asked = self.answered(cx, asked);
        self.done = asked.is_err();
        asked
    }

    /// What to await of an answer of the iterator. A plain one's is taken apart here: its value takes the turns that the iterator in
    /// between would.
    pub(super) fn answered(&mut self, cx: Cx, answer: R) -> R {
        if !self.is_sync {
            return answer;
        }
        let taken = answer.and_then(|result| {
            self.is_last = is_done(cx, &result)?;
            let value = js::get(cx, &result, wk::VALUE, 0)?;
            js::promise::promise_resolve(cx, value)
        });
        Ok(Value::Obj(match taken {
            Ok(value) => js::promise::following(cx, &value),
            Err(_) => js::promise::rejected(cx, cx.take_exception()),
        }))
    }

    /// What the awaited answer means: the next value, or `None` at the end.
    pub fn answer(&mut self, cx: Cx, awaited: R) -> R<Option<Value>> {
        let answered = self.meaning(cx, awaited, false).map(|(value, is_last)| (!is_last).then_some(value));
        self.done = !matches!(answered, Ok(Some(_)));
        answered
    }

    /// The value of an awaited answer, and whether it is the last. A loop does not look at the last one.
    pub(super) fn meaning(&mut self, cx: Cx, awaited: R, wants_last: bool) -> R<(Value, bool)> {
        let awaited = awaited?;
        if self.is_sync {
            return Ok((awaited, self.is_last));
        }
        let is_last = is_done(cx, &awaited)?;
        Ok((if is_last && !wants_last { Value::Undefined } else { js::get(cx, &awaited, wk::VALUE, 0)? }, is_last))
    }

    /// Ends the iteration early: what to await, if the iterator wants to know.
    pub fn close(&mut self, cx: Cx) -> R<Option<Value>> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        match js::get_method(cx, &self.iterator, &wk::RETURN.into())? {
            Some(f) => {
                let answer = js::call(cx, &f, &self.iterator, &[]);
                self.answered(cx, answer).map(Some)
            }
            // The iterator around a plain one always has `return`.
            None => Ok(self.is_sync.then_some(Value::Undefined)),
        }
    }
}

/// What a result object says.
fn is_done(cx: Cx, result: &Value) -> R<bool> {
    if !result.is_object() {
        return Err(js::throw_type(cx, &format!("Iterator result {} is not an object", js::errors::show(cx, result))));
    }
    Ok(js::js_truthy(&js::get(cx, result, wk::DONE, 0)?))
}

impl Park for ForAwait {
    fn park(&mut self, frame: &Frame) {
        frame.save(&mut [&mut self.iterator, &mut self.next]);
    }

    fn unpark(&mut self, frame: &Frame) {
        frame.restore(&mut [&mut self.iterator, &mut self.next]);
    }
}

impl Drop for ForAwait {
    /// An exception that leaves the loop is caught and closes the iterator there (`middle::spill`); this is for what no handler sees.
    fn drop(&mut self) {
        if self.done || !self.cx.has_exception() {
            return;
        }
        let exception = self.cx.take_exception();
        if let Ok(Some(f)) = js::get_method(self.cx, &self.iterator, &wk::RETURN.into()) {
            // Its own failure gives way to the exception.
            let _ = js::call(self.cx, &f, &self.iterator, &[]);
        }
        self.cx.throw(exception);
    }
}

/// The arguments of a call of which some are spread: they are counted while it runs.
pub fn spread_args(cx: Cx, values: Vec<Value>) -> R<puremix_value::SpreadArgs> {
    puremix_value::SpreadArgs::new(cx, values)
}

/// `...v` in an array literal, or before other arguments.
pub fn spread_into(cx: Cx, out: &mut Vec<Value>, v: &Value) -> R<()> {
    if let Some(s) = js::fast_array(cx, v).and_then(Obj::dense) {
        s.copy_into(out);
        return Ok(());
    }
    let mut iter = iter(cx, v)?;
    while let Some(item) = iter.next(cx)? {
        out.push(item);
    }
    Ok(())
}

/// `...v` as the last argument, for which V8 has words of its own.
pub fn spread_last(cx: Cx, out: &mut Vec<Value>, v: &Value) -> R<()> {
    if let Some(s) = js::fast_array(cx, v).and_then(Obj::dense) {
        s.copy_into(out);
        return Ok(());
    }
    if v.is_nullish() {
        let shown = js::errors::show(cx, v);
        return Err(js::errors::throw_about(cx, "", &shown, &format!(" is not iterable (cannot read property {shown})")));
    }
    let opened = js::iter(cx, v);
    if opened.is_err() && !has_iterator(cx, v) {
        cx.take_exception();
        return Err(js::throw_type(cx, "Spread syntax requires ...iterable[Symbol.iterator] to be a function"));
    }
    let mut iter = opened?;
    while let Some(item) = iter.next(cx)? {
        out.push(item);
    }
    Ok(())
}

/// An iterator in a variable of generated code (array destructuring).
struct Opened(RefCell<Option<Iter>>);

impl Payload for Opened {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(iter) = self.0.try_borrow()
            && let Some(iter) = &*iter
        {
            iter.trace(t);
        }
    }

    fn clear(&self) {
        drop(self.0.take());
    }
}

pub fn op_iter_open(cx: Cx, v: &Value) -> R {
    let opened = Opened(RefCell::new(Some(iter(cx, v)?)));
    Ok(Value::Obj(Obj::native(cx, None, Class::Other, opened)))
}

/// Runs `f` on the iterator; no borrow is held meanwhile.
fn with_iter<T>(v: &Value, f: impl FnOnce(&mut Iter) -> R<T>) -> R<Option<T>> {
    let Some(opened) = v.as_obj().and_then(|o| o.payload::<Opened>()) else { return Ok(None) };
    let taken = opened.0.take();
    let Some(mut iter) = taken else { return Ok(None) };
    let result = f(&mut iter);
    opened.0.replace(Some(iter));
    result.map(Some)
}

pub fn op_iter_next(cx: Cx, iterator: &Value) -> R {
    Ok(with_iter(iterator, |iter| iter.next(cx))?.flatten().unwrap_or(Value::Undefined))
}

pub fn op_iter_rest(cx: Cx, iterator: &Value) -> R {
    let rest = with_iter(iterator, |iter| iter.rest(cx))?.unwrap_or_default();
    Ok(js::array(cx, rest))
}

pub fn op_iter_close(cx: Cx, iterator: &Value) -> R {
    with_iter(iterator, |iter| iter.close(cx))?;
    Ok(Value::Undefined)
}
