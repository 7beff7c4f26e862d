//! One conversation with a server: logging in, statements, answers.

use crate::failure::Failure;
use crate::message::{Auth, Backend, Field, Fields, Malformed, Notification, Outgoing, decode, fits};
use crate::options::ConnectOptions;
use crate::scram::{MECHANISM, Scram, md5_password};
use crate::stream::{Stream, connect};
use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::sync::Arc;
use std::task::Poll;
use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};

/// Statements kept prepared, a connection.
const STATEMENTS: usize = 256;

/// What one statement answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub fields: Arc<[Field]>,
    pub rows: Vec<Vec<Option<Bytes>>>,
    /// `INSERT 0 3`, `SELECT 12`, `CREATE TABLE`; empty for an empty statement.
    pub tag: String,
}

impl Answer {
    /// `INSERT`, `SELECT`.
    pub fn command(&self) -> &str {
        self.tag.split(' ').next().unwrap_or_default()
    }

    /// How many rows, where the command counts them.
    pub fn count(&self) -> Option<u64> {
        self.tag.rsplit(' ').next()?.parse().ok()
    }
}

/// A statement that the server has prepared under this name.
struct Prepared {
    name: String,
    fields: Arc<[Field]>,
}

pub struct Connection {
    stream: Box<dyn Stream>,
    incoming: BytesMut,
    statements: HashMap<Arc<str>, Prepared>,
    named: u64,
    /// `I`, `T` or `E`, as the server said last.
    status: u8,
    is_lost: bool,
    /// What was heard on channels, while somebody asks for it.
    heard: Option<Vec<Notification>>,
}

/// One round of messages, up to the server's being ready again.
#[derive(Default)]
struct Round {
    answers: Vec<Answer>,
    was_parsed: bool,
    described: Option<Arc<[Field]>>,
    refused: Option<Fields>,
}

impl Connection {
    /// Connects and logs in.
    pub async fn open(options: &ConnectOptions) -> Result<Connection, Failure> {
        let opening = async {
            let stream = connect(options).await?;
            let mut connection =
                Connection { stream, incoming: BytesMut::with_capacity(8192), statements: HashMap::new(), named: 0, status: b'I', is_lost: false, heard: None };
            connection.log_in(options).await?;
            Ok(connection)
        };
        let late = || Failure::Unreached("ETIMEDOUT", format!("PostgreSQL did not answer within {:?}", options.connect_timeout));
        tokio::time::timeout(options.connect_timeout, opening).await.unwrap_or_else(|_| Err(late()))
    }

