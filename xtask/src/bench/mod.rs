//! `bench`: CPU time per request of our binary, a hand-written actix-web server, and Express on Node 24, in one run.
//!
//! The servers are in `tests/bench/` and send identical bytes, which is checked before anything is measured. Each server runs on
//! core 0, the load on the other cores; the primary figure is user and system time of the server per request. Rounds alternate between
//! the servers, so that what else the machine does meets all of them; medians are reported.

mod builds;
mod compute;
mod dev;
mod hot;
mod load;
mod morph;
mod peers;
mod python;
mod state;

use crate::shell::Outcome;
use builds::Builder;
pub use builds::build_app;
use peers::{HAND_WRITTEN, Peer};
use puremix_tests::TempDir;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// Seconds of load for each server, path and round
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds; the median is reported
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Build our binary with fat LTO (`build --release`) instead of the default profile
    #[arg(long)]
    release: bool,
    /// Leave out Express, which comes from npm
    #[arg(long)]
    no_express: bool,
    /// Leave out the build times; the runtime is then taken from PUREMIX_HOME instead of being built anew
    #[arg(long)]
    no_builds: bool,
    /// Measure this binary of `tests/bench/app` instead of building it; build times are left out
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Write the report to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// Compare computing code with Node 24, without HTTP
    Compute(compute::Args),
    /// From a save to the new bytes under `puremixc dev`
    Dev(dev::Args),
    /// Tokens, sessions and SQLite against actix-web, Express and Bun
    State(state::Args),
    /// Changing a large table in a browser against idiomorph and morphdom
    Morph(morph::Args),
    /// Calls of Python functions against a process for each call, and FastAPI on uvicorn
    Python(python::Args),
}

const PATHS: [(&str, &str); 3] = [("tiny page", "/tiny/Ada%20%26%20Co"), ("JSON", "/json?id=7"), ("list page", "/list")];
const COMPUTE: [(&str, &str); 3] = [("numeric", "/numeric"), ("strings", "/strings"), ("objects", "/objects")];
const CONNECTIONS: usize = 16;
/// Starts of each server; the median time to its first reply is reported.
const STARTS: usize = 5;

/// What is printed, and written to a file at the end.
#[derive(Default)]
struct Report(String);

impl Report {
    fn line(&mut self, text: impl AsRef<str>) {
        println!("{}", text.as_ref());
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }
}

