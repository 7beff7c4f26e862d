//! `puremixc run APP|FILE`: an app is built and served; a single script is compiled, run, and its exit code is ours.

use super::build::{How, build_app, build_script};
use super::report::Output;
use super::start::replace_process;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// A project's directory, or a .js, .mjs or .ts file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Arguments of the program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    let output = Output { quiet: true, ..args.output };
    let built = if args.path.is_file() {
        build_script(&args.path, None, args.how, output)
    } else {
        build_app(&args.path, None, args.how, output)
    };
    match built {
        Some(built) => replace_process(&built.binary, &args.arguments, None),
        None => ExitCode::FAILURE,
    }
}
