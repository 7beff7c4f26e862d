//! Keys as files hold them: PKCS#1, SEC 1, PKCS#8, SPKI and certificates, in DER or PEM, encrypted or not. No arithmetic.

use super::der::{self, BIT_STRING, Der, INTEGER, OCTET_STRING, OID, SEQUENCE};
use super::pem::Pem;

/// Curves with NIST's parameters, and the one that JWTs do not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
    K256,
}

/// What a key with the RSASSA-PSS identifier may be used for; hash functions as Node names them.
#[derive(Clone, Debug, PartialEq)]
pub struct PssParams {
    pub hash: &'static str,
    pub mgf_hash: &'static str,
    pub salt_length: u32,
}

/// A public key.
#[derive(Clone, Debug, PartialEq)]
pub enum PublicKey {
    Rsa {
        /// Big-endian, without leading zeros.
        modulus: Vec<u8>,
        exponent: Vec<u8>,
        /// With the identifier of RSASSA-PSS, and its restrictions if there are any.
        pss: Option<Option<PssParams>>,
    },
    /// A point in SEC 1's form.
    Ec { curve: Curve, point: Vec<u8> },
    /// A kind that nothing here computes with: `ed25519`, `dsa` …
    Other(&'static str),
}

/// A private key.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateKey {
    pub secret: Secret,
    pub public: PublicKey,
}

/// The private part.
#[derive(Clone, Debug, PartialEq)]
pub enum Secret {
    /// PKCS#1's `RSAPrivateKey`.
    Rsa(Vec<u8>),
    /// As long as the curve's order.
    Ec(Vec<u8>),
    Other,
}

impl Curve {
    pub fn of_oid(oid: &[u8]) -> Option<Curve> {
        Some(match oid {
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => Curve::P256,
            [0x2b, 0x81, 4, 0, 0x22] => Curve::P384,
            [0x2b, 0x81, 4, 0, 0x23] => Curve::P521,
            [0x2b, 0x81, 4, 0, 0x0a] => Curve::K256,
            _ => return None,
        })
    }

    pub fn oid(self) -> &'static [u8] {
        match self {
            Curve::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
            Curve::P384 => &[0x2b, 0x81, 4, 0, 0x22],
            Curve::P521 => &[0x2b, 0x81, 4, 0, 0x23],
            Curve::K256 => &[0x2b, 0x81, 4, 0, 0x0a],
        }
    }

    /// OpenSSL's name.
    pub fn name(self) -> &'static str {
        match self {
            Curve::P256 => "prime256v1",
            Curve::P384 => "secp384r1",
            Curve::P521 => "secp521r1",
            Curve::K256 => "secp256k1",
        }
    }

    /// Of RFC 7518's names.
    pub fn of_jwk(name: &str) -> Option<Curve> {
        Some(match name {
            "P-256" => Curve::P256,
            "P-384" => Curve::P384,
            "P-521" => Curve::P521,
            "secp256k1" => Curve::K256,
            _ => return None,
        })
    }

    /// Bytes of a coordinate.
    pub fn size(self) -> usize {
        match self {
            Curve::P256 | Curve::K256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}

pub(super) const EC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
pub(super) const RSA_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub(super) const RSA_PSS_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];

/// What an `AlgorithmIdentifier` says.
enum Algorithm {
    Rsa(Option<Option<PssParams>>),
    Ec(Curve),
    Other(&'static str),
}

fn algorithm(mut der: Der<'_>) -> Option<Algorithm> {
    let oid = der.expect(OID)?;
    Some(match oid {
        RSA_KEY => Algorithm::Rsa(None),
        RSA_PSS_KEY => Algorithm::Rsa(Some(match der.optional(SEQUENCE) {
            Some(params) => Some(pss_params(Der(params))?),
            None => None,
        })),
        EC_KEY => Algorithm::Ec(Curve::of_oid(der.expect(OID)?)?),
        [0x2b, 0x65, 0x6e] => Algorithm::Other("x25519"),
        [0x2b, 0x65, 0x6f] => Algorithm::Other("x448"),
        [0x2b, 0x65, 0x70] => Algorithm::Other("ed25519"),
        [0x2b, 0x65, 0x71] => Algorithm::Other("ed448"),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] => Algorithm::Other("dsa"),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1] => Algorithm::Other("dh"),
        _ => return None,
    })
}

