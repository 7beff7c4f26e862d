//! Signals for listeners of `process`.

use super::{event_loop, report};
use crate::sys;
use puremix_value::Cx;
use std::cell::RefCell;
use tokio::signal::unix::{SignalKind, signal};

thread_local! {
    /// Signals that this isolate watches.
    static WATCHED: RefCell<Vec<i32>> = const { RefCell::new(Vec::new()) };
}

/// Tells `process` of a signal from now on. Without listeners left, the signal ends a script as it would have by itself; a server is
/// ended by its own watching.
pub fn watch(cx: Cx, name: &str) {
    let Some(number) = sys::signals::number(name) else { return };
    if WATCHED.with_borrow(|list| list.contains(&number)) {
        return;
    }
    // SIGKILL and SIGSTOP cannot be watched; Node refuses them too.
    let Ok(mut coming) = signal(SignalKind::from_raw(number)) else { return };
    WATCHED.with_borrow_mut(|list| list.push(number));
    let name = name.to_owned();
    tokio::task::spawn_local(async move {
        while coming.recv().await.is_some() {
            let heard = event_loop::enter(cx, || puremix_node::signal(cx, &name, number));
            if !heard && report::ends_process_on_errors() {
                std::process::exit(128 + number);
            }
        }
    });
}
