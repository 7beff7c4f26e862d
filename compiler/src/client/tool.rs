//! Programs of npm packages: where they are, what they say.

use puremix_diag::{Diagnostic, Severity, codes};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package that brings a program.
pub struct Tool {
    /// The program's name.
    pub name: &'static str,
    /// What to install.
    pub packages: &'static str,
    /// Why it is wanted, as the end of `… needs esbuild`.
    pub wanted_by: &'static str,
}

impl Tool {
    /// The program in the `node_modules` of the project or of a directory above it.
    ///
    /// # Errors
    /// It is not installed.
    pub fn find(&self, root: &Path) -> Result<PathBuf, Diagnostic> {
        let installed = |dir: &Path| {
            let modules = dir.join("node_modules");
            // esbuild's own program, which starts without Node.
            let native = modules.join(format!("@{}/{}/bin/{}", self.name, platform(), self.name));
            [native, modules.join(".bin").join(self.name)].into_iter().find(|path| path.is_file())
        };
        root.ancestors().find_map(installed).ok_or_else(|| {
            let message = format!("{} needs `{}`, which is not in node_modules", self.wanted_by, self.name);
            let help = format!("run `npm install --save-dev {}` in `{}`; it is needed while building, not on the server", self.packages, root.display());
            Diagnostic::project(codes::CLIENT_TOOL_MISSING, Severity::Error, message).help(help)
        })
    }

    /// Runs it to its end in the project's directory.
    ///
    /// # Errors
    /// It cannot be started, or says that the sources have an error.
    pub fn run(&self, program: &Path, root: &Path, arguments: &[String]) -> Result<(), Diagnostic> {
        let failed = |why: String| Diagnostic::project(codes::CLIENT_BUILD_FAILED, Severity::Error, format!("{}: {why}", self.name));
        let output = Command::new(program).args(arguments).current_dir(root).env("NO_COLOR", "1").env("BROWSERSLIST_IGNORE_OLD_DATA", "1").output();
        let output = output.map_err(|e| failed(format!("{}: {e}", program.display())).help("programs of npm packages need Node 20 or newer on the PATH"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(failed(said.trim().to_owned()))
    }
}

/// npm's word for this machine.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{machine}")
}
