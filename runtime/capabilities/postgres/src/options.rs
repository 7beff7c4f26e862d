//! `postgres://user:password@host:port/database?sslmode=…` as data.

use percent_encoding::percent_decode_str;
use std::time::Duration;
use url::Url;

/// Whether a connection is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    Never,
    /// If the server can; without looking at its certificate's issuer there would be no gain over plain text, so it is looked at.
    Prefer,
    Require,
    /// Encrypted to whoever answers: anybody between may be it.
    Unverified,
}

/// Certificates or a key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pem {
    File(String),
    Text(Vec<u8>),
}

/// How the ends of an encrypted connection know each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// To trust instead of the public ones.
    pub roots: Option<Pem>,
    /// The client's certificate and its key.
    pub certificate: Option<Pem>,
    pub key: Option<Pem>,
    /// The name the server's certificate must have, where it is not the host's.
    pub server_name: Option<String>,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Tcp(String),
    /// The directory of its socket.
    Unix(String),
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectOptions {
    pub host: Host,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub database: String,
    pub application_name: String,
    pub tls: Tls,
    pub identity: Identity,
    /// Settings of the session: `statement_timeout` and the like.
    pub session: Vec<(String, String)>,
    pub connect_timeout: Duration,
    /// Connections at most.
    pub pool_size: usize,
}

/// What of a URL is told the server as the session's settings.
pub const SESSION: &[&str] = &["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "options"];

/// Reads a URL; the error says what is wrong with it, without the password.
pub fn parse_url(text: &str) -> Result<ConnectOptions, String> {
    // `user@/database?host=/directory`, which is no URL by the book.
    let parsed = Url::parse(text).or_else(|e| if e == url::ParseError::EmptyHost { Url::parse(&text.replacen("@/", "@localhost/", 1)) } else { Err(e) });
    let url = parsed.map_err(|e| format!("the PostgreSQL URL is not valid: {e}"))?;
    let decoded = |s: &str| percent_decode_str(s).decode_utf8_lossy().into_owned();
    let user = match url.username() {
        "" => "postgres".to_owned(),
        user => decoded(user),
    };
    let database = decoded(url.path().trim_start_matches('/'));
    let mut options = ConnectOptions {
        host: host(&decoded(url.host_str().unwrap_or_default())),
        port: url.port().unwrap_or(5432),
        password: url.password().map(decoded).unwrap_or_default(),
        database: if database.is_empty() { user.clone() } else { database },
        user,
        application_name: String::new(),
        tls: Tls::Never,
        identity: Identity::default(),
        session: Vec::new(),
        connect_timeout: Duration::from_secs(10),
        pool_size: 10,
    };
    for (name, value) in url.query_pairs() {
        let number = || value.parse::<u16>().map_err(|_| format!("`{name}={value}`: not a number"));
        match &*name {
            "host" => options.host = host(&value),
            "port" => options.port = number()?,
            "user" => options.user = value.into_owned(),
            "password" => options.password = value.into_owned(),
            "dbname" => options.database = value.into_owned(),
            "application_name" => options.application_name = value.into_owned(),
            "connect_timeout" => options.connect_timeout = Duration::from_secs(number()?.max(1).into()),
            "pool_size" | "max" => options.pool_size = number()?.max(1).into(),
            "sslrootcert" if value == "system" => {}
            "sslrootcert" => options.identity.roots = Some(Pem::File(value.into_owned())),
            "sslcert" => options.identity.certificate = Some(Pem::File(value.into_owned())),
            "sslkey" => options.identity.key = Some(Pem::File(value.into_owned())),
            name if SESSION.contains(&name) => options.session.push((name.to_owned(), value.into_owned())),
            "ssl" => options.tls = if matches!(&*value, "true" | "1") { Tls::Require } else { Tls::Never },
            "sslmode" => options.tls = tls(&value)?,
            // Others are libpq's, about what is not negotiated here.
            _ => {}
        }
    }
    Ok(options)
}

fn host(text: &str) -> Host {
    match text {
        "" => Host::Tcp("localhost".to_owned()),
        path if path.starts_with('/') => Host::Unix(path.to_owned()),
        name => Host::Tcp(name.trim_start_matches('[').trim_end_matches(']').to_owned()),
    }
}

/// What `sslmode` asks for. `require` and those above it are one here: the certificate and its name are verified.
pub fn tls(mode: &str) -> Result<Tls, String> {
    match mode {
        "disable" => Ok(Tls::Never),
        "allow" | "prefer" => Ok(Tls::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(Tls::Require),
        "no-verify" => Ok(Tls::Unverified),
        other => Err(format!("`sslmode={other}`: use `disable`, `prefer`, or `require`, which verifies the certificate (give a private one in `sslrootcert=FILE`)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let o = parse_url("postgresql://al%40ice:p%3Aw@db.example:6432/my%20app?sslmode=require&pool_size=3").expect("reads");
        assert_eq!((&o.host, o.port), (&Host::Tcp("db.example".to_owned()), 6432));
        assert_eq!((o.user.as_str(), o.password.as_str(), o.database.as_str()), ("al@ice", "p:w", "my app"));
        assert_eq!((o.tls, o.pool_size), (Tls::Require, 3));
        let o = parse_url("postgres:///app?host=/run/postgresql").expect("reads");
        assert_eq!((o.host, o.user.as_str(), o.tls), (Host::Unix("/run/postgresql".to_owned()), "postgres", Tls::Never));
        let o = parse_url("postgres://al:pw@/app?host=/run").expect("reads");
        assert_eq!((o.host, o.password.as_str()), (Host::Unix("/run".to_owned()), "pw"));
        assert_eq!(parse_url("postgres://%2Ftmp%2Fpg/app").expect("reads").host, Host::Unix("/tmp/pg".to_owned()));
        assert_eq!(parse_url("postgres://u@[::1]/").map(|o| (o.host, o.database)), Ok((Host::Tcp("::1".to_owned()), "u".to_owned())));
        assert!(parse_url("postgres://h/d?sslmode=maybe").is_err_and(|e| e.contains("sslrootcert")));
        let o = parse_url("postgres://h/d?sslmode=no-verify&sslcert=c.pem&sslkey=k.pem&sslrootcert=system&statement_timeout=250").expect("reads");
        assert_eq!((o.tls, &o.identity.roots, &o.identity.key), (Tls::Unverified, &None, &Some(Pem::File("k.pem".to_owned()))));
        assert_eq!(o.session, [("statement_timeout".to_owned(), "250".to_owned())]);
        assert!(parse_url("postgres://h:port/d").is_err());
    }
}
