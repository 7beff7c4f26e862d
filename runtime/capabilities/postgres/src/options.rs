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
    /// A file of certificates to trust instead of the public ones.
    pub root_certificate: Option<String>,
    pub connect_timeout: Duration,
    /// Connections at most.
    pub pool_size: usize,
}

/// Reads a URL; the error says what is wrong with it, without the password.
pub fn parse_url(text: &str) -> Result<ConnectOptions, String> {
    let url = Url::parse(text).map_err(|e| format!("the PostgreSQL URL is not valid: {e}"))?;
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
        root_certificate: None,
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
            "sslrootcert" => options.root_certificate = Some(value.into_owned()),
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

fn tls(mode: &str) -> Result<Tls, String> {
    match mode {
        "disable" => Ok(Tls::Never),
        "allow" | "prefer" => Ok(Tls::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(Tls::Require),
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
        assert_eq!(parse_url("postgres://%2Ftmp%2Fpg/app").expect("reads").host, Host::Unix("/tmp/pg".to_owned()));
        assert_eq!(parse_url("postgres://u@[::1]/").map(|o| (o.host, o.database)), Ok((Host::Tcp("::1".to_owned()), "u".to_owned())));
        assert!(parse_url("postgres://h/d?sslmode=no-verify").is_err_and(|e| e.contains("sslrootcert")));
        assert!(parse_url("postgres://h:port/d").is_err());
    }
}
