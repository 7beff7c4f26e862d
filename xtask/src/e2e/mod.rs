//! `e2e`: the example apps as users build them, driven over HTTP.
//!
//! Every app is built by `puremixc` itself in one throw-away home (profile `ci`), so the runtime is compiled once; then its
//! checks run against the binary, started in an empty directory.

mod auth;
mod basil;
mod browser;
mod calls;
mod check;
mod deploy;
mod errors;
mod express;
mod express_diff;
mod guard;
mod hostile;
mod hostile_strings;
mod instances;
mod mongoose;
mod nginx;
mod guide;
mod guide_api;
mod islands;
mod looks;
mod names;
mod pages;
mod policy;
mod python;
mod shop;
mod uploads;

use crate::shell::{self, Outcome, command, root};
use check::Checks;
use puremix_tests::server::free_port;
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
    /// Only interpret the apps: no rustc, seconds instead of minutes
    #[arg(long)]
    interpreted: bool,
    /// Write screenshots of our own pages to docs/screenshots (with the filter `looks`)
    #[arg(long)]
    screenshots: bool,
}

/// An app and what must be true of it.
struct App {
    /// Below the repository.
    path: &'static str,
    /// Makes the app's directory where it is not checked in as a whole.
    generate: Option<fn() -> Result<TempDir, String>>,
    env: &'static [(&'static str, &'static str)],
    checks: fn(&mut Checks, &mut Server),
    /// Whether it is compiled without inference too: apps whose programs, not the server, are the point.
    boxed: bool,
}

const APPS: &[App] = &[
    App { path: "examples/shop", generate: None, env: &[], checks: shop::check, boxed: true },
    App { path: "tests/run/basil", generate: None, env: &[], checks: basil::check, boxed: true },
    App { path: "tests/run/names", generate: None, env: &[], checks: names::check, boxed: false },
    App { path: "tests/run/errors", generate: None, env: &[], checks: errors::check, boxed: false },
    App { path: "tests/run/express", generate: None, env: &[], checks: express::check, boxed: true },
    App { path: "tests/run/uploads", generate: None, env: &[], checks: uploads::check, boxed: false },
    App { path: "tests/run/guard", generate: None, env: &[], checks: guard::check, boxed: false },
    App { path: "tests/run/hostile", generate: None, env: &[], checks: hostile::check, boxed: false },
    ISLANDS,
    App { path: "tests/run/policy", generate: None, env: &[], checks: policy::check, boxed: false },
    App { path: "tests/run/pages", generate: None, env: &[], checks: pages::check, boxed: true },
    App { path: "tests/run/browser", generate: None, env: &[], checks: browser::check, boxed: false },
    App { path: "tests/run/guide-api", generate: Some(guide_api::generate), env: guide_api::ENV, checks: guide_api::check, boxed: false },
    App { path: "tests/run/guide", generate: Some(guide::generate), env: &[("NODE_ENV", "production")], checks: guide::check, boxed: true },
];

/// Opened in a browser only.
const HOSTILE_STRINGS: App = App { path: "tests/run/hostile-strings", generate: None, env: &[], checks: |_, _| {}, boxed: false };

const ISLANDS: App = App { path: "tests/run/islands", generate: Some(islands::generate), env: &[], checks: islands::check, boxed: false };

pub fn run(args: &Args) -> Outcome {
    let builder = Builder::new(args.optimised)?;
    let wanted = |name: &str| args.filter.as_ref().is_none_or(|f| name.contains(f));
    let mut failed = Vec::new();
    let mut passed = 0;
    let mut count = |checks: Checks| {
        println!("{}: {} passed, {} failed", checks.app, checks.passed, checks.failed.len());
        passed += checks.passed;
        failed.extend(checks.failed);
    };
    for app in APPS.iter().filter(|app| wanted(app.path)) {
        let modes: &[Mode] = match (args.interpreted, app.boxed) {
            (true, _) => &[Mode::Interpreted],
            (false, true) => &[Mode::Compiled, Mode::Uninferred, Mode::Interpreted],
            (false, false) => &[Mode::Compiled, Mode::Interpreted],
        };
        for &mode in modes {
            count(drive(app, mode, &builder)?);
        }
    }
    if wanted("guide-api") && !args.interpreted {
        let mut checks = Checks::new("guide-api with PostgreSQL and Redis");
        guide_api::check_servers(&mut checks, &builder)?;
        count(checks);
    }
    if wanted("guard") {
        let mut checks = Checks::new("guard's operation");
        guard::operation(&mut checks, &builder, &root().join("tests/run/guard"))?;
        count(checks);
    }
    if wanted("express-diff") {
        let mut checks = Checks::new("express-diff");
        express_diff::check(&mut checks, &builder, args.interpreted)?;
        count(checks);
    }
    if wanted("policy") {
        let mut checks = Checks::new("policies in a browser");
        policy::in_a_browser(&mut checks, &builder, APPS)?;
        count(checks);
    }
    if wanted("hostile-strings") {
        let mut checks = Checks::new("hostile strings in a browser");
        hostile_strings::in_a_browser(&mut checks, &builder, &HOSTILE_STRINGS)?;
        count(checks);
    }
    if wanted("islands") {
        let mut checks = Checks::new("islands in a browser");
        islands::in_a_browser(&mut checks, &builder, &ISLANDS)?;
        count(checks);
    }
    if wanted("looks") {
        let mut checks = Checks::new("looks");
        let pictures = root().join("docs/screenshots");
        looks::check(&mut checks, &builder, args.screenshots.then_some(pictures.as_path()))?;
        count(checks);
    }
    if wanted("nginx") {
        let mut checks = Checks::new("nginx");
        nginx::check(&mut checks, &builder)?;
        count(checks);
    }
    if wanted("auth") {
        let mut checks = Checks::new("auth");
        auth::check(&mut checks, &builder)?;
        count(checks);
    }
    if wanted("mongoose") {
        let mut checks = Checks::new("mongoose");
        mongoose::check(&mut checks, &builder, args.interpreted)?;
        checks.app = "mongoose".to_owned();
        count(checks);
    }
    if wanted("python") {
        let mut checks = Checks::new("python");
        python::check(&mut checks, &builder, args.interpreted)?;
        checks.app = "python".to_owned();
        count(checks);
    }
    if wanted("deploy") {
        let mut checks = Checks::new("deploy");
        deploy::check(&mut checks, &builder)?;
        count(checks);
    }
    println!("{passed} passed, {} failed", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("{} checks failed", failed.len())) }
}

