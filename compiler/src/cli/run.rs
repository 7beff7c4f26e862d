//! `puremixc run APP|FILE`: an app is built and served; a single script is compiled, run, and its exit code is ours.

use super::build::{How, build_app, build_script};
use super::report::Output;
use super::start::replace_process;
use crate::dev::CAPABILITIES;
use crate::driver::{self, Options};
use crate::secret;
use puremix_interp::app::app_def;
use puremix_runtime::isolate;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// A project's directory, or a .js, .mjs or .ts file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Interpret it instead of compiling it: starts at once, runs slower, needs no Rust
    #[arg(long)]
    interpret: bool,
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
    if args.interpret {
        return interpret(&args, output);
    }
    let built = if args.path.is_file() {
        build_script(&args.path, None, args.how, output)
    } else {
        build_app(&args.path, None, args.how, output)
    };
    match built {
        Some(built) => {
            let kept = args.path.is_dir().then(|| secret::hex(&secret::of_project(&built.project.root)));
            replace_process(&built.binary, &args.arguments, None, kept.as_deref())
        }
        None => ExitCode::FAILURE,
    }
}

fn interpret(args: &Args, output: Output) -> ExitCode {
    let options = Options { infer: false, client: true };
    let compiled = if args.path.is_file() {
        let file = std::fs::canonicalize(&args.path).unwrap_or_else(|_| args.path.clone());
        driver::compile_script(&file, PathBuf::new(), &options)
    } else {
        driver::compile(&args.path, &options)
    };
    if output.print(&compiled.diagnostics, &compiled.sources) {
        return ExitCode::FAILURE;
    }
    let Some(mut program) = compiled.program else { return ExitCode::FAILURE };
    // The app may be run from another directory than its own.
    if let Some(project) = &compiled.project {
        puremix_runtime::cli::keep_secret(secret::of_project(&project.root));
        for asset in &mut program.app.assets {
            asset.source = project.root.join(&*asset.source).to_string_lossy().into();
        }
    }
    let script = std::fs::canonicalize(&args.path).unwrap_or_else(|_| args.path.clone());
    isolate::set_command_line(script.to_string_lossy().into_owned(), args.arguments.clone());
    let app = app_def(&program, &compiled.sources, crate::VERSION, CAPABILITIES);
    let code = puremix_runtime::cli::run(app, &args.arguments);
    std::process::exit(code)
}
