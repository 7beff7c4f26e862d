//! `puremixc test APP`: the app's tests, interpreted.

use super::report::Output;
use crate::test::{self, Options, Reporter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, or its app/; then parts of the paths of files to run
    #[arg(value_name = "APP] [FILTER")]
    paths: Vec<String>,
    /// Run the tests whose names match this regular expression
    #[arg(long = "filter", short = 't', value_name = "REGEX")]
    pattern: Option<String>,
    /// Run again at each save
    #[arg(long, short)]
    watch: bool,
    /// How to print results
    #[arg(long, value_enum, default_value = "spec")]
    reporter: Reporter,
    /// End with the first failure
    #[arg(long)]
    bail: bool,
    /// Let `only` of node:test count
    #[arg(long)]
    only: bool,
    /// Milliseconds that a test may take
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Files that run at the same time [default: the number of cores]
    #[arg(long, short)]
    jobs: Option<usize>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    let (app, filters) = split(args.paths);
    let reporter = if args.output.json { Reporter::Json } else { args.reporter };
    let options = Options {
        app,
        filters,
        pattern: args.pattern,
        reporter,
        bail: args.bail,
        only: args.only,
        timeout: args.timeout,
        jobs: args.jobs,
        output: args.output,
    };
    if args.watch { test::watch(&options) } else { test::run(&options) }
}

/// The first word is the app if it names a directory; the others are parts of paths.
fn split(mut paths: Vec<String>) -> (PathBuf, Vec<String>) {
    match paths.first() {
        Some(first) if Path::new(first).is_dir() => {
            let app = PathBuf::from(paths.remove(0));
            (app, paths)
        }
        _ => (PathBuf::from("."), paths),
    }
}
