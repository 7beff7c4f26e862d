//! A built binary, running for a test.

use crate::http::{Client, parse_reply};
use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A running server; dropped, it is killed.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// The latest lines the server printed.
    output: Arc<Mutex<Vec<String>>>,
}

const LINES_KEPT: usize = 60;

/// A port nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}

impl Server {
    /// Starts `binary serve` in `directory` and waits until it accepts connections.
    pub fn start(binary: &Path, directory: &Path, env: &[(&str, &str)]) -> Result<Server, String> {
        let port = free_port();
        let mut command = Command::new(binary);
        command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        command.current_dir(directory).envs(env.iter().copied());
        Server::start_command(command, port)
    }

    /// Starts a command that will listen on `port`.
    pub fn start_command(mut command: Command, port: u16) -> Result<Server, String> {
        let shown = format!("{command:?}");
        // For apps that configure none: production asks for one.
        command.env("PUREMIX_KEPT_SECRET", "5e".repeat(32));
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{shown}: {e}"))?;
        let mut server = Server { child, address: SocketAddr::from(([127, 0, 0, 1], port)), output: Arc::default() };
        server.read_output();
        let deadline = Instant::now() + Duration::from_secs(20);
        // A server listens before the app's modules have run, and ends if they throw: only an answer says that it is ready.
        let probe = format!("GET /_puremix/none HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        loop {
            if server.client().raw(probe.as_bytes()).is_ok_and(|answer| parse_reply(&answer, false).is_ok()) {
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                std::thread::sleep(Duration::from_millis(50));
                return Err(format!("{shown} ended with {status} before it answered\n{}", server.output()));
            }
            if Instant::now() > deadline {
                return Err(format!("{shown} did not answer within 20 s\n{}", server.output()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Resident memory in kilobytes.
    pub fn rss_kb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
    }

    /// Sends a signal by name (`TERM`) and waits for the end; answers the exit code, or `None` after `patience`.
    pub fn signal_and_wait(&mut self, signal: &str, patience: Duration) -> Option<std::process::ExitStatus> {
        let _ = Command::new("kill").args([format!("-{signal}"), self.pid().to_string()]).status();
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Reads both pipes all the time: one that nobody reads would stop the server once it is full.
    fn read_output(&mut self) {
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            self.child.stdout.take().map(|p| Box::new(p) as Box<dyn Read + Send>),
            self.child.stderr.take().map(|p| Box::new(p) as Box<dyn Read + Send>),
        ];
        for pipe in pipes.into_iter().flatten() {
            let output = self.output.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let Ok(mut kept) = output.lock() else { return };
                    if kept.len() == LINES_KEPT {
                        kept.remove(0);
                    }
                    kept.push(line);
                }
            });
        }
    }

    /// Whether the server prints this. It writes its log while it answers, so a line may come a little after the answer.
    pub fn prints(&self, part: &str) -> bool {
        let patience = Instant::now() + Duration::from_secs(5);
        while !self.output().contains(part) {
            if Instant::now() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// The latest lines on stdout and stderr.
    pub fn output(&self) -> String {
        self.output.lock().map(|lines| lines.join("\n")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
