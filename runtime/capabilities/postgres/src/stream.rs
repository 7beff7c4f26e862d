//! The way to a server: a socket, perhaps with TLS on it.

use crate::failure::Failure;
use crate::message::Outgoing;
use crate::options::{ConnectOptions, Host, Tls};
use crate::tls::client_config;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

/// Any of them.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects, and encrypts as the options say.
pub async fn connect(options: &ConnectOptions) -> Result<Box<dyn Stream>, Failure> {
    let host = match &options.host {
        Host::Unix(directory) => {
            let path = format!("{directory}/.s.PGSQL.{}", options.port);
            let stream = UnixStream::connect(&path).await.map_err(|e| unreached(&path, &e))?;
            return Ok(Box::new(stream));
        }
        Host::Tcp(host) => host,
    };
    let to = format!("{host}:{}", options.port);
    let failed = |e: std::io::Error| unreached(&to, &e);
    let mut stream = TcpStream::connect((host.as_str(), options.port)).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    if options.tls == Tls::Never {
        return Ok(Box::new(stream));
    }
    let mut request = Outgoing::default();
    request.ssl_request();
    stream.write_all(&request.0).await.map_err(failed)?;
    // One byte and no more: what follows it unencrypted would be somebody else's (CVE-2021-23222).
    match (stream.read_u8().await.map_err(failed)?, &options.tls) {
        (b'S', _) => {}
        (b'N', Tls::Prefer) => return Ok(Box::new(stream)),
        (b'N', _) => return Err(Failure::Lost(format!("PostgreSQL at {to} does not speak TLS, and the URL asks for it"))),
        _ => return Err(Failure::Lost(format!("what listens at {to} is no PostgreSQL server"))),
    }
    let config = client_config(options).map_err(Failure::Lost)?;
    let name = options.identity.server_name.as_ref().unwrap_or(host);
    let name = ServerName::try_from(name.clone()).map_err(|e| Failure::Lost(format!("{name}: {e}")))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = stream.map_err(|e| Failure::Lost(format!("cannot encrypt the connection to PostgreSQL at {to}: {e}")))?;
    Ok(Box::new(stream))
}

/// With the name that the operating system has for it.
fn unreached(to: &str, e: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let code = match e.kind() {
        ErrorKind::ConnectionRefused => "ECONNREFUSED",
        ErrorKind::ConnectionReset => "ECONNRESET",
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::TimedOut => "ETIMEDOUT",
        ErrorKind::HostUnreachable => "EHOSTUNREACH",
        ErrorKind::NetworkUnreachable => "ENETUNREACH",
        // A name that no resolver knows has no kind of its own.
        _ if e.raw_os_error().is_none() => "ENOTFOUND",
        _ => "EIO",
    };
    Failure::Unreached(code, format!("cannot connect to PostgreSQL at {to}: {e}"))
}
