//! A program without routes: its modules run, then whatever they started, and the process ends, as under Node.

use super::{Failure, STACK, create, event_loop, report};
use crate::app::AppDef;

/// Runs to the end; the process's exit code.
pub fn run(app: &'static AppDef) -> i32 {
    let thread = std::thread::Builder::new().name("script".to_owned()).stack_size(STACK).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok::<i32, std::io::Error>(tokio::task::LocalSet::new().block_on(&runtime, run_modules(app)))
    });
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        Ok(Ok(Err(e))) | Err(e) => {
            eprintln!("cannot start: {e}");
            1
        }
        // The panic has been reported.
        Ok(Err(_)) => 101,
    }
}

async fn run_modules(app: &'static AppDef) -> i32 {
    /// Node's code for a top-level `await` that never ends.
    const UNSETTLED: i32 = 13;
    report::end_process_on_errors();
    let mut running = create(app);
    let cx = running.cx;
    tokio::task::spawn_local(event_loop::run(cx));
    match running.start().await {
        Ok(()) => {}
        // Listeners of `uncaughtException` may save the process; what was started then goes on.
        Err(Failure::Threw { error, .. }) => event_loop::enter(cx, || report::uncaught(cx, &error)),
        Err(Failure::Stuck { module }) => {
            eprintln!("Warning: Detected unsettled top-level await at {module}");
            return UNSETTLED;
        }
    }
    loop {
        event_loop::idle().await;
        // Listeners may start something new.
        event_loop::enter(cx, || puremix_node::before_exit(cx));
        if !event_loop::is_alive() {
            break;
        }
    }
    event_loop::enter(cx, || puremix_node::exit(cx))
}
