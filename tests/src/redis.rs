//! A Redis server of a test's own.

use crate::TempDir;
use crate::server::free_port;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends with the value.
pub struct Redis {
    child: Option<Child>,
    directory: TempDir,
    port: u16,
    is_encrypted: bool,
}

const PASSWORD: &str = "secret word";

impl Redis {
    /// `None` where Redis is not installed: the caller says that it did not run.
    pub fn start() -> Option<Redis> {
        Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().ok().filter(|s| s.success())?;
        let mut server = Redis { child: None, directory: TempDir::new("redis"), port: free_port(), is_encrypted: false };
        server.resume();
        Some(server)
    }

    /// One that speaks TLS, with a certificate for `localhost` of its own. `None` where Redis, or `openssl` to make the certificate, is missing.
    pub fn start_encrypted() -> Option<Redis> {
        Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().ok().filter(|s| s.success())?;
        let mut server = Redis { child: None, directory: TempDir::new("rediss"), port: free_port(), is_encrypted: true };
        let mut make = Command::new("openssl");
        make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
        make.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"]);
        make.current_dir(server.directory.path()).stderr(Stdio::null()).stdout(Stdio::null()).status().ok().filter(|s| s.success())?;
        server.resume();
        Some(server)
    }

    /// The certificate to trust.
    pub fn certificate(&self) -> PathBuf {
        self.directory.path().join("cert.pem")
    }

    /// `redis://…` of its third database.
    pub fn url(&self) -> String {
        let (scheme, host) = if self.is_encrypted { ("rediss", "localhost") } else { ("redis", "127.0.0.1") };
        format!("{scheme}://:{}@{host}:{}/3", PASSWORD.replace(' ', "%20"), self.port)
    }

    /// Starts it, or starts it again with what it had.
    pub fn resume(&mut self) {
        let mut command = Command::new("redis-server");
        let port = self.port.to_string();
        match self.is_encrypted {
            true => command.args(["--port", "0", "--tls-port", &port, "--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem", "--tls-auth-clients", "no"]),
            false => command.args(["--port", &port]),
        };
        command.current_dir(self.directory.path());
        command.args(["--bind", "127.0.0.1", "--requirepass", PASSWORD, "--appendonly", "yes", "--dir"]);
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
        if self.is_encrypted {
            // It has nothing to read.
            return Ok(true);
        }
        write!(stream, "AUTH \"{PASSWORD}\"\r\nPING\r\nQUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.contains("+PONG"))
    }

    /// How often a command was called since the server began.
    pub fn calls(&self, command: &str) -> usize {
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            write!(stream, "AUTH \"{PASSWORD}\"\r\nINFO commandstats\r\nQUIT\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = asked().expect("redis-server answers");
        let calls = answer.split_once(&format!("cmdstat_{command}:calls=")).map(|(_, rest)| rest.split(',').next().unwrap_or_default());
        calls.map_or(0, |n| n.parse().expect("a number of calls"))
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
