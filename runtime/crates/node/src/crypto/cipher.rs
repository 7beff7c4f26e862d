//! `createCipheriv` and `createDecipheriv`: AES in CBC, CTR and GCM.

use super::gcm::Gcm;
use super::hash::output;
use super::key_bytes;
use crate::buffer::{data, new_buffer};
use crate::support::{ClassDef, Functions, class as make_class, coded, option, put_all, string_argument};
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit, StreamCipher as _, generic_array::GenericArray};
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, ErrorKind, Obj, Payload, R, Thrown, Value};
use std::cell::{Cell, RefCell};

pub(super) const NAMES: &[&str] = &["aes-128-cbc", "aes-128-ctr", "aes-128-gcm", "aes-192-cbc", "aes-192-ctr", "aes-192-gcm", "aes-256-cbc", "aes-256-ctr", "aes-256-gcm"];

pub(super) const FUNCTIONS: Functions = &[
    ("createCipheriv", 4, |cx, a| ops::construct(cx, &classes(cx).0.into(), a.args)),
    ("createDecipheriv", 4, |cx, a| ops::construct(cx, &classes(cx).1.into(), a.args)),
];

/// A chain of blocks for one key length and direction.
trait Blocks {
    fn block(&mut self, block: &mut [u8; 16]);
}

struct Encrypting<C>(C);
struct Decrypting<C>(C);

macro_rules! blocks {
    ($($aes:ty),*) => {$(
        impl Blocks for Encrypting<cbc::Encryptor<$aes>> {
            fn block(&mut self, block: &mut [u8; 16]) {
                self.0.encrypt_block_mut(GenericArray::from_mut_slice(block));
            }
        }
        impl Blocks for Decrypting<cbc::Decryptor<$aes>> {
            fn block(&mut self, block: &mut [u8; 16]) {
                self.0.decrypt_block_mut(GenericArray::from_mut_slice(block));
            }
        }
        impl Keystream for ctr::Ctr128BE<$aes> {
            fn apply(&mut self, bytes: &mut [u8]) {
                self.apply_keystream(bytes);
            }
        }
    )*};
}

trait Keystream {
    fn apply(&mut self, bytes: &mut [u8]);
}

blocks!(aes::Aes128, aes::Aes192, aes::Aes256);

enum Mode {
    Cbc { blocks: Box<dyn Blocks>, pending: Vec<u8>, padding: bool },
    Ctr(Box<dyn Keystream>),
    Gcm { gcm: Box<Gcm>, tag: Option<Vec<u8>>, tag_len: usize },
}

struct Cipher {
    mode: RefCell<Mode>,
    decrypts: bool,
    done: Cell<bool>,
}

impl Payload for Cipher {}

pub(super) fn classes(cx: Cx) -> (Obj, Obj) {
    const METHODS: Functions = &[
        ("update", 4, update),
        ("final", 1, finish),
        ("setAutoPadding", 1, |cx, a| {
            if let Mode::Cbc { padding, .. } = &mut *this(cx, a)?.mode.borrow_mut() {
                *padding = a.get(0).is_undefined() || ops::js_truthy(a.get(0));
            }
            Ok(a.this.clone())
        }),
        ("setAAD", 2, |cx, a| {
            let bytes = data(cx, a.get(0), &Value::Undefined, "buffer")?;
            match &mut *this(cx, a)?.mode.borrow_mut() {
                Mode::Gcm { gcm, .. } => gcm.add_aad(&bytes),
                _ => return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation setAAD")),
            }
            Ok(a.this.clone())
        }),
        ("getAuthTag", 0, |cx, a| {
            let cipher = this(cx, a)?;
            match &*cipher.mode.borrow() {
                Mode::Gcm { tag: Some(tag), .. } if cipher.done.get() && !cipher.decrypts => new_buffer(cx, tag.clone()),
                _ => Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation getAuthTag")),
            }
        }),
        ("setAuthTag", 2, |cx, a| {
            let bytes = data(cx, a.get(0), a.get(1), "buffer")?;
            let cipher = this(cx, a)?;
            match &mut *cipher.mode.borrow_mut() {
                Mode::Gcm { tag, .. } if cipher.decrypts && tag.is_none() => {
                    if !matches!(bytes.len(), 4 | 8 | 12..=16) {
                        return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_AUTH_TAG", &format!("Invalid authentication tag length: {}", bytes.len())));
                    }
                    *tag = Some(bytes);
                }
                _ => return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation setAuthTag")),
            }
            Ok(a.this.clone())
        }),
    ];
    const CIPHER: ClassDef = ClassDef { methods: METHODS, ..ClassDef::new("Cipheriv", 4, |cx, a| construct(cx, a, false)) };
    const DECIPHER: ClassDef = ClassDef { methods: METHODS, ..ClassDef::new("Decipheriv", 4, |cx, a| construct(cx, a, true)) };
    (make_class(cx, &CIPHER, None).0, make_class(cx, &DECIPHER, None).0)
}

