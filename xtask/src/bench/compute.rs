//! `bench compute`: time of computing code in our binary and in Node 24, from one run.
//!
//! The programs are in `tests/bench/compute/`. Both sides time each case inside the process and keep the best; they take turns on one
//! core, so that what else the machine does slows both. A case whose result differs stops the verb.

use super::builds::build_app;
use super::machine;
use super::peers::pinned;
use crate::shell::{self, Outcome, root};
use puremix_tests::TempDir;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// Turns of each side
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Milliseconds for each case and turn
    #[arg(long, default_value_t = 200)]
    budget: u32,
    /// Only these cases, separated by commas
    #[arg(long)]
    only: Option<String>,
    /// Build our binary with fat LTO instead of the default profile
    #[arg(long)]
    release: bool,
    /// Compare without type inference
    #[arg(long)]
    no_infer: bool,
    /// The Node binary; without it npm installs Node 24
    #[arg(long)]
    node: Option<PathBuf>,
    /// Write the table to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The floor of issue 2: our time over Node's.
const FLOORS: [(&str, f64); 3] = [("numeric", 1.2), ("strings", 1.5), ("objects", 1.5)];

/// What one side answered for a case.
struct Timed {
    best_ms: f64,
    result: String,
}

/// Cases in the order of the program.
type Times = Vec<(String, Timed)>;

pub fn run(args: &Args) -> Outcome {
    let directory = root().join("tests/bench/compute");
    let out = TempDir::new("bench-compute");
    let ours = out.path().join("bench-compute");
    let flags: Vec<&str> = [(args.release, "--release"), (args.no_infer, "--no-infer")].iter().filter(|(on, _)| *on).map(|(_, f)| *f).collect();
    build_app("tests/bench/compute/main.js", &ours, &flags)?;
    let node = match &args.node {
        Some(node) => node.clone(),
        None => install_node(&root().join("tests/bench/express"))?,
    };
    let budget = args.budget.to_string();
    let only = args.only.as_deref().unwrap_or_default();
    let mut best: [Times; 2] = [Vec::new(), Vec::new()];
    for _ in 0..args.rounds.max(1) {
        for (best, side) in best.iter_mut().zip([pinned(&ours, &[]), pinned(&node, &["main.js"])]) {
            let mut side = side;
            side.env("BENCH_BUDGET", &budget).env("BENCH_ONLY", only).current_dir(&directory);
            keep_best(best, times(side)?);
        }
    }
    let table = table(&best[0], &best[1], args)?;
    print!("{table}");
    match &args.out {
        Some(path) => std::fs::write(path, &table).map_err(|e| format!("{}: {e}", path.display())),
        None => Ok(()),
    }
}

/// Node 24 as npm has it, beside the Express peer, which uses the same one.
fn install_node(directory: &Path) -> Result<PathBuf, String> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--silent"]).current_dir(directory);
    shell::run(npm)?;
    Ok(directory.join("node_modules/.bin/node"))
}

/// Runs a side once.
fn times(mut side: Command) -> Result<Times, String> {
    let shown = shell::show(&side);
    let output = side.output().map_err(|e| format!("{shown}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|l| parse_line(l).ok_or_else(|| format!("{shown} answered `{l}`"))).collect()
}

/// `NAME MILLISECONDS RESULT`
fn parse_line(line: &str) -> Option<(String, Timed)> {
    let (name, rest) = line.split_once(' ')?;
    let (ms, result) = rest.split_once(' ')?;
    Some((name.to_owned(), Timed { best_ms: ms.parse().ok()?, result: result.to_owned() }))
}

fn keep_best(best: &mut Times, turn: Times) {
    if best.is_empty() {
        *best = turn;
        return;
    }
    let mut turn: BTreeMap<String, Timed> = turn.into_iter().collect();
    for (name, old) in best {
        if let Some(new) = turn.remove(name) {
            old.best_ms = old.best_ms.min(new.best_ms);
        }
    }
}

fn table(ours: &Times, node: &Times, args: &Args) -> Result<String, String> {
    let mut text = format!("machine: {}\n", machine());
    let profile = if args.release { "release (fat LTO)" } else { "default (O3, no LTO)" };
    let inference = if args.no_infer { ", no inference" } else { "" };
    text += &format!("profile: {profile}{inference}; best of {} turns of {} ms a case, one core\n\n", args.rounds, args.budget);
    text += &format!("{:<16}{:>12}{:>12}{:>8}  floor\n", "case", "ours ms", "Node 24 ms", "ratio");
    let mut logs = 0.0;
    for ((name, a), (_, b)) in ours.iter().zip(node) {
        if a.result != b.result {
            return Err(format!("{name}: we answer `{}`, Node `{}`", a.result, b.result));
        }
        let ratio = a.best_ms / b.best_ms;
        logs += ratio.ln();
        let floor = FLOORS.iter().find(|(n, _)| n == name).map_or(String::new(), |(_, f)| format!("  {f:.1}"));
        text += &format!("{name:<16}{:>12.3}{:>12.3}{ratio:>8.2}{floor}\n", a.best_ms, b.best_ms);
    }
    text += &format!("{:<40}{:>8.2}\n", "geometric mean", (logs / ours.len().max(1) as f64).exp());
    Ok(text)
}
