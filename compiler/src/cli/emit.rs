//! `puremixc emit`: what each stage makes of the app. Settles most bug reports.

use super::report::Output;
use crate::driver::Options;
use crate::emit::{self, Stage};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, one of its files to print only that, or a script
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The stage to print
    #[arg(long, value_enum, default_value_t = Stage::Ir)]
    stage: Stage,
    /// Print only the function of this name
    #[arg(long = "fn", value_name = "NAME")]
    function: Option<String>,
    /// Skip type inference
    #[arg(long)]
    no_infer: bool,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    // A file is shown as its app sees it; its app is the nearest directory above that is one.
    let (app, only) = if args.path.is_file() {
        let file = std::fs::canonicalize(&args.path).unwrap_or_else(|_| args.path.clone());
        match emit::project_of(&file) {
            Some(root) => (root, Some(file)),
            None => (file, None),
        }
    } else {
        (args.path.clone(), None)
    };
    let options = Options { infer: !args.no_infer, client: false };
    match emit::emit(&app, args.stage, only.as_deref(), args.function.as_deref(), &options) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(compiled) => args.output.fail(&compiled.diagnostics, &compiled.sources),
    }
}
