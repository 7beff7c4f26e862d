//! Encoded answers and encoded request bodies.

use super::*;
use puremix_runtime::http::encoding::decode;
use std::io::Write as _;

/// The named headers of an answer to `GET path`, and its body decoded.
fn get(s: &Running, path: &str, lines: &str) -> (String, String) {
    let (head, body) = s.bytes(format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n").as_bytes());
    let show = ["content-encoding", "vary", "etag", "content-length", "transfer-encoding", "accept-ranges"];
    let mut shown = head.get(9..12).unwrap_or("none").to_owned();
    let mut coding = None;
    for name in show {
        for line in head.lines().filter_map(|l| l.strip_prefix(&format!("{name}: "))) {
            coding = if name == "content-encoding" { Some(line.to_owned()) } else { coding };
            shown += &format!(" {name}={}", if name == "content-length" && coding.is_some() { "*" } else { line });
        }
    }
    let body = match coding {
        Some(coding) => decode::whole(&body, &coding, 1 << 24).unwrap(),
        None => body,
    };
    (shown, String::from_utf8(body).unwrap())
}

#[test]
fn answers_are_encoded_as_the_client_likes() {
    let s = start(|_| {});
    let whole = get(&s, "/big", "").1;
    assert_eq!(whole.len(), 18_500);
    let cases = [
        ("/big", "", "200 vary=accept-encoding content-length=18500"),
        ("/big", "Accept-Encoding: gzip, deflate, br, zstd\r\n", "200 content-encoding=zstd vary=accept-encoding content-length=*"),
        ("/big", "Accept-Encoding: gzip, deflate, br\r\n", "200 content-encoding=br vary=accept-encoding content-length=*"),
        ("/big", "Accept-Encoding: gzip;q=1, br;q=0.5\r\n", "200 content-encoding=gzip vary=accept-encoding content-length=*"),
        ("/big", "Accept-Encoding: identity, *;q=0\r\n", "200 vary=accept-encoding content-length=18500"),
        ("/big?etag", "Accept-Encoding: gzip\r\n", "200 content-encoding=gzip vary=accept-encoding etag=w/\"strong\" content-length=*"),
        ("/big?no-transform", "Accept-Encoding: gzip\r\n", "200 content-length=18500"),
        ("/big?png", "Accept-Encoding: gzip\r\n", "200 content-length=18500"),
        ("/big?stream", "Accept-Encoding: br\r\n", "200 content-encoding=br vary=accept-encoding transfer-encoding=chunked"),
        ("/big?stream", "", "200 vary=accept-encoding transfer-encoding=chunked"),
    ];
    for (path, lines, want) in cases {
        let (shown, body) = get(&s, path, lines);
        assert_eq!(shown, want, "{path} {lines}");
        assert!(body == whole, "{path} {lines}: {} bytes", body.len());
    }
    let (shown, body) = get(&s, "/big?huge", "Accept-Encoding: zstd\r\n");
    assert_eq!((shown.as_str(), body.len()), ("200 content-encoding=zstd vary=accept-encoding transfer-encoding=chunked", 555_000));
    assert_eq!(get(&s, "/", "Accept-Encoding: gzip\r\n").0, "200 content-length=18", "small answers stay as they are");
    let head = s.bytes(b"HEAD /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n").0;
    assert!(head.contains("content-length: 18500") && head.contains("vary: accept-encoding") && !head.contains("content-encoding"), "{head}");
}

#[test]
fn embedded_files_are_encoded_once() {
    let s = start(|_| {});
    for turn in 0..3 {
        let (shown, body) = get(&s, "/big.css", "Accept-Encoding: br\r\n");
        assert!(shown.starts_with("200 content-encoding=br vary=accept-encoding etag=w/\"e2\""), "turn {turn}: {shown}");
        assert_eq!(body.len(), 5000);
    }
    assert_eq!(get(&s, "/big.css", "Accept-Encoding: br\r\nIf-None-Match: W/\"e2\"\r\n").0, "304 etag=\"e2\"");
    let part = get(&s, "/big.css", "Accept-Encoding: br\r\nRange: bytes=0-2999\r\n");
    assert_eq!((part.0.as_str(), part.1.len()), ("206 etag=\"e2\" content-length=3000", 3000));
}

#[test]
fn the_configuration_decides() {
    let off = start(|settings| settings.compression = None);
    assert_eq!(get(&off, "/big", "Accept-Encoding: gzip\r\n").0, "200 content-length=18500");
    let high = start(|settings| settings.compression.as_mut().unwrap().threshold = 20_000);
    assert_eq!(get(&high, "/big", "Accept-Encoding: gzip\r\n").0, "200 content-length=18500");
}

fn posted(s: &Running, coding: &str, body: &[u8]) -> String {
    let mut request = format!("POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    request.extend_from_slice(body);
    summary(&s.raw(&request), &["accept-encoding"])
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn request_bodies_are_decoded_within_the_limit() {
    let s = start(|settings| settings.limits.body = 100_000);
    assert_eq!(posted(&s, "gzip", &gzip(&[b'x'; 90_000])), "200 | POST api /api body=90000");
    assert_eq!(posted(&s, "GZIP", &gzip(b"abc")), "200 | POST api /api body=3");
    assert_eq!(posted(&s, "identity", b"abc"), "200 | POST api /api body=3");
    assert_eq!(posted(&s, "zstd", &zstd::bulk::compress(b"abc", 1).unwrap()), "200 | POST api /api body=3");
    assert_eq!(posted(&s, "gzip", &gzip(&vec![0; 50_000_000])), "413 | 413 request body too large", "a bomb");
    assert_eq!(posted(&s, "gzip", &gzip(&vec![0; 100_001])), "413 | 413 request body too large");
    assert_eq!(posted(&s, "gzip", b"no gzip at all"), "400 | 400 malformed content encoding");
    assert_eq!(posted(&s, "compress", b"abc"), "415 [accept-encoding: gzip, deflate, br, zstd] | 415 unsupported content encoding");
    assert_eq!(posted(&s, "gzip, gzip", b"abc"), "415 [accept-encoding: gzip, deflate, br, zstd] | 415 unsupported content encoding");
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
}
