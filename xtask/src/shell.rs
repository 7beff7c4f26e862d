//! Running other programs from the repository's root.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a verb answers: what was wrong, for people.
pub type Outcome = Result<(), String>;

/// The repository's root.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask lies in the repository").to_path_buf()
}

/// A command that starts in the repository's root.
pub fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Runs to the end; output goes where ours goes.
pub fn run(mut command: Command) -> Outcome {
    let shown = show(&command);
    match command.status() {
        Err(e) => Err(format!("{shown}: {e}")),
        Ok(status) if !status.success() => Err(format!("{shown}: {status}")),
        Ok(_) => Ok(()),
    }
}

pub fn show(command: &Command) -> String {
    let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
    format!("{} {}", command.get_program().to_string_lossy(), args.join(" "))
}

/// Files that git tracks, or would track, relative to the root; sorted.
pub fn tracked_files() -> Result<Vec<String>, String> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let output = command("git", &args).output().map_err(|e| format!("git: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut files: Vec<String> = text.lines().filter(|f| root().join(f).is_file()).map(str::to_owned).collect();
    files.sort();
    Ok(files)
}
