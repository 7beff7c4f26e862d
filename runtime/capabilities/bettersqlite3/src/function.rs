//! Functions of the program that SQL calls.

use crate::values::{from_sql, to_sql};
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, R, Thrown, Value};
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Error};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// What an aggregate is made of, as the program gave it.
#[derive(Clone, Default)]
pub struct Parts {
    /// What a group begins with; a function makes it.
    pub start: Value,
    pub step: Value,
    /// Takes a row out of a window again; undefined or null in aggregates that are no window functions.
    pub inverse: Value,
    /// Makes the answer of the total; without it the total is the answer.
    pub result: Value,
}

/// A function as this thread's isolate knows it. SQLite holds its number: values belong to one thread, and closures of SQLite may not.
#[derive(Clone)]
struct Known {
    cx: Cx,
    name: Rc<str>,
    /// `step` is the function, where it is no aggregate.
    parts: Parts,
    safe: bool,
}

thread_local! {
    static FUNCTIONS: RefCell<HashMap<u64, Known>> = RefCell::default();
    /// What the groups that are under way have come to, by number.
    static TOTALS: RefCell<HashMap<u64, Value>> = RefCell::default();
    static NEXT: Cell<u64> = const { Cell::new(0) };
    /// What a function threw, on its way through SQLite.
    static THROWN: RefCell<Option<Value>> = const { RefCell::new(None) };
}

fn number() -> u64 {
    NEXT.with(|next| {
        next.set(next.get() + 1);
        next.get()
    })
}

/// Makes a function known to SQL; its number, for [`forget`]. `arguments`: how many it takes; negative for any.
pub fn define(cx: Cx, connection: &Connection, name: &str, arguments: i32, flags: FunctionFlags, function: Value, safe: bool) -> Result<u64, Error> {
    let id = number();
    connection.create_scalar_function(name, arguments, flags, move |context| {
        let Known { cx, name, parts, safe } = known(id)?;
        let answer = || returned(cx, &name, &ops::call(cx, &parts.step, &Value::Undefined, &arguments_of(cx, context, safe)?)?);
        answer().map_err(|thrown| carry(cx, thrown))
    })?;
    let parts = Parts { step: function, ..Parts::default() };
    FUNCTIONS.with_borrow_mut(|all| all.insert(id, Known { cx, name: name.into(), parts, safe }));
    Ok(id)
}

/// Makes an aggregate known to SQL, or a window function when it has an `inverse`. Else as [`define`].
pub fn aggregate(cx: Cx, connection: &Connection, name: &str, arguments: i32, flags: FunctionFlags, parts: Parts, safe: bool) -> Result<u64, Error> {
    let id = number();
    if parts.inverse.is_nullish() {
        connection.create_aggregate_function(name, arguments, flags, Group(id))?;
    } else {
        connection.create_window_function(name, arguments, flags, Group(id))?;
    }
    FUNCTIONS.with_borrow_mut(|all| all.insert(id, Known { cx, name: name.into(), parts, safe }));
    Ok(id)
}

/// Lets go of a closed connection's function.
pub fn forget(id: u64) {
    FUNCTIONS.with_borrow_mut(|all| all.remove(&id));
}

/// What a function threw while the last statement ran, thrown again.
pub fn rethrow(cx: Cx) -> Option<Thrown> {
    THROWN.take().map(|value| cx.throw(value))
}

fn failed(why: &str) -> Error {
    Error::UserFunctionError(why.into())
}

fn known(id: u64) -> Result<Known, Error> {
    FUNCTIONS.with_borrow(|all| all.get(&id).cloned()).ok_or_else(|| failed("the function is gone"))
}

/// Puts by what was thrown: SQLite passes on no values.
fn carry(cx: Cx, Thrown: Thrown) -> Error {
    THROWN.set(Some(cx.take_exception()));
    failed("the function threw")
}

fn arguments_of(cx: Cx, context: &Context<'_>, safe: bool) -> R<Vec<Value>> {
    (0..context.len()).map(|i| from_sql(cx, context.get_raw(i), safe)).collect()
}

/// What a function answered, as SQL takes it.
fn returned(cx: Cx, name: &str, value: &Value) -> R<Sql> {
    match to_sql(cx, value) {
        Err(Thrown) => {
            // The package's own words, in place of those for parameters.
            drop(cx.take_exception());
            let (kind, what) = if matches!(value, Value::BigInt(_)) { (ErrorKind::Range, "a bigint that was too big") } else { (ErrorKind::Type, "an invalid value") };
            Err(cx.throw_error(kind, &format!("User-defined function {name}() returned {what}")))
        }
        answer => answer,
    }
}

/// An aggregate's number; its groups' states are numbers of totals.
struct Group(u64);

impl Group {
    /// The total, changed by `step` or `inverse` with the row's arguments; undefined leaves it.
    fn change(&self, context: &Context<'_>, total: u64, part: impl FnOnce(&Parts) -> &Value) -> Result<(), Error> {
        let Known { cx, parts, safe, .. } = known(self.0)?;
        let change = || {
            let mut arguments = vec![total_of(total)];
            arguments.extend(arguments_of(cx, context, safe)?);
            ops::call(cx, part(&parts), &Value::Undefined, &arguments)
        };
        let changed = change().map_err(|thrown| carry(cx, thrown))?;
        if !matches!(changed, Value::Undefined) {
            TOTALS.with_borrow_mut(|all| all.insert(total, changed));
        }
        Ok(())
    }

    fn begin(&self) -> Result<u64, Error> {
        let Known { cx, parts, .. } = known(self.0)?;
        let begun = match &parts.start {
            start if start.is_callable() => ops::call(cx, start, &Value::Undefined, &[]).map_err(|thrown| carry(cx, thrown))?,
            Value::Undefined => Value::Null,
            start => start.clone(),
        };
        let total = number();
        TOTALS.with_borrow_mut(|all| all.insert(total, begun));
        Ok(total)
    }

    fn answer(&self, total: Value) -> Result<Sql, Error> {
        let Known { cx, name, parts, .. } = known(self.0)?;
        let answer = || match &parts.result {
            result if result.is_nullish() => returned(cx, &name, &total),
            result => returned(cx, &name, &ops::call(cx, result, &Value::Undefined, std::slice::from_ref(&total))?),
        };
        answer().map_err(|thrown| carry(cx, thrown))
    }
}

fn total_of(total: u64) -> Value {
    TOTALS.with_borrow(|all| all.get(&total).cloned()).unwrap_or_default()
}

impl Aggregate<u64, Sql> for Group {
    fn init(&self, _: &mut Context<'_>) -> Result<u64, Error> {
        self.begin()
    }

    fn step(&self, context: &mut Context<'_>, total: &mut u64) -> Result<(), Error> {
        self.change(context, *total, |parts| &parts.step)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<u64>) -> Result<Sql, Error> {
        // A group without rows was never begun.
        let total = total.map_or_else(|| self.begin(), Ok)?;
        self.answer(TOTALS.with_borrow_mut(|all| all.remove(&total)).unwrap_or_default())
    }
}

impl WindowAggregate<u64, Sql> for Group {
    fn value(&self, total: Option<&mut u64>) -> Result<Sql, Error> {
        match total {
            Some(total) => self.answer(total_of(*total)),
            None => {
                let total = self.begin()?;
                self.answer(TOTALS.with_borrow_mut(|all| all.remove(&total)).unwrap_or_default())
            }
        }
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut u64) -> Result<(), Error> {
        self.change(context, *total, |parts| &parts.inverse)
    }
}
