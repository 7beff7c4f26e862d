//! `edits`: random edits under `puremixc dev`, a thousand of them: no crash, flat memory, and in the end what a fresh start serves.

use crate::shell::{self, Outcome, command, root};
use puremix_tests::{TempDir, edits};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value_t = 1000)]
    edits: usize,
    /// Another number makes other edits
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What memory may grow by between a fifth of the edits and the end, in kilobytes: noise, and the names that the edits bring,
/// which are kept.
const GROWTH: u64 = 2 * 1024;

pub fn run(args: &Args) -> Outcome {
    shell::run(command("cargo", &["build", "--locked", "--quiet", "-p", "puremixc"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let app = TempDir::copy_of("edits", &root().join("examples/shop"));
    let seen = edits::run(&target.join("debug/puremixc"), app.path(), args.edits, args.seed)?;
    println!("{} edits, {} with errors; resident memory {} kB after a fifth, {} kB at the end", seen.edits, seen.errors, seen.early_kb, seen.late_kb);
    if !seen.differences.is_empty() {
        return Err(format!("differs from a fresh start:\n{}", seen.differences.join("\n")));
    }
    if seen.late_kb > seen.early_kb + GROWTH { Err("memory grows".to_owned()) } else { Ok(()) }
}
