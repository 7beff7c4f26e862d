//! `tests/run/python`: the guide's Python blocks with their packages, and every other way to Python, on both back ends and while developing.

mod calls;
mod developing;
mod guide;
mod protocol;

use super::Builder;
use super::check::Checks;
use crate::e2e::guide::generate_app;
use puremix_tests::server::free_port;
use puremix_tests::{Server, TempDir, python};
use std::path::{Path, PathBuf};

/// How the app is started: as the binary, or by the interpreter.
struct Program<'a> {
    builder: &'a Builder,
    app: &'a Path,
    /// `None`: interpreted.
    binary: Option<PathBuf>,
}

impl Program<'_> {
    fn start(&self, directory: &TempDir, python: &str) -> Result<Server, String> {
        let env = [("PYTHON_PATH", python)];
        if let Some(binary) = &self.binary {
            return Server::start(binary, directory.path(), &env);
        }
        let port = free_port();
        let mut run = self.builder.command(&["run", "--interpret", &self.app.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        run.current_dir(directory.path()).envs(env);
        Server::start_command(run, port)
    }
}

pub fn check(checks: &mut Checks, builder: &Builder, interpreted: bool) -> Result<(), String> {
    let environment = python::environment(&builder.home)?;
    let app = generate_app("python")?;
    let out = TempDir::new("python");
    if !interpreted {
        let binary = out.path().join("app");
        let mut build = builder.command(&["build", &app.path().to_string_lossy(), "--out", &binary.to_string_lossy(), "--ci", "--docker"]);
        let told = build.output().map_err(|e| e.to_string())?;
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        report(checks, &told, &binary);
        let image = std::fs::read_to_string(app.path().join("Dockerfile")).unwrap_or_default();
        let list = format!("COPY {}.requirements.txt /requirements.txt\nRUN pip install --no-cache-dir -r /requirements.txt\nCOPY ", binary.display());
        checks.that("the image has CPython and the packages", image.contains("\nFROM python:3-slim\n") && image.contains(&list));
        if !binary.is_file() {
            return Err(told);
        }
        // Nothing but the binary is needed where it runs.
        let elsewhere = TempDir::new("python-binary");
        let moved = elsewhere.path().join("app");
        std::fs::rename(&binary, &moved).map_err(|e| e.to_string())?;
        checks.app = "python, compiled".to_owned();
        drive(checks, &Program { builder, app: app.path(), binary: Some(moved) }, &environment)?;
    }
    checks.app = "python, interpreted".to_owned();
    drive(checks, &Program { builder, app: app.path(), binary: None }, &environment)?;
    checks.app = "python, developing".to_owned();
    developing::check(checks, builder, app.path(), &environment)
}

/// What the build says of the app's Python.
fn report(checks: &mut Checks, told: &str, binary: &Path) {
    checks.app = "python, build".to_owned();
    for wanted in ["    app/services/analytics.py: calculate_metrics, forecast_sales\n", "    app/routes/inline.puremix: analyze_sales\n", "    app/routes/api/data.py: main\n", "    packages: numpy, pandas, scikit-learn\n"] {
        checks.record("the build lists functions and packages", if told.contains(wanted) { Ok(()) } else { Err(format!("{wanted:?} is not in\n{told}")) });
    }
    let list = std::fs::read_to_string(format!("{}.requirements.txt", binary.display())).unwrap_or_default();
    let packages: Vec<&str> = list.lines().filter_map(|line| line.split_once("  #")).map(|(name, _)| name).collect();
    checks.equal("the list of packages", packages, vec!["numpy", "pandas", "scikit-learn"]);
}

fn drive(checks: &mut Checks, program: &Program<'_>, environment: &Path) -> Result<(), String> {
    let directory = TempDir::new("python-cwd");
    let mut server = program.start(&directory, &environment.to_string_lossy())?;
    guide::check(checks, &server);
    calls::check(checks, &server);
    protocol::check(checks, &server);
    checks.that("the server survived all of it", server.is_alive());
    if !checks.failed.is_empty() {
        println!("the server's latest lines:\n{}", server.output());
    }
    drop(server);
    let server = program.start(&directory, "/nonexistent/python3")?;
    calls::check_without(checks, &server);
    Ok(())
}
