//! The command line: one file per verb.
//!
//! Every verb answers an exit code: 0 done, 1 the app has errors, 2 the command line is wrong (clap's).

mod build;
mod check;
mod check_watch;
mod clean;
mod dev;
mod doctor;
mod emit;
mod explain;
mod migrate;
mod new;
mod panic;
mod policy;
mod python;
pub(crate) mod report;
mod run;
mod setup;
pub(crate) mod start;
mod test;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::process::ExitCode;

/// Compiles PureMix apps ahead of time to one static server binary.
#[derive(Parser)]
#[command(name = "puremixc", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a new app
    #[command(visible_alias = "create")]
    New(new::Args),
    /// Compile an app to a binary
    Build(build::Args),
    /// Build if anything changed, then serve
    Start(start::Args),
    /// Run an app, or a single JavaScript or TypeScript file
    Run(run::Args),
    /// Serve an app while it is written: every save shows at once, without building
    Dev(dev::Args),
    /// Run an app's tests, without building
    Test(test::Args),
    /// Report errors, warnings and what becomes of each dependency, without building
    Check(check::Args),
    /// Show, apply or begin migrations of the app's database
    Migrate(migrate::Args),
    /// Download what building needs, so that later builds need no network
    Setup(setup::Args),
    /// Check the tools, the disk and the network that building needs
    Doctor(doctor::Args),
    /// Print what a stage of the compiler makes of the app
    Emit(emit::Args),
    /// Explain a diagnostic's code
    Explain(explain::Args),
    /// Remove what puremixc wrote for an app, or old caches
    Clean(clean::Args),
}

/// Parses the process's arguments and runs the verb on a thread with a large stack (front ends recurse over the app's
/// nesting, which they bound, but the default 8 MiB of a shell may be set lower).
pub fn run() -> ExitCode {
    panic::install_hook();
    let cli = Cli::parse();
    let verb = move || match cli.verb {
        Verb::New(args) => new::run(args),
        Verb::Build(args) => build::run(args),
        Verb::Start(args) => start::run(args),
        Verb::Run(args) => run::run(args),
        Verb::Dev(args) => dev::run(args),
        Verb::Test(args) => test::run(args),
        Verb::Check(args) => check::run(args),
        Verb::Migrate(args) => migrate::run(args),
        Verb::Setup(args) => setup::run(args),
        Verb::Doctor(args) => doctor::run(args),
        Verb::Emit(args) => emit::run(args),
        Verb::Explain(args) => explain::run(args),
        Verb::Clean(args) => clean::run(args),
    };
    crate::driver::on_large_stack(verb)
}

/// The command line's definition, for the generated reference.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::command().debug_assert();
    }
}
