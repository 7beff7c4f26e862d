//! `ci`: what `.ci/run` runs. Each stage has a budget; a stage that exceeds it fails, so that CI cannot become slow
//! without somebody deciding it.

use crate::shell::{self, Outcome, command};
use std::process::Command;
use std::time::{Duration, Instant};

struct Stage {
    name: &'static str,
    /// Minutes on two cores with an empty cache.
    budget: u64,
    command: fn() -> Command,
}

const STAGES: &[Stage] = &[
    Stage { name: "tests", budget: 30, command: || command("cargo", &["test", "--workspace", "--locked", "--no-fail-fast"]) },
    Stage { name: "tidy", budget: 1, command: || xtask(&["tidy"]) },
    Stage { name: "generated documentation", budget: 1, command: || xtask(&["codegen", "--check"]) },
    Stage { name: "the client runtime is fresh and small", budget: 1, command: || xtask(&["client", "--check"]) },
    Stage { name: "licences and sources of dependencies", budget: 1, command: deny },
    Stage { name: "advisories about dependencies", budget: 5, command: || xtask(&["advisories"]) },
    Stage { name: "fuzz (short)", budget: 4, command: || xtask(&["fuzz", "--inputs", "4000"]) },
    Stage { name: "abandon (short)", budget: 8, command: || xtask(&["abandon", "--count", "50000"]) },
    Stage { name: "crash (short)", budget: 3, command: || xtask(&["crash", "--short"]) },
    Stage { name: "clippy", budget: 8, command: clippy },
    Stage { name: "values of numpy and pandas", budget: 4, command: packages },
    Stage { name: "end to end", budget: 35, command: || xtask(&["e2e"]) },
    Stage { name: "saves in a real browser", budget: 3, command: browser },
    Stage { name: "soak (short)", budget: 5, command: || xtask(&["soak", "--short"]) },
    Stage { name: "faults of Python (short)", budget: 5, command: || xtask(&["soak", "--short", "--python"]) },
];

/// What clippy thinks is wrong fails; what it would write differently is for the author to decide.
fn clippy() -> Command {
    let deny = ["correctness", "suspicious", "perf", "undocumented_unsafe_blocks"].map(|group| format!("-Dclippy::{group}"));
    let mut args = vec!["clippy", "--workspace", "--locked", "--quiet", "--"];
    args.extend(deny.iter().map(String::as_str));
    // A diagnostic is large, and an error ends the work: boxing it would save nothing.
    args.extend(["-Aclippy::style", "-Aclippy::complexity", "-Aclippy::result_large_err"]);
    command("cargo", &args)
}

/// Runs where cargo-deny is installed; elsewhere it says so.
fn deny() -> Command {
    match Command::new("cargo-deny").arg("--version").output() {
        Ok(_) => command("cargo-deny", &["--offline", "--log-level", "error", "check", "licenses", "bans", "sources"]),
        Err(_) => command("echo", &["NOT CHECKED: cargo-deny is not installed"]),
    }
}

/// Runs where Chromium is installed, as `.ci/run` does; elsewhere it says so.
fn browser() -> Command {
    match Command::new("chromium").arg("--version").output() {
        Ok(_) => command("cargo", &["test", "--locked", "--quiet", "-p", "puremixc", "--test", "browser", "--", "--ignored"]),
        Err(_) => command("echo", &["NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)"]),
    }
}

/// The packages come from PyPI, into the virtualenv that the end-to-end tests use too.
fn packages() -> Command {
    match puremix_tests::python::environment(&crate::e2e::home()) {
        Ok(environment) => {
            let mut test = command("cargo", &["test", "--locked", "--quiet", "-p", "puremix-python", "--", "--ignored"]);
            test.env("PUREMIX_TEST_PYTHON", environment);
            test
        }
        Err(why) => command("sh", &["-c", "echo \"$0\" >&2; exit 1", &why]),
    }
}

/// This program again: it is built already.
fn xtask(args: &[&str]) -> Command {
    let program = std::env::current_exe().unwrap_or_else(|_| "cargo-xtask".into());
    command(&program.to_string_lossy(), args)
}

fn run_stage(stage: &Stage) -> (Duration, Outcome) {
    let started = Instant::now();
    let outcome = shell::run((stage.command)());
    let took = started.elapsed();
    let budget = Duration::from_secs(stage.budget * 60);
    let outcome = outcome.and_then(|()| {
        if took > budget { Err(format!("took {} s, its budget is {} s", took.as_secs(), budget.as_secs())) } else { Ok(()) }
    });
    (took, outcome)
}

pub fn run() -> Outcome {
    let mut failed = Vec::new();
    let mut table = Vec::new();
    for (i, stage) in STAGES.iter().enumerate() {
        println!("\n=== stage {} of {}: {}", i + 1, STAGES.len(), stage.name);
        let (took, outcome) = run_stage(stage);
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        table.push(format!("{word:<7}{:>5} s of {:>5} s  {}", took.as_secs(), stage.budget * 60, stage.name));
        if let Err(why) = outcome {
            failed.push(format!("{}: {why}", stage.name));
        }
    }
    println!("\n{}", table.join("\n"));
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}
