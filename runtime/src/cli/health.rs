//! `health`: asks the running server how it is, for containers that have no curl.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long a healthy server may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The body of the health endpoint, or why there is none.
pub fn ask(host: &str, port: u16, host_header: &str) -> Result<String, String> {
    // What listens on every address is asked on this machine's own.
    let host = match host {
        "0.0.0.0" | "" => "127.0.0.1",
        "::" => "::1",
        h => h,
    };
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(|e| format!("cannot resolve `{host}`: {e}"))?.collect();
    let mut failure = format!("`{host}` has no address");
    for address in addresses {
        match exchange(address, host_header) {
            Ok(answer) => return judge(&answer),
            Err(e) => failure = format!("{address}: {e}"),
        }
    }
    Err(failure)
}

fn exchange(address: SocketAddr, host: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /_puremix/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn judge(answer: &str) -> Result<String, String> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    if head.starts_with("HTTP/1.1 200") && body.contains("\"status\":\"ok\"") {
        return Ok(body.trim_end().to_owned());
    }
    Err(format!("the server answered `{}`", head.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_health_counts() {
        assert_eq!(judge("HTTP/1.1 200 OK\r\na: b\r\n\r\n{\"status\":\"ok\"}").as_deref(), Ok("{\"status\":\"ok\"}"));
        assert_eq!(judge("HTTP/1.1 503 Service Unavailable\r\n\r\n"), Err("the server answered `HTTP/1.1 503 Service Unavailable`".to_owned()));
        assert!(judge("HTTP/1.1 200 OK\r\n\r\n<html>").is_err());
        assert!(judge("").is_err());
    }

    #[test]
    fn nobody_there_is_an_error() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        assert!(ask("0.0.0.0", port, "localhost").is_err());
    }
}
