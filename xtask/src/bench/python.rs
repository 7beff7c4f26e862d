//! `bench python`: calls of Python functions: what a call costs above the function itself, and requests a second of a JSON route that calls
//! one, with our pool, with a process for each call, and in FastAPI on uvicorn, in one run.
//!
//! Each server, with its Python processes, runs on core 0, the load on the other cores; rounds alternate. FastAPI and uvicorn come
//! from PyPI into a virtualenv below `target/`.

use super::builds::given_or_built;
use super::peers::{self, Peer, Plan};
use super::{CONNECTIONS, Report, load, machine, median, pin_self};
use crate::shell::{self, Outcome, root};
use puremix_tests::TempDir;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

#[derive(clap::Args)]
pub struct Args {
    /// Seconds of load for each server and round
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds; the median is reported
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure this binary of `tests/bench/python` instead of building it
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Write the report to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

const PATH: &str = "/api/quote?id=7";
/// Calls one after the other, with the pool; a process for each is measured with fewer.
const CALLS: [usize; 2] = [5000, 20];
const ONE_EACH: &str = "puremixc, a process a call";
const FASTAPI: &str = "FastAPI on uvicorn";

pub fn run(args: &Args) -> Outcome {
    let mut report = Report::default();
    report.line(format!("machine: {}", machine()));
    let scratch = TempDir::new("bench-python");
    let binary = given_or_built(args.binary.as_deref(), "tests/bench/python", scratch.path(), &mut report)?;
    let fastapi = root().join("tests/bench/python-fastapi");
    let python = virtualenv()?;
    let version = Command::new(&python).arg("--version").output().map_err(|e| e.to_string())?;
    report.line(format!("{}, FastAPI and uvicorn[standard] as {}", String::from_utf8_lossy(&version.stdout).trim(), "tests/bench/python-fastapi/requirements.txt has them"));
    let plans = [
        peers::ours(&binary, scratch.path()),
        peers::ours(&binary, scratch.path()).named(ONE_EACH).with_env(vec![("BENCH_POOL", "off".to_owned())]),
        Plan::new(FASTAPI, python, &["serve.py"], &fastapi),
    ];
    pin_self();
    let running = plans.iter().map(Plan::start).collect::<Result<Vec<_>, _>>()?;
    same_bodies(&running)?;
    report.line("all replies have the same bodies; every server, with its Python, is pinned to core 0, the load to the others");
    report.line("");
    calls(&running[..2], args.rounds, &mut report)?;
    report.line("");
    requests(&running, args, &mut report)?;
    if let Some(path) = &args.out {
        std::fs::write(path, report.0).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// The interpreter of a virtualenv with FastAPI's packages.
fn virtualenv() -> Result<PathBuf, String> {
    let directory = root().join("target/bench-python-venv");
    let python = directory.join("bin/python");
    if !python.exists() {
        let mut make = Command::new("python3");
        make.args(["-m", "venv"]).arg(&directory);
        shell::run(make)?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(root().join("tests/bench/python-fastapi/requirements.txt"));
    shell::run(install)?;
    Ok(python)
}

fn same_bodies(running: &[Peer]) -> Outcome {
    let mut first: Option<String> = None;
    for peer in running {
        let reply = peer.server.client().get(PATH).map_err(|e| format!("{}: {e}", peer.name))?;
        let text = reply.text();
        if reply.status != 200 || first.as_ref().is_some_and(|first| *first != text) {
            return Err(format!("{} answers {} with {text}", peer.name, reply.status));
        }
        first.get_or_insert(text);
    }
    Ok(())
}

/// What a call costs, awaited one after the other inside a route.
fn calls(running: &[Peer], rounds: usize, report: &mut Report) -> Outcome {
    report.line(format!("{:<28}{:>18}{:>14}{:>14}", "µs a call", "function itself", "p50 above", "p99 above"));
    for (peer, count) in running.iter().zip(CALLS) {
        let (mut own, mut p50, mut p99) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let reply = peer.server.client().get(&format!("/api/calls?count={count}")).map_err(|e| format!("{}: {e}", peer.name))?;
            let json = reply.json();
            let member = |name: &str| json[name].as_f64().ok_or_else(|| format!("{}: {}", peer.name, reply.text()));
            let itself = member("own")?;
            own.push(itself);
            p50.push(member("p50")? - itself);
            p99.push(member("p99")? - itself);
        }
        report.line(format!("{:<28}{:>18.1}{:>14.1}{:>14.1}", peer.name, median(own), median(p50), median(p99)));
    }
    Ok(())
}

fn requests(running: &[Peer], args: &Args, report: &mut Report) -> Outcome {
    report.line(format!("requests a second (median of {} alternating rounds of {} s, {CONNECTIONS} connections)", args.rounds, args.seconds));
    let time = Duration::from_secs_f64(args.seconds);
    let mut rates = vec![Vec::new(); running.len()];
    for _ in 0..args.rounds {
        for (peer, rates) in running.iter().zip(&mut rates) {
            // Where each call starts a process, few are answered.
            let time = if peer.name == ONE_EACH { time.max(Duration::from_secs(6)) } else { time };
            let request = load::get(peer.server.address, PATH);
            load::run(peer.server.address, &request, CONNECTIONS, time / 10).map_err(|e| format!("{}: {e}", peer.name))?;
            let answered = load::run(peer.server.address, &request, CONNECTIONS, time).map_err(|e| format!("{}: {e}", peer.name))?;
            rates.push(answered as f64 / time.as_secs_f64());
        }
    }
    let rates: Vec<f64> = rates.into_iter().map(median).collect();
    let yardstick = running.iter().position(|peer| peer.name == FASTAPI).map_or(f64::NAN, |at| rates[at]);
    for (peer, rate) in running.iter().zip(&rates) {
        report.line(format!("{:<28}{rate:>10.1}{:>12}", peer.name, format!("{:.2} x", rate / yardstick)));
    }
    Ok(())
}
