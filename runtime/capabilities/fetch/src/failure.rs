//! Why a request failed, and the error values that say so.

use puremix_js::builtins::error::make_error;
use puremix_node::capability::put_all;
use puremix_value::{Cx, ErrorKind, Obj, Value, well_known};
use std::fmt;
use std::net::SocketAddr;

/// What went wrong below HTTP, or in it.
#[derive(Clone, Debug)]
pub enum Failure {
    /// A name that could not be looked up.
    Lookup { host: String, temporary: bool },
    /// Every address of the host refused or failed.
    Connect(Vec<Refused>),
    ConnectTimeout,
    HeadersTimeout,
    BodyTimeout,
    /// The peer closed the connection before its answer was whole.
    Closed,
    /// A certificate that is not accepted: Node's code and words.
    Tls { code: String, message: String },
    /// Broken HTTP, or a body that cannot be decoded.
    Protocol(String),
    /// What the standard forbids; the words are undici's.
    Network(&'static str),
    /// The signal was aborted.
    Aborted,
}

/// One address that did not answer.
#[derive(Clone, Debug)]
pub struct Refused {
    pub address: SocketAddr,
    pub code: &'static str,
    pub errno: i32,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

impl Refused {
    fn message(&self) -> String {
        format!("connect {} {}:{}", self.code, self.address.ip(), self.address.port())
    }

    fn error(&self, cx: Cx) -> Value {
        let error = make_error(cx, ErrorKind::Error, &self.message());
        if let Value::Obj(o) = &error {
            put_all(cx, o, [
                ("errno", Value::num(self.errno)),
                ("code", Value::str(self.code)),
                ("syscall", Value::str("connect")),
                ("address", Value::from(self.address.ip().to_string())),
                ("port", Value::num(self.address.port())),
            ]);
        }
        error
    }
}

impl Failure {
    fn message(&self) -> String {
        match self {
            Failure::Lookup { host, temporary } => format!("getaddrinfo {} {host}", if *temporary { "EAI_AGAIN" } else { "ENOTFOUND" }),
            Failure::Connect(all) => all.first().map(Refused::message).unwrap_or_default(),
            Failure::ConnectTimeout => "Connect Timeout Error".to_owned(),
            Failure::HeadersTimeout => "Headers Timeout Error".to_owned(),
            Failure::BodyTimeout => "Body Timeout Error".to_owned(),
            Failure::Closed => "other side closed".to_owned(),
            Failure::Tls { message, .. } | Failure::Protocol(message) => message.clone(),
            Failure::Network(message) => (*message).to_owned(),
            Failure::Aborted => "This operation was aborted".to_owned(),
        }
    }

    /// The `cause` of `TypeError: fetch failed`.
    pub fn cause(&self, cx: Cx) -> Value {
        let named = |name: &str, code: &str| {
            let error = make_error(cx, ErrorKind::Error, &self.message());
            if let Value::Obj(o) = &error {
                o.put_hidden(cx, well_known::STACK, Value::from(format!("{name}: {}", self.message())));
                put_all(cx, o, [("name", Value::str(name)), ("code", Value::str(code))]);
            }
            error
        };
        let coded = |code: &str| {
            let error = make_error(cx, ErrorKind::Error, &self.message());
            if let Value::Obj(o) = &error {
                put_all(cx, o, [("code", Value::str(code))]);
            }
            error
        };
        match self {
            Failure::Lookup { host, temporary } => {
                let error = make_error(cx, ErrorKind::Error, &self.message());
                if let Value::Obj(o) = &error {
                    let (errno, code) = if *temporary { (-3001, "EAI_AGAIN") } else { (-3008, "ENOTFOUND") };
                    put_all(cx, o, [
                        ("errno", Value::num(errno)),
                        ("code", Value::str(code)),
                        ("syscall", Value::str("getaddrinfo")),
                        ("hostname", Value::str(host)),
                    ]);
                }
                error
            }
            Failure::Connect(all) => match all.as_slice() {
                [one] => one.error(cx),
                many => {
                    let errors = many.iter().map(|r| r.error(cx)).collect();
                    let error = puremix_js::builtins::error::make_aggregate(cx, errors, "");
                    if let Value::Obj(o) = &error {
                        put_all(cx, o, [("code", Value::str(many.first().map_or("ECONNREFUSED", |r| r.code)))]);
                    }
                    error
                }
            },
            Failure::ConnectTimeout => named("ConnectTimeoutError", "UND_ERR_CONNECT_TIMEOUT"),
            Failure::HeadersTimeout => named("HeadersTimeoutError", "UND_ERR_HEADERS_TIMEOUT"),
            Failure::BodyTimeout => named("BodyTimeoutError", "UND_ERR_BODY_TIMEOUT"),
            Failure::Closed => named("SocketError", "UND_ERR_SOCKET"),
            Failure::Tls { code, .. } => coded(code),
            Failure::Protocol(_) => named("HTTPParserError", "HPE_INVALID_CONSTANT"),
            Failure::Network(_) | Failure::Aborted => make_error(cx, ErrorKind::Error, &self.message()),
        }
    }

    /// What `fetch` rejects with.
    pub fn fetch_failed(&self, cx: Cx) -> Value {
        with_cause(cx, "fetch failed", self.cause(cx))
    }

    /// What reading a body rejects with.
    pub fn terminated(&self, cx: Cx) -> Value {
        with_cause(cx, "terminated", self.cause(cx))
    }
}

/// A `TypeError` with a cause.
pub fn with_cause(cx: Cx, message: &str, cause: Value) -> Value {
    let error = make_error(cx, ErrorKind::Type, message);
    if let Value::Obj(o) = &error {
        let o: &Obj = o;
        o.put_hidden(cx, well_known::CAUSE, cause);
    }
    error
}
