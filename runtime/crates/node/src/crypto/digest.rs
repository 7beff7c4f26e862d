//! Hash functions by Node's names.

use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A running hash or HMAC.
#[derive(Clone)]
pub(crate) enum Hasher {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    HmacMd5(Hmac<Md5>),
    HmacSha1(Hmac<Sha1>),
    HmacSha224(Hmac<Sha224>),
    HmacSha256(Hmac<Sha256>),
    HmacSha384(Hmac<Sha384>),
    HmacSha512(Hmac<Sha512>),
}

pub(crate) const NAMES: &[&str] = &["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

impl Hasher {
    pub fn hash(name: &str) -> Option<Hasher> {
        Some(match canonical(name).as_str() {
            "md5" => Hasher::Md5(Md5::new()),
            "sha1" => Hasher::Sha1(Sha1::new()),
            "sha224" => Hasher::Sha224(Sha224::new()),
            "sha256" => Hasher::Sha256(Sha256::new()),
            "sha384" => Hasher::Sha384(Sha384::new()),
            "sha512" => Hasher::Sha512(Sha512::new()),
            _ => return None,
        })
    }

    pub fn hmac(name: &str, key: &[u8]) -> Option<Hasher> {
        // HMAC takes keys of any length.
        Some(match canonical(name).as_str() {
            "md5" => Hasher::HmacMd5(Mac::new_from_slice(key).ok()?),
            "sha1" => Hasher::HmacSha1(Mac::new_from_slice(key).ok()?),
            "sha224" => Hasher::HmacSha224(Mac::new_from_slice(key).ok()?),
            "sha256" => Hasher::HmacSha256(Mac::new_from_slice(key).ok()?),
            "sha384" => Hasher::HmacSha384(Mac::new_from_slice(key).ok()?),
            "sha512" => Hasher::HmacSha512(Mac::new_from_slice(key).ok()?),
            _ => return None,
        })
    }

    pub fn update(&mut self, data: &[u8]) {
        match self {
            Hasher::Md5(h) => Digest::update(h, data),
            Hasher::Sha1(h) => Digest::update(h, data),
            Hasher::Sha224(h) => Digest::update(h, data),
            Hasher::Sha256(h) => Digest::update(h, data),
            Hasher::Sha384(h) => Digest::update(h, data),
            Hasher::Sha512(h) => Digest::update(h, data),
            Hasher::HmacMd5(h) => Mac::update(h, data),
            Hasher::HmacSha1(h) => Mac::update(h, data),
            Hasher::HmacSha224(h) => Mac::update(h, data),
            Hasher::HmacSha256(h) => Mac::update(h, data),
            Hasher::HmacSha384(h) => Mac::update(h, data),
            Hasher::HmacSha512(h) => Mac::update(h, data),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Md5(h) => h.finalize().to_vec(),
            Hasher::Sha1(h) => h.finalize().to_vec(),
            Hasher::Sha224(h) => h.finalize().to_vec(),
            Hasher::Sha256(h) => h.finalize().to_vec(),
            Hasher::Sha384(h) => h.finalize().to_vec(),
            Hasher::Sha512(h) => h.finalize().to_vec(),
            Hasher::HmacMd5(h) => h.finalize().into_bytes().to_vec(),
            Hasher::HmacSha1(h) => h.finalize().into_bytes().to_vec(),
            Hasher::HmacSha224(h) => h.finalize().into_bytes().to_vec(),
            Hasher::HmacSha256(h) => h.finalize().into_bytes().to_vec(),
            Hasher::HmacSha384(h) => h.finalize().into_bytes().to_vec(),
            Hasher::HmacSha512(h) => h.finalize().into_bytes().to_vec(),
        }
    }
}

/// `SHA-256`, `RSA-SHA256` and `sha256` are the same.
fn canonical(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.strip_prefix("rsa-").unwrap_or(&lower).replace('-', "")
}

/// `None` for an unknown hash, `Some(None)` for too long an output.
pub(crate) fn hkdf(name: &str, key: &[u8], salt: &[u8], info: &[u8], len: usize) -> Option<Option<Vec<u8>>> {
    let mut extract = Hasher::hmac(name, salt)?;
    extract.update(key);
    let secret = extract.finish();
    if len > 255 * secret.len() {
        return Some(None);
    }
    let (mut out, mut block) = (Vec::with_capacity(len), Vec::new());
    let mut counter = 1u8;
    while out.len() < len {
        let mut expand = Hasher::hmac(name, &secret)?;
        expand.update(&block);
        expand.update(info);
        expand.update(&[counter]);
        block = expand.finish();
        out.extend_from_slice(&block);
        counter = counter.wrapping_add(1);
    }
    out.truncate(len);
    Some(Some(out))
}

pub(crate) fn pbkdf2(name: &str, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) -> bool {
    match canonical(name).as_str() {
        "sha1" => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, out),
        "sha224" => pbkdf2::pbkdf2_hmac::<Sha224>(password, salt, rounds, out),
        "sha256" => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, out),
        "sha384" => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, rounds, out),
        "sha512" => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, out),
        "md5" => pbkdf2::pbkdf2_hmac::<Md5>(password, salt, rounds, out),
        _ => return false,
    }
    true
}