fn boxed_blocks<E, D>(key: &[u8], iv: &[u8], decrypts: bool) -> Box<dyn Blocks>
where
    E: KeyIvInit + 'static,
    D: KeyIvInit + 'static,
    Encrypting<E>: Blocks,
    Decrypting<D>: Blocks,
{
    let iv = |len: usize| iv[..len].to_vec();
    if decrypts {
        Box::new(Decrypting(D::new(GenericArray::from_slice(key), GenericArray::from_slice(&iv(16)))))
    } else {
        Box::new(Encrypting(E::new(GenericArray::from_slice(key), GenericArray::from_slice(&iv(16)))))
    }
}

fn construct(cx: Cx, a: &Args<'_>, decrypts: bool) -> R {
    use aes::{Aes128, Aes192, Aes256};
    let name = string_argument(cx, a.get(0), "cipher")?.to_ascii_lowercase();
    let (key, iv) = (key_bytes(cx, a.get(1), "key")?, if matches!(a.get(2), Value::Null) { vec![] } else { key_bytes(cx, a.get(2), "iv")? });
    let parts = name.strip_prefix("aes-").or_else(|| name.strip_prefix("id-aes")).and_then(|rest| rest.split_once('-'));
    let Some((bits, mode)) = parts.filter(|_| NAMES.contains(&name.as_str()) || name.starts_with("id-aes")) else {
        return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"));
    };
    let len = bits.parse::<usize>().unwrap_or(0) / 8;
    if key.len() != len {
        return Err(coded(cx, ErrorKind::Range, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length"));
    }
    if mode == "gcm" && iv.is_empty() || mode != "gcm" && iv.len() != 16 {
        return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector"));
    }
    let mode = match mode {
        "gcm" => {
            let tag_len = option(cx, a.get(3), "authTagLength")?.as_num().map_or(16, |n| n as usize);
            if !matches!(tag_len, 4 | 8 | 12..=16) {
                return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_AUTH_TAG", &format!("Invalid authentication tag length: {tag_len}")));
            }
            Mode::Gcm { gcm: Box::new(Gcm::new(&key, &iv)), tag: None, tag_len }
        }
        "ctr" => Mode::Ctr(match len {
            16 => Box::new(ctr::Ctr128BE::<Aes128>::new(GenericArray::from_slice(&key), GenericArray::from_slice(&iv))),
            24 => Box::new(ctr::Ctr128BE::<Aes192>::new(GenericArray::from_slice(&key), GenericArray::from_slice(&iv))),
            _ => Box::new(ctr::Ctr128BE::<Aes256>::new(GenericArray::from_slice(&key), GenericArray::from_slice(&iv))),
        }),
        _ => Mode::Cbc {
            blocks: match len {
                16 => boxed_blocks::<cbc::Encryptor<Aes128>, cbc::Decryptor<Aes128>>(&key, &iv, decrypts),
                24 => boxed_blocks::<cbc::Encryptor<Aes192>, cbc::Decryptor<Aes192>>(&key, &iv, decrypts),
                _ => boxed_blocks::<cbc::Encryptor<Aes256>, cbc::Decryptor<Aes256>>(&key, &iv, decrypts),
            },
            pending: vec![],
            padding: true,
        },
    };
    let proto = ops::proto_for_object(cx, a.new_target, a.callee)?;
    Ok(Obj::native(cx, Some(proto), Class::Other, Cipher { mode: RefCell::new(mode), decrypts, done: Cell::new(false) }).into())
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Cipher> {
    a.this.as_obj().and_then(|o| o.payload::<Cipher>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

/// Runs all whole blocks but, when decrypting with padding, the last, which may be the padding.
fn run_blocks(blocks: &mut dyn Blocks, pending: &mut Vec<u8>, hold_last: bool) -> Vec<u8> {
    let mut whole = pending.len() / 16;
    if hold_last && pending.len().is_multiple_of(16) {
        whole = whole.saturating_sub(1);
    }
    let mut out: Vec<u8> = pending.drain(..whole * 16).collect();
    for chunk in out.chunks_exact_mut(16) {
        if let Ok(block) = <&mut [u8; 16]>::try_from(chunk) {
            blocks.block(block);
        }
    }
    out
}

fn update(cx: Cx, a: &Args<'_>) -> R {
    let cipher = this(cx, a)?;
    let mut bytes = data(cx, a.get(0), a.get(1), "data")?;
    if cipher.done.get() {
        return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation update"));
    }
    let out = match &mut *cipher.mode.borrow_mut() {
        Mode::Cbc { blocks, pending, padding } => {
            pending.extend_from_slice(&bytes);
            run_blocks(&mut **blocks, pending, cipher.decrypts && *padding)
        }
        Mode::Ctr(stream) => {
            stream.apply(&mut bytes);
            bytes
        }
        Mode::Gcm { gcm, .. } => {
            if cipher.decrypts { gcm.decrypt(&mut bytes) } else { gcm.encrypt(&mut bytes) }
            bytes
        }
    };
    output(cx, out, a.get(2))
}

/// An error in OpenSSL's words.
fn openssl(cx: Cx, number: &str, code: &str, reason: &str) -> Thrown {
    let message = format!("error:{number}:Provider routines::{reason}");
    let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Error, &message);
    if let Value::Obj(o) = &error {
        put_all(cx, o, [("library", Value::str("Provider routines")), ("reason", Value::str(reason)), ("code", Value::str(code))]);
    }
    cx.throw(error)
}

fn finish(cx: Cx, a: &Args<'_>) -> R {
    let cipher = this(cx, a)?;
    if cipher.done.replace(true) {
        return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_STATE", "Invalid state for operation final"));
    }
    let out = match &mut *cipher.mode.borrow_mut() {
        Mode::Ctr(_) => vec![],
        Mode::Cbc { blocks, pending, padding } => {
            let wrong_length = |cx| openssl(cx, "1C80006B", "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH", "wrong final block length");
            if !cipher.decrypts && *padding {
                let n = 16 - pending.len() % 16;
                pending.extend(std::iter::repeat_n(n as u8, n));
            }
            if !pending.len().is_multiple_of(16) || cipher.decrypts && *padding && pending.is_empty() {
                return Err(wrong_length(cx));
            }
            let mut out = run_blocks(&mut **blocks, pending, false);
            if cipher.decrypts && *padding {
                let n = out.last().copied().unwrap_or(0);
                let padded = (1..=16).contains(&n) && out.iter().rev().take(usize::from(n)).all(|b| *b == n);
                if !padded {
                    return Err(openssl(cx, "1C800064", "ERR_OSSL_BAD_DECRYPT", "bad decrypt"));
                }
                out.truncate(out.len() - usize::from(n));
            }
            out
        }
        Mode::Gcm { gcm, tag, tag_len } => {
            let sum = gcm.tag();
            if cipher.decrypts {
                let matches = tag.as_ref().is_some_and(|t| t.iter().zip(&sum).fold(0, |d, (a, b)| d | std::hint::black_box(a ^ b)) == 0);
                if !matches {
                    return Err(cx.throw_error(ErrorKind::Error, "Unsupported state or unable to authenticate data"));
                }
            } else {
                *tag = Some(sum[..*tag_len].to_vec());
            }
            vec![]
        }
    };
    output(cx, out, a.get(0))
}
