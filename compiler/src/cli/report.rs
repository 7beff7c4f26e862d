//! Diagnostics on stderr, or as JSON lines on stdout.

use puremix_diag::{Diagnostic, Severity, SourceMap, render_json, render_text};
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Output {
    /// Print errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Print diagnostics as JSON, one object a line, on stdout
    #[arg(long, global = true)]
    pub json: bool,
}

/// More than this many errors hide the first ones.
const MAX_SHOWN: usize = 100;

impl Output {
    /// Prints all of them and a closing count; answers whether there was an error.
    pub fn print(self, diagnostics: &[Diagnostic], sources: &SourceMap) -> bool {
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let shown = diagnostics.iter().filter(|d| d.is_error() || !self.quiet);
        if self.json {
            for diagnostic in shown {
                println!("{}", render_json(diagnostic, sources));
            }
            return errors > 0;
        }
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        for diagnostic in shown.take(MAX_SHOWN) {
            eprintln!("{}\n", render_text(diagnostic, sources, color));
        }
        if errors > 0 {
            let warnings = diagnostics.iter().filter(|d| d.severity == Severity::Warning).count();
            let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let mut codes: Vec<&str> = diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
            codes.sort_unstable();
            codes.dedup();
            eprintln!("{}, {}", plural(errors, "error"), plural(warnings, "warning"));
            eprintln!("`puremixc explain {}` tells more", codes.first().unwrap_or(&"CODE"));
        }
        errors > 0
    }

    /// Prints diagnostics that ended a verb.
    pub fn fail(self, diagnostics: &[Diagnostic], sources: &SourceMap) -> ExitCode {
        self.print(diagnostics, sources);
        ExitCode::FAILURE
    }

    /// A line about progress or success.
    pub fn say(self, text: impl AsRef<str>) {
        if !self.quiet && !self.json {
            eprintln!("{}", text.as_ref());
        }
    }
}
