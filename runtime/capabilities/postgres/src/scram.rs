//! SCRAM-SHA-256 (RFC 5802, RFC 7677) and PostgreSQL's older MD5: how a password is shown without sending it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use md5::Md5;
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

pub const MECHANISM: &str = "SCRAM-SHA-256";

/// A conversation about one password.
pub struct Scram {
    nonce: String,
    password: String,
    /// What the server must show in the end: that it knows the password too.
    server_signature: Vec<u8>,
}

impl Scram {
    /// `nonce` is random text without a comma.
    pub fn new(password: &str, nonce: String) -> Scram {
        // SASLprep (RFC 4013) for what passwords have: spaces of all kinds, and compatibility forms.
        let mapped = password.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
        Scram { nonce, password: mapped.nfkc().collect(), server_signature: Vec::new() }
    }

    pub fn first(&self) -> String {
        format!("n,,n=,r={}", self.nonce)
    }

    /// The answer to the server's first message.
    pub fn answer(&mut self, server_first: &str) -> Result<String, &'static str> {
        const BAD: &str = "the server's SCRAM message is malformed";
        let field = |letter: &str| server_first.split(',').find_map(|part| part.strip_prefix(letter)).ok_or(BAD);
        let (nonce, salt, rounds) = (field("r=")?, field("s=")?, field("i=")?);
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("the server's SCRAM nonce is not ours");
        }
        let salt = BASE64_STANDARD.decode(salt).map_err(|_| BAD)?;
        let rounds: u32 = rounds.parse().map_err(|_| BAD)?;
        if rounds == 0 || rounds > 10_000_000 {
            return Err(BAD);
        }
        let salted = hi(self.password.as_bytes(), &salt, rounds);
        let client_key = mac(&salted, b"Client Key");
        let stored_key = Sha256::digest(client_key);
        let without_proof = format!("c=biws,r={nonce}");
        let message = format!("n=,r={},{server_first},{without_proof}", self.nonce);
        let signature = mac(&stored_key, message.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
        self.server_signature = mac(&mac(&salted, b"Server Key"), message.as_bytes()).to_vec();
        Ok(format!("{without_proof},p={}", BASE64_STANDARD.encode(proof)))
    }

    /// Whether the server knows the password.
    pub fn verify(&self, server_final: &str) -> Result<(), &'static str> {
        let shown = server_final.strip_prefix("v=").and_then(|v| BASE64_STANDARD.decode(v.trim_end()).ok());
        if shown.is_some_and(|shown| !shown.is_empty() && shown == self.server_signature) { Ok(()) } else { Err("the server does not know the password") }
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// PBKDF2 with one block (RFC 5802, `Hi`).
fn hi(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    let mut last = mac(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut all = last;
    for _ in 1..rounds {
        last = mac(password, &last);
        all.iter_mut().zip(last).for_each(|(a, b)| *a ^= b);
    }
    all
}

/// `md5` of `md5(password user)` and the salt, each in hexadecimal.
pub fn md5_password(user: &str, password: &str, salt: [u8; 4]) -> String {
    let hex = |parts: &[&[u8]]| Md5::digest(parts.concat()).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let inner = hex(&[password.as_bytes(), user.as_bytes()]);
    format!("md5{}", hex(&[inner.as_bytes(), &salt]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677, section 3; the user is in the message there, and PostgreSQL leaves it empty.
    #[test]
    fn the_example_of_the_standard() {
        let salted = hi(b"pencil", &BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("decodes"), 4096);
        let message = b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let key = mac(&salted, b"Client Key");
        let signature = mac(&Sha256::digest(key), message);
        let proof: Vec<u8> = key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
        assert_eq!(BASE64_STANDARD.encode(proof), "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assert_eq!(BASE64_STANDARD.encode(mac(&mac(&salted, b"Server Key"), message)), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_server_that_lies_is_refused() {
        let mut scram = Scram::new("pencil", "abc".to_owned());
        assert!(scram.answer("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").is_err());
        assert!(scram.answer("r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").is_err());
        assert!(scram.answer("r=abcd,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999").is_err());
        assert!(scram.verify("v=").is_err());
        assert!(scram.answer("r=abcd,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").is_ok());
        assert!(scram.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").is_err());
        assert!(scram.verify("e=invalid-proof").is_err());
    }

    #[test]
    fn md5_as_postgresql_does_it() {
        // As Python's hashlib computes it.
        assert_eq!(md5_password("user", "secret", [1, 2, 3, 4]), "md5fccef98e4f1cf6cbe96b743fad4e8bd0");
    }
}