fn hash_name(der: &[u8]) -> Option<&'static str> {
    let mut der = Der(der).sequence()?;
    Some(match der.expect(OID)? {
        [0x2b, 0x0e, 3, 2, 0x1a] => "sha1",
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4] => "sha224",
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => "sha256",
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2] => "sha384",
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3] => "sha512",
        _ => return None,
    })
}

/// `RSASSA-PSS-params` (RFC 4055): what is absent has a default.
fn pss_params(mut der: Der<'_>) -> Option<PssParams> {
    let hash = der.optional(0xa0).map_or(Some("sha1"), hash_name)?;
    let mgf_hash = match der.optional(0xa1) {
        Some(mgf) => {
            let mut mgf = Der(mgf).sequence()?;
            mgf.expect(OID)?;
            hash_name(mgf.0)?
        }
        None => "sha1",
    };
    let salt_length = match der.optional(0xa2) {
        Some(length) => Der(length).unsigned()?.iter().try_fold(0u32, |n, d| n.checked_mul(256)?.checked_add(u32::from(*d)))?,
        None => 20,
    };
    Some(PssParams { hash, mgf_hash, salt_length })
}

/// The content of a bit string of whole bytes.
fn bits(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(&[0])
}

fn rsa_public(der: &[u8], pss: Option<Option<PssParams>>) -> Option<PublicKey> {
    let mut der = Der(der).sequence()?;
    let (modulus, exponent) = (der.unsigned()?.to_vec(), der.unsigned()?.to_vec());
    (!modulus.is_empty() && !exponent.is_empty()).then_some(PublicKey::Rsa { modulus, exponent, pss })
}

fn ec_public(curve: Curve, point: &[u8]) -> Option<PublicKey> {
    let size = curve.size();
    let fits = match point.first()? {
        4 => point.len() == 2 * size + 1,
        2 | 3 => point.len() == size + 1,
        _ => false,
    };
    fits.then(|| PublicKey::Ec { curve, point: point.to_vec() })
}

/// `SubjectPublicKeyInfo`.
fn spki(der: &[u8]) -> Option<PublicKey> {
    let mut der = Der(der).sequence()?;
    let algorithm = algorithm(der.sequence()?)?;
    let key = bits(der.expect(BIT_STRING)?)?;
    match algorithm {
        Algorithm::Rsa(pss) => rsa_public(key, pss),
        Algorithm::Ec(curve) => ec_public(curve, key),
        Algorithm::Other(kind) => Some(PublicKey::Other(kind)),
    }
}

/// The key of an X.509 certificate.
fn certificate(der: &[u8]) -> Option<PublicKey> {
    let mut tbs = Der(der).sequence()?.sequence()?;
    tbs.optional(0xa0);
    tbs.expect(INTEGER)?;
    // Signature algorithm, issuer, validity, subject.
    for _ in 0..4 {
        tbs.expect(SEQUENCE)?;
    }
    spki(tbs.0)
}

fn rsa_private(der: &[u8], pss: Option<Option<PssParams>>) -> Option<PrivateKey> {
    let mut key = Der(der).sequence()?;
    key.expect(INTEGER)?;
    let (modulus, exponent) = (key.unsigned()?.to_vec(), key.unsigned()?.to_vec());
    Some(PrivateKey { secret: Secret::Rsa(der.to_vec()), public: PublicKey::Rsa { modulus, exponent, pss } })
}

/// SEC 1's `ECPrivateKey`.
fn ec_private(der: &[u8], known: Option<Curve>) -> Option<PrivateKey> {
    let mut der = Der(der).sequence()?;
    der.expect(INTEGER)?;
    let scalar = der.expect(OCTET_STRING)?;
    let named = der.optional(0xa0).and_then(|named| Curve::of_oid(Der(named).expect(OID)?));
    let curve = known.or(named)?;
    let point = der.optional(0xa1).and_then(|point| bits(Der(point).expect(BIT_STRING)?))?;
    let missing = curve.size().checked_sub(scalar.len())?;
    let secret = [&vec![0; missing][..], scalar].concat();
    Some(PrivateKey { secret: Secret::Ec(secret), public: ec_public(curve, point)? })
}

/// PKCS#8's `PrivateKeyInfo`.
fn pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let mut der = Der(der).sequence()?;
    der.expect(INTEGER)?;
    let algorithm = algorithm(der.sequence()?)?;
    let key = der.expect(OCTET_STRING)?;
    match algorithm {
        Algorithm::Rsa(pss) => rsa_private(key, pss),
        Algorithm::Ec(curve) => ec_private(key, Some(curve)),
        Algorithm::Other(kind) => Some(PrivateKey { secret: Secret::Other, public: PublicKey::Other(kind) }),
    }
}

