//! The algorithm (Provos and Mazières, 1999) as OpenBSD and the npm packages have it: at most 72 bytes of a password count, the zero
//! byte behind it included; a zero byte within it does not end it.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use blowfish::Blowfish;

/// Bytes of a password that count.
const LONGEST: usize = 72;
/// Of a salt in text: `$2b$10$` and 22 characters.
pub const SALT_LENGTH: usize = 29;

/// bcrypt's own digits. A salt's last character has bits that do not count.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// What is in front of a hash: `$2b$10$nOUIs5kJ7naTuTFkBy1veu`.
#[derive(Clone, Debug, PartialEq)]
pub struct Salt {
    /// `a`, `b` or `y`: all are computed alike; without one it is the oldest form, `$2$`.
    minor: char,
    /// Binary logarithm of the rounds, 4 to 31.
    cost: u32,
    bytes: [u8; 16],
}

/// Why a text is no salt.
#[derive(Clone, Debug, PartialEq)]
pub enum BadSalt {
    /// Not `$2`.
    Version(String),
    /// Not `a`, `b` or `y`.
    Revision(String),
    /// No two digits and `$`.
    Rounds,
    /// Digits out of 4 to 31.
    Cost(u32),
    /// Fewer than 22 characters, or ones that are no digits.
    Bytes,
}

impl Salt {
    /// A new salt; `cost` is brought into the bounds, as the packages do.
    pub fn random(minor: char, cost: f64) -> Result<Salt, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Salt { minor, cost: cost.clamp(4.0, 31.0) as u32, bytes })
    }

    /// Reads the beginning of a salt or hash.
    pub fn parse(text: &str) -> Result<Salt, BadSalt> {
        let rest = text.strip_prefix("$2").ok_or_else(|| BadSalt::Version(text.chars().take(2).collect()))?;
        let (minor, rest) = match rest.split_at_checked(2) {
            Some(("a$", rest)) => ('a', rest),
            Some(("b$", rest)) => ('b', rest),
            Some(("y$", rest)) => ('y', rest),
            _ => return Err(BadSalt::Revision(rest.chars().take(2).collect())),
        };
        let (digits, rest) = rest.split_at_checked(3).ok_or(BadSalt::Rounds)?;
        let digits = digits.strip_suffix('$').filter(|d| d.bytes().all(|b| b.is_ascii_digit())).ok_or(BadSalt::Rounds)?;
        let cost: u32 = digits.parse().map_err(|_| BadSalt::Rounds)?;
        if !(4..=31).contains(&cost) {
            return Err(BadSalt::Cost(cost));
        }
        let text = rest.get(..22).ok_or(BadSalt::Bytes)?;
        let bytes = BASE64.decode(text).ok().and_then(|b| <[u8; 16]>::try_from(b).ok()).ok_or(BadSalt::Bytes)?;
        Ok(Salt { minor, cost, bytes })
    }

    pub fn cost(&self) -> u32 {
        self.cost
    }

    pub fn text(&self) -> String {
        format!("$2{}${:02}${}", self.minor, self.cost, BASE64.encode(self.bytes))
    }

    /// The hash of a password, 60 characters. Takes 2^cost rounds: 60 ms at cost 10.
    pub fn hash(&self, password: &[u8]) -> String {
        let counted = password.len().min(LONGEST);
        let mut key = password[..counted].to_vec();
        if counted < LONGEST {
            key.push(0);
        }
        let mut state = Blowfish::bc_init_state();
        state.salted_expand_key(&self.bytes, &key);
        for _ in 0..1u64 << self.cost {
            state.bc_expand_key(&key);
            state.bc_expand_key(&self.bytes);
        }
        key.fill(0);
        // "OrpheanBeholderScryDoubt"
        let mut text = [0x4f72_7068, 0x6561_6e42, 0x6568_6f6c, 0x6465_7253, 0x6372_7944, 0x6f75_6274];
        for pair in text.as_chunks_mut::<2>().0 {
            for _ in 0..64 {
                *pair = state.bc_encrypt(*pair);
            }
        }
        let bytes: Vec<u8> = text.iter().flat_map(|word: &u32| word.to_be_bytes()).take(23).collect();
        format!("{}{}", self.text(), BASE64.encode(bytes))
    }
}

/// Whether the password has this hash; a text that is no hash belongs to no password.
pub fn matches(password: &[u8], hash: &str) -> bool {
    let Ok(salt) = Salt::parse(hash) else { return false };
    let computed = salt.hash(password);
    // Compared without stopping at the first difference.
    computed.len() == hash.len() && computed.bytes().zip(hash.bytes()).fold(0, |d, (a, b)| d | std::hint::black_box(a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Openwall's crypt_blowfish 1.3 and OpenBSD.
    const VECTORS: &[(&[u8], &str)] = &[
        (b"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        (b"U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        (b"U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        (b"", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        (b"\xff\xff\xa3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"),
        (b"\xff\xa334\xff\xff\xff\xa3345", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.o./n25XVfn6oAPaUvHe.Csk4zRfsYPi"),
        (
            b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
        ),
        (
            b"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaachars after 72 are ignored as usual",
            "$2a$05$/OK.fbVrR/bpIqNJ5ianF.swQOIzjOiJ9GHEPuhEkvqrUyvWhEMx6",
        ),
        (b"U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ];

    #[test]
    fn openwalls_vectors() {
        for (password, hash) in VECTORS {
            let salt = Salt::parse(hash).unwrap_or_else(|e| panic!("{hash}: {e:?}"));
            let computed = salt.hash(password);
            assert_eq!(&computed, hash, "{password:?}");
            assert!(matches(password, hash));
            assert!(!matches(&[password, &b"x"[..]].concat(), hash) || password.len() >= 72);
        }
    }

    #[test]
    fn a_zero_byte_does_not_end_a_password() {
        let salt = Salt::parse("$2b$04$CCCCCCCCCCCCCCCCCCCCC.").unwrap();
        assert_ne!(salt.hash(b"a\0b"), salt.hash(b"a\0c"));
        assert_ne!(salt.hash(b"a\0b"), salt.hash(b"a"));
    }

    #[test]
    fn what_is_no_hash_matches_nothing() {
        for hash in ["", "$", "$2b$", "$2b$05", "$2b$05$", "$2b$05$short", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.", "$2b$99$CCCCCCCCCCCCCCCCCCCCC.", "ä$2b", "$2b$0ä$"] {
            assert!(!matches(b"", hash), "{hash}");
        }
    }

    #[test]
    fn salts_are_read_as_they_are_written() {
        let salt = Salt::random('b', 99.0).unwrap();
        assert_eq!(salt.cost(), 31);
        assert_eq!(Salt::parse(&salt.text()).as_ref(), Ok(&salt));
        assert_eq!(salt.text().len(), SALT_LENGTH);
        assert_eq!(Salt::parse("$2c$04$").err(), Some(BadSalt::Revision("c$".into())));
        assert_eq!(Salt::parse("$1$").err(), Some(BadSalt::Version("$1".into())));
        assert_eq!(Salt::parse("$2a$32$CCCCCCCCCCCCCCCCCCCCC.").err(), Some(BadSalt::Cost(32)));
    }
}
