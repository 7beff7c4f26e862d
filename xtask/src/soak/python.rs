//! `soak --python`: everything that can go wrong in Python, at once and again and again, through HTTP, while workers are killed. Each request gets its
//! own right answer or its own error; the server stays up; no process, no descriptor and no memory is left behind.

use crate::bench::build_app;
use crate::shell::Outcome;
use puremix_tests::http::Client;
use puremix_tests::{Server, TempDir, server::free_port};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What is asked for, of which some kinds are rarer than others: `add` comes between any two.
const KINDS: [&str; 9] = ["raises", "deep", "fork", "crash", "never", "flood", "leave", "large", "spin"];
/// Requests at once.
const CLIENTS: u32 = 6;
/// Between two workers that are killed.
const KILL_EVERY: Duration = Duration::from_millis(700);
/// In kilobytes, what memory may be above its level after the first third. Results of 50 MB come and go.
const SWING: u64 = 96 * 1024;
/// Descriptors of workers that are starting or ending just then.
const SLACK: usize = 24;

#[derive(Default)]
struct Totals {
    right: AtomicU64,
    /// Calls that a killed worker was at.
    killed: AtomicU64,
    wrong: Mutex<Vec<String>>,
    stops: AtomicBool,
}

pub fn run(args: &super::Args) -> Outcome {
    let scratch = TempDir::new("soak-python");
    let binary = match &args.binary {
        Some(binary) => std::fs::canonicalize(binary).map_err(|e| format!("{}: {e}", binary.display()))?,
        None => {
            let out = scratch.path().join("app");
            build_app("tests/soak-python", &out, if args.short { &["--ci"] } else { &[] })?;
            out
        }
    };
    let start = || {
        let port = free_port();
        let mut command = Command::new(&binary);
        command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]).current_dir(scratch.path()).env("NODE_ENV", "production");
        Server::start_command(command, port)
    };
    let mut server = start()?;
    let seconds = if args.short { 15 } else { args.seconds.max(15) };
    let totals = Arc::new(Totals::default());
    // The level of descriptors is that of a server whose workers run.
    server.client().get("/api/fault?kind=add&a=1&b=2").map_err(|e| e.to_string())?;
    let before = descriptors(server.pid());
    let address = server.address;
    let mut threads: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let totals = totals.clone();
            std::thread::spawn(move || traffic(address, client, &totals))
        })
        .collect();
    let (killing, pid) = (totals.clone(), server.pid());
    threads.push(std::thread::spawn(move || kill_workers(pid, &killing)));
    let (warm, peak) = super::watch(&mut server, Duration::from_secs(seconds))?;
    totals.stops.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().map_err(|_| "a traffic thread panicked".to_owned())?;
    }
    let (right, killed) = (totals.right.load(Ordering::Relaxed), totals.killed.load(Ordering::Relaxed));
    println!("{seconds} s of faults: {right} answers as they should be, {killed} calls whose worker was killed");
    println!("RSS after warming up {:.1} MB, most after that {:.1} MB", super::mb(warm), super::mb(peak));
    let mut wrong = std::mem::take(&mut *totals.wrong.lock().map_err(|e| e.to_string())?);
    wrong.truncate(5);
    if peak > warm + SWING {
        wrong.push(format!("memory grew by more than {:.0} MB", super::mb(SWING)));
    }
    wrong.extend(settled(&server, before));
    wrong.extend(end(&mut server));
    wrong.extend(sudden_end(&mut start()?));
    let output = server.output();
    if let Some(line) = output.lines().find(|l| l.contains("panicked")) {
        wrong.push(line.to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn traffic(address: SocketAddr, client: u32, totals: &Totals) {
    let mut turn = client as usize;
    let mut http = Client::new(address);
    http.set_timeout(Duration::from_secs(60));
    while !totals.stops.load(Ordering::Relaxed) {
        turn += 1;
        // One in ten is a fault, so that most of the time is not spent in starting processes.
        let kind = if turn % 10 == 0 { KINDS[turn / 10 % KINDS.len()] } else { "add" };
        let (a, b) = (turn, client);
        let outcome = match http.get(&format!("/api/fault?kind={kind}&a={a}&b={b}")) {
            Ok(reply) if reply.status == 200 => judge(kind, a, b, &reply.json()),
            Ok(reply) => Err(format!("{kind}: status {}: {}", reply.status, reply.text())),
            Err(e) => Err(format!("{kind}: {e}")),
        };
        match outcome {
            Ok(true) => totals.right.fetch_add(1, Ordering::Relaxed),
            Ok(false) => totals.killed.fetch_add(1, Ordering::Relaxed),
            Err(complaint) => {
                totals.wrong.lock().expect("no panic").push(complaint);
                0
            }
        };
    }
}

/// Whether the answer is the call's own, or says that its worker was killed.
fn judge(kind: &str, a: usize, b: u32, answer: &Value) -> Result<bool, String> {
    let message = answer["message"].as_str().unwrap_or_default();
    let is_right = match kind {
        "add" => *answer == json!({ "value": a + b as usize }),
        "raises" => *answer == json!({ "code": "ValueError", "message": format!("ValueError: number {a}") }),
        "deep" => answer["code"] == "RecursionError",
        "fork" => answer["value"] == "parent",
        "crash" => answer["code"] == "PYTHON_CRASHED" && message.contains("SIGSEGV"),
        "leave" => answer["code"] == "PYTHON_CRASHED" && message.contains("exit code 7"),
        "never" => answer["code"] == "ModuleNotFoundError" && message.contains("no_such_package"),
        "flood" => answer["value"] == 20_000,
        "large" => answer["value"] == 50_000_000,
        "spin" => answer["code"] == "PYTHON_TIMEOUT",
        _ => false,
    };
    let is_killed = answer["code"] == "PYTHON_CRASHED" && message.contains("SIGKILL");
    if is_right || is_killed { Ok(is_right) } else { Err(format!("{kind}({a}, {b}) answered {answer}")) }
}

/// The processes whose parent is the server: number, and whether it has ended without being waited for.
fn children(server: u32) -> Vec<(u32, bool)> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
    all.filter_map(|pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let (state, parent) = (fields.next()?, fields.next()?.parse::<u32>().ok()?);
        (parent == server).then_some((pid, state == "Z"))
    })
    .collect()
}

