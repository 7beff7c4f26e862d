//! Clients that are slow on purpose: what they hold is given back in time, and others notice nothing.

use super::*;

/// Reads until the server closes, at most `patience`; the answer and how long it took.
fn until_closed(stream: &mut TcpStream, patience: Duration) -> (String, Duration) {
    let start = Instant::now();
    stream.set_read_timeout(Some(patience)).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    (String::from_utf8_lossy(&answer).into_owned(), start.elapsed())
}

#[test]
fn slow_heads_are_cut_off_on_used_connections_too() {
    let s = start(|settings| settings.limits.header_timeout = Duration::from_millis(400));
    let mut stream = s.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut buffer = [0; 4096];
    assert!(stream.read(&mut buffer).unwrap() > 0);
    // Slowloris: a header line now and then.
    let start = Instant::now();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n");
    while stream.write_all(b"X: y\r\n").is_ok() && start.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn idle_connections_are_closed() {
    let s = start(|settings| settings.limits.keep_alive = Duration::from_millis(300));
    let mut stream = s.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let (answer, took) = until_closed(&mut stream, Duration::from_secs(5));
    assert_eq!(status(&answer), "200");
    assert!(took < Duration::from_secs(3), "{took:?}");
    let mut silent = s.connect();
    let (answer, took) = until_closed(&mut silent, Duration::from_secs(15));
    assert!(answer.is_empty() || status(&answer) == "408", "{answer}");
    assert!(took < Duration::from_secs(12), "{took:?}");
}

#[test]
fn readers_that_do_not_read_are_cut_off() {
    let s = start(|settings| {
        settings.limits.write_timeout = Duration::from_millis(500);
        settings.limits.body_rate = 1_000_000;
    });
    let mut stream = s.connect();
    // 55 MB, which no socket buffers.
    stream.write_all(b"GET /big?endless HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    let (answer, _) = until_closed(&mut stream, Duration::from_secs(5));
    assert!(answer.len() < 30_000_000, "the server gave up: {}", answer.len());
    // Who reads, however late it began, gets all.
    let mut patient = s.connect();
    patient.write_all(b"GET /big?endless HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(until_closed(&mut patient, Duration::from_secs(20)).0.len() > 55_000_000);
}

#[test]
fn many_slow_clients_keep_nobody_waiting() {
    let s = start(|settings| {
        settings.limits.header_timeout = Duration::from_secs(2);
        settings.limits.body_timeout = Duration::from_secs(2);
    });
    let mut held = Vec::new();
    for i in 0..200 {
        let mut stream = s.connect();
        let start = if i % 2 == 0 { "GET / HTTP/1.1\r\nHo" } else { "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx" };
        stream.write_all(start.as_bytes()).unwrap();
        held.push(stream);
    }
    let start = Instant::now();
    for _ in 0..50 {
        assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    for stream in &mut held {
        let (answer, _) = until_closed(stream, Duration::from_secs(10));
        assert!(answer.is_empty() || status(&answer) == "408", "{answer}");
    }
}

#[test]
fn connections_beyond_the_limit_wait() {
    let s = start(|settings| {
        settings.limits.connections = 2;
        settings.limits.keep_alive = Duration::from_millis(500);
    });
    let mut first: Vec<TcpStream> = (0..2).map(|_| s.connect()).collect();
    let mut buffer = [0; 4096];
    for stream in &mut first {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        assert!(stream.read(&mut buffer).unwrap() > 0);
    }
    let start = Instant::now();
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
    assert!(start.elapsed() > Duration::from_millis(200), "it waited for a place: {:?}", start.elapsed());
}
