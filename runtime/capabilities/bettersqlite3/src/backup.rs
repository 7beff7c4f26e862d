//! Copies of a database while it is open.

use crate::values::throw;
use puremix_js::ops;
use puremix_node::capability::put_all;
use puremix_value::{Cx, ErrorKind, Obj, R, Value};
use rusqlite::backup::{Backup, Progress, StepResult};
use rusqlite::{Connection, Error, ffi};
use std::time::Duration;

/// Pages copied at a time, unless `progress` says another number.
const PAGES: i32 = 100;
/// How often a destination that another connection holds is tried again, every [`PAUSE`].
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Copies the database called `name` into a file; `{totalPages, remainingPages}`. `progress` (a function, or none) is told after each part, and answers how many pages the next one has.
pub fn backup(cx: Cx, connection: &Connection, name: &str, file: &str, progress: &Value) -> R {
    let mut to = Connection::open(file).map_err(|e| throw(cx, e))?;
    let copy = Backup::new_with_names(connection, name, &mut to, "main").map_err(|e| throw(cx, e))?;
    // The first part only counts the pages.
    let mut pages = 0;
    let mut tries = 0;
    loop {
        match copy.step(pages).map_err(|e| throw(cx, e))? {
            StepResult::Done => return Ok(shown(cx, &copy.progress())),
            StepResult::More => pages = if pages == 0 { PAGES } else { pages },
            _ => {
                tries += 1;
                if tries > TRIES {
                    return Err(throw(cx, Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), Some("database is locked".to_owned()))));
                }
                std::thread::sleep(PAUSE);
                continue;
            }
        }
        if progress.is_callable() {
            match ops::call(cx, progress, &Value::Undefined, &[shown(cx, &copy.progress())])? {
                Value::Undefined => {}
                // The copy is made in one go: one that stood still would stand still for ever.
                Value::Num(n) if !n.is_nan() => pages = n.round().clamp(1.0, f64::from(i32::MAX)) as i32,
                _ => return Err(cx.throw_error(ErrorKind::Type, "Expected progress callback to return a number or undefined")),
            }
        }
    }
}

fn shown(cx: Cx, progress: &Progress) -> Value {
    let o = Obj::plain(cx);
    put_all(cx, &o, [("totalPages", Value::Num(progress.pagecount.into())), ("remainingPages", Value::Num(progress.remaining.into()))]);
    o.into()
}
