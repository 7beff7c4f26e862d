//! A client of Redis: RESP2 over TCP, one connection a thread, made anew when it breaks. Small enough to be in every binary.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// For connecting, and for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer answers are refused: ours are sessions.
const LONGEST: usize = 64 << 20;

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Nothing,
    Text(Vec<u8>),
    Number(i64),
    List(Vec<Answer>),
}

type Connection = BufReader<TcpStream>;
type Slot = Arc<tokio::sync::Mutex<Option<Connection>>>;

pub struct Client {
    address: String,
    /// `AUTH`, `SELECT`: said first on each connection.
    greetings: Vec<Vec<String>>,
    /// A connection belongs to the event loop of the thread that made it.
    connections: Mutex<HashMap<ThreadId, Slot>>,
}

impl Client {
    /// `redis://[[user]:password@]host[:port][/database]`. The error is for people.
    pub fn new(url: &str) -> Result<Client, String> {
        let rest = match url.split_once("://") {
            Some(("redis", rest)) => rest,
            Some(("rediss", _)) => return Err("redis over TLS (rediss://) is not supported: put stunnel or a local proxy before it".to_owned()),
            _ => return Err("a Redis URL is redis://[user:password@]host[:port][/database]".to_owned()),
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, host) = place.rsplit_once('@').map_or((None, place), |(login, host)| (Some(login), host));
        let mut greetings = Vec::new();
        if let Some(login) = login {
            let (user, password) = login.split_once(':').map_or(("", login), |(user, password)| (user, password));
            let mut auth = vec!["AUTH".to_owned()];
            if !user.is_empty() {
                auth.push(decoded(user));
            }
            auth.push(decoded(password));
            greetings.push(auth);
        }
        if !database.is_empty() {
            let number: u32 = database.parse().map_err(|_| format!("`{database}` is no number of a Redis database"))?;
            greetings.push(vec!["SELECT".to_owned(), number.to_string()]);
        }
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        let address = if has_port { host.to_owned() } else { format!("{host}:6379") };
        Ok(Client { address, greetings, connections: Mutex::default() })
    }

    /// Sends a command. A connection that turns out to be broken is made anew once.
    pub async fn send(&self, command: &[&[u8]]) -> Result<Answer, String> {
        let slot = {
            let mut all = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(std::thread::current().id()).or_default().clone()
        };
        let mut held = slot.lock().await;
        // What is dropped in the midst of an answer leaves no connection behind.
        if let Some(mut connection) = held.take()
            && let Ok(answer) = ask(&mut connection, command).await
        {
            *held = Some(connection);
            return answer;
        }
        let mut connection = self.connect().await.map_err(|e| format!("redis {}: {e}", self.address))?;
        let answer = ask(&mut connection, command).await.map_err(|e| format!("redis {}: {e}", self.address))?;
        *held = Some(connection);
        answer
    }

    async fn connect(&self) -> Result<Connection, String> {
        let stream = tokio::time::timeout(PATIENCE, TcpStream::connect(&self.address)).await.map_err(|_| "no answer".to_owned())?;
        let stream = stream.map_err(|e| e.to_string())?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        let mut connection = BufReader::new(stream);
        for greeting in &self.greetings {
            let words: Vec<&[u8]> = greeting.iter().map(String::as_bytes).collect();
            ask(&mut connection, &words).await.map_err(|e| e.to_string())??;
        }
        Ok(connection)
    }
}

/// `%41` as `A`; what is no escape stays.
fn decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok())).flatten();
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// One command and its answer. The outer error is the connection's, the inner one the server's.
async fn ask(connection: &mut Connection, command: &[&[u8]]) -> std::io::Result<Result<Answer, String>> {
    let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
    for word in command {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    let exchange = async {
        connection.get_mut().write_all(&bytes).await?;
        read(connection, 0).await
    };
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(answer) => answer,
        Err(_) => Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer")),
    }
}

fn malformed() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, "an answer that is not Redis'")
}

type Reading<'a> = std::pin::Pin<Box<dyn Future<Output = std::io::Result<Result<Answer, String>>> + Send + 'a>>;

fn read(connection: &mut Connection, depth: u32) -> Reading<'_> {
    Box::pin(async move {
        let mut line = Vec::new();
        connection.read_until(b'\n', &mut line).await?;
        let line = line.strip_suffix(b"\r\n").ok_or_else(malformed)?;
        let (&kind, rest) = line.split_first().ok_or_else(malformed)?;
        let text = String::from_utf8_lossy(rest).into_owned();
        let number = || text.parse::<i64>().map_err(|_| malformed());
        Ok(Ok(match kind {
            b'+' => Answer::Text(text.into_bytes()),
            b'-' => return Ok(Err(format!("redis: {text}"))),
            b':' => Answer::Number(number()?),
            b'$' => {
                let Ok(length) = usize::try_from(number()?) else { return Ok(Ok(Answer::Nothing)) };
                if length > LONGEST {
                    return Err(malformed());
                }
                let mut bytes = vec![0; length + 2];
                connection.read_exact(&mut bytes).await?;
                bytes.truncate(length);
                Answer::Text(bytes)
            }
            b'*' if depth < 4 => {
                let Ok(length) = usize::try_from(number()?) else { return Ok(Ok(Answer::Nothing)) };
                let mut list = Vec::new();
                for _ in 0..length {
                    match read(connection, depth + 1).await? {
                        Ok(answer) => list.push(answer),
                        Err(e) => return Ok(Err(e)),
                    }
                }
                Answer::List(list)
            }
            _ => return Err(malformed()),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let of = |url: &str| Client::new(url).map(|c| (c.address, c.greetings.concat().join(" ")));
        assert_eq!(of("redis://localhost"), Ok(("localhost:6379".into(), "".into())));
        assert_eq!(of("redis://:p%40ss@cache.example:7000/2"), Ok(("cache.example:7000".into(), "AUTH p@ss SELECT 2".into())));
        assert_eq!(of("redis://me:secret@h"), Ok(("h:6379".into(), "AUTH me secret".into())));
        assert!(of("rediss://h").is_err_and(|e| e.contains("TLS")));
        assert!(of("http://h").is_err());
        assert!(of("redis://h/x").is_err());
    }
}