pub fn run(args: &Args) -> Outcome {
    match &args.part {
        Some(Part::Compute(args)) => return compute::run(args),
        Some(Part::Dev(args)) => return dev::run(args),
        Some(Part::State(args)) => return state::run(args),
        Some(Part::Python(args)) => return python::run(args),
        Some(Part::Morph(args)) => return morph::run(args),
        None => {}
    }
    let mut report = Report::default();
    report.line(format!("machine: {}", machine()));
    let scratch = TempDir::new("bench");
    let timed = !args.no_builds && args.binary.is_none();
    let builder = Builder::new(scratch.path(), args.release, timed)?;
    let ours = match &args.binary {
        Some(binary) => {
            report.line(format!("profile: as {} was built", binary.display()));
            std::fs::canonicalize(binary).map_err(|e| format!("{}: {e}", binary.display()))?
        }
        None => {
            report.line(format!("profile: {}", builder.profile()));
            builder.first_app(&mut report)?
        }
    };
    if timed {
        builder.later_builds(&mut report)?;
    }
    builder.sizes(&ours, &mut report)?;

    let mut all = vec![peers::ours(&ours, scratch.path()), peers::hand_written()?];
    if !args.no_express {
        all.push(peers::express()?);
    }
    pin_self();
    let running = all.iter().map(|plan| plan.start_best(STARTS)).collect::<Result<Vec<_>, _>>()?;
    if let Some(isolates) = running[0].isolates() {
        report.line(format!("our server runs with {isolates}; every server is pinned to core 0, the load to the others"));
    }
    for (_, path) in PATHS {
        peers::same_reply(&running, path)?;
    }
    report.line("all pages and JSON replies are identical byte for byte, with the same headers");
    report.line("");
    served(&running, args, &mut report)?;
    report.line("");
    computed(&running, &mut report)?;
    report.line("");
    report.line(format!("{:<24}{:>16}{:>12}{:>16}", "", "first reply", "RSS idle", "RSS after load"));
    for peer in &running {
        let after = peer.server.rss_kb().unwrap_or(0);
        report.line(format!("{:<24}{:>13.1} ms{:>9.1} MB{:>13.1} MB", peer.name, peer.first_reply.as_secs_f64() * 1e3, megabytes(peer.idle_kb), megabytes(after)));
    }
    if let Some(path) = &args.out {
        std::fs::write(path, report.0).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// The pages: CPU time per request, and the ratio to the hand-written server.
fn served(running: &[Peer], args: &Args, report: &mut Report) -> Outcome {
    report.line(format!(
        "CPU µs a request (median of {} alternating rounds of {} s, {CONNECTIONS} connections; in brackets requests a second)",
        args.rounds, args.seconds
    ));
    let time = Duration::from_secs_f64(args.seconds);
    let mut table = vec![vec![(0.0, 0.0); PATHS.len()]; running.len()];
    for (column, (_, path)) in PATHS.into_iter().enumerate() {
        let mut rounds = vec![Vec::new(); running.len()];
        for _ in 0..args.rounds {
            for (peer, rounds) in running.iter().zip(&mut rounds) {
                rounds.push(cpu_per_request(peer, &load::get(peer.server.address, path), time)?);
            }
        }
        for (row, rounds) in table.iter_mut().zip(rounds) {
            let (cpu, rate) = rounds.into_iter().unzip();
            row[column] = (median(cpu), median(rate));
        }
    }
    let names = PATHS.map(|(name, _)| format!("{name:>20}")).concat();
    report.line(format!("{:<24}{names}", ""));
    for (peer, row) in running.iter().zip(&table) {
        let cells: String = row.iter().map(|(cpu, rate)| format!("{:>20}", format!("{cpu:.2} ({rate:.0})"))).collect();
        report.line(format!("{:<24}{cells}", peer.name));
    }
    let Some(yardstick) = running.iter().position(|p| p.name == HAND_WRITTEN) else { return Ok(()) };
    for (peer, row) in running.iter().zip(&table).filter(|(p, _)| p.name != HAND_WRITTEN) {
        let cells: String = row.iter().zip(&table[yardstick]).map(|((cpu, _), (base, _))| format!("{:>18.2} x", cpu / base)).collect();
        report.line(format!("{:<24}{cells}", format!("  {} to it", peer.name)));
    }
    Ok(())
}

/// The compute loaders, which must agree on their results.
fn computed(running: &[Peer], report: &mut Report) -> Outcome {
    report.line(format!("{:<24}{}", "ms a call, best of 9", COMPUTE.map(|(name, _)| format!("{name:>12}")).concat()));
    let mut table = vec![[f64::INFINITY; COMPUTE.len()]; running.len()];
    for (column, (_, path)) in COMPUTE.into_iter().enumerate() {
        let mut results = Vec::new();
        for turn in 0..9 {
            for (row, peer) in table.iter_mut().zip(running) {
                let reply = peer.server.client().get(path).map_err(|e| format!("{}: {e}", peer.name))?;
                let ms = reply.json()["ms"].as_f64().ok_or_else(|| format!("{}: {path} answered {}", peer.name, reply.text()))?;
                row[column] = row[column].min(ms);
                if turn == 0 {
                    results.push((peer.name, reply.json()["result"].clone()));
                }
            }
        }
        if let Some((name, other)) = results.iter().find(|(_, r)| *r != results[0].1) {
            return Err(format!("{path}: {} computes {}, {name} computes {other}", results[0].0, results[0].1));
        }
    }
    for (peer, row) in running.iter().zip(&table) {
        report.line(format!("{:<24}{}", peer.name, row.map(|ms| format!("{ms:>12.2}")).concat()));
    }
    Ok(())
}

/// User and system time of the process in microseconds. Linux counts in hundredths of a second.
fn cpu_micros(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10_000.0
}

/// CPU time per request, and requests a second, after a short warming up.
fn cpu_per_request(peer: &Peer, request: &[u8], time: Duration) -> Result<(f64, f64), String> {
    let load = |time| load::run(peer.server.address, request, CONNECTIONS, time).map_err(|e| format!("{}: {e}", peer.name));
    load(time / 10)?;
    let before = cpu_micros(peer.server.pid());
    let answered = load(time)?.max(1) as f64;
    Ok(((cpu_micros(peer.server.pid()) - before) / answered, answered / time.as_secs_f64()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn megabytes(kb: u64) -> f64 {
    kb as f64 / 1024.0
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).map_or("unknown CPU", |l| l.trim_start_matches([' ', '\t', ':']));
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    format!("{model}, {} cores, Linux {}, load average {load} when it began", cores(), release.trim())
}

/// Leaves core 0 to the servers. Without a second core there is nothing to leave.
fn pin_self() {
    if cores() > 1 {
        let _ = Command::new("taskset").args(["-p", "-c", &format!("1-{}", cores() - 1), &std::process::id().to_string()]).output();
    }
}
