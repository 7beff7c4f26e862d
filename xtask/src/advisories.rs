//! `advisories`: known vulnerabilities of the dependencies, by the RustSec database. Asks the network, for a bounded time; where cargo-deny or the
//! network is missing it says that nothing was checked.

use crate::shell::{Outcome, command, run, show};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What fetching the database may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn run_verb() -> Outcome {
    if Command::new("cargo-deny").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("NOT CHECKED: cargo-deny is not installed");
        return Ok(());
    }
    if let Err(why) = fetch(command("cargo-deny", &["--log-level", "error", "fetch", "db"])) {
        println!("NOT CHECKED: the advisory database could not be fetched ({why})");
        return Ok(());
    }
    // From here on nothing depends on the network, so a failure is a finding.
    run(command("cargo-deny", &["--offline", "--log-level", "error", "check", "advisories"]))
}

/// Runs to the end or for as long as we are patient.
fn fetch(mut command: Command) -> Outcome {
    let shown = show(&command);
    let mut child = command.env("GIT_TERMINAL_PROMPT", "0").spawn().map_err(|e| format!("{shown}: {e}"))?;
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(|e| format!("{shown}: {e}"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("{shown}: {status}")),
            None if started.elapsed() > PATIENCE => {
                // It may have ended meanwhile; either way it is gone afterwards.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{shown}: no end within {} s", PATIENCE.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}
