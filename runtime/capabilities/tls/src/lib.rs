#![forbid(unsafe_code)]
//! TLS for connections that the runtime itself makes (Redis).
//!
//! In: a connected socket, the name of its server, and certificates to trust besides Mozilla's. Out: the two halves of the encrypted connection.
//! This crate must never know what is said over it.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What is read and what is written, in the clear.
pub type Halves = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

/// Encrypts a connection to `host`. `trusted` names a PEM file of further certificates, as Node's `NODE_EXTRA_CA_CERTS`.
pub fn provide(stream: TcpStream, host: String, trusted: Option<String>) -> Pin<Box<dyn Future<Output = io::Result<Halves>> + Send>> {
    Box::pin(async move {
        let config = client_config(trusted.as_deref())?;
        let name = ServerName::try_from(host.clone()).map_err(|e| io::Error::other(format!("{host}: {e}")))?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let (reader, writer) = tokio::io::split(stream);
        Ok((Box::new(reader) as _, Box::new(writer) as _))
    })
}

fn client_config(trusted: Option<&str>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = trusted {
        let failed = |e: &dyn std::fmt::Display| io::Error::other(format!("NODE_EXTRA_CA_CERTS `{file}`: {e}"));
        for certificate in CertificateDer::pem_file_iter(file).map_err(|e| failed(&e))? {
            roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