/// Both back ends must pass the same checks, and inference must change no result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Compiled,
    /// As compiled, with every value boxed.
    Uninferred,
    Interpreted,
}

/// An app that is served; ends when it is dropped.
struct Running {
    server: Server,
    source: PathBuf,
    _directories: [TempDir; 2],
}

/// Builds and starts an app; `generated` is its directory where it is not checked in.
fn serve(app: &App, generated: Option<&TempDir>, mode: Mode, builder: &Builder) -> Result<Running, String> {
    let started = Instant::now();
    let out = TempDir::new("e2e");
    let source = generated.map_or_else(|| root().join(app.path), |made| made.path().to_path_buf());
    let directory = TempDir::new("e2e-cwd");
    let server = match mode {
        Mode::Compiled | Mode::Uninferred => {
            let binary = out.path().join("app");
            let flags: &[&str] = if mode == Mode::Uninferred { &["--no-infer"] } else { &[] };
            builder.build_with(&source, &binary, flags)?;
            println!("{}: built in {} s", app.path, started.elapsed().as_secs());
            Server::start(&binary, directory.path(), app.env)?
        }
        Mode::Interpreted => {
            let port = free_port();
            let mut run = builder.command(&["run", "--interpret", &source.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
            run.current_dir(directory.path()).envs(app.env.iter().copied());
            Server::start_command(run, port)?
        }
    };
    Ok(Running { server, source, _directories: [out, directory] })
}

fn drive(app: &App, mode: Mode, builder: &Builder) -> Result<Checks, String> {
    let generated = app.generate.map(|generate| generate()).transpose()?;
    let mut running = serve(app, generated.as_ref(), mode, builder)?;
    let server = &mut running.server;
    let mut checks = Checks::new(match mode {
        Mode::Compiled => app.path.to_owned(),
        Mode::Uninferred => format!("{}, without inference", app.path),
        Mode::Interpreted => format!("{}, interpreted", app.path),
    });
    (app.checks)(&mut checks, server);
    checks.that("the server survived all of it", server.is_alive());
    if !checks.failed.is_empty() {
        println!("the server's latest lines:\n{}", server.output());
    }
    Ok(checks)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where the compiler under test keeps what it compiles, and the tests what they download.
pub fn home() -> PathBuf {
    std::env::var_os("PUREMIX_HOME").map_or_else(|| target().join("e2e-home"), PathBuf::from)
}

/// The compiler under test, with a home of its own and this work tree's runtime.
pub struct Builder {
    puremixc: PathBuf,
    home: PathBuf,
    optimised: bool,
}

impl Builder {
    fn new(optimised: bool) -> Result<Builder, String> {
        shell::run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
        Ok(Builder { puremixc: target().join("debug/puremixc"), home: home(), optimised })
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = command(&self.puremixc.to_string_lossy(), args);
        command.env("PUREMIX_RUNTIME", root()).env("PUREMIX_HOME", &self.home);
        command
    }

    /// `puremixc build`, lightly optimised unless users' profile was asked for.
    pub fn build(&self, app: &Path, out: &Path) -> Outcome {
        self.build_with(app, out, &[])
    }

    /// As [`Builder::build`], with more flags.
    fn build_with(&self, app: &Path, out: &Path, flags: &[&str]) -> Outcome {
        let mut build = self.command(&["build", &app.to_string_lossy(), "--out", &out.to_string_lossy()]);
        build.args(flags);
        if !self.optimised {
            build.arg("--ci");
        }
        shell::run(build)
    }

    /// What `puremixc` prints for these arguments.
    pub fn output(&self, args: &[&str]) -> Result<String, String> {
        let output = self.command(args).output().map_err(|e| e.to_string())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
