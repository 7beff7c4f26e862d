//! A PostgreSQL server of a test's own: Debian's, in a temporary directory, on a free port of the loopback.

use crate::server::free_port;
use crate::temp::TempDir;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropped, it ends and its files go.
pub struct Postgres {
    child: Option<Child>,
    directory: TempDir,
    pub port: u16,
}

/// Whom the server's superuser is; everybody on the loopback needs this password.
const USER: &str = "puremix";
const PASSWORD: &str = "secret word";

impl Postgres {
    /// Makes and starts a server. `None` where PostgreSQL is not installed: the caller says that it did not run.
    pub fn start() -> Option<Postgres> {
        let programs = programs()?;
        let directory = TempDir::new("postgres");
        directory.write("password", PASSWORD);
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres:postgres"]).arg(directory.path()));
        }
        let data = directory.path().join("data");
        let mut initdb = as_server(&programs.join("initdb"));
        initdb.args(["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]);
        run(initdb.arg("--pwfile").arg(directory.path().join("password")).arg("-D").arg(&data));
        let mut server = Postgres { child: None, directory, port: free_port() };
        server.resume();
        Some(server)
    }

    /// `postgres://…` of its database.
    pub fn url(&self) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/postgres", PASSWORD.replace(' ', "%20"), self.port)
    }

    /// The URL of a new, empty database.
    pub fn database(&self, name: &str) -> String {
        self.sql(&format!("CREATE DATABASE \"{name}\""));
        format!("{}/{name}", self.url().trim_end_matches("/postgres"))
    }

    /// Runs statements with `psql`; what it prints.
    pub fn sql(&self, statements: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", statements, &self.url()]);
        let output = psql.output().expect("psql is installed with the server");
        assert!(output.status.success(), "{statements}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Where its socket is: `postgres://…?host=DIRECTORY`.
    pub fn socket_directory(&self) -> &Path {
        self.directory.path()
    }

    /// Lets the server speak TLS, with a certificate for `localhost` of an authority of its own: the authority's certificate, as a file. `None` without openssl.
    pub fn encrypt(&self) -> Option<PathBuf> {
        let at = |name: &str| self.directory.path().join(name).to_string_lossy().into_owned();
        let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).output().is_ok_and(|o| o.status.success());
        let made = openssl(&["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout", &at("ca.key"), "-out", &at("ca.crt")])
            && openssl(&["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", &at("data/server.key"), "-out", &at("server.csr")]);
        self.directory.write("names", "subjectAltName=DNS:localhost");
        let signed = ["x509", "-req", "-days", "2", "-in", &at("server.csr"), "-CA", &at("ca.crt"), "-CAkey", &at("ca.key"), "-CAcreateserial", "-extfile", &at("names"), "-out", &at("data/server.crt")];
        if !made || !openssl(&signed) {
            return None;
        }
        run(Command::new("chmod").arg("600").arg(at("data/server.key")));
        if is_root() {
            run(Command::new("chown").args(["postgres:postgres", &at("data/server.key"), &at("data/server.crt")]));
        }
        self.sql("ALTER SYSTEM SET ssl = on");
        self.sql("SELECT pg_reload_conf()");
        let start = Instant::now();
        while self.sql("SHOW ssl") != "on" {
            assert!(start.elapsed() < Duration::from_secs(10), "the server does not begin to speak TLS");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(self.directory.path().join("ca.crt"))
    }

    /// Stops the server at once: open connections end.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGQUIT: it ends its children and does not wait for clients.
            let _ = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }

    /// Starts it again on the same port with the same data.
    pub fn resume(&mut self) {
        let programs = programs().expect("it was there before");
        let mut server = as_server(&programs.join("postgres"));
        server.arg("-D").arg(self.directory.path().join("data")).args(["-p", &self.port.to_string(), "-h", "127.0.0.1"]);
        // Tests do not pull the plug on it.
        server.arg("-k").arg(self.directory.path()).args(["-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=16MB"]);
        let log = std::fs::File::create(self.directory.path().join("log")).expect("a temporary directory is writable");
        self.child = Some(server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts"));
        let start = Instant::now();
        while !self.answers() {
            assert!(start.elapsed() < Duration::from_secs(30), "{}", std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn answers(&self) -> bool {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        TcpStream::connect(address).is_ok()
            && Command::new("psql").args(["-X", "-q", "-c", "select 1", &self.url()]).output().is_ok_and(|o| o.status.success())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The newest version's programs, where Debian puts them.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let newest = versions.flatten().map(|v| v.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    newest.max()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n")
}

/// A command that runs as the user `postgres` when we are root, whom PostgreSQL refuses.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
