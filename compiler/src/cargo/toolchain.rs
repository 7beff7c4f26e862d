//! What a build needs of the machine, and what to say when it is not there.

use super::skeleton::TARGET;
use puremix_diag::{Diagnostic, Severity, codes};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest rustc that compiles the runtime.
pub const MIN_RUSTC: (u32, u32) = (1, 95);

/// One line of `puremixc doctor`.
#[derive(Clone, Debug)]
pub struct Check {
    pub what: &'static str,
    /// What was found, or why it is not usable.
    pub found: Result<String, String>,
    /// What to do when it is missing.
    pub remedy: String,
    /// Without it no app can be built.
    pub required: bool,
}

/// The tools every build needs, cheapest first.
pub fn checks() -> Vec<Check> {
    vec![
        Check { what: "cargo", found: version("cargo", &["--version"]), remedy: rustup(), required: true },
        Check { what: "rustc", found: rustc(), remedy: rustup(), required: true },
        Check {
            what: "target",
            found: target(),
            remedy: format!("run `rustup target add {TARGET}`"),
            required: true,
        },
        Check {
            what: "C compiler",
            found: version("cc", &["--version"]),
            remedy: "install one: `apt-get install gcc libc6-dev` on Debian and Ubuntu".to_owned(),
            required: true,
        },
        Check {
            what: "static libc",
            found: static_libc(),
            remedy: "install it: `apt-get install libc6-dev` (Debian, Ubuntu), `dnf install glibc-static` (Fedora)".to_owned(),
            required: true,
        },
    ]
}

/// The missing tools as diagnostics. What several checks find for one reason is said once.
pub fn missing() -> Vec<Diagnostic> {
    let mut reasons = BTreeSet::new();
    checks()
        .into_iter()
        .filter_map(|check| {
            let why = check.found.err().filter(|why| reasons.insert(why.clone()))?;
            Some(
                Diagnostic::project(
                    codes::TOOLCHAIN_MISSING,
                    Severity::Error,
                    format!("building needs {}: {why}", check.what),
                )
                .help(check.remedy),
            )
        })
        .collect()
}

fn rustup() -> String {
    format!("install Rust {}.{} or newer from https://rustup.rs, or run `rustup update`", MIN_RUSTC.0, MIN_RUSTC.1)
}

fn version(program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).output().map_err(|_| format!("`{program}` is not on PATH"))?;
    if !output.status.success() {
        return Err(format!("`{program} {}` fails: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn rustc() -> Result<String, String> {
    let text = version("rustc", &["--version"])?;
    match parse_version(&text) {
        Some(found) if found < MIN_RUSTC => Err(format!("{text} is too old")),
        _ => Ok(text),
    }
}

/// `rustc 1.95.0 (…)` gives `(1, 95)`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split_whitespace().nth(1)?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn target() -> Result<String, String> {
    let directory = version("rustc", &["--print", "target-libdir", "--target", TARGET])?;
    if Path::new(&directory).is_dir() {
        Ok(TARGET.to_owned())
    } else {
        Err(format!("the standard library for {TARGET} is not installed"))
    }
}

fn static_libc() -> Result<String, String> {
    let printed = version("cc", &["-print-file-name=libc.a"])?;
    let path = PathBuf::from(&printed);
    if path.is_absolute() && path.is_file() { Ok(printed) } else { Err("there is no libc.a".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions() {
        assert_eq!(parse_version("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(parse_version("rustc"), None);
    }
}
