//! The signatures of RFC 7518, over `ring`; P-521, which `ring` lacks, over `p521`; HMAC over the hashes that the runtime links anyway.

use hmac::{Hmac, Mac};
use p521::ecdsa::signature::Verifier;
use p521::ecdsa::signature::hazmat::PrehashSigner;
use puremix_node::capability::key_parse::{Curve, PrivateKey, PublicKey, Secret};
use puremix_node::capability::keys::Key;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, RsaKeyPair, RsaPublicKeyComponents};
use sha2::{Digest, Sha256, Sha384, Sha512};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Hmac,
    Rsa,
    RsaPss,
    Ec,
    None,
}

/// `HS256` …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm {
    pub family: Family,
    /// 256, 384 or 512; 0 for `none`.
    pub bits: u16,
}

/// Why a signature could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The key is not for this algorithm.
    Key,
    /// An RSA key that is too short, too long or damaged.
    Rsa,
}

impl Algorithm {
    pub fn of_name(name: &str) -> Option<Algorithm> {
        if name == "none" {
            return Some(Algorithm { family: Family::None, bits: 0 });
        }
        let (family, bits) = name.split_at_checked(2)?;
        let family = match family {
            "HS" => Family::Hmac,
            "RS" => Family::Rsa,
            "PS" => Family::RsaPss,
            "ES" => Family::Ec,
            _ => return None,
        };
        let bits = match bits {
            "256" => 256,
            "384" => 384,
            "512" => 512,
            _ => return None,
        };
        Some(Algorithm { family, bits })
    }

    pub fn sign(self, key: &Key, text: &[u8]) -> Result<Vec<u8>, Refused> {
        match (self.family, key) {
            (Family::None, _) => Ok(Vec::new()),
            (Family::Hmac, Key::Secret(secret)) => Ok(self.hmac(secret, text)),
            (Family::Rsa | Family::RsaPss, Key::Private(PrivateKey { secret: Secret::Rsa(der), .. })) => self.sign_rsa(der, text),
            (Family::Ec, Key::Private(PrivateKey { secret: Secret::Ec(secret), public: PublicKey::Ec { curve, point } })) => {
                self.sign_ec(*curve, secret, point, text)
            }
            _ => Err(Refused::Key),
        }
    }

    pub fn verify(self, key: &Key, text: &[u8], signature: &[u8]) -> bool {
        match (self.family, key) {
            (Family::None, _) => signature.is_empty(),
            (Family::Hmac, Key::Secret(secret)) => self.hmac_matches(secret, text, signature),
            (Family::Rsa | Family::RsaPss, Key::Public(PublicKey::Rsa { modulus, exponent, .. })) => {
                self.verify_rsa(RsaPublicKeyComponents { n: modulus, e: exponent }, text, signature)
            }
            (Family::Ec, Key::Public(PublicKey::Ec { curve, point })) => self.verify_ec(*curve, point, text, signature),
            _ => false,
        }
    }

    fn hmac(self, secret: &[u8], text: &[u8]) -> Vec<u8> {
        fn of<M: Mac + hmac::digest::KeyInit>(secret: &[u8], text: &[u8]) -> Vec<u8> {
            // HMAC takes keys of any length.
            <M as Mac>::new_from_slice(secret).map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec()).unwrap_or_default()
        }
        match self.bits {
            256 => of::<Hmac<Sha256>>(secret, text),
            384 => of::<Hmac<Sha384>>(secret, text),
            _ => of::<Hmac<Sha512>>(secret, text),
        }
    }

    /// Compares in constant time.
    fn hmac_matches(self, secret: &[u8], text: &[u8], signature: &[u8]) -> bool {
        fn of<M: Mac + hmac::digest::KeyInit>(secret: &[u8], text: &[u8], signature: &[u8]) -> bool {
            <M as Mac>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(text).verify_slice(signature).is_ok())
        }
        match self.bits {
            256 => of::<Hmac<Sha256>>(secret, text, signature),
            384 => of::<Hmac<Sha384>>(secret, text, signature),
            _ => of::<Hmac<Sha512>>(secret, text, signature),
        }
    }

    fn sign_rsa(self, der: &[u8], text: &[u8]) -> Result<Vec<u8>, Refused> {
        let key = RsaKeyPair::from_der(der).map_err(|_| Refused::Rsa)?;
        let encoding: &dyn signature::RsaEncoding = match (self.family, self.bits) {
            (Family::RsaPss, 256) => &signature::RSA_PSS_SHA256,
            (Family::RsaPss, 384) => &signature::RSA_PSS_SHA384,
            (Family::RsaPss, _) => &signature::RSA_PSS_SHA512,
            (_, 256) => &signature::RSA_PKCS1_SHA256,
            (_, 384) => &signature::RSA_PKCS1_SHA384,
            (_, _) => &signature::RSA_PKCS1_SHA512,
        };
        let mut out = vec![0; key.public().modulus_len()];
        key.sign(encoding, &SystemRandom::new(), text, &mut out).map_err(|_| Refused::Rsa)?;
        Ok(out)
    }

    fn verify_rsa(self, key: RsaPublicKeyComponents<&Vec<u8>>, text: &[u8], signature: &[u8]) -> bool {
        let is_short = key.n.len() < 256;
        let parameters: &signature::RsaParameters = match (self.family, self.bits) {
            (Family::RsaPss, 256) => &signature::RSA_PSS_2048_8192_SHA256,
            (Family::RsaPss, 384) => &signature::RSA_PSS_2048_8192_SHA384,
            (Family::RsaPss, _) => &signature::RSA_PSS_2048_8192_SHA512,
            (_, 256) if is_short => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            (_, 512) if is_short => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            (_, 256) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (_, 384) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (_, _) => &signature::RSA_PKCS1_2048_8192_SHA512,
        };
        key.verify(parameters, text, signature).is_ok()
    }

    /// Whether the curve is the algorithm's own.
    fn has_curve(self, curve: Curve) -> bool {
        matches!((self.bits, curve), (256, Curve::P256) | (384, Curve::P384) | (512, Curve::P521))
    }

    fn sign_ec(self, curve: Curve, secret: &[u8], point: &[u8], text: &[u8]) -> Result<Vec<u8>, Refused> {
        if !self.has_curve(curve) {
            return Err(Refused::Key);
        }
        if curve == Curve::P521 {
            let key = p521::ecdsa::SigningKey::from_slice(secret).map_err(|_| Refused::Key)?;
            let signature: p521::ecdsa::Signature = key.sign_prehash(&Sha512::digest(text)).map_err(|_| Refused::Key)?;
            return Ok(signature.to_bytes().to_vec());
        }
        let signing = if curve == Curve::P256 { &signature::ECDSA_P256_SHA256_FIXED_SIGNING } else { &signature::ECDSA_P384_SHA384_FIXED_SIGNING };
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_private_key_and_public_key(signing, secret, point, &random).map_err(|_| Refused::Key)?;
        key.sign(&random, text).map(|s| s.as_ref().to_vec()).map_err(|_| Refused::Key)
    }

    fn verify_ec(self, curve: Curve, point: &[u8], text: &[u8], signature: &[u8]) -> bool {
        if !self.has_curve(curve) {
            return false;
        }
        if curve == Curve::P521 {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = p521::ecdsa::Signature::from_slice(signature);
            return key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(text, &signature).is_ok()));
        }
        let algorithm = if curve == Curve::P256 { &signature::ECDSA_P256_SHA256_FIXED } else { &signature::ECDSA_P384_SHA384_FIXED };
        signature::UnparsedPublicKey::new(algorithm, point).verify(text, signature).is_ok()
    }
}
