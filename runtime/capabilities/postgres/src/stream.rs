//! The way to a server: a socket, perhaps with TLS on it.

use crate::failure::Failure;
use crate::message::Outgoing;
use crate::options::{ConnectOptions, Host, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
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
            let stream = UnixStream::connect(&path).await.map_err(|e| Failure::Lost(format!("cannot connect to PostgreSQL at {path}: {e}")))?;
            return Ok(Box::new(stream));
        }
        Host::Tcp(host) => host,
    };
    let to = format!("{host}:{}", options.port);
    let failed = |e: std::io::Error| Failure::Lost(format!("cannot connect to PostgreSQL at {to}: {e}"));
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
    let name = ServerName::try_from(host.clone()).map_err(|e| Failure::Lost(format!("{host}: {e}")))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(failed)?;
    Ok(Box::new(stream))
}

fn client_config(options: &ConnectOptions) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match &options.root_certificate {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let failed = |e: &dyn std::fmt::Display| format!("sslrootcert `{file}`: {e}");
            for certificate in CertificateDer::pem_file_iter(file).map_err(|e| failed(&e))? {
                roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
