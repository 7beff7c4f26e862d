//! `bench state`: tokens, sessions and SQLite, against hand-written actix-web, Express on Node 24, and Bun, in one run.
//!
//! The servers are in `tests/bench/state*`. Every reply is compared with ours before it is measured. All SQLite connections are WAL with
//! `synchronous=FULL`: an insert is answered once it is on the disk, in every row. The peers send the same security headers and ETags as
//! we do, and in the rows "bare" none of them. actix-web has its SQLite routes twice: through sqlx, and through rusqlite on the worker's own thread,
//! which is as short as this work gets.

use super::builds::given_or_built;
use super::peers::{self, Peer, Plan};
use super::{CONNECTIONS, Report, cpu_per_request, machine, median, pin_self};
use crate::shell::{Outcome, root};
use puremix_tests::TempDir;
use puremix_tests::http::parse_reply;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(clap::Args)]
pub struct Args {
    /// Seconds of load for each server, path and round
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds; the median is reported
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure this binary of `tests/bench/state` instead of building it
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Write the report to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

const JWT_SECRET: &str = "benchmark-only-fedcba9876543210fedcba9876543210";
/// `jwt.sign({userId: "7", email: "ada@example.com", role: "user", exp: 4102444800}, JWT_SECRET, {noTimestamp: true})`.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VySWQiOiI3IiwiZW1haWwiOiJhZGFAZXhhbXBsZS5jb20iLCJyb2xlIjoidXNlciIsImV4cCI6NDEwMjQ0NDgwMH0.fI-BsIKFB8tkRb0M0Gbx70NDQ6jLUFOgokjGqriuTKs";
const SQLX: &str = "actix-web + sqlx";
const BARE: &str = "actix-web, bare";
const RUSQLITE: &str = "actix-web + rusqlite";

/// What is asked for.
struct Work {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
    sqlite: bool,
}

const WORK: [Work; 5] = [
    Work { name: "JSON list", method: "GET", path: "/api/list", body: "", sqlite: false },
    Work { name: "JWT", method: "GET", path: "/api/me", body: "", sqlite: false },
    Work { name: "session page", method: "GET", path: "/account", body: "", sqlite: false },
    Work { name: "SQLite page", method: "GET", path: "/items", body: "", sqlite: true },
    Work { name: "insert", method: "POST", path: "/api/notes", body: r#"{"text":"a note & more"}"#, sqlite: true },
];

/// A line of the table: a server, and where its routes begin.
struct Row {
    name: &'static str,
    peer: usize,
    prefix: &'static str,
    /// Only the SQLite columns differ from another row of the same server.
    sqlite_only: bool,
}

pub fn run(args: &Args) -> Outcome {
    let mut report = Report::default();
    report.line(format!("machine: {}", machine()));
    let scratch = TempDir::new("bench-state");
    let binary = given_or_built(args.binary.as_deref(), "tests/bench/state", scratch.path(), &mut report)?;
    let plans = plans(&binary, scratch.path())?;
    pin_self();
    let running = plans.iter().map(Plan::start).collect::<Result<Vec<_>, _>>()?;
    let rows = rows(&running);
    for work in &WORK {
        same_bodies(&rows, &running, work)?;
    }
    report.line("all replies have the same bodies; every server is pinned to core 0, the load to the others; SQLite: WAL, synchronous=FULL");
    report.line("");
    report.line(format!(
        "CPU µs a request (median of {} alternating rounds of {} s, {CONNECTIONS} connections; in brackets requests a second)",
        args.rounds, args.seconds
    ));
    measure(&rows, &running, args, &mut report)?;
    if let Some(path) = &args.out {
        std::fs::write(path, report.0).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn plans(binary: &Path, scratch: &Path) -> Result<Vec<Plan>, String> {
    let at = |name: &str| scratch.join(name).to_string_lossy().into_owned();
    let secret = || ("JWT_SECRET", JWT_SECRET.to_owned());
    let bare = || vec![("BARE", "1".to_owned())];
    let with_db = |name: &str| vec![("BENCH_DB", at(name)), secret()];
    let actix = peers::build_actix(&root().join("tests/bench/state-actix"), "bench-state-actix")?;
    let js = root().join("tests/bench/state-js");
    peers::npm_install(&js)?;
    let program = |name: &str| js.join("node_modules/.bin").join(name);
    let stored = vec![("PUREMIX_DATA", at("ours-stored")), ("SESSION_STORE", "sqlite".to_owned()), secret()];
    Ok(vec![
        peers::ours(binary, scratch).with_env(vec![("PUREMIX_DATA", at("ours")), secret()]),
        peers::ours(binary, scratch).named("puremixc, sessions in SQLite").with_env(stored),
        Plan::new(SQLX, actix.clone(), &[], scratch).with_env(with_db("actix.db")),
        Plan::new(BARE, actix, &[], scratch).with_env([with_db("bare.db"), bare()].concat()),
        Plan::new("Express, Node 24", program("node"), &["express.js"], &js).with_env(with_db("express.db")),
        Plan::new("Bun", program("bun"), &["bun.js"], &js).with_env(with_db("bun.db")),
        Plan::new("Bun, bare", program("bun"), &["bun.js"], &js).with_env([with_db("bare-bun.db"), bare()].concat()),
    ])
}

fn rows(running: &[Peer]) -> Vec<Row> {
    let mut rows: Vec<Row> = running.iter().enumerate().map(|(peer, p)| Row { name: p.name, peer, prefix: "", sqlite_only: false }).collect();
    if let Some(peer) = running.iter().position(|p| p.name == SQLX) {
        rows.insert(peer + 1, Row { name: RUSQLITE, peer, prefix: "/sync", sqlite_only: true });
    }
    rows
}

/// The bytes of a request, with the token or a session of this server.
fn request(row: &Row, peer: &Peer, work: &Work, more: &str) -> Result<Vec<u8>, String> {
    let mut lines = format!("{} {}{} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n{more}", work.method, row.prefix, work.path, peer.server.address);
    match work.path {
        "/api/me" => lines.push_str(&format!("Authorization: Bearer {TOKEN}\r\n")),
        "/account" => {
            let login = peer.server.client().get("/login").map_err(|e| format!("{}: {e}", peer.name))?;
            let cookie = login.header("set-cookie").and_then(|c| c.split(';').next()).ok_or_else(|| format!("{}: /login sets no cookie", peer.name))?;
            lines.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        _ => {}
    }
    if !work.body.is_empty() {
        lines.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", work.body.len()));
    }
    Ok(format!("{lines}\r\n{}", work.body).into_bytes())
}

fn same_bodies(rows: &[Row], running: &[Peer], work: &Work) -> Outcome {
    let mut first: Option<String> = None;
    for row in rows.iter().filter(|r| work.sqlite || !r.sqlite_only) {
        let peer = &running[row.peer];
        let failed = |e: std::io::Error| format!("{}: {e}", row.name);
        let bytes = peer.server.client().raw(&request(row, peer, work, "Connection: close\r\n")?).map_err(failed)?;
        let reply = parse_reply(&bytes, false).map_err(failed)?;
        let body = peers::canonical(&reply.text());
        if reply.status != 200 {
            return Err(format!("{} answers {} with {}: {body}", row.name, work.path, reply.status));
        }
        match &first {
            None => first = Some(body),
            Some(expected) if *expected != body => return Err(format!("{}: {} differs:\n{expected}\n---\n{body}", work.path, row.name)),
            Some(_) => {}
        }
    }
    Ok(())
}

fn measure(rows: &[Row], running: &[Peer], args: &Args, report: &mut Report) -> Outcome {
    let time = Duration::from_secs_f64(args.seconds);
    let mut table = vec![[None; WORK.len()]; rows.len()];
    for (column, work) in WORK.iter().enumerate() {
        let mut rounds = vec![Vec::new(); rows.len()];
        for _ in 0..args.rounds {
            for (row, rounds) in rows.iter().zip(&mut rounds).filter(|(r, _)| work.sqlite || !r.sqlite_only) {
                let peer = &running[row.peer];
                rounds.push(cpu_per_request(peer, &request(row, peer, work, "")?, time)?);
            }
        }
        for (row, rounds) in table.iter_mut().zip(rounds).filter(|(_, r)| !r.is_empty()) {
            let (cpu, rate) = rounds.into_iter().unzip();
            row[column] = Some((median(cpu), median(rate)));
        }
    }
    let show = |cell: Option<String>| format!("{:>19}", cell.unwrap_or_default());
    report.line(format!("{:<32}{}", "", WORK.iter().map(|w| show(Some(w.name.to_owned()))).collect::<String>()));
    for (row, cells) in rows.iter().zip(&table) {
        let cells: String = cells.iter().map(|c| show(c.map(|(cpu, rate)| format!("{cpu:.1} ({rate:.0})")))).collect();
        report.line(format!("{:<32}{cells}", row.name));
    }
    report.line("");
    for (row, theirs) in rows.iter().zip(&table).filter(|(r, _)| r.peer != 0) {
        let ratio = |(ours, theirs): (&Option<(f64, f64)>, &Option<(f64, f64)>)| show(ours.zip(*theirs).map(|(o, t)| format!("{:.2} x", o.0 / t.0)));
        report.line(format!("{:<32}{}", format!("puremixc to {}", row.name), table[0].iter().zip(theirs).map(ratio).collect::<String>()));
    }
    Ok(())
}
