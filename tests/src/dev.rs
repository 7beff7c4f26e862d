//! `puremixc dev`, running for a test, with an open browser that listens to its events.

use crate::server::free_port;
use crate::{Client, Server};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A development server and the app it follows.
pub struct Dev {
    pub server: Server,
    app: PathBuf,
    events: Receiver<Value>,
    is_over: Arc<AtomicBool>,
}

impl Dev {
    /// Starts `puremixc dev` on the app and waits until it answers.
    pub fn start(puremixc: &Path, app: &Path) -> Result<Dev, String> {
        Dev::start_with(puremixc, app, |_| {})
    }

    /// As [`Dev::start`], with other arguments or another environment.
    pub fn start_with(puremixc: &Path, app: &Path, adapt: impl FnOnce(&mut Command)) -> Result<Dev, String> {
        let port = free_port();
        let mut command = Command::new(puremixc);
        command.arg("dev").arg(app).args(["--port", &port.to_string()]);
        adapt(&mut command);
        let server = Server::start_command(command, port)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let (send, events) = channel();
        let (address, over) = (server.address, is_over.clone());
        std::thread::spawn(move || listen(address, &send, &over));
        let dev = Dev { server, app: app.to_path_buf(), events, is_over };
        dev.wait_for("hello")?;
        Ok(dev)
    }

    pub fn client(&self) -> Client {
        self.server.client()
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.app.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.app.join(path).exists()
    }

    /// Saves a file, whose directory is made.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.app.join(path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
        }
        fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// Saves a file as many editors do: written beside it and renamed.
    pub fn write_by_renaming(&self, path: &str, text: &str) {
        let beside = format!("{path}.tmp~");
        self.write(&beside, text);
        fs::rename(self.app.join(beside), self.app.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.app.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    }

    /// Replaces text in a file, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replace(from, to));
    }

    /// The next event.
    pub fn next(&self) -> Result<Value, String> {
        self.events.recv_timeout(PATIENCE).map_err(|_| format!("no event came\n{}", self.server.output()))
    }

    /// Passes over events until one of this kind.
    pub fn wait_for(&self, kind: &str) -> Result<Value, String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let event = self.next()?;
            if event["kind"] == kind {
                return Ok(event);
            }
        }
        Err(format!("no `{kind}` came\n{}", self.server.output()))
    }

    /// Passes over events that have come, until none comes for this long.
    pub fn settle(&self, quiet: Duration) {
        while self.events.recv_timeout(quiet).is_ok() {}
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Reads events as a browser does, reconnecting when the server goes away.
fn listen(address: SocketAddr, events: &Sender<Value>, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let request = format!("GET /__dev/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n");
            if stream.write_all(request.as_bytes()).is_ok() {
                // An event is one chunk on one line, so the chunks' framing can be passed over.
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if let Some(event) = line.strip_prefix("data: ").and_then(|data| serde_json::from_str(data).ok()) {
                        // Nobody may be waiting any more.
                        let _ = events.send(event);
                    }
                }
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