fn descriptors(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

fn kill_workers(server: u32, totals: &Totals) {
    let mut turn = 0;
    while !totals.stops.load(Ordering::Relaxed) {
        std::thread::sleep(KILL_EVERY);
        let workers = children(server);
        if let Some((pid, false)) = workers.get(turn % workers.len().max(1)) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).output();
        }
        turn += 1;
    }
}

/// After the storm: the server works, has its minimum of workers, and nothing besides.
fn settled(server: &Server, before: usize) -> Vec<String> {
    let begin = Instant::now();
    loop {
        let mut wrong = Vec::new();
        let children = children(server.pid());
        if children.len() != 2 || children.iter().any(|(_, is_zombie)| *is_zombie) {
            wrong.push(format!("the server's processes: {children:?} (true: a zombie), where the minimum is 2"));
        }
        let now = descriptors(server.pid());
        if now > before + SLACK {
            wrong.push(format!("{now} descriptors, where there were {before}"));
        }
        match server.client().get("/api/fault?kind=add&a=40&b=2") {
            Ok(reply) if reply.json() == json!({ "value": 42 }) => {}
            Ok(reply) => wrong.push(format!("after the faults: {}", reply.text())),
            Err(e) => wrong.push(format!("after the faults: {e}")),
        }
        if wrong.is_empty() || begin.elapsed() > Duration::from_secs(20) {
            println!("after {:.1} s: {} workers, {now} descriptors ({before} before)", begin.elapsed().as_secs_f64(), children.len());
            return wrong;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The server ends with a call under way: it is answered, and no process remains.
fn end(server: &mut Server) -> Vec<String> {
    let address = server.address;
    let under_way = std::thread::spawn(move || Client::new(address).get("/api/fault?kind=slow"));
    std::thread::sleep(Duration::from_millis(300));
    let workers = children(server.pid());
    let status = server.signal_and_wait("TERM", Duration::from_secs(15));
    let mut wrong = Vec::new();
    match under_way.join() {
        Ok(Ok(reply)) if reply.json() == json!({ "value": "done" }) => {}
        other => wrong.push(format!("the call under way at the end: {:?}", other.map(|r| r.map(|r| r.text())))),
    }
    if !status.is_some_and(|s| s.success()) {
        wrong.push(format!("the end was not clean: {status:?}"));
    }
    wrong.extend(survivors(&workers));
    wrong
}

/// The server is killed while Python computes: its workers end with it.
fn sudden_end(server: &mut Server) -> Vec<String> {
    let address = server.address;
    let under_way = std::thread::spawn(move || drop(Client::new(address).get("/api/fault?kind=spin")));
    std::thread::sleep(Duration::from_secs(1));
    let workers = children(server.pid());
    server.signal_and_wait("KILL", Duration::from_secs(5));
    let mut wrong: Vec<String> = survivors(&workers).into_iter().collect();
    if workers.is_empty() || under_way.join().is_err() {
        wrong.push("no worker was there when the server was killed".to_owned());
    }
    wrong
}

/// Workers that are still there some seconds after their server: a busy machine takes a while to end a process that computes.
fn survivors(workers: &[(u32, bool)]) -> Option<String> {
    // Who has inherited them may not have waited for them yet.
    let runs = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    let begin = Instant::now();
    loop {
        let left = workers.iter().filter(|(pid, _)| runs(pid)).count();
        if left == 0 || begin.elapsed() > Duration::from_secs(5) {
            return (left > 0).then(|| format!("{left} workers outlived the server"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
