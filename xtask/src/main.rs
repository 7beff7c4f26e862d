//! Developer verbs: `cargo xtask VERB`. Each is a file; each exits non-zero when it finds something.
#![forbid(unsafe_code)]

mod abandon;
mod advisories;
mod bench;
mod bless;
mod ci;
mod client;
mod codegen;
mod crash;
mod depth;
mod dist;
mod e2e;
mod edits;
mod fuzz;
mod shell;
mod soak;
mod tidy;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Everything CI runs, each stage within its time budget
    Ci,
    /// Build the example apps and drive them over HTTP
    E2e(e2e::Args),
    /// Check the rules of docs/style.md that a machine can check
    Tidy,
    /// Bundle and minify the client runtime
    Client(client::Args),
    /// Write the generated documentation
    Codegen(codegen::Args),
    /// Measure against hand-written servers and Express
    Bench(bench::Args),
    /// Accept new snapshots of all tests
    Bless,
    /// Make the archive of a release
    Dist(dist::Args),
    /// Abandon a million things of each kind and watch the memory
    Abandon(abandon::Args),
    /// Kill writers and cut the power: what was acknowledged must be there
    Crash(crash::Args),
    /// Deep structures and recursion of every kind end in a value or a RangeError, never in an abort
    Depth(depth::Args),
    /// Good and bad traffic at full speed: panics, memory, the end
    Soak(soak::Args),
    /// Random edits of an app that `puremixc dev` serves
    Edits(edits::Args),
    /// Known vulnerabilities of dependencies, where a network is there
    Advisories,
    /// Feed mutated inputs to the front ends
    Fuzz(fuzz::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().verb {
        Verb::Ci => ci::run(),
        Verb::E2e(args) => e2e::run(&args),
        Verb::Tidy => tidy::run(),
        Verb::Client(args) => client::run(&args),
        Verb::Codegen(args) => codegen::run(&args),
        Verb::Bench(args) => bench::run(&args),
        Verb::Bless => bless::run(),
        Verb::Dist(args) => dist::run(&args),
        Verb::Abandon(args) => abandon::run_verb(&args),
        Verb::Crash(args) => crash::run_verb(&args),
        Verb::Depth(args) => depth::run_verb(&args),
        Verb::Soak(args) => soak::run(&args),
        Verb::Edits(args) => edits::run(&args),
        Verb::Advisories => advisories::run_verb(),
        Verb::Fuzz(args) => fuzz::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
