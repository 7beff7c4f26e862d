//! PEM blocks (RFC 7468), with OpenSSL's old encryption (`DEK-Info`) and PKCS#8's (PBES2 with PBKDF2 and AES).

use super::der::{Der, INTEGER, OCTET_STRING, OID, SEQUENCE};
use super::digest::pbkdf2;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use base64::Engine as _;
use md5::{Digest, Md5};

pub(super) struct Pem {
    /// `PRIVATE KEY`
    pub label: String,
    pub bytes: Vec<u8>,
    /// Cipher and initialisation vector of a `DEK-Info` line.
    encryption: Option<(String, Vec<u8>)>,
}

impl Pem {
    /// All blocks that can be read.
    pub fn all(text: &[u8]) -> impl Iterator<Item = Pem> {
        let text = String::from_utf8_lossy(text).into_owned();
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = at + text[at..].find("-----BEGIN ")? + "-----BEGIN ".len();
                let label_end = start + text[start..].find("-----")?;
                let label = text[start..label_end].to_owned();
                let end_line = format!("-----END {label}-----");
                let body_start = label_end + "-----".len();
                let Some(length) = text[body_start..].find(&end_line) else {
                    at = body_start;
                    continue;
                };
                at = body_start + length + end_line.len();
                if let Some(pem) = block(label, &text[body_start..body_start + length]) {
                    return Some(pem);
                }
            }
        })
    }

    /// The content, decrypted if the block says it is encrypted.
    pub fn plain(&self, passphrase: Option<&[u8]>) -> Option<Vec<u8>> {
        let Some((cipher, iv)) = &self.encryption else { return Some(self.bytes.clone()) };
        let size = aes_key_size(cipher)?;
        // EVP_BytesToKey with MD5 and one round; the salt is the beginning of the vector.
        let (passphrase, salt) = (passphrase?, iv.get(..8)?);
        let mut key: Vec<u8> = Vec::new();
        let mut last: Vec<u8> = Vec::new();
        while key.len() < size {
            last = Md5::new().chain_update(&last).chain_update(passphrase).chain_update(salt).finalize().to_vec();
            key.extend(&last);
        }
        decrypt_aes_cbc(&key[..size], iv, &self.bytes)
    }

    pub fn decrypt_pkcs8(&self, passphrase: &[u8]) -> Option<Vec<u8>> {
        decrypt_pkcs8(&self.bytes, passphrase)
    }
}

fn block(label: String, body: &str) -> Option<Pem> {
    let mut encryption = None;
    let mut data = String::new();
    for line in body.lines().map(str::trim) {
        if let Some(info) = line.strip_prefix("DEK-Info:") {
            let (cipher, iv) = info.trim().split_once(',')?;
            let iv: Option<Vec<u8>> = iv.as_bytes().chunks(2).map(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok()).collect();
            encryption = Some((cipher.to_owned(), iv?));
        } else if !line.contains(':') {
            data.extend(line.chars().filter(|c| !c.is_whitespace()));
        }
    }
    let bytes = base64::prelude::BASE64_STANDARD.decode(data).ok()?;
    Some(Pem { label, bytes, encryption })
}

fn aes_key_size(cipher: &str) -> Option<usize> {
    match cipher {
        "AES-128-CBC" => Some(16),
        "AES-192-CBC" => Some(24),
        "AES-256-CBC" => Some(32),
        _ => None,
    }
}

/// `EncryptedPrivateKeyInfo` (RFC 8018, PBES2).
pub(super) fn decrypt_pkcs8(bytes: &[u8], passphrase: &[u8]) -> Option<Vec<u8>> {
    /// More rounds would be an attack on this process.
    const MOST_ROUNDS: u32 = 10_000_000;
    let mut der = Der(bytes).sequence()?;
    let mut scheme = der.sequence()?;
    let data = der.expect(OCTET_STRING)?;
    let pbes2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d];
    if scheme.expect(OID)? != pbes2 {
        return None;
    }
    let mut params = scheme.sequence()?;
    let mut derivation = params.sequence()?;
    let mut cipher = params.sequence()?;
    let pbkdf2_id: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c];
    if derivation.expect(OID)? != pbkdf2_id {
        return None;
    }
    let mut derivation = derivation.sequence()?;
    let salt = derivation.expect(OCTET_STRING)?;
    let rounds = derivation.unsigned()?.iter().try_fold(0u32, |n, d| n.checked_mul(256)?.checked_add(u32::from(*d)))?;
    if !(1..=MOST_ROUNDS).contains(&rounds) {
        return None;
    }
    derivation.optional(INTEGER);
    let hash = match derivation.optional(SEQUENCE) {
        None => "sha1",
        Some(prf) => match Der(prf).expect(OID)? {
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7] => "sha1",
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9] => "sha256",
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10] => "sha384",
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11] => "sha512",
            _ => return None,
        },
    };
    let size = match cipher.expect(OID)? {
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2] => 16,
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22] => 24,
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42] => 32,
        _ => return None,
    };
    let iv = cipher.expect(OCTET_STRING)?;
    let mut key = vec![0; size];
    pbkdf2(hash, passphrase, salt, rounds, &mut key).then(|| decrypt_aes_cbc(&key, iv, data))?
}

/// AES-CBC with PKCS#7 padding.
fn decrypt_aes_cbc(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    fn decrypted<D: BlockDecryptMut + KeyIvInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let mut cipher = D::new_from_slices(key, iv).ok()?;
        let mut out = data.to_vec();
        for block in out.chunks_exact_mut(16) {
            cipher.decrypt_block_mut(aes::cipher::Block::<D>::from_mut_slice(block));
        }
        let padding = usize::from(*out.last()?);
        let kept = out.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
        out[kept..].iter().all(|b| usize::from(*b) == padding).then(|| out[..kept].to_vec())
    }
    if data.is_empty() || !data.len().is_multiple_of(16) {
        return None;
    }
    match key.len() {
        16 => decrypted::<cbc::Decryptor<aes::Aes128>>(key, iv, data),
        24 => decrypted::<cbc::Decryptor<aes::Aes192>>(key, iv, data),
        _ => decrypted::<cbc::Decryptor<aes::Aes256>>(key, iv, data),
    }
}
