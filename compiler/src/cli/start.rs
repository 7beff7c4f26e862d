//! `puremixc start APP`: the binary is built if anything changed, and takes this process's place.

use super::build::{How, build_app};
use super::report::Output;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, or its app/
    #[arg(default_value = ".")]
    app: PathBuf,
    /// The port to listen on; wins over PORT and the config
    #[arg(long, short)]
    port: Option<u16>,
    /// The address to listen on
    #[arg(long)]
    host: Option<String>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    let Some(built) = build_app(&args.app, None, args.how, args.output) else {
        return ExitCode::FAILURE;
    };
    let mut serve = vec!["serve".to_owned()];
    serve.extend(args.port.into_iter().flat_map(|port| ["--port".to_owned(), port.to_string()]));
    serve.extend(args.host.into_iter().flat_map(|host| ["--host".to_owned(), host]));
    replace_process(&built.binary, &serve, Some(&built.project.root), None)
}

/// Runs `binary` in place of this process, so that signals and the exit code are its own. The secret is for an app that configures none.
pub fn replace_process(binary: &Path, args: &[String], directory: Option<&Path>, kept_secret: Option<&str>) -> ExitCode {
    let mut command = Command::new(binary);
    command.args(args);
    if let Some(directory) = directory {
        command.current_dir(directory);
    }
    if let Some(secret) = kept_secret {
        command.env(puremix_runtime::cli::KEPT_SECRET, secret);
    }
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    eprintln!("error: cannot run {}: {error}", binary.display());
    ExitCode::FAILURE
}
