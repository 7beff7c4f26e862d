//! What a program gives as `secretOrKey`, as the package understands it: a private or public key if it can be read as one, else a secret.

use puremix_js::ops;
use puremix_node::capability::option;
use puremix_node::capability::key_parse::PublicKey;
use puremix_node::capability::keys::{self, Key, public_part};
use puremix_value::{Cx, R, Value};
use std::rc::Rc;

/// What the key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Sign,
    Verify,
}

/// `None`: neither a key nor a secret.
pub fn read(cx: Cx, v: &Value, purpose: Purpose) -> R<Option<Rc<Key>>> {
    if let Some(key) = keys::key_of(v) {
        return Ok(Some(key));
    }
    let secret = match v {
        Value::Str(text) => Some(text.as_utf8().as_bytes().to_vec()),
        v => puremix_node::bytes_of(v),
    };
    // A text without a PEM block is a secret; reading it as a key would only fail.
    if secret.as_ref().is_some_and(|bytes| !bytes.windows(11).any(|w| w == b"-----BEGIN ")) {
        return Ok(secret.map(|bytes| Rc::new(Key::Secret(bytes))));
    }
    if !is_for_signatures(cx, v, purpose)? {
        return Ok(None);
    }
    let asymmetric = if purpose == Purpose::Sign { keys::private_key(cx, v) } else { keys::public_key(cx, v) };
    match asymmetric {
        Ok(key) => Ok(Some(key)),
        Err(_) => {
            cx.take_exception();
            Ok(secret.map(|bytes| Rc::new(Key::Secret(bytes))))
        }
    }
}

/// Whether a JWK says that it is for something else: `use: 'enc'`, or `key_ops` without the operation (RFC 7517, §4.2 and §4.3).
fn is_for_signatures(cx: Cx, v: &Value, purpose: Purpose) -> R<bool> {
    let jwk = option(cx, v, "key")?;
    let usage = option(cx, &jwk, "use")?;
    if usage.as_str().is_some_and(|u| u.as_str() != "sig") {
        return Ok(false);
    }
    let operations = option(cx, &jwk, "key_ops")?;
    if !ops::is_array(cx, &operations)? {
        return Ok(true);
    }
    let wanted = if purpose == Purpose::Sign { "sign" } else { "verify" };
    Ok(ops::iter_to_vec(cx, &operations)?.iter().any(|v| v.as_str().is_some_and(|s| s.as_str() == wanted)))
}

/// `KeyObject.type`
pub fn kind(key: &Key) -> &'static str {
    match key {
        Key::Secret(_) => "secret",
        Key::Public(_) => "public",
        Key::Private(_) => "private",
    }
}

/// Why an asymmetric key does not go with an algorithm, in the package's words.
pub fn mismatch(algorithm: &str, key: &Key) -> Option<String> {
    let public = public_part(key)?;
    let kind = public.kind();
    let allowed: &[&str] = match kind {
        "ec" => &["ES256", "ES384", "ES512"],
        "rsa" => &["RS256", "PS256", "RS384", "PS384", "RS512", "PS512"],
        "rsa-pss" => &["PS256", "PS384", "PS512"],
        _ => return Some(format!("Unknown key type \"{kind}\".")),
    };
    if !allowed.contains(&algorithm) {
        return Some(format!("\"alg\" parameter for \"{kind}\" key type must be one of: {}.", allowed.join(", ")));
    }
    let bits: u32 = algorithm[2..].parse().ok()?;
    match public {
        PublicKey::Ec { curve, .. } => {
            let wanted = match bits {
                256 => "prime256v1",
                384 => "secp384r1",
                _ => "secp521r1",
            };
            (curve.name() != wanted).then(|| format!("\"alg\" parameter \"{algorithm}\" requires curve \"{wanted}\"."))
        }
        PublicKey::Rsa { pss: Some(restrictions), .. } => {
            let hash = format!("sha{bits}");
            let Some(params) = restrictions.as_ref().filter(|p| p.hash == hash && p.mgf_hash == hash) else {
                return Some(format!("Invalid key for this operation, its RSA-PSS parameters do not meet the requirements of \"alg\" {algorithm}."));
            };
            (params.salt_length > bits >> 3).then(|| {
                format!("Invalid key for this operation, its RSA-PSS parameter saltLength does not meet the requirements of \"alg\" {algorithm}.")
            })
        }
        PublicKey::Rsa { .. } | PublicKey::Other(_) => None,
    }
}
