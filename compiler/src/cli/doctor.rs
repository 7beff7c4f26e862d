//! `puremixc doctor`: is this machine ready to build?

use crate::cargo::home::size_of;
use crate::cargo::toolchain::{self, Check};
use crate::cargo::Home;
use std::path::Path;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Print the findings as one JSON object
    #[arg(long)]
    json: bool,
}

/// What the first build of the runtime needs below `$PUREMIX_HOME`.
const NEEDED_MB: u64 = 2_000;

pub fn run(args: Args) -> ExitCode {
    let mut checks = toolchain::checks();
    checks.extend([disk(), network(), python()]);
    let ready = checks.iter().all(|check| check.found.is_ok() || !check.required);
    if args.json {
        println!("{}", as_json(&checks, ready));
        return if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    for check in &checks {
        match &check.found {
            Ok(found) => println!("ok       {:<12} {found}", check.what),
            Err(why) => {
                let word = if check.required { "MISSING " } else { "optional" };
                println!("{word} {:<12} {why}\n         {:<12} {}", check.what, "", check.remedy);
            }
        }
    }
    let home = Home::locate();
    println!("cache    {} ({} MB)", home.dir.display(), size_of(&home.dir) / 1_000_000);
    if ready {
        println!("puremixc {} is ready to build", crate::VERSION);
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// `{"version", "ready", "home", "homeBytes", "checks": [{"what", "ok", "required", "found" | "problem", "remedy"}]}`.
fn as_json(checks: &[Check], ready: bool) -> serde_json::Value {
    let home = Home::locate();
    let checks: Vec<serde_json::Value> = checks
        .iter()
        .map(|check| match &check.found {
            Ok(found) => serde_json::json!({ "what": check.what, "ok": true, "required": check.required, "found": found }),
            Err(why) => {
                serde_json::json!({ "what": check.what, "ok": false, "required": check.required, "problem": why, "remedy": check.remedy })
            }
        })
        .collect();
    serde_json::json!({ "version": crate::VERSION, "ready": ready, "home": home.dir, "homeBytes": size_of(&home.dir), "checks": checks })
}

fn disk() -> Check {
    let home = Home::locate();
    let existing = home.dir.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("/")).to_path_buf();
    let found = free_mb(&existing).map_or_else(
        || Err(format!("cannot tell the free space of {}", existing.display())),
        |mb| {
            let text = format!("{mb} MB free at {}", existing.display());
            if mb >= NEEDED_MB { Ok(text) } else { Err(text) }
        },
    );
    Check {
        what: "disk",
        found,
        remedy: format!("building needs about {NEEDED_MB} MB; free some, or set PUREMIX_HOME to another disk"),
        required: true,
    }
}

/// From `df`, which every Linux has; the standard library cannot tell.
fn free_mb(path: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(path).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Only the first build of a version needs the network, so what matters is whether that has happened.
fn network() -> Check {
    let home = Home::locate();
    let found = if home.fetched_marker().is_file() {
        Ok("not needed: the runtime's dependencies are here".to_owned())
    } else {
        let status = Command::new("cargo").args(["info", "--quiet", "cfg-if"]).current_dir("/").output();
        match status {
            Ok(output) if output.status.success() => Ok("crates.io answers".to_owned()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned()),
            Err(e) => Err(e.to_string()),
        }
    };
    Check {
        what: "network",
        found,
        remedy: "the first build fetches the runtime's dependencies from crates.io; later ones need no network".to_owned(),
        required: false,
    }
}

fn python() -> Check {
    let output = Command::new("python3").arg("--version").output();
    let found = match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        _ => Err("`python3` is not on PATH".to_owned()),
    };
    Check { what: "Python", found, remedy: "only apps with Python code need it".to_owned(), required: false }
}
