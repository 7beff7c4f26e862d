//! `puremixc setup`: everything that building downloads, now, so that later builds need no network.

use super::report::Output;
use crate::cargo::{Home, vendor};
use puremix_diag::SourceMap;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Keep the runtime's dependencies in DIR and build from there. On a machine without a network, DIR is a copy from one that has it
    #[arg(long, value_name = "DIR")]
    vendor: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    match vendor::setup(args.vendor.as_deref(), args.output.quiet || args.output.json) {
        Err(diagnostics) => args.output.fail(&diagnostics, &SourceMap::default()),
        Ok(()) => {
            let from = match Home::locate().vendor {
                Some(dir) => format!("from {}", dir.display()),
                None => "from cargo's cache".to_owned(),
            };
            args.output.say(format!("puremixc {} builds without a network, {from}", crate::VERSION));
            ExitCode::SUCCESS
        }
    }
}
