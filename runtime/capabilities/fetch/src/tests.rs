//! The client against a server of a few lines, on real sockets.

use crate::client::{Abort, Answer, Outgoing, Redirect, send};
use crate::failure::Failure;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;
use url::Url;

/// Serves each connection with what `answer` makes of a request line, its headers and its body; an empty answer closes, `None` keeps silent.
fn serve(answer: fn(&str, &str, &str) -> Option<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
                let mut stream = stream;
                loop {
                    let (mut line, mut headers, mut length) = (String::new(), String::new(), 0);
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    loop {
                        let mut header = String::new();
                        let _ = reader.read_line(&mut header);
                        if header.trim().is_empty() {
                            break;
                        }
                        if let Some(n) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                            length = n.trim().parse().unwrap_or(0);
                        }
                        headers.push_str(&header);
                    }
                    let mut body = vec![0; length];
                    let _ = reader.read_exact(&mut body);
                    match answer(line.trim(), &headers, &String::from_utf8_lossy(&body)) {
                        None => std::thread::sleep(Duration::from_secs(60)),
                        Some(text) if text.is_empty() => return,
                        Some(text) => drop(stream.write_all(text.as_bytes())),
                    }
                }
            });
        }
    });
    address
}

fn ok(body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn request(method: &str, address: SocketAddr, path: &str, body: Option<&'static str>) -> Outgoing {
    let url = Url::parse(&format!("http://{address}{path}")).expect("a URL");
    Outgoing { method: method.to_owned(), url, headers: vec![], body: body.map(|b| b.as_bytes().into()), redirect: Redirect::Follow }
}

async fn text(answer: Answer) -> (u16, String) {
    let (status, mut reader, mut bytes) = (answer.status, answer.body, Vec::new());
    while let Some(piece) = reader.next().await.expect("a whole body") {
        bytes.extend_from_slice(&piece);
    }
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, future)
}

#[test]
fn requests_carry_what_undici_sends_and_bodies_come_back() {
    let address = serve(|line, headers, body| ok(&format!("{line}|{}|{body}", headers.to_ascii_lowercase().replace("\r\n", ";"))));
    run(async {
        let (status, shown) = text(send(request("POST", address, "/a?b#c", Some("body")), Rc::default()).await.expect("an answer")).await;
        assert_eq!(status, 200);
        assert!(shown.starts_with("POST /a?b HTTP/1.1|") && shown.ends_with("|body"), "{shown}");
        for header in ["accept: */*", "accept-language: *", "sec-fetch-mode: cors", "user-agent: node", "accept-encoding: gzip, deflate", "content-length: 4"] {
            assert!(shown.contains(header), "{header} in {shown}");
        }
    });
}

#[test]
fn redirects_are_followed_told_or_refused() {
    let address = serve(|line, _, body| {
        if line.contains("/from") { Some("HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n".to_owned()) } else if line.contains("/loop") { Some("HTTP/1.1 301 Moved\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n".to_owned()) } else { ok(&format!("{line}|{body}")) }
    });
    run(async {
        let answer = send(request("POST", address, "/from", Some("lost")), Rc::default()).await.expect("an answer");
        assert!(answer.redirected && answer.url.path() == "/to");
        assert_eq!(text(answer).await.1, "GET /to HTTP/1.1|");
        let manual = Outgoing { redirect: Redirect::Manual, ..request("GET", address, "/from", None) };
        assert_eq!(send(manual, Rc::default()).await.expect("an answer").status, 302);
        let refused = Outgoing { redirect: Redirect::Error, ..request("GET", address, "/from", None) };
        assert!(matches!(send(refused, Rc::default()).await, Err(Failure::Network("unexpected redirect"))));
        assert!(matches!(send(request("GET", address, "/loop", None), Rc::default()).await, Err(Failure::Network("redirect count exceeded"))));
    });
}

#[test]
fn failures_are_told_apart() {
    let silent = serve(|_, _, _| None);
    let closing = serve(|_, _, _| Some(String::new()));
    run(async {
        assert!(matches!(send(request("GET", closing, "/", None), Rc::default()).await, Err(Failure::Closed)));
        let nobody = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        match send(request("GET", nobody, "/", None), Rc::default()).await {
            Err(Failure::Connect(refused)) => assert_eq!((refused.len(), refused[0].code, refused[0].errno), (1, "ECONNREFUSED", -111)),
            other => panic!("{:?}", other.map(|a| a.status)),
        }
        let mut bad_port = request("GET", silent, "/", None);
        let _ = bad_port.url.set_port(Some(25));
        assert!(matches!(send(bad_port, Rc::default()).await, Err(Failure::Network("bad port"))));
        let abort = Rc::new(Abort::default());
        let later = abort.clone();
        tokio::task::spawn_local(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            later.abort();
        });
        assert!(matches!(send(request("GET", silent, "/", None), abort).await, Err(Failure::Aborted)));
    });
}

#[test]
fn connections_are_kept() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            SEEN.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
                let mut stream = stream;
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 0 {
                    if line == "\r\n" {
                        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                    }
                    line.clear();
                }
            });
        }
    });
    run(async {
        for _ in 0..3 {
            let answer = send(request("GET", address, "/", None), Rc::default()).await.expect("an answer");
            assert_eq!(text(answer).await.1, "ok");
        }
    });
    assert_eq!(SEEN.load(Ordering::Relaxed), 1);
}