/// The first private key in PEM.
pub fn private_of_pem(text: &[u8], passphrase: Option<&[u8]>) -> Option<PrivateKey> {
    Pem::all(text).find_map(|pem| match pem.label.as_str() {
        "PRIVATE KEY" => pkcs8(&pem.bytes),
        "ENCRYPTED PRIVATE KEY" => pkcs8(&pem.decrypt_pkcs8(passphrase?)?),
        "RSA PRIVATE KEY" => rsa_private(&pem.plain(passphrase)?, None),
        "EC PRIVATE KEY" => ec_private(&pem.plain(passphrase)?, None),
        _ => None,
    })
}

/// The first public key in PEM, also that of a certificate or of a private key.
pub fn public_of_pem(text: &[u8], passphrase: Option<&[u8]>) -> Option<PublicKey> {
    let found = Pem::all(text).find_map(|pem| match pem.label.as_str() {
        "PUBLIC KEY" => spki(&pem.bytes),
        "RSA PUBLIC KEY" => rsa_public(&pem.bytes, None),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => certificate(&pem.bytes),
        _ => None,
    });
    found.or_else(|| private_of_pem(text, passphrase).map(|key| key.public))
}

/// A private key in DER; `kind`: `pkcs1`, `pkcs8` or `sec1`.
pub fn private_of_der(bytes: &[u8], kind: &str, passphrase: Option<&[u8]>) -> Option<PrivateKey> {
    match (kind, passphrase) {
        ("pkcs1", _) => rsa_private(bytes, None),
        ("sec1", _) => ec_private(bytes, None),
        ("pkcs8", None) => pkcs8(bytes),
        ("pkcs8", Some(passphrase)) => pkcs8(&super::pem::decrypt_pkcs8(bytes, passphrase)?),
        _ => None,
    }
}

/// A public key in DER; `kind`: `pkcs1` or `spki`.
pub fn public_of_der(bytes: &[u8], kind: &str) -> Option<PublicKey> {
    match kind {
        "pkcs1" => rsa_public(bytes, None),
        "spki" => spki(bytes),
        _ => None,
    }
}

/// PKCS#1's `RSAPrivateKey` of its eight numbers: n, e, d, p, q, dp, dq, qi.
pub fn rsa_of_numbers(numbers: [&[u8]; 8]) -> Option<PrivateKey> {
    let mut parts = vec![der::unsigned(&[])];
    parts.extend(numbers.iter().map(|n| der::unsigned(n)));
    rsa_private(&der::sequence(&parts), None)
}

impl PublicKey {
    /// `asymmetricKeyType`
    pub fn kind(&self) -> &'static str {
        match self {
            PublicKey::Rsa { pss: Some(_), .. } => "rsa-pss",
            PublicKey::Rsa { pss: None, .. } => "rsa",
            PublicKey::Ec { .. } => "ec",
            PublicKey::Other(kind) => kind,
        }
    }

    /// Bits of an RSA modulus.
    pub fn modulus_bits(&self) -> Option<usize> {
        match self {
            PublicKey::Rsa { modulus, .. } => Some(modulus.len() * 8 - modulus.first().map_or(0, |b| b.leading_zeros() as usize)),
            PublicKey::Ec { .. } | PublicKey::Other(_) => None,
        }
    }

    /// The `SubjectPublicKeyInfo`, of kinds that can be written.
    pub fn spki(&self) -> Option<Vec<u8>> {
        let bit_string = |content: &[u8]| der::element(BIT_STRING, &[&[0], content].concat());
        let null = vec![5, 0];
        match self {
            PublicKey::Rsa { modulus, exponent, pss: None } => {
                let key = der::sequence(&[der::unsigned(modulus), der::unsigned(exponent)]);
                Some(der::sequence(&[der::sequence(&[der::element(OID, RSA_KEY), null]), bit_string(&key)]))
            }
            PublicKey::Ec { curve, point } => {
                let algorithm = der::sequence(&[der::element(OID, EC_KEY), der::element(OID, curve.oid())]);
                Some(der::sequence(&[algorithm, bit_string(point)]))
            }
            PublicKey::Rsa { pss: Some(_), .. } | PublicKey::Other(_) => None,
        }
    }
}
