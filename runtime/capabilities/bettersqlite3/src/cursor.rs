//! A statement whose rows are read one by one, while the program does other things.

use crate::statement::{Layout, Mode, bind, failed, prepare};
use puremix_value::{Args, Class, Cx, ErrorKind, Intrinsic, Obj, Payload, R, Value};
use rusqlite::{CachedStatement, Connection};
use self_cell::self_cell;
use std::cell::RefCell;
use std::rc::Rc;

self_cell!(
    /// A statement under way, and the connection it is of.
    struct Open {
        owner: Rc<Connection>,
        #[not_covariant]
        dependent: CachedStatement,
    }
);

struct Cursor {
    open: RefCell<Option<Open>>,
    layout: RefCell<Option<Layout>>,
    mode: Mode,
    safe: bool,
}

impl Payload for Cursor {}

impl Cursor {
    fn close(&self) {
        if let Some(mut open) = self.open.take() {
            // Rows that are dropped reset their statement, which goes back to the connection's others.
            open.with_dependent_mut(|_, statement| drop(statement.raw_query()));
        }
        drop(self.layout.take());
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.close();
    }
}

/// `iterate(…)`: a cursor before the first row.
pub fn open(cx: Cx, connection: Rc<Connection>, sql: &str, positional: &Value, named: &Value, mode: Mode, safe: bool) -> R {
    let open = Open::try_new(connection, |connection| {
        let mut statement = prepare(cx, connection, sql)?;
        bind(cx, &mut statement, positional, named)?;
        Ok(statement)
    })?;
    let cursor = Cursor { open: RefCell::new(Some(open)), layout: RefCell::default(), mode, safe };
    Ok(Obj::native(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Class::Other, cursor).into())
}

fn cursor<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Cursor> {
    let given = a.get(0).as_obj().and_then(|o| o.payload::<Cursor>());
    given.ok_or_else(|| cx.throw_error(ErrorKind::Type, "not a cursor"))
}

/// `step(cursor)`: the next row; undefined after the last.
pub fn step(cx: Cx, a: &Args<'_>) -> R {
    let cursor = cursor(cx, a)?;
    // A function of the program that the statement calls may ask for the next row of the same statement.
    let Ok(mut open) = cursor.open.try_borrow_mut() else {
        return Err(cx.throw_error(ErrorKind::Type, "This statement is busy executing a query"));
    };
    let Some(open) = open.as_mut() else { return Ok(Value::Undefined) };
    let row = open.with_dependent_mut(|_, statement| {
        let mut rows = statement.raw_query();
        let row = match rows.next().map_err(|e| failed(cx, e))? {
            None => None,
            Some(row) => {
                let mut layout = cursor.layout.borrow_mut();
                Some(layout.get_or_insert_with(|| Layout::of(cx, row.as_ref(), cursor.mode)).row(cx, row, cursor.safe)?)
            }
        };
        // Dropped, they would begin again. They hold nothing but the statement's place, and `close` resets it.
        std::mem::forget(rows);
        R::Ok(row)
    })?;
    Ok(row.unwrap_or_default())
}

/// `finish(cursor)`: no more rows.
pub fn finish(cx: Cx, a: &Args<'_>) -> R {
    let cursor = cursor(cx, a)?;
    if cursor.open.try_borrow_mut().is_ok() {
        cursor.close();
    }
    Ok(Value::Undefined)
}
