//! Texts that only this app can make and read: what the server gives out to get it back as it was.
//!
//! In: bytes, and what they are bound to. Out: base64url. The same bytes bound to the same always give the same text, so that pages which did not change
//! stay the same to the letter. It is the SIV construction (Rogaway and Shrimpton, 2006) as in RFC 5297, with HMAC-SHA-256 as its pseudorandom function and
//! AES-256 in counter mode: without nonces, and safe to use for any number of equal texts.

use crate::csrf::mac;
use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Bytes of the synthetic initialisation vector, which is the tag as well.
const TAG: usize = 16;

/// Longer texts are nobody's: what is sealed is short.
const LONGEST: usize = 16 * 1024;

/// The keys, derived from the app's secret.
#[derive(Clone)]
pub struct Seal {
    authentication: Hmac<Sha256>,
    encryption: [u8; 32],
}

impl Seal {
    pub fn new(secret: &[u8]) -> Seal {
        let derive = |purpose: &[u8]| {
            let mut derived = mac(secret);
            derived.update(purpose);
            derived.finalize().into_bytes()
        };
        Seal { authentication: mac(&derive(b"puremix seal v1: authentication")), encryption: derive(b"puremix seal v1: encryption").into() }
    }

    /// Encrypts and authenticates.
    pub fn seal(&self, bound_to: &[&[u8]], plain: &[u8]) -> String {
        let mut sealed = Vec::with_capacity(TAG + plain.len());
        sealed.extend_from_slice(&self.tag(bound_to, plain).finalize().into_bytes()[..TAG]);
        sealed.extend_from_slice(plain);
        self.crypt(&mut sealed);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// What was sealed; `None` for a text that was not made here, or is bound to something else.
    pub fn open(&self, bound_to: &[&[u8]], text: &str) -> Option<Vec<u8>> {
        if text.len() > LONGEST {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() >= TAG)?;
        self.crypt(&mut bytes);
        let (tag, plain) = bytes.split_at(TAG);
        self.tag(bound_to, plain).verify_truncated_left(tag).ok()?;
        Some(plain.to_vec())
    }

    /// Lengths are part of it, so that no two lists of parts are alike.
    fn tag(&self, bound_to: &[&[u8]], plain: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.authentication.clone();
        for part in bound_to.iter().chain(&[plain]) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac
    }

    /// Encrypts or decrypts what follows the tag.
    fn crypt(&self, bytes: &mut [u8]) {
        let (tag, text) = bytes.split_at_mut(TAG);
        let mut iv = [0; TAG];
        iv.copy_from_slice(tag);
        Ctr128BE::<Aes256>::new(&self.encryption.into(), &iv.into()).apply_keystream(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_where_it_is_bound_to() {
        let seal = Seal::new(b"secret");
        let bound: [&[u8]; 2] = [b"visitor", b"/path"];
        for plain in [&b""[..], b"x", b"{\"secret\":\"props\"}", &[0; 1000]] {
            let text = seal.seal(&bound, plain);
            assert_eq!(seal.open(&bound, &text).as_deref(), Some(plain));
            assert_eq!(seal.seal(&bound, plain), text, "the same text each time");
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')));
            assert_eq!(Seal::new(b"secret").open(&bound, &text).as_deref(), Some(plain), "another instance of the server reads it");
            assert_eq!(Seal::new(b"other").open(&bound, &text), None);
            for other in [&[b"visitor2" as &[u8], b"/path"][..], &[b"visitor/path"], &[b"visito", b"r/path"], &[b"visitor", b"/path", b""], &[]] {
                assert_eq!(seal.open(other, &text), None, "{other:?}");
            }
        }
        assert!(!seal.seal(&bound, b"props").contains("props"));
    }

    #[test]
    fn a_text_that_was_changed_is_none() {
        let seal = Seal::new(b"secret");
        let text = seal.seal(&[b"a"], b"some props");
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character has bits that mean nothing, which the decoder refuses.
            assert_eq!(seal.open(&[b"a"], &changed), None, "{at}");
            assert_eq!(seal.open(&[b"a"], &text[..at]), None, "{at}");
        }
        for none in ["", "=", "not base64!", "AAAA", &"A".repeat(LONGEST + 4)] {
            assert_eq!(seal.open(&[b"a"], none), None);
        }
    }
}
