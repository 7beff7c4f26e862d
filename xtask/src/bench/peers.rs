//! The servers that are compared: how each is built, started and asked.

use crate::shell::{self, Outcome, root};
use puremix_tests::http::Reply;
use puremix_tests::{Server, server::free_port};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub const HAND_WRITTEN: &str = "actix-web + askama";

/// How to start a server.
pub struct Plan {
    name: &'static str,
    program: PathBuf,
    args: &'static [&'static str],
    directory: PathBuf,
    takes_port_flag: bool,
    env: Vec<(&'static str, String)>,
}

/// A running server.
pub struct Peer {
    pub name: &'static str,
    pub server: Server,
    /// From the start of the process to the first whole reply.
    pub first_reply: Duration,
    /// Resident memory after one request.
    pub idle_kb: u64,
}

pub fn ours(binary: &Path, directory: &Path) -> Plan {
    Plan { name: "puremixc", program: binary.to_owned(), args: &["serve", "--host", "127.0.0.1"], directory: directory.to_owned(), takes_port_flag: true, env: Vec::new() }
}

/// Builds one of the hand-written servers; its executable.
pub fn build_actix(directory: &Path, name: &str) -> Result<PathBuf, String> {
    let target = root().join("target").join(name);
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--locked", "--quiet"]).current_dir(directory).env("CARGO_TARGET_DIR", &target);
    shell::run(build)?;
    Ok(target.join("release").join(name))
}

/// Fetches a peer's packages from npm.
pub fn npm_install(directory: &Path) -> Outcome {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]).current_dir(directory);
    shell::run(npm)
}

pub fn hand_written() -> Result<Plan, String> {
    let directory = root().join("tests/bench/actix");
    Ok(Plan { name: HAND_WRITTEN, program: build_actix(&directory, "bench-actix")?, args: &[], directory, takes_port_flag: false, env: Vec::new() })
}

pub fn express() -> Result<Plan, String> {
    let directory = root().join("tests/bench/express");
    npm_install(&directory)?;
    Ok(Plan { name: "Express + EJS, Node 24", program: directory.join("node_modules/.bin/node"), args: &["server.js"], directory, takes_port_flag: false, env: Vec::new() })
}

/// The command on core 0.
pub fn pinned(program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program).args(args);
    command
}

impl Plan {
    /// Starts the server several times; the last one stays, with the median of the times to the first reply.
    pub fn start_best(&self, times: usize) -> Result<Peer, String> {
        let mut took = Vec::new();
        let mut last = None;
        for _ in 0..times {
            drop(last.take());
            let peer = self.start()?;
            took.push(peer.first_reply);
            last = Some(peer);
        }
        took.sort();
        let mut peer = last.ok_or("no start was asked for")?;
        peer.first_reply = took[took.len() / 2];
        Ok(peer)
    }

    /// Any other server that reads `PORT`.
    pub fn new(name: &'static str, program: PathBuf, args: &'static [&'static str], directory: &Path) -> Plan {
        Plan { name, program, args, directory: directory.to_owned(), takes_port_flag: false, env: Vec::new() }
    }

    #[must_use]
    pub fn with_env(self, env: Vec<(&'static str, String)>) -> Plan {
        Plan { env, ..self }
    }

    #[must_use]
    pub fn named(self, name: &'static str) -> Plan {
        Plan { name, ..self }
    }

    pub fn start(&self) -> Result<Peer, String> {
        let port = free_port();
        let mut command = pinned(&self.program, self.args);
        if self.takes_port_flag {
            command.args(["--port", &port.to_string()]);
        }
        let secret = "benchmark-only-0123456789abcdef0123456789";
        command.env("PORT", port.to_string()).env("SESSION_SECRET", secret).env("NODE_ENV", "production").current_dir(&self.directory);
        command.envs(self.env.iter().map(|(name, value)| (*name, value)));
        let began = Instant::now();
        let server = Server::start_command(command, port)?;
        let first_reply = began.elapsed();
        std::thread::sleep(Duration::from_millis(300));
        let idle_kb = server.rss_kb().unwrap_or(0);
        Ok(Peer { name: self.name, server, first_reply, idle_kb })
    }
}

impl Peer {
    /// What our server says about its isolates when it starts.
    pub fn isolates(&self) -> Option<String> {
        let output = self.server.output();
        let line = output.lines().find(|l| l.contains("listening on"))?;
        let (_, inside) = line.rsplit_once(", ")?;
        Some(inside.trim_end_matches(')').to_owned())
    }
}

/// Fails unless all servers answer with the same bytes and with the headers that ours sends.
pub fn same_reply(peers: &[Peer], path: &str) -> Outcome {
    let mut replies: Vec<(&str, Reply)> = Vec::new();
    for peer in peers {
        let reply = peer.server.client().get(path).map_err(|e| format!("{}: {e}", peer.name))?;
        if reply.status != 200 {
            return Err(format!("{} answers {path} with {}", peer.name, reply.status));
        }
        replies.push((peer.name, reply));
    }
    let Some(((first, expected), others)) = replies.split_first() else { return Ok(()) };
    for (name, reply) in others {
        if canonical(&expected.text()) != canonical(&reply.text()) {
            return Err(format!("{first} and {name} differ on {path}:\n{}\n---\n{}", expected.text(), reply.text()));
        }
        for (header, value) in &expected.headers {
            // Lengths differ with the spelling of entities, dates with the second.
            let same = match header.as_str() {
                "date" | "content-length" => reply.header(header).is_some(),
                // Ours closes because it was asked to.
                "connection" => true,
                _ => reply.header(header).is_some_and(|v| v.eq_ignore_ascii_case(value)),
            };
            if !same {
                return Err(format!("{path}: {first} sends `{header}: {value}`, {name} sends {:?}", reply.header(header)));
            }
        }
    }
    Ok(())
}

/// Escapers write the same characters differently (`&#34;`, `&quot;`, `"`), and some end a page with a line feed.
pub fn canonical(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    for (from, to) in [("&#34;", "\""), ("&quot;", "\""), ("&#38;", "&amp;"), ("&#60;", "&lt;"), ("&#62;", "&gt;"), ("&#39;", "'")] {
        text = text.replace(from, to);
    }
    text
}
