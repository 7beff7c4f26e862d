//! Build times, sizes, and how much Rust an app becomes.

use super::Report;
use crate::shell::{self, Outcome, command, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The compiler of this tree.
fn compiler() -> Result<PathBuf, String> {
    shell::run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("debug/puremixc"))
}

/// A build with the runtime of this tree, in the caller's home or the one that the end-to-end tests use.
fn build_command(puremixc: &Path, app: &Path, out: &Path) -> Command {
    let mut build = Command::new(puremixc);
    build.arg("build").arg(app).arg("--out").arg(out).current_dir(root()).env("PUREMIX_RUNTIME", root());
    if std::env::var_os("PUREMIX_HOME").is_none() {
        build.env("PUREMIX_HOME", root().join("target/e2e-home"));
    }
    build
}

/// Compiles a program of ours with the compiler built from this tree.
pub fn build_app(app: &str, out: &Path, flags: &[&str]) -> Outcome {
    let mut build = build_command(&compiler()?, &root().join(app), out);
    build.args(flags);
    shell::run(build)
}

/// The program to measure: the one that was named, or the app, built into a scratch directory.
pub fn given_or_built(given: Option<&Path>, app: &str, scratch: &Path, report: &mut Report) -> Result<PathBuf, String> {
    if let Some(binary) = given {
        return fs::canonicalize(binary).map_err(|e| format!("{}: {e}", binary.display()));
    }
    let out = scratch.join("app");
    build_app(app, &out, &[])?;
    report.line("profile: default (`build`: O3, no cross-crate LTO, incremental)");
    Ok(out)
}

/// Builds our apps with one profile and one `PUREMIX_HOME`.
pub struct Builder {
    puremixc: PathBuf,
    release: bool,
    /// A home of this run, so that the first build is a cold one; `None` uses the caller's.
    home: Option<PathBuf>,
    scratch: PathBuf,
}

impl Builder {
    /// Builds `puremixc` itself, which is not timed.
    pub fn new(scratch: &Path, release: bool, cold: bool) -> Result<Builder, String> {
        Ok(Builder { puremixc: compiler()?, release, home: cold.then(|| scratch.join("home")), scratch: scratch.to_owned() })
    }

    pub fn profile(&self) -> &'static str {
        if self.release { "release (`build --release`: O3, fat LTO, stripped)" } else { "default (`build`: O3, no cross-crate LTO, incremental)" }
    }

    fn app(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// Builds an app; the binary and the time.
    fn build(&self, app: &Path) -> Result<(PathBuf, Duration), String> {
        let out = app.with_extension("bin");
        let mut build = build_command(&self.puremixc, app, &out);
        if self.release {
            build.arg("--release");
        }
        if let Some(home) = &self.home {
            build.env("PUREMIX_HOME", home);
        }
        let began = Instant::now();
        let output = build.output().map_err(|e| format!("{}: {e}", self.puremixc.display()))?;
        if !output.status.success() {
            return Err(format!("{}\n{}", shell::show(&build), String::from_utf8_lossy(&output.stderr)));
        }
        Ok((out, began.elapsed()))
    }

    /// The measured app, built in a directory of its own so that no earlier build is found.
    pub fn first_app(&self, report: &mut Report) -> Result<PathBuf, String> {
        let app = self.app("first");
        copy(&root().join("tests/bench/app"), &app).map_err(|e| e.to_string())?;
        let (binary, took) = self.build(&app)?;
        if self.home.is_some() {
            report.line(format!("build, nothing built before (crates downloaded): {:.1} s", took.as_secs_f64()));
        }
        Ok(binary)
    }

    /// A second app, an edit of one line in it, and nothing changed.
    pub fn later_builds(&self, report: &mut Report) -> Outcome {
        let app = self.app("second");
        copy(&root().join("tests/bench/app"), &app).map_err(|e| e.to_string())?;
        let (_, second) = self.build(&app)?;
        let page = app.join("app/routes/list.puremix");
        let text = fs::read_to_string(&page).map_err(|e| e.to_string())?;
        fs::write(&page, text.replace("* 0.9", "* 0.8")).map_err(|e| e.to_string())?;
        let (_, edited) = self.build(&app)?;
        let (_, unchanged) = self.build(&app)?;
        report.line(format!(
            "build of a second app: {:.1} s; after an edit of one line: {:.1} s; nothing changed: {:.2} s",
            second.as_secs_f64(),
            edited.as_secs_f64(),
            unchanged.as_secs_f64()
        ));
        Ok(())
    }

    /// Sizes of the binary, and generated lines for each line of source.
    pub fn sizes(&self, binary: &Path, report: &mut Report) -> Outcome {
        let stripped = self.scratch.join("stripped");
        shell::run({
            let mut strip = Command::new("strip");
            strip.arg("-o").arg(&stripped).arg(binary);
            strip
        })?;
        let megabytes = |path: &Path| fs::metadata(path).map_or(0.0, |m| m.len() as f64 / 1e6);
        report.line(format!("binary: {:.1} MB, stripped {:.1} MB", megabytes(binary), megabytes(&stripped)));
        for (name, app) in [("this app", root().join("tests/bench/app")), ("examples/shop", root().join("examples/shop"))] {
            let output = Command::new(&self.puremixc).args(["emit", "--stage", "rust"]).arg(&app).output().map_err(|e| e.to_string())?;
            if !output.status.success() {
                return Err(format!("emit {name}: {}", String::from_utf8_lossy(&output.stderr)));
            }
            let generated = output.stdout.iter().filter(|b| **b == b'\n').count();
            let written = count_lines(&app.join("app")).map_err(|e| e.to_string())?;
            report.line(format!("generated Rust, {name}: {generated} lines from {written} ({:.1} a line)", generated as f64 / written.max(1) as f64));
        }
        Ok(())
    }
}

/// Lines with something on them in the sources of an app.
fn count_lines(directory: &Path) -> std::io::Result<usize> {
    let mut total = 0;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            total += count_lines(&path)?;
        } else if path.extension().is_some_and(|e| ["puremix", "js", "mjs", "ts", "py", "html", "pars"].iter().any(|x| e == *x)) {
            total += fs::read_to_string(&path)?.lines().filter(|l| !l.trim().is_empty()).count();
        }
    }
    Ok(total)
}

/// Copies a directory without what builds leave in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()? {
            kind if kind.is_dir() && entry.file_name() != ".puremix" && entry.file_name() != "node_modules" => copy(&entry.path(), &target)?,
            kind if kind.is_file() => {
                fs::copy(entry.path(), &target)?;
            }
            _ => {}
        }
    }
    Ok(())
}
