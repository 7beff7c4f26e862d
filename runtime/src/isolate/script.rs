//! A program without routes: its modules run, then whatever they started, and the process ends, as under Node.

use super::{STACK, create, event_loop, report};
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
    report::end_process_on_errors();
    let mut running = create(app);
    tokio::task::spawn_local(event_loop::run(running.cx));
    match running.start().await {
        Ok(()) => {
            event_loop::idle().await;
            0
        }
        Err(error) => {
            eprintln!("Uncaught {error}");
            1
        }
    }
}
