//! A client of Redis: RESP2 on a thread of its own, over one connection that all commands share, made anew when it breaks.
//!
//! Answers come in the order of the commands, so nobody waits for another's answer before sending. That it is a thread of its own lets an isolate's
//! thread stop for an answer.

use crate::capabilities::Encrypt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

/// For connecting, and for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer answers are refused: ours are sessions.
const LONGEST: usize = 64 << 20;
/// Commands that are written together, in bytes.
const TOGETHER: usize = 64 << 10;

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Nothing,
    Text(Vec<u8>),
    Number(i64),
    List(Vec<Answer>),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The connection ended before the answer came.
    Lost(String),
    /// The server's refusal, or that it cannot be reached.
    Refused(String),
}

type Told = oneshot::Sender<Result<Answer, Failure>>;

struct Command {
    bytes: Vec<u8>,
    told: Told,
}

/// Where the server is, and what is said first on each connection (`AUTH`, `SELECT`).
struct Target {
    host: String,
    port: u16,
    greetings: Vec<Vec<String>>,
    encrypt: Option<Encrypt>,
    /// A file of certificates to trust.
    trusted: Option<String>,
}

type Reader = BufReader<Box<dyn AsyncRead + Send + Unpin>>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

#[derive(Clone)]
pub struct Client {
    commands: mpsc::UnboundedSender<Command>,
}

impl Client {
    /// `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, which takes `encrypt`. Connects with the first command. The error is for
    /// people.
    pub fn new(url: &str, encrypt: Option<Encrypt>, trusted: Option<String>) -> Result<Client, String> {
        let target = target(url, encrypt, trusted)?;
        let (commands, given) = mpsc::unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| format!("cannot start Redis' thread: {e}"))?;
        let thread = std::thread::Builder::new().name("redis".to_owned());
        thread.spawn(move || runtime.block_on(serve(Arc::new(target), given))).map_err(|e| format!("cannot start Redis' thread: {e}"))?;
        Ok(Client { commands })
    }

    /// Sends a command, and once more if the connection ended before the answer: ours may all be said twice.
    pub async fn send(&self, words: &[&[u8]]) -> Result<Answer, String> {
        let bytes = encoded(words);
        match self.send_once(bytes.clone()).await {
            Err(Failure::Lost(_)) => {}
            Err(Failure::Refused(why)) => return Err(why),
            Ok(answer) => return Ok(answer),
        }
        self.send_once(bytes).await.map_err(|(Failure::Lost(why) | Failure::Refused(why))| why)
    }

    async fn send_once(&self, bytes: Vec<u8>) -> Result<Answer, Failure> {
        let lost = || Failure::Lost("redis: the connection was lost".to_owned());
        let (told, answer) = oneshot::channel();
        self.commands.send(Command { bytes, told }).map_err(|_| lost())?;
        answer.await.unwrap_or_else(|_| Err(lost()))
    }
}

fn target(url: &str, encrypt: Option<Encrypt>, trusted: Option<String>) -> Result<Target, String> {
    let (is_encrypted, rest) = match url.split_once("://") {
        Some(("redis", rest)) => (false, rest),
        Some(("rediss", rest)) => (true, rest),
        _ => return Err("a Redis URL is redis://[user:password@]host[:port][/database], or rediss://… for TLS".to_owned()),
    };
    if is_encrypted && encrypt.is_none() {
        return Err("this binary has no TLS for Redis; write the store's name ('redis' or its URL) into puremix.config.js as a text, so that it is linked".to_owned());
    }
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
    let with_port = host.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?)));
    let (host, port) = with_port.unwrap_or((host, 6379));
    // `[::1]` is written with brackets in URLs only.
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Ok(Target { host: host.to_owned(), port, greetings, encrypt: encrypt.filter(|_| is_encrypted), trusted })
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

fn encoded(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// The thread's work, until the last client is gone.
async fn serve(target: Arc<Target>, mut commands: mpsc::UnboundedReceiver<Command>) {
    while let Some(first) = commands.recv().await {
        let connected = tokio::time::timeout(PATIENCE, connect(&target)).await.unwrap_or_else(|_| Err("no answer".to_owned()));
        match connected {
            Ok((reader, writer)) => converse(first, &mut commands, reader, writer).await,
            Err(why) => {
                // Whoever waits already is told the same, not after as long again.
                let why = Failure::Refused(format!("redis {}:{}: {why}", target.host, target.port));
                let _ = first.told.send(Err(why.clone()));
                while let Ok(next) = commands.try_recv() {
                    let _ = next.told.send(Err(why.clone()));
                }
            }
        }
    }
}

async fn connect(target: &Target) -> Result<(Reader, Writer), String> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await.map_err(|e| e.to_string())?;
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    let (reader, mut writer): (Box<dyn AsyncRead + Send + Unpin>, Writer) = match target.encrypt {
        Some(encrypt) => encrypt(stream, target.host.clone(), target.trusted.clone()).await.map_err(|e| format!("TLS: {e}"))?,
        None => {
            let (reader, writer) = stream.into_split();
            (Box::new(reader), Box::new(writer))
        }
    };
    let mut reader = BufReader::new(reader);
    for greeting in &target.greetings {
        let words: Vec<&[u8]> = greeting.iter().map(String::as_bytes).collect();
        writer.write_all(&encoded(&words)).await.map_err(|e| e.to_string())?;
        writer.flush().await.map_err(|e| e.to_string())?;
        read(&mut reader, 0).await.map_err(|e| e.to_string())??;
    }
    Ok((reader, writer))
}

