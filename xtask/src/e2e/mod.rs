//! `e2e`: the example apps as users build them, driven over HTTP.
//!
//! Every app is built by `puremixc` itself in one throw-away home (profile `ci`), so the runtime is compiled once; then its
//! checks run against the binary, started in an empty directory.

mod basil;
mod check;
mod shop;

use crate::shell::{self, Outcome, command, root};
use check::Checks;
use puremix_tests::{Server, TempDir};
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Only the apps whose name contains this
    filter: Option<String>,
    /// Build with the profile users get instead of the lightly optimised one
    #[arg(long)]
    optimised: bool,
}

/// An app and what must be true of it.
struct App {
    /// Below the repository.
    path: &'static str,
    env: &'static [(&'static str, &'static str)],
    checks: fn(&mut Checks, &mut Server),
}

const APPS: &[App] = &[
    App { path: "examples/shop", env: &[], checks: shop::check },
    App { path: "tests/run/basil", env: &[], checks: basil::check },
];

pub fn run(args: &Args) -> Outcome {
    let puremixc = build_puremixc()?;
    let mut failed = Vec::new();
    let (mut passed, mut apps) = (0, 0);
    for app in APPS.iter().filter(|app| args.filter.as_ref().is_none_or(|f| app.path.contains(f))) {
        let started = Instant::now();
        let out = TempDir::new("e2e");
        let binary = out.path().join("app");
        build_app(&puremixc, app, &binary, args.optimised)?;
        println!("{}: built in {} s", app.path, started.elapsed().as_secs());
        let directory = TempDir::new("e2e-cwd");
        let mut server = Server::start(&binary, directory.path(), app.env)?;
        let mut checks = Checks::new(app.path);
        (app.checks)(&mut checks, &mut server);
        checks.that("the server survived all of it", server.is_alive());
        if !checks.failed.is_empty() {
            println!("the server's latest lines:\n{}", server.output());
        }
        passed += checks.passed;
        apps += 1;
        failed.extend(checks.failed);
    }
    println!("end to end: {apps} apps");
    println!("{passed} passed, {} failed", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("{} checks failed", failed.len())) }
}

/// The compiler under test, built as a user's would be but quicker.
fn build_puremixc() -> Result<PathBuf, String> {
    shell::run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("debug/puremixc"))
}

fn build_app(puremixc: &Path, app: &App, out: &Path, optimised: bool) -> Outcome {
    let mut build = command(&puremixc.to_string_lossy(), &["build", app.path, "--out", &out.to_string_lossy()]);
    if !optimised {
        build.arg("--ci");
    }
    build.env("PUREMIX_RUNTIME", root());
    if std::env::var_os("PUREMIX_HOME").is_none() {
        build.env("PUREMIX_HOME", root().join("target/e2e-home"));
    }
    shell::run(build)
}
