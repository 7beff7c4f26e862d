//! A Redis server of a test's own.

use crate::TempDir;
use crate::server::free_port;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends with the value.
pub struct Redis {
    child: Option<Child>,
    directory: TempDir,
    port: u16,
}

const PASSWORD: &str = "secret word";

impl Redis {
    /// `None` where Redis is not installed: the caller says that it did not run.
    pub fn start() -> Option<Redis> {
        Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().ok().filter(|s| s.success())?;
        let mut server = Redis { child: None, directory: TempDir::new("redis"), port: free_port() };
        server.resume();
        Some(server)
    }

    /// `redis://…` of its third database.
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/3", PASSWORD.replace(' ', "%20"), self.port)
    }

    /// Starts it, or starts it again with what it had.
    pub fn resume(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--appendonly", "yes", "--dir"]);
        let child = command.arg(self.directory.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("redis-server starts");
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.is_ready().unwrap_or(false) {
            assert!(Instant::now() < deadline, "redis-server is ready within 10 s");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// It listens before it has read what it had.
    fn is_ready(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "AUTH \"{PASSWORD}\"\r\nPING\r\nQUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.contains("+PONG"))
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