/// Sends commands until the connection ends. Those whose answers have not come then are told by their dropped senders.
async fn converse(first: Command, commands: &mut mpsc::UnboundedReceiver<Command>, reader: Reader, mut writer: Writer) {
    let (asked, waiting) = mpsc::unbounded_channel();
    let mut answers = tokio::spawn(answer(waiting, reader));
    let mut next = Some(first);
    loop {
        let mut bytes = Vec::new();
        while let Some(command) = next.take() {
            bytes.extend_from_slice(&command.bytes);
            if asked.send(command.told).is_err() {
                return;
            }
            if bytes.len() < TOGETHER {
                next = commands.try_recv().ok();
            }
        }
        let written = async {
            writer.write_all(&bytes).await?;
            writer.flush().await
        };
        if !matches!(tokio::time::timeout(PATIENCE, written).await, Ok(Ok(()))) {
            answers.abort();
            return;
        }
        next = poll_fn(|cx| match Pin::new(&mut answers).poll(cx) {
            Poll::Ready(_) => Poll::Ready(None),
            Poll::Pending => commands.poll_recv(cx),
        })
        .await;
        if next.is_none() {
            return;
        }
    }
}

/// Gives answers to those who asked, in their order. Ends with the connection, also when nobody is waiting, so that the next command finds a new one.
async fn answer(mut waiting: mpsc::UnboundedReceiver<Told>, mut reader: Reader) {
    loop {
        let told = poll_fn(|cx| match waiting.poll_recv(cx) {
            Poll::Ready(told) => Poll::Ready(told),
            // Nothing was asked: only the connection's end can come.
            Poll::Pending => Pin::new(&mut reader).poll_fill_buf(cx).map(|_| None),
        });
        let Some(told) = told.await else { return };
        match tokio::time::timeout(PATIENCE, read(&mut reader, 0)).await {
            Ok(Ok(answer)) => {
                let _ = told.send(answer.map_err(Failure::Refused));
            }
            Ok(Err(_)) => return,
            Err(_) => {
                let _ = told.send(Err(Failure::Refused("redis: no answer".to_owned())));
                return;
            }
        }
    }
}

fn malformed() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, "an answer that is not Redis'")
}

type Reading<'a> = Pin<Box<dyn Future<Output = std::io::Result<Result<Answer, String>>> + Send + 'a>>;

/// One answer. The outer error is the connection's, the inner one the server's.
fn read(connection: &mut Reader, depth: u32) -> Reading<'_> {
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
        let never: Encrypt = |_, _, _| Box::pin(async { Err(std::io::Error::other("never")) });
        let of = |url: &str| target(url, Some(never), None).map(|t| (format!("{}:{}", t.host, t.port), t.greetings.concat().join(" "), t.encrypt.is_some()));
        assert_eq!(of("redis://localhost"), Ok(("localhost:6379".into(), "".into(), false)));
        assert_eq!(of("redis://:p%40ss@cache.example:7000/2"), Ok(("cache.example:7000".into(), "AUTH p@ss SELECT 2".into(), false)));
        assert_eq!(of("rediss://me:secret@h"), Ok(("h:6379".into(), "AUTH me secret".into(), true)));
        assert_eq!(of("redis://[::1]:7/"), Ok(("::1:7".into(), "".into(), false)));
        assert!(target("rediss://h", None, None).is_err_and(|e| e.contains("TLS")));
        assert!(of("http://h").is_err());
        assert!(of("redis://h/x").is_err());
    }

    /// A server that gives `answers` to each connection in turn and closes it.
    async fn server(answers: &'static [&'static [u8]]) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut command = [0; 1024];
                let _ = stream.read(&mut command).await;
                let _ = stream.write_all(answer).await;
            }
        });
        url
    }

    #[tokio::test]
    async fn a_lost_connection_is_made_anew_once() {
        let client = Client::new(&server(&[b"", b"+PONG\r\n", b"$5\r\nab", b"$5\r\nab"]).await, None, None).unwrap();
        assert_eq!(client.send(&[b"PING"]).await, Ok(Answer::Text(b"PONG".to_vec())));
        assert!(client.send(&[b"GET", b"a"]).await.is_err_and(|e| e.contains("lost")));
    }

    #[tokio::test]
    async fn answers_that_are_not_redis() {
        let answers: &[&[u8]] = &[b"HTTP/1.1 400\r\n", b"$99999999999\r\n", b"-ERR no\r\n"];
        let client = Client::new(&server(answers).await, None, None).unwrap();
        assert_eq!(client.send(&[b"GET", b"a"]).await, Err("redis: the connection was lost".to_owned()));
        assert_eq!(client.send(&[b"GET", b"a"]).await, Err("redis: ERR no".to_owned()));
    }
}
