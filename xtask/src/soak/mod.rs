//! `soak`: good and bad traffic at full speed against a page that makes cyclic garbage. Fails on a panic, on growing memory, on a
//! good request that goes wrong, and on an end that is not clean.

mod python;
mod traffic;

use crate::bench::build_app;
use crate::shell::Outcome;
use puremix_tests::{Server, TempDir, server::free_port};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use traffic::{Kind, Totals};

#[derive(clap::Args)]
pub struct Args {
    /// Seconds of traffic (the first third warms up)
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// 5 seconds of traffic: what CI runs
    #[arg(long)]
    short: bool,
    /// Faults of Python instead: crashes, floods, endless loops, killed workers (`tests/soak-python`)
    #[arg(long)]
    python: bool,
    /// A built binary of `tests/soak`, instead of building it
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// What memory may grow by after the warming up.
const GROWTH: f64 = 0.05;
/// In kilobytes, what it may go up and down by in any case: the old generation is examined when half of it is new, and the allocator keeps
/// pages. 30 seconds are 200,000 requests, so a leak of 20 bytes a request is more than this.
const SWING: u64 = 4 * 1024;
/// The level after warming up does not count how the server starts: the first requests come all at once, before the first collection.
const START: Duration = Duration::from_secs(1);
/// A short run is over before there is a level, so it has a bound instead, in kilobytes. Its requests leave a gigabyte of rings behind.
const MOST_SHORT: u64 = 64 * 1024;
/// Requests that are under way when the server is told to end.
const IN_FLIGHT: usize = 20;

pub fn run(args: &Args) -> Outcome {
    if args.python {
        return python::run(args);
    }
    let scratch = TempDir::new("soak");
    let binary = match &args.binary {
        Some(binary) => std::fs::canonicalize(binary).map_err(|e| format!("{}: {e}", binary.display()))?,
        None => {
            let out = scratch.path().join("soak-app");
            build_app("tests/soak", &out, if args.short { &["--ci"] } else { &[] })?;
            out
        }
    };
    let port = free_port();
    let mut command = Command::new(&binary);
    command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]).current_dir(scratch.path());
    command.env("SESSION_SECRET", "soak-only-0123456789abcdef0123456789abcdef").env("NODE_ENV", "production");
    let mut server = Server::start_command(command, port)?;

    let seconds = if args.short { 5 } else { args.seconds.max(3) };
    let totals = Arc::new(Totals::default());
    let threads = traffic::start(server.address, &totals);
    let (warm, peak) = watch(&mut server, Duration::from_secs(seconds))?;
    totals.stop();
    for thread in threads {
        thread.join().map_err(|_| "a traffic thread panicked".to_owned())?;
    }
    println!("{seconds} s of traffic: {totals}");
    println!("RSS after warming up {:.1} MB, most after that {:.1} MB ({:+.1} %)", mb(warm), mb(peak), (peak as f64 / warm as f64 - 1.0) * 100.0);
    let mut wrong = totals.complaints();
    if args.short && peak > MOST_SHORT {
        wrong.push(format!("memory grew beyond {:.0} MB", mb(MOST_SHORT)));
    }
    if !args.short && peak > warm + SWING.max((warm as f64 * GROWTH) as u64) {
        wrong.push(format!("memory grew by more than {:.0} % and {:.0} MB", GROWTH * 100.0, mb(SWING)));
    }
    for kind in Kind::ALL {
        if totals.of(kind) == 0 {
            wrong.push(format!("no {kind} request was sent"));
        }
    }
    wrong.extend(drain(&mut server));
    let output = server.output();
    if let Some(line) = output.lines().find(|l| l.contains("panicked")) {
        wrong.push(line.to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n--- the server's last lines\n{output}", wrong.join("\n"))) }
}

/// Lets the traffic run; the most resident memory in kilobytes in the first third, without its first second, and after that.
fn watch(server: &mut Server, time: Duration) -> Result<(u64, u64), String> {
    let begin = Instant::now();
    let (mut warm, mut peak) = (0, 0);
    while begin.elapsed() < time {
        std::thread::sleep(Duration::from_millis(100));
        if !server.is_alive() {
            return Err(format!("the server ended\n{}", server.output()));
        }
        let rss = server.rss_kb().unwrap_or(0);
        if begin.elapsed() < START.min(time / 6) {
            continue;
        }
        if begin.elapsed() < time / 3 {
            warm = warm.max(rss);
        } else {
            peak = peak.max(rss);
        }
    }
    Ok((warm, peak))
}

/// Tells the server to end while requests are under way: all of them are answered, and it exits with 0.
fn drain(server: &mut Server) -> Vec<String> {
    let address = server.address;
    // Connections that the traffic left in the kernel's queue come first.
    if let Err(e) = server.client().get("/slow?ms=1") {
        return vec![format!("no answer after the traffic: {e}")];
    }
    let requests: Vec<_> = (0..IN_FLIGHT)
        .map(|_| std::thread::spawn(move || puremix_tests::http::Client::new(address).get("/slow?ms=800")))
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    let status = server.signal_and_wait("TERM", Duration::from_secs(10));
    let replies: Vec<_> = requests.into_iter().filter_map(|r| r.join().ok()).collect();
    let answered = replies.iter().flatten().filter(|r| r.status == 200 && r.text().contains("done")).count();
    let mut wrong: Vec<String> = replies.iter().filter_map(|r| r.as_ref().err()).take(1).map(|e| format!("a request under way: {e}")).collect();
    println!("SIGTERM with {IN_FLIGHT} requests under way: {answered} answered, {}", status.map_or("no end within 10 s".to_owned(), |s| s.to_string()));
    if answered != IN_FLIGHT {
        wrong.push(format!("{} of {IN_FLIGHT} requests under way were not answered", IN_FLIGHT - answered));
    }
    if !status.is_some_and(|s| s.success()) {
        wrong.push(format!("the end was not clean: {status:?}"));
    }
    wrong
}

fn mb(kb: u64) -> f64 {
    kb as f64 / 1024.0
}
