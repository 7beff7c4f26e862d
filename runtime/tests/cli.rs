//! A built binary from outside: its verbs, its configuration, and its end. The binary is `examples/guestbook.rs`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The example stands beside the test's own directory.
fn binary() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.join("examples/guestbook")
}

/// A directory of its own for the working directory of a server.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str, files: &[(&str, &str)]) -> Dir {
        let path = std::env::temp_dir().join(format!("puremix-cli-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for (file, text) in files {
            let file = path.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Dir(path)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        // What `puremixc run` gives an app that configures no secret.
        command.args(args).current_dir(&self.0).env_clear().env("PUREMIX_KEPT_SECRET", "5e".repeat(32));
        command
    }

    fn run(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        self.command(args).envs(env.iter().copied()).output().unwrap()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Server {
    child: Child,
    port: u16,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(dir: &Dir, env: &[(&str, &str)]) -> Server {
        let mut child = dir.command(&["--port", "0", "--host", "127.0.0.1"]).envs(env.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(stdout.read_line(&mut line).unwrap() > 0, "the server ended before it listened");
        }
        let port = line.split("http://127.0.0.1:").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        Server { child, port, stdout }
    }

    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n", body.len()) };
        write!(stream, "{}\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{length}\r\n{body}", head.trim_end(), self.port).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Values of all `Set-Cookie` lines, without attributes.
fn cookies(answer: &str) -> Vec<String> {
    answer.lines().filter_map(|l| l.strip_prefix("set-cookie: ")).map(|l| l.split(';').next().unwrap().to_owned()).collect()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, b)| b)
}

#[test]
fn verbs() {
    let dir = Dir::new("verbs", &[]);
    expect_test::expect![[r#"
        guestbook 1.0.0
        puremixc 0.1.0
        ABI 11
    "#]].assert_eq(&out(&dir.run(&["--version"], &[])));
    expect_test::expect![[r#"
        /          GET POST  app/routes/index.puremix
        /throws    GET       app/routes/throws.puremix
        /tiny      GET       app/routes/tiny.puremix
        /deep      GET       app/routes/deep.puremix
        /api/[id]  GET       app/routes/api/[id].js
    "#]].assert_eq(&out(&dir.run(&["routes"], &[])));
    let wrong = dir.run(&["sreve"], &[]);
    assert_eq!((wrong.status.code(), err(&wrong)), (Some(2), "guestbook: unknown command `sreve`; did you mean `serve`?\nTry `guestbook --help`.\n".to_owned()));
}

#[test]
fn configuration_and_its_origins() {
    let dir = Dir::new("config", &[(".env", "APP_PORT=4001\nSESSION_SECRET='hunter2'\n"), (".env.production", "LOG_LEVEL=warn\n")]);
    let shown = dir.run(&["config", "--host", "::1"], &[]);
    let text = out(&shown);
    let lines: Vec<&str> = text.lines().filter(|l| !l.ends_with("(default)")).collect();
    expect_test::expect![[r#"
        [
            "mode = production",
            "port = 4001  (puremix.config.js)",
            "host = ::1  (--host)",
            "logLevel = warn  (.env.production LOG_LEVEL)",
            "session.secret = ********  (.env SESSION_SECRET)",
        ]
    "#]].assert_debug_eq(&lines);
    assert!(err(&shown).contains("warn puremix.config.js: unknown key `colour`"), "{}", err(&shown));
    assert!(out(&dir.run(&["config"], &[("PORT", "5005"), ("NODE_ENV", "test")])).contains("mode = test\nport = 5005  (environment PORT)"));
    let bad = dir.run(&["serve", "--port", "many"], &[]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(err(&bad).contains("`port` must be a port from 0 to 65535, but --port has `many`"), "{}", err(&bad));
}

#[test]
fn serves_and_tells_its_health() {
    let dir = Dir::new("serve", &[("public/upload.svg", "<svg/>"), ("secret.txt", "secret")]);
    let server = Server::start(&dir, &[]);
    let port = server.port.to_string();
    let health = dir.run(&["health", "--port", &port], &[]);
    assert!(health.status.success() && out(&health).starts_with("{\"status\":\"ok\",\"version\":\"1.0.0\""), "{}", err(&health));
    let none = dir.run(&["health", "--port", "1"], &[]);
    assert_eq!(none.status.code(), Some(1));

    let first = server.ask("GET / HTTP/1.1", "");
    assert!(body(&first).contains("<body><p>visits 1</p><p>you are </p>"), "{first}");
    assert!(body(&server.ask("GET / HTTP/1.1", "")).contains("<p>visits 2</p>"), "pinned: one isolate keeps the count");
    assert_eq!(body(&server.ask("GET /api/a%20b HTTP/1.1", "")), "{\"id\":\"a b\"}");
    assert!(server.ask("GET /style.css HTTP/1.1", "").contains("etag: \"s1\""));
    let upload = server.ask("GET /upload.svg HTTP/1.1", "");
    assert!(upload.contains("content-disposition: attachment") && upload.contains("nosniff") && upload.ends_with("<svg/>"), "{upload}");
    assert!(server.ask("GET /public/upload.svg HTTP/1.1", "").ends_with("<svg/>"));
    assert!(server.ask("GET /%2e%2e/secret.txt HTTP/1.1", "").starts_with("HTTP/1.1 404"));
    assert!(server.ask("GET /nothing HTTP/1.1", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn exceptions_and_bottomless_recursion_are_500s_without_details() {
    let dir = Dir::new("throws", &[]);
    let server = Server::start(&dir, &[]);
    for path in ["/throws", "/deep"] {
        let answer = server.ask(&format!("GET {path} HTTP/1.1"), "");
        assert!(answer.starts_with("HTTP/1.1 500") && !answer.contains("secret detail"), "{answer}");
    }
    assert!(server.ask("GET / HTTP/1.1", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn sessions_and_tokens() {
    let dir = Dir::new("sessions", &[]);
    let server = Server::start(&dir, &[("SESSION_SECRET", "a secret")]);
    let page = server.ask("GET / HTTP/1.1", "");
    let token_cookie = cookies(&page);
    assert_eq!(token_cookie.len(), 1, "a page with a form has a token's cookie and no session: {page}");
    let token = page.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();

    // No cookie: nothing to forge. A browser's own form: fine without a token. Another site's: refused.
    assert!(server.ask("POST / HTTP/1.1", "name=curl").starts_with("HTTP/1.1 200"));
    let cookie = format!("Cookie: {}", token_cookie[0]);
    assert!(server.ask(&format!("POST / HTTP/1.1\r\n{cookie}\r\nSec-Fetch-Site: same-origin"), "name=a").starts_with("HTTP/1.1 200"));
    assert!(server.ask(&format!("POST / HTTP/1.1\r\n{cookie}\r\nSec-Fetch-Site: cross-site"), "name=a").starts_with("HTTP/1.1 403"));
    assert!(server.ask(&format!("POST / HTTP/1.1\r\n{cookie}\r\nOrigin: https://evil.example"), &format!("name=a&_csrf={token}")).starts_with("HTTP/1.1 403"));
    assert!(server.ask(&format!("POST / HTTP/1.1\r\n{cookie}"), "name=a").starts_with("HTTP/1.1 403"));
    assert!(server.ask(&format!("POST / HTTP/1.1\r\n{cookie}"), "name=a&_csrf=AAAA").starts_with("HTTP/1.1 403"));

    let signed = server.ask(&format!("POST / HTTP/1.1\r\n{cookie}"), &format!("name=Ann&_csrf={token}"));
    assert!(body(&signed).contains("<p>you are Ann</p>"), "{signed}");
    let session = cookies(&signed).into_iter().find(|c| c.starts_with("sid=")).expect("a session cookie");
    let again = server.ask(&format!("GET / HTTP/1.1\r\nCookie: {session}"), "");
    assert!(body(&again).contains("<p>you are Ann</p>"), "{again}");
    let forged = server.ask(&format!("GET / HTTP/1.1\r\nCookie: {}x", session), "");
    assert!(body(&forged).contains("<p>you are </p>"), "{forged}");
}

#[test]
fn a_signal_ends_it_in_good_order() {
    let dir = Dir::new("signal", &[]);
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&dir, &[]);
        // An idle connection does not hold it.
        let mut idle = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        idle.write_all(b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        assert!(idle.read(&mut [0; 1024]).unwrap() > 0);
        server.signal(signal);
        let start = Instant::now();
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(3));
        let mut rest = String::new();
        server.stdout.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("info stopping") && rest.contains("info stopped"), "{rest}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = Dir::new("signals", &[]);
    let mut server = Server::start(&dir, &[]);
    let mut stuck = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stuck.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request");
    server.signal("-TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_taken_port_ends_the_start() {
    let dir = Dir::new("taken", &[]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = dir.run(&["--host", "127.0.0.1", "--port", &port], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("is already in use; choose another port with --port or PORT"), "{}", err(&output));
}

#[test]
fn production_takes_a_secret_of_its_own() {
    let dir = Dir::new("secret", &[]);
    let run = |env: &[(&str, &str)]| {
        let output = dir.command(&["--port", "0", "--host", "127.0.0.1"]).env_remove("PUREMIX_KEPT_SECRET").envs(env.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = run(&[]);
    assert_eq!(code, Some(1));
    assert!(text.contains("`session.secret` is not set, and this app has sessions, signed cookies or forms; make one and keep it: `echo"), "{text}");
    let (code, text) = run(&[("SESSION_SECRET", "your-secret-key")]);
    assert_eq!(code, Some(1));
    assert!(text.contains("`session.secret` stands in guides and examples, where everybody can read it"), "{text}");
}
