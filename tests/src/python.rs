//! Python with packages from PyPI, for apps under test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the guide's examples import.
const PACKAGES: [&str; 3] = ["numpy", "pandas", "scikit-learn"];

/// A virtualenv with numpy, pandas and scikit-learn in it, kept below `directory`; made at the first use.
pub fn environment(directory: &Path) -> Result<PathBuf, String> {
    let environment = directory.join("python");
    let python = environment.join("bin/python3");
    let done = environment.join("complete");
    if done.is_file() && python.is_file() {
        return Ok(environment);
    }
    let run = |program: &Path, args: &[&str]| {
        let output = Command::new(program).args(args).output().map_err(|e| format!("{}: {e}", program.display()))?;
        if output.status.success() { Ok(()) } else { Err(format!("{} {args:?}: {}", program.display(), String::from_utf8_lossy(&output.stderr))) }
    };
    run(Path::new("python3"), &["-m", "venv", "--clear", &environment.to_string_lossy()])?;
    run(&python, &[&["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"][..], &PACKAGES].concat())?;
    std::fs::write(&done, PACKAGES.join("\n")).map_err(|e| format!("{}: {e}", done.display()))?;
    Ok(environment)
}