    async fn log_in(&mut self, options: &ConnectOptions) -> Result<(), Failure> {
        let lost = |why: &str| Failure::Lost(format!("cannot log in to PostgreSQL: {why}"));
        let mut out = Outgoing::default();
        let mut parameters = vec![("user", options.user.as_str()), ("database", &options.database), ("client_encoding", "UTF8"), ("DateStyle", "ISO")];
        if !options.application_name.is_empty() {
            parameters.push(("application_name", &options.application_name));
        }
        parameters.extend(options.session.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        out.startup(&parameters);
        self.send(&out).await?;
        let mut scram = Scram::new(&options.password, nonce().map_err(|e| lost(&e))?);
        let mut is_verified = true;
        loop {
            let mut out = Outgoing::default();
            match self.receive().await? {
                Backend::Auth(Auth::Ok) if is_verified => {}
                Backend::Auth(Auth::Ok) => return Err(lost("the server did not show that it knows the password")),
                Backend::Auth(Auth::Password) => out.password(&options.password),
                Backend::Auth(Auth::Md5(salt)) => out.password(&md5_password(&options.user, &options.password, salt)),
                Backend::Auth(Auth::Sasl(mechanisms)) if mechanisms.iter().any(|m| m == MECHANISM) => {
                    is_verified = false;
                    out.sasl_initial(MECHANISM, &scram.first());
                }
                Backend::Auth(Auth::SaslContinue(first)) => out.sasl(&scram.answer(&String::from_utf8_lossy(&first)).map_err(lost)?),
                Backend::Auth(Auth::SaslFinal(last)) => {
                    scram.verify(&String::from_utf8_lossy(&last)).map_err(lost)?;
                    is_verified = true;
                }
                Backend::Auth(Auth::Sasl(_) | Auth::Other(_)) => return Err(lost("the server asks for a kind of login that is not supported")),
                Backend::Error(fields) => return Err(Failure::Refused(fields)),
                Backend::Ready(status) => {
                    self.status = status;
                    return Ok(());
                }
                _ => {}
            }
            if !out.0.is_empty() {
                self.send(&out).await?;
            }
        }
    }

    /// Whether a transaction is open.
    pub fn is_idle(&self) -> bool {
        self.status == b'I' && !self.is_lost
    }

    /// Whether the server has not hung up while nothing was asked of it.
    pub async fn is_alive(&mut self) -> bool {
        loop {
            match self.decode() {
                // Notices and changed parameters.
                Ok(Some(Backend::Other(_))) => continue,
                Ok(None) => {}
                Ok(Some(_)) | Err(Malformed) => return false,
            }
            let mut bytes = [0; 512];
            let stream = &mut self.stream;
            let waiting = std::future::poll_fn(|cx| {
                let mut buffer = ReadBuf::new(&mut bytes);
                Poll::Ready(match std::pin::Pin::new(&mut *stream).poll_read(cx, &mut buffer) {
                    Poll::Pending => Some(0),
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => Some(buffer.filled().len()),
                    Poll::Ready(_) => None,
                })
            })
            .await;
            match waiting {
                Some(0) => return self.incoming.is_empty() && !self.is_lost,
                Some(length) => self.incoming.extend_from_slice(&bytes[..length]),
                None => return false,
            }
        }
    }

    /// Statements without parameters, separated by `;`: an answer each. The server makes one transaction of them.
    pub async fn script(&mut self, sql: &str) -> Result<Vec<Answer>, Failure> {
        fits(sql, &[]).map_err(Failure::Lost).or_else(refuse_statement)?;
        let mut out = Outgoing::default();
        out.query(sql);
        let round = self.round(&out, false).await?;
        round.refused.map_or(Ok(round.answers), |fields| Err(Failure::Refused(fields)))
    }

    /// One statement with its parameters' texts, prepared once a connection.
    pub async fn run(&mut self, sql: &str, params: &[Option<Vec<u8>>]) -> Result<Answer, Failure> {
        fits(sql, params).map_err(Failure::Lost).or_else(refuse_statement)?;
        let outcome = self.run_prepared(sql, params).await;
        // A changed schema, or somebody's `DISCARD ALL`: outside a transaction nothing has happened yet.
        let is_stale = |e: &Failure| matches!(e.code(), Some("0A000" | "26000")) && self.statements.contains_key(sql);
        match outcome {
            Err(e) if is_stale(&e) => {
                self.forget(sql).await?;
                if self.is_idle() { self.run_prepared(sql, params).await } else { Err(e) }
            }
            outcome => outcome,
        }
    }

    /// One statement, prepared for this time only.
    pub async fn run_once(&mut self, sql: &str, params: &[Option<Vec<u8>>]) -> Result<Answer, Failure> {
        fits(sql, params).map_err(Failure::Lost).or_else(refuse_statement)?;
        let mut out = Outgoing::default();
        out.parse("", sql);
        out.describe_statement("");
        out.bind("", params);
        out.execute();
        out.sync();
        let round = self.round(&out, true).await?;
        answer_of(round, None)
    }

    async fn run_prepared(&mut self, sql: &str, params: &[Option<Vec<u8>>]) -> Result<Answer, Failure> {
        let mut out = Outgoing::default();
        if let Some(known) = self.statements.get(sql) {
            out.bind(&known.name, params);
            out.execute();
            out.sync();
            let fields = known.fields.clone();
            let round = self.round(&out, true).await?;
            return answer_of(round, Some(fields));
        }
        if self.statements.len() >= STATEMENTS {
            for (_, old) in self.statements.drain() {
                out.close_statement(&old.name);
            }
        }
        self.named += 1;
        let name = format!("s{}", self.named);
        out.parse(&name, sql);
        out.describe_statement(&name);
        out.bind(&name, params);
        out.execute();
        out.sync();
        let round = self.round(&out, true).await?;
        if let (true, Some(fields)) = (round.was_parsed, &round.described) {
            self.statements.insert(sql.into(), Prepared { name, fields: fields.clone() });
        }
        answer_of(round, None)
    }

    async fn forget(&mut self, sql: &str) -> Result<(), Failure> {
        if let Some(known) = self.statements.remove(sql) {
            let mut out = Outgoing::default();
            out.close_statement(&known.name);
            out.sync();
            self.round(&out, true).await?;
        }
        Ok(())
    }

    /// Says goodbye. The server would notice anyway.
    pub async fn close(mut self) {
        let mut out = Outgoing::default();
        out.terminate();
        let _ = self.send(&out).await;
        let _ = self.stream.shutdown().await;
    }

    /// Sends, and reads until the server is ready again. `is_extended`: the messages end in a `Sync`.
    async fn round(&mut self, out: &Outgoing, is_extended: bool) -> Result<Round, Failure> {
        self.send(out).await?;
        let mut round = Round::default();
        let mut current = Answer::default();
        loop {
            match self.receive().await? {
                Backend::ParseComplete => round.was_parsed = true,
                Backend::RowDescription(fields) => {
                    round.described = Some(fields.clone());
                    current.fields = fields;
                }
                Backend::NoData => round.described = Some(Arc::default()),
                Backend::DataRow(row) => current.rows.push(row),
                // Notifications would come while nobody reads.
                Backend::CommandComplete(tag) if tag == "LISTEN" && self.heard.is_none() => {
                    round.refused.get_or_insert_with(|| unsupported("LISTEN is not supported here: a `Client` of `pg` listens, and emits `notification`"));
                }
                Backend::CopyOut => {
                    round.refused.get_or_insert_with(|| unsupported("COPY TO STDOUT is not supported: SELECT the rows"));
                }
                Backend::CommandComplete(tag) => round.answers.push(Answer { tag, ..std::mem::take(&mut current) }),
                Backend::EmptyQuery => round.answers.push(Answer::default()),
                Backend::CopyIn => {
                    let mut out = Outgoing::default();
                    out.copy_fail("COPY FROM STDIN is not supported: INSERT the rows, many in one statement (unnest)");
                    if is_extended {
                        // The one that was sent along has been taken for data.
                        out.sync();
                    }
                    self.send(&out).await?;
                }
                Backend::Error(fields) => {
                    // `FATAL`: the server hangs up after it.
                    self.is_lost |= fields.get(b'V').or(fields.get(b'S')).is_some_and(|s| s == "FATAL" || s == "PANIC");
                    round.refused.get_or_insert(fields);
                    if self.is_lost {
                        return Ok(round);
                    }
                }
                Backend::Ready(status) => {
                    self.status = status;
                    return Ok(round);
                }
                Backend::Auth(_) | Backend::Notification(_) | Backend::Other(_) => {}
            }
        }
    }

    async fn send(&mut self, out: &Outgoing) -> Result<(), Failure> {
        let sent = match self.stream.write_all(&out.0).await {
            Ok(()) => self.stream.flush().await,
            Err(e) => Err(e),
        };
        sent.map_err(|e| self.lose(format!("the connection to PostgreSQL is lost: {e}")))
    }

    /// From now on notifications are kept for [`Connection::hear`].
    pub fn keep_notifications(&mut self) {
        self.heard.get_or_insert_default();
    }

    /// What was heard since the last time; waits for the first. It may be given up at any time, and nothing is lost.
    pub async fn hear(&mut self) -> Result<Vec<Notification>, Failure> {
        loop {
            if let Some(heard) = self.heard.as_mut().filter(|heard| !heard.is_empty()) {
                return Ok(std::mem::take(heard));
            }
            match self.decode() {
                Ok(Some(Backend::Error(fields))) => {
                    self.is_lost = true;
                    return Err(Failure::Refused(fields));
                }
                Ok(Some(_)) => {}
                Ok(None) if self.heard.as_ref().is_some_and(|heard| !heard.is_empty()) => {}
                Ok(None) => self.read().await?,
                Err(Malformed) => return Err(self.lose("the server does not keep to the protocol".to_owned())),
            }
        }
    }

    /// The next message that has arrived whole; notifications go where they are asked for.
    fn decode(&mut self) -> Result<Option<Backend>, Malformed> {
        loop {
            match decode(&mut self.incoming)? {
                Some(Backend::Notification(notification)) => {
                    if let Some(heard) = &mut self.heard {
                        heard.push(notification);
                    }
                }
                other => return Ok(other),
            }
        }
    }

    async fn receive(&mut self) -> Result<Backend, Failure> {
        loop {
            match self.decode() {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(Malformed) => return Err(self.lose("the server does not keep to the protocol".to_owned())),
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.incoming).await {
            Ok(0) => Err(self.lose("the connection to PostgreSQL is lost: the server hung up".to_owned())),
            Ok(_) => Ok(()),
            Err(e) => Err(self.lose(format!("the connection to PostgreSQL is lost: {e}"))),
        }
    }

    fn lose(&mut self, why: String) -> Failure {
        self.is_lost = true;
        Failure::Lost(why)
    }
}

fn answer_of(round: Round, known: Option<Arc<[Field]>>) -> Result<Answer, Failure> {
    if let Some(fields) = round.refused {
        return Err(Failure::Refused(fields));
    }
    let answer = round.answers.into_iter().next().unwrap_or_default();
    let fields = known.or(round.described).unwrap_or_default();
    Ok(Answer { fields, ..answer })
}

/// A refusal of our own, in the server's form.
fn unsupported(message: &str) -> Fields {
    Fields(vec![(b'S', "ERROR".to_owned()), (b'V', "ERROR".to_owned()), (b'C', "0A000".to_owned()), (b'M', message.to_owned())])
}

/// What cannot be sent is the statement's fault, not the connection's.
fn refuse_statement<T>(e: Failure) -> Result<T, Failure> {
    match e {
        Failure::Lost(why) => Err(Failure::Refused(Fields(vec![(b'C', "22021".to_owned()), (b'M', why)]))),
        refused => Err(refused),
    }
}

fn nonce() -> Result<String, String> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|e| e.to_string())?;
    Ok(base64::prelude::BASE64_STANDARD_NO_PAD.encode(bytes))
}
