//! `crash`: what was acknowledged is there afterwards, whatever ends the process or the machine.
//!
//! [`kill`] ends a writing process with SIGKILL at random moments; [`power`] records what a writing process does to its files and replays
//! every moment at which the power could have gone, with what was not synced lost.

mod database;
mod kill;
mod power;
mod trace;

use crate::shell::{Outcome, command, root, run};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// How often a process is killed
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// Rows written while the files are recorded
    #[arg(long, default_value_t = 400)]
    rows: usize,
    /// What CI has time for
    #[arg(long)]
    short: bool,
}

pub fn run_verb(args: &Args) -> Outcome {
    run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let puremixc = root().join(target).join("debug/puremixc");
    let (kills, rows) = if args.short { (6, 60) } else { (args.kills, args.rows) };
    kill::check(&puremixc, kills)?;
    power::check(&puremixc, rows)
}

/// The program that writes and acknowledges.
fn program() -> PathBuf {
    root().join("tests/crash/write.mjs")
}

/// The ids of the whole lines `ack ID`.
fn acknowledged(output: &str) -> impl Iterator<Item = i64> {
    let whole = output.rfind('\n').map_or("", |end| &output[..end]);
    whole.lines().filter_map(|line| line.strip_prefix("ack ")?.parse().ok())
}
