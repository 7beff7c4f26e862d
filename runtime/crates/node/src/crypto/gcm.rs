//! Galois/Counter Mode piece by piece (NIST SP 800-38D): the counter's key stream, and a running GHASH of what was authenticated.

use aes::cipher::{BlockEncrypt, KeyIvInit as _, StreamCipher as _, generic_array::GenericArray};
use ctr::Ctr32BE;
use ghash::{GHash, universal_hash::{KeyInit as _, UniversalHash}};

/// AES of a key length, with its counter mode.
enum Stream {
    A128(Box<Ctr32BE<aes::Aes128>>),
    A192(Box<Ctr32BE<aes::Aes192>>),
    A256(Box<Ctr32BE<aes::Aes256>>),
}

pub(super) struct Gcm {
    stream: Stream,
    ghash: GHash,
    /// The encrypted first counter, which masks the tag.
    mask: [u8; 16],
    /// Cipher text not yet a whole block.
    partial: Vec<u8>,
    aad: Vec<u8>,
    aad_done: bool,
    aad_len: u64,
    text_len: u64,
}

fn encrypt_block(key: &[u8], block: [u8; 16]) -> [u8; 16] {
    use aes::cipher::KeyInit as _;
    let mut block = GenericArray::from(block);
    match key.len() {
        16 => aes::Aes128::new(GenericArray::from_slice(key)).encrypt_block(&mut block),
        24 => aes::Aes192::new(GenericArray::from_slice(key)).encrypt_block(&mut block),
        _ => aes::Aes256::new(GenericArray::from_slice(key)).encrypt_block(&mut block),
    }
    block.into()
}

fn lengths(aad: u64, text: u64) -> [u8; 16] {
    let mut block = [0; 16];
    block[..8].copy_from_slice(&(aad * 8).to_be_bytes());
    block[8..].copy_from_slice(&(text * 8).to_be_bytes());
    block
}

impl Gcm {
    /// `key` is 16, 24 or 32 bytes long, `iv` not empty.
    pub fn new(key: &[u8], iv: &[u8]) -> Gcm {
        let h = encrypt_block(key, [0; 16]);
        let first = match <[u8; 12]>::try_from(iv) {
            Ok(iv) => {
                let mut block = [0; 16];
                block[..12].copy_from_slice(&iv);
                block[15] = 1;
                block
            }
            Err(_) => {
                let mut ghash = GHash::new(&h.into());
                ghash.update_padded(iv);
                ghash.update(&[lengths(0, iv.len() as u64).into()]);
                ghash.finalize().into()
            }
        };
        let mut counter = first;
        let low = u32::from_be_bytes([first[12], first[13], first[14], first[15]]).wrapping_add(1);
        counter[12..].copy_from_slice(&low.to_be_bytes());
        let iv = GenericArray::from(counter);
        let stream = match key.len() {
            16 => Stream::A128(Box::new(Ctr32BE::new(GenericArray::from_slice(key), &iv))),
            24 => Stream::A192(Box::new(Ctr32BE::new(GenericArray::from_slice(key), &iv))),
            _ => Stream::A256(Box::new(Ctr32BE::new(GenericArray::from_slice(key), &iv))),
        };
        Gcm {
            stream,
            ghash: GHash::new(&h.into()),
            mask: encrypt_block(key, first),
            partial: vec![],
            aad: vec![],
            aad_done: false,
            aad_len: 0,
            text_len: 0,
        }
    }

    /// Adds authenticated data; before any text.
    pub fn add_aad(&mut self, data: &[u8]) {
        self.aad.extend_from_slice(data);
    }

    fn finish_aad(&mut self) {
        if !self.aad_done {
            self.aad_done = true;
            self.aad_len = self.aad.len() as u64;
            self.ghash.update_padded(&self.aad);
        }
    }

    fn authenticate(&mut self, cipher_text: &[u8]) {
        self.finish_aad();
        self.text_len += cipher_text.len() as u64;
        self.partial.extend_from_slice(cipher_text);
        let whole = self.partial.len() & !15;
        self.ghash.update_padded(&self.partial[..whole]);
        self.partial.drain(..whole);
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        match &mut self.stream {
            Stream::A128(c) => c.apply_keystream(bytes),
            Stream::A192(c) => c.apply_keystream(bytes),
            Stream::A256(c) => c.apply_keystream(bytes),
        }
    }

    pub fn encrypt(&mut self, bytes: &mut [u8]) {
        self.apply(bytes);
        self.authenticate(bytes);
    }

    pub fn decrypt(&mut self, bytes: &mut [u8]) {
        self.authenticate(bytes);
        self.apply(bytes);
    }

    /// The tag over everything so far; nothing may follow.
    pub fn tag(&mut self) -> [u8; 16] {
        self.finish_aad();
        let rest = std::mem::take(&mut self.partial);
        self.ghash.update_padded(&rest);
        self.ghash.update(&[lengths(self.aad_len, self.text_len).into()]);
        let sum: [u8; 16] = self.ghash.clone().finalize().into();
        std::array::from_fn(|i| sum[i] ^ self.mask[i])
    }
}

#[cfg(test)]
mod tests {
    use super::Gcm;
    use crate::buffer::encoding::encode_hex;

    /// Test case 4 of the specification (McGrew and Viega), in pieces.
    #[test]
    fn known_answer() {
        let hex = |s: &str| -> Vec<u8> { (0..s.len()).step_by(2).map(|i| u8::from_str_radix(&s[i..i + 2], 16).expect("hex")).collect() };
        let mut gcm = Gcm::new(&hex("feffe9928665731c6d6a8f9467308308"), &hex("cafebabefacedbaddecaf888"));
        gcm.add_aad(&hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        let mut text = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        for piece in text.chunks_mut(7) {
            gcm.encrypt(piece);
        }
        let expected = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091";
        assert_eq!(encode_hex(&text), expected);
        assert_eq!(encode_hex(&gcm.tag()), "5bc94fbc3221a5db94fae95ae7121a47");
    }
}
