//! `puremixc check --watch`: the diagnostics again at each save, of which only what changed is looked at again.

use super::report::Output;
use crate::dev::{Watcher, Workspace};
use puremix_diag::{Diagnostic, Severity, SourceMap};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

/// What the process ends with when the user ends it: the last check's exit code.
static LAST: AtomicU8 = AtomicU8::new(0);

pub fn run(app: &Path, output: Output) -> ExitCode {
    let mut workspace = match Workspace::open(app) {
        Ok(workspace) => workspace,
        Err(diagnostic) => return output.fail(&[diagnostic], &SourceMap::default()),
    };
    // Before anything is read, so that no save is missed.
    let mut watcher = match Watcher::start() {
        Ok(watcher) => watcher,
        Err(e) => return fail(&format!("cannot watch files: {e}")),
    };
    if let Err(e) = end_on_interrupt() {
        return fail(&format!("cannot listen for Ctrl-C: {e}"));
    }
    watcher.watch(&workspace.places());
    let mut is_first = true;
    loop {
        let started = Instant::now();
        let found = workspace.compile();
        if is_first || !found.is_unchanged {
            let failed = output.print(&found.diagnostics, &found.sources);
            LAST.store(u8::from(failed), Ordering::Relaxed);
            tell(&found.diagnostics, &found.changed, started.elapsed().as_millis(), is_first, output);
        }
        if let Some(edition) = found.edition {
            workspace.accept(&edition);
        }
        is_first = false;
        // What is new among the places may have changed unseen.
        if !watcher.watch(&workspace.places()) && !watcher.wait() {
            return fail("the watcher of files has ended");
        }
    }
}

/// A line that ends the check's output.
fn tell(diagnostics: &[Diagnostic], changed: &[String], ms: u128, is_first: bool, output: Output) {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = diagnostics.iter().filter(|d| d.severity == Severity::Warning).count();
    // The first check reads everything.
    let changed = if is_first { &[] } else { changed };
    if output.json {
        println!("{}", serde_json::json!({ "event": "checked", "errors": errors, "warnings": warnings, "changed": changed, "ms": ms as u64 }));
    } else {
        let what = if changed.is_empty() { String::new() } else { format!(": {}", changed.join(", ")) };
        let result = if errors == 0 { "no errors" } else { "errors" };
        output.say(format!("checked in {ms} ms, {result}{what}; waiting for changes"));
    }
}

/// Ctrl-C ends the process with the last exit code.
fn end_on_interrupt() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut interrupts = {
        let _context = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?
    };
    std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
        runtime.block_on(interrupts.recv());
        std::process::exit(i32::from(LAST.load(Ordering::Relaxed)));
    })?;
    Ok(())
}

fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
