//! `bench`: CPU time per request of our binary, a hand-written actix-web server, and Express on Node 24, in one run.
//!
//! The servers are in `tests/bench/` and send identical bytes, which is checked before anything is measured. Each server runs on
//! core 0, the load on the other cores; the primary figure is user and system time of the server per request.

mod compute;
mod load;

use crate::shell::{self, Outcome, command, root};
use puremix_tests::{Server, TempDir, server::free_port};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// Seconds of load for each server and path
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds; the median is reported
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Build our binary with fat LTO (`build --release`) instead of the default profile
    #[arg(long)]
    release: bool,
    /// Leave out Express
    #[arg(long)]
    no_express: bool,
    /// Write the report to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// Compare computing code with Node 24, without HTTP
    Compute(compute::Args),
}

const PATHS: [(&str, &str); 3] = [("tiny page", "/tiny/Ada%20%26%20Co"), ("JSON", "/json?id=7"), ("list page", "/list")];
const COMPUTE: [(&str, &str); 3] = [("numeric", "/numeric"), ("strings", "/strings"), ("objects", "/objects")];

/// A measured server.
struct Peer {
    name: &'static str,
    server: Server,
    start: Duration,
    idle_kb: u64,
}

pub fn run(args: &Args) -> Outcome {
    if let Some(Part::Compute(args)) = &args.part {
        return compute::run(args);
    }
    let out = TempDir::new("bench");
    let ours = out.path().join("bench-app");
    build_app("tests/bench/app", &ours, if args.release { &["--release"] } else { &[] })?;
    let actix = build_actix()?;
    let mut peers = vec![
        start("puremixc", pinned(&ours, &["serve", "--host", "127.0.0.1"]), out.path(), true)?,
        start("actix-web + askama", pinned(&actix, &[]), out.path(), false)?,
    ];
    if !args.no_express {
        let directory = root().join("tests/bench/express");
        shell::run({
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--silent"]).current_dir(&directory);
            npm
        })?;
        let node = directory.join("node_modules/.bin/node");
        let mut express = pinned(&node, &["server.js"]);
        express.env("NODE_ENV", "production");
        peers.push(start("Express + EJS, Node 24", express, &directory, false)?);
    }
    let mut report = String::new();
    let mut line = |text: String| {
        println!("{text}");
        report.push_str(&text);
        report.push('\n');
    };
    line(format!("machine: {}", machine()));
    line(format!("profile: {}", if args.release { "release (fat LTO)" } else { "default (O3, no LTO)" }));
    for (_, path) in PATHS {
        same_bytes(&peers, path)?;
    }
    line("all pages and JSON replies are identical, byte for byte".to_owned());
    line(String::new());
    line(format!("{:<24}{:>12}{:>12}{:>12}{:>14}{:>14}", "CPU µs a request", "tiny page", "JSON", "list page", "first reply", "idle RSS"));
    let mut figures = Vec::new();
    for peer in &peers {
        let mut row = Vec::new();
        for (_, path) in PATHS {
            row.push(median((0..args.rounds).map(|_| cpu_per_request(peer, path, args.seconds)).collect::<Result<_, _>>()?));
        }
        line(format!(
            "{:<24}{:>12.2}{:>12.2}{:>12.2}{:>11} ms{:>11.1} MB",
            peer.name, row[0], row[1], row[2], peer.start.as_millis(), peer.idle_kb as f64 / 1024.0
        ));
        figures.push(row);
    }
    for (peer, row) in peers.iter().zip(&figures).filter(|(p, _)| p.name != "actix-web + askama") {
        let ratios: Vec<String> = row.iter().zip(&figures[1]).map(|(a, b)| format!("{:.2}", a / b)).collect();
        line(format!("{} to hand-written: {}", peer.name, ratios.join(", ")));
    }
    line(String::new());
    line(format!("{:<24}{:>12}{:>12}{:>12}", "CPU ms a call", "numeric", "strings", "objects"));
    for peer in peers.iter().filter(|p| p.name != "actix-web + askama") {
        let mut cells = Vec::new();
        for (_, path) in COMPUTE {
            cells.push(compute(peer, path)?);
        }
        line(format!("{:<24}{:>12.2}{:>12.2}{:>12.2}", peer.name, cells[0], cells[1], cells[2]));
    }
    let size = std::fs::metadata(&ours).map_or(0, |m| m.len());
    line(String::new());
    line(format!("our binary: {:.1} MB", size as f64 / 1e6));
    if let Some(path) = &args.out {
        std::fs::write(path, report).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Compiles a program of ours with the compiler built from this tree.
fn build_app(app: &str, out: &Path, flags: &[&str]) -> Outcome {
    shell::run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let puremixc = target.join("debug/puremixc");
    let mut build = command(&puremixc.to_string_lossy(), &["build", app, "--out", &out.to_string_lossy()]);
    build.args(flags);
    build.env("PUREMIX_RUNTIME", root());
    if std::env::var_os("PUREMIX_HOME").is_none() {
        build.env("PUREMIX_HOME", root().join("target/e2e-home"));
    }
    shell::run(build)
}

fn build_actix() -> Result<PathBuf, String> {
    let directory = root().join("tests/bench/actix");
    let target = root().join("target/bench-actix");
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--quiet"]).current_dir(&directory).env("CARGO_TARGET_DIR", &target);
    shell::run(build)?;
    Ok(target.join("release/bench-actix"))
}

/// The command on core 0.
fn pinned(program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg("0").arg(program).args(args);
    command
}

fn start(name: &'static str, mut command: Command, directory: &Path, takes_port_flag: bool) -> Result<Peer, String> {
    let port = free_port();
    if takes_port_flag {
        command.args(["--port", &port.to_string()]);
    }
    command.env("PORT", port.to_string()).env("SESSION_SECRET", "benchmark-only-0123456789abcdef0123456789").current_dir(directory);
    let began = Instant::now();
    let server = Server::start_command(command, port)?;
    server.client().get("/tiny/x").map_err(|e| format!("{name}: {e}"))?;
    let start = began.elapsed();
    std::thread::sleep(Duration::from_millis(300));
    let idle_kb = server.rss_kb().unwrap_or(0);
    Ok(Peer { name, server, start, idle_kb })
}

fn same_bytes(peers: &[Peer], path: &str) -> Outcome {
    let mut first: Option<(&str, String)> = None;
    for peer in peers {
        let reply = peer.server.client().get(path).map_err(|e| format!("{}: {e}", peer.name))?;
        let text = reply.text();
        if reply.status != 200 {
            return Err(format!("{} answers {path} with {}", peer.name, reply.status));
        }
        match &first {
            None => first = Some((peer.name, text)),
            Some((name, expected)) if canonical(expected) != canonical(&text) => {
                return Err(format!("{name} and {} differ on {path}:\n{expected}\n---\n{text}", peer.name));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Escapers write the same characters differently (`&#34;`, `&quot;`, `"`), and some end a page with a line feed.
fn canonical(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    for (from, to) in [("&#34;", "\""), ("&quot;", "\""), ("&#38;", "&amp;"), ("&#60;", "&lt;"), ("&#62;", "&gt;"), ("&#39;", "'")] {
        text = text.replace(from, to);
    }
    text
}

/// User and system time of the process in microseconds. Linux counts in hundredths of a second.
fn cpu_micros(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10_000.0
}

fn cpu_per_request(peer: &Peer, path: &str, seconds: u64) -> Result<f64, String> {
    let address = peer.server.address;
    load::run(address, path, 8, Duration::from_millis(500)).map_err(|e| format!("{}: {e}", peer.name))?;
    let before = cpu_micros(peer.server.pid());
    let answered = load::run(address, path, 8, Duration::from_secs(seconds)).map_err(|e| format!("{}: {e}", peer.name))?;
    Ok((cpu_micros(peer.server.pid()) - before) / answered.max(1) as f64)
}

/// The best of seven calls, as the page itself timed them.
fn compute(peer: &Peer, path: &str) -> Result<f64, String> {
    let mut best = f64::INFINITY;
    for _ in 0..7 {
        let reply = peer.server.client().get(path).map_err(|e| format!("{}: {e}", peer.name))?;
        best = best.min(reply.json()["ms"].as_f64().ok_or_else(|| format!("{}: {path} answered {}", peer.name, reply.text()))?);
    }
    Ok(best)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).map_or("unknown CPU", |l| l.trim_start_matches([' ', '\t', ':']));
    let cores = cpu.lines().filter(|l| l.starts_with("processor")).count();
    format!("{model}, {cores} cores, Linux")
}
