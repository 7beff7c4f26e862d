//! Connections: names, addresses, TLS with bundled roots.

use crate::failure::{Failure, Refused};
use http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

/// As undici has it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens TCP connections, one address after the other.
#[derive(Clone, Copy, Debug)]
pub struct Tcp;

/// The connector of the client. Its trust is the roots of Mozilla's programme, compiled in (a binary may run in an empty root
/// directory), and the file that `NODE_EXTRA_CA_CERTS` names.
pub fn connector() -> HttpsConnector<Tcp> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = std::env::var_os("NODE_EXTRA_CA_CERTS")
        && let Ok(certificates) = CertificateDer::pem_file_iter(&path)
    {
        // What is no certificate is passed over, as Node does.
        roots.add_parsable_certificates(certificates.flatten());
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let Ok(versions) = versions else { unreachable!("ring speaks TLS 1.2 and 1.3") };
    let tls = versions.with_root_certificates(roots).with_no_client_auth();
    hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(Tcp)
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(async move {
            match tokio::time::timeout(CONNECT_TIMEOUT, open(&uri)).await {
                Ok(opened) => opened.map(TokioIo::new),
                Err(_) => Err(Failure::ConnectTimeout),
            }
        })
    }
}

async fn open(uri: &Uri) -> Result<TcpStream, Failure> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    let addresses = tokio::net::lookup_host((host.as_str(), port)).await.map_err(|e| {
        let temporary = e.to_string().contains("Temporary failure");
        Failure::Lookup { host: host.clone(), temporary }
    })?;
    let mut refused = Vec::new();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Without it small requests wait; a socket that refuses the option works too.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(e) => {
                let (code, errno) = code_of(&e);
                refused.push(Refused { address, code, errno });
            }
        }
    }
    if refused.is_empty() { Err(Failure::Lookup { host, temporary: false }) } else { Err(Failure::Connect(refused)) }
}

fn code_of(e: &io::Error) -> (&'static str, i32) {
    let number = e.raw_os_error().unwrap_or(5);
    let code = match number {
        13 => "EACCES",
        101 => "ENETUNREACH",
        104 => "ECONNRESET",
        110 => "ETIMEDOUT",
        111 => "ECONNREFUSED",
        113 => "EHOSTUNREACH",
        22 => "EINVAL",
        24 => "EMFILE",
        99 => "EADDRNOTAVAIL",
        _ => "EIO",
    };
    (code, -number)
}

/// What an error of the client means, found along its sources.
pub fn failure_of(e: &(dyn std::error::Error + 'static)) -> Failure {
    let mut at = Some(e);
    while let Some(error) = at {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return failure.clone();
        }
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return tls_failure(tls);
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            if let Some(inner) = io.get_ref() {
                let inner: &(dyn std::error::Error + 'static) = inner;
                if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
                    return tls_failure(tls);
                }
                if let Some(failure) = inner.downcast_ref::<Failure>() {
                    return failure.clone();
                }
            }
            return Failure::Closed;
        }
        if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
            if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
                return Failure::Closed;
            }
            if hyper.is_parse() {
                return Failure::Protocol(hyper.to_string());
            }
        }
        at = error.source();
    }
    Failure::Protocol(e.to_string())
}

/// OpenSSL's codes and words, which Node shows, for what rustls says.
fn tls_failure(e: &rustls::Error) -> Failure {
    use rustls::CertificateError as C;
    let (code, message) = match e {
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => ("CERT_HAS_EXPIRED", "certificate has expired".to_owned()),
        rustls::Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => ("CERT_NOT_YET_VALID", "certificate is not yet valid".to_owned()),
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            ("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames".to_owned())
        }
        rustls::Error::InvalidCertificate(C::Revoked) => ("CERT_REVOKED", "certificate revoked".to_owned()),
        rustls::Error::InvalidCertificate(C::UnknownIssuer) => {
            ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate".to_owned())
        }
        rustls::Error::InvalidCertificate(C::Other(_)) if e.to_string().contains("CaUsedAsEndEntity") => {
            ("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate".to_owned())
        }
        other => ("ERR_SSL_PROTOCOL_ERROR", other.to_string()),
    };
    Failure::Tls { code: code.to_owned(), message }
}
