//! A small HTTP/1.1 client over `TcpStream`: it says exactly what it is told to, malformed requests included, and keeps
//! cookies like a browser when asked.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A response, with its body taken out of its framing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// What stands behind the status.
    pub reason: String,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null)
    }
}

/// A client of one server. Each request has a connection of its own.
pub struct Client {
    address: SocketAddr,
    /// What `Host` says; the address unless set.
    pub host: String,
    cookies: BTreeMap<String, String>,
    timeout: Duration,
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        Client { address, host: address.to_string(), cookies: BTreeMap::new(), timeout: Duration::from_secs(10) }
    }

    /// How long it waits for an answer; ten seconds unless set.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.request("GET", path, &[], b"")
    }

    /// A form as browsers post it from a page of the same site.
    pub fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Reply> {
        self.post_form_with(path, fields, &[("Sec-Fetch-Site", "same-origin")])
    }

    /// A form with headers of the caller's choice.
    pub fn post_form_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> io::Result<Reply> {
        let body: Vec<String> = fields.iter().map(|(k, v)| format!("{}={}", form_encode(k), form_encode(v))).collect();
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.request("POST", path, &all, body.join("&").as_bytes())
    }

    pub fn post_json(&mut self, path: &str, body: &serde_json::Value) -> io::Result<Reply> {
        self.request("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Calls a server function of a page, as a script of the same site does (docs/wire-protocol.md).
    pub fn call(&mut self, function: &str, route: &str, data: &serde_json::Value) -> io::Result<Reply> {
        self.post_call(&serde_json::json!({ "action": function, "route": route, "data": data }))
    }

    /// A call as it stands.
    pub fn post_call(&mut self, call: &serde_json::Value) -> io::Result<Reply> {
        let headers = [("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
        self.request("POST", "/_puremix/action", &headers, call.to_string().as_bytes())
    }

    /// Sends a well-formed request with the cookies so far, and keeps the cookies of the answer.
    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: {}\r\n", self.host));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        let reply = parse_reply(&self.raw(&bytes)?, method == "HEAD")?;
        for cookie in reply.headers_named("set-cookie") {
            self.keep_cookie(cookie);
        }
        Ok(reply)
    }

    /// Sends bytes as they are and reads until the server closes or says nothing for a while.
    pub fn raw(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&self.address, self.timeout)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        // A server that refuses early closes while we still write; its answer is what counts.
        let written = stream.write_all(bytes);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(e) if answer.is_empty() => Err(written.err().unwrap_or(e)),
            Ok(0) if written.is_err() => written.map(|()| answer),
            Ok(_) | Err(_) => Ok(answer),
        }
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    fn keep_cookie(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let expired = parts.any(|p| p.eq_ignore_ascii_case("max-age=0") || p.to_ascii_lowercase().contains("01 jan 1970"));
        if expired {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// Percent-encoding of form fields.
pub fn form_encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => (b as char).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// Reads one response: status line, headers, body by length, chunks, or the connection's end.
pub fn parse_reply(bytes: &[u8], is_head: bool) -> io::Result<Reply> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{why}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)])));
    let head_end = bytes.windows(4).position(|w| w == b"\r\n\r\n").ok_or_else(|| bad("no end of the headers"))?;
    let head = String::from_utf8_lossy(&bytes[..head_end]);
    let mut lines = head.split("\r\n");
    let first = lines.next().and_then(|line| line.strip_prefix("HTTP/1.")).and_then(|line| line.split_once(' ')).map_or("", |(_, rest)| rest);
    let (code, reason) = first.split_once(' ').unwrap_or((first, ""));
    let (status, reason) = (code.parse().map_err(|_| bad("no status line"))?, reason.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut reply = Reply { status, reason, headers, body: Vec::new() };
    let rest = &bytes[head_end + 4..];
    let length = reply.header("content-length").and_then(|n| n.parse::<usize>().ok());
    let chunked = reply.header("transfer-encoding").is_some_and(|t| t.eq_ignore_ascii_case("chunked"));
    reply.body = if is_head {
        Vec::new()
    } else if chunked {
        dechunk(rest).ok_or_else(|| bad("broken chunks"))?
    } else if let Some(length) = length {
        rest.get(..length).ok_or_else(|| bad("a body shorter than its length"))?.to_vec()
    } else {
        rest.to_vec()
    };
    Ok(reply)
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line_end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(line_end + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies() {
        let reply = parse_reply(b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi", false).unwrap();
        assert_eq!((reply.status, reply.header("x-a"), reply.text()), (200, Some("b"), "hi".to_owned()));
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";
        assert_eq!(parse_reply(chunked, false).unwrap().text(), "abcd");
        assert!(parse_reply(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", false).is_err());
        assert!(parse_reply(b"nonsense", false).is_err());
    }

    #[test]
    fn forms() {
        assert_eq!(form_encode("a b&c=ü"), "a+b%26c%3D%C3%BC");
    }
}
