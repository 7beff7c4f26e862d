//! `puremixc dev APP`: serves the app from its sources and shows every save at once.

use super::report::Output;
use crate::dev::{self, Options};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, or its app/
    #[arg(default_value = ".")]
    app: PathBuf,
    /// The port to listen on; wins over PORT and the config [default: the config's, or the next that is free]
    #[arg(long, short)]
    port: Option<u16>,
    /// The address to listen on [default: localhost]; others than this machine can then use it
    #[arg(long)]
    host: Option<String>,
    /// Show the page `/__dev`, which has parts of your sources, to other machines too
    #[arg(long)]
    expose: bool,
    /// Open the app in the browser
    #[arg(long)]
    open: bool,
    /// Sessions of the process that this one takes over from
    #[arg(long, hide = true)]
    resume: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    // The server's directory becomes the project's.
    let app = std::path::absolute(&args.app).unwrap_or(args.app);
    dev::run(&Options { app, expose: args.expose, host: args.host, port: args.port, open: args.open, resume: args.resume, output: args.output })
}
