//! `sign(payload, secretOrPrivateKey, options, callback)`.

use crate::algorithm::{Algorithm, Family};
use crate::keys::{self, Purpose};
use crate::options::{after, check_payload, check_sign, error, now};
use crate::token;
use puremix_js::{json_to_string, ops, promise};
use puremix_node::capability::keys::{Key, public_part};
use puremix_node::capability::{member, option, text_of};
use puremix_value::{Args, Cx, Kind, Obj, R, Thrown, Value};

/// Options that need an object for a payload.
const FOR_OBJECTS: [&str; 7] = ["expiresIn", "notBefore", "noTimestamp", "audience", "issuer", "subject", "jwtid"];
/// Options that are claims.
const CLAIMS: [(&str, &str); 4] = [("audience", "aud"), ("issuer", "iss"), ("subject", "sub"), ("jwtid", "jti")];

pub fn sign(cx: Cx, a: &Args<'_>) -> R {
    let (options, callback) = if a.get(2).is_callable() { (&Value::Undefined, a.get(2)) } else { (a.get(2), a.get(3)) };
    let made = make(cx, a.get(0), a.get(1), options);
    if !callback.is_callable() {
        return made;
    }
    match made {
        Ok(token) => {
            let callback = callback.clone();
            promise::enqueue_tick(move |cx| {
                if ops::call(cx, &callback, &Value::Undefined, &[Value::Null, token]).is_err() {
                    let error = cx.take_exception();
                    promise::report_uncaught(cx, &error);
                }
            });
            Ok(Value::Undefined)
        }
        // What is wrong with the arguments is told at once.
        Err(_) => {
            let error = cx.take_exception();
            ops::call(cx, callback, &Value::Undefined, &[error])
        }
    }
}

fn make(cx: Cx, payload: &Value, key: &Value, options: &Value) -> R {
    let options = if ops::js_truthy(options) { options.clone() } else { Obj::plain(cx).into() };
    let option = |name: &str| option(cx, &options, name);
    let is_buffer = puremix_node::bytes_of(payload).is_some();
    let is_object = matches!(payload, Value::Null) || payload.is_object() && !payload.is_callable() && !is_buffer;
    let named = option("algorithm")?;
    let header = header(cx, &options, &named, is_object)?;
    let algorithm = member(cx, &header, "alg")?;
    let Value::Str(algorithm) = algorithm else {
        return Err(cx.throw_error(puremix_value::ErrorKind::Type, "header.alg.startsWith is not a function"));
    };
    let algorithm = algorithm.as_utf8().into_owned();
    let is_unsigned = named.as_str().is_some_and(|s| s.as_str() == "none");
    if !ops::js_truthy(key) && !is_unsigned {
        return Err(error(cx, "secretOrPrivateKey must have a value"));
    }
    let key = if key.is_nullish() { None } else { Some(keys::read(cx, key, Purpose::Sign)?.ok_or_else(|| error(cx, "secretOrPrivateKey is not valid key material"))?) };
    check_key(cx, &algorithm, key.as_deref(), &options)?;
    if payload.is_undefined() {
        return Err(error(cx, "payload is required"));
    }
    let payload = if is_object {
        check_payload(cx, payload)?;
        if ops::js_truthy(&option("mutatePayload")?) {
            payload.clone()
        } else {
            let copy = Obj::plain(cx);
            ops::copy_props(cx, &copy, payload)?;
            copy.into()
        }
    } else {
        let mut refused = Vec::new();
        for name in FOR_OBJECTS {
            if !option(name)?.is_undefined() {
                refused.push(name);
            }
        }
        if !refused.is_empty() {
            return Err(error(cx, &format!("invalid {} option for {} payload", refused.join(","), ops::typeof_lit(payload).text())));
        }
        payload.clone()
    };
    for (claim, name) in [("exp", "expiresIn"), ("nbf", "notBefore")] {
        if !member(cx, &payload, claim)?.is_undefined() && !option(name)?.is_undefined() {
            return Err(error(cx, &format!("Bad \"options.{name}\" option the payload already has an \"{claim}\" property.")));
        }
    }
    check_sign(cx, &options)?;
    if !ops::js_truthy(&option("allowInvalidAsymmetricKeyTypes")?)
        && let Some(message) = key.as_deref().and_then(|key| keys::mismatch(&algorithm, key))
    {
        return Err(error(cx, &message));
    }
    if let (true, Value::Obj(claims)) = (is_object, &payload) {
        add_claims(cx, claims, &options)?;
    }
    let encoding = option("encoding")?;
    let signed = format!("{}.{}", encoded_header(cx, &header)?, encoded_payload(cx, &payload, &encoding)?);
    let Some(known) = Algorithm::of_name(&algorithm) else { return Err(unknown(cx, &algorithm)) };
    let secret = Key::Secret(Vec::new());
    match known.sign(key.as_deref().unwrap_or(&secret), signed.as_bytes()) {
        Ok(signature) => Ok(Value::from(format!("{signed}.{}", token::encode(&signature)))),
        Err(_) if matches!(known.family, Family::Rsa | Family::RsaPss) => Err(too_short(cx, &algorithm)),
        Err(_) => Err(error(cx, &format!("the key cannot be used with {algorithm}"))),
    }
}

fn unknown(cx: Cx, algorithm: &str) -> Thrown {
    let message = format!(
        "\"{algorithm}\" is not a valid algorithm.\n  Supported algorithms are:\n  \"HS256\", \"HS384\", \"HS512\", \"RS256\", \"RS384\", \"RS512\", \"PS256\", \"PS384\", \"PS512\", \"ES256\", \"ES384\", \"ES512\" and \"none\"."
    );
    cx.throw_error(puremix_value::ErrorKind::Type, &message)
}

fn too_short(cx: Cx, algorithm: &str) -> Thrown {
    error(cx, &format!("secretOrPrivateKey has a minimum key size of 2048 bits for {algorithm}"))
}

/// `Object.assign({alg, typ, kid}, options.header)`
fn header(cx: Cx, options: &Value, named: &Value, is_object: bool) -> R {
    let header = Obj::plain(cx);
    let put = |name: &str, value: Value| header.put(cx, &cx.key_of(name), value);
    put("alg", if ops::js_truthy(named) { named.clone() } else { Value::str("HS256") });
    put("typ", if is_object { Value::str("JWT") } else { Value::Undefined });
    put("kid", option(cx, options, "keyid")?);
    let more = option(cx, options, "header")?;
    if !more.is_nullish() {
        ops::copy_props(cx, &header, &more)?;
    }
    Ok(header.into())
}

fn check_key(cx: Cx, algorithm: &str, key: Option<&Key>, options: &Value) -> R<()> {
    let is_asymmetric = ["RS", "PS", "ES"].iter().any(|family| algorithm.starts_with(family));
    match key {
        Some(key) if algorithm.starts_with("HS") && keys::kind(key) != "secret" => {
            Err(error(cx, &format!("secretOrPrivateKey must be a symmetric key when using {algorithm}")))
        }
        Some(key) if is_asymmetric && keys::kind(key) != "private" => {
            Err(error(cx, &format!("secretOrPrivateKey must be an asymmetric key when using {algorithm}")))
        }
        Some(key) if is_asymmetric && !algorithm.starts_with("ES") => {
            let is_short = public_part(key).and_then(|k| k.modulus_bits()).is_some_and(|bits| bits < 2048);
            if is_short && !ops::js_truthy(&option(cx, options, "allowInsecureKeySizes")?) { Err(too_short(cx, algorithm)) } else { Ok(()) }
        }
        Some(_) => Ok(()),
        None if algorithm.starts_with("HS") || is_asymmetric => Err(error(cx, "secretOrPrivateKey must have a value")),
        None => Ok(()),
    }
}

fn add_claims(cx: Cx, claims: &Obj, options: &Value) -> R<()> {
    let payload = Value::Obj(claims.clone());
    let set = |name: &str, value: Value| ops::set_value(cx, &payload, &cx.key_of(name), value);
    let issued = member(cx, &payload, "iat")?;
    let timestamp = match issued {
        Value::Num(n) if ops::js_truthy(&issued) => n,
        _ => now(),
    };
    if ops::js_truthy(&option(cx, options, "noTimestamp")?) {
        ops::delete(cx, &payload, &cx.key_of("iat"))?;
    } else {
        set("iat", Value::Num(timestamp))?;
    }
    for (name, claim) in [("notBefore", "nbf"), ("expiresIn", "exp")] {
        let span = option(cx, options, name)?;
        if span.is_undefined() {
            continue;
        }
        let Some(time) = after(cx, &span, timestamp)? else {
            let message = format!("\"{name}\" should be a number of seconds or string representing a timespan eg: \"1d\", \"20h\", 60");
            return Err(error(cx, &message));
        };
        set(claim, Value::Num(time))?;
    }
    for (name, claim) in CLAIMS {
        let value = option(cx, options, name)?;
        if value.is_undefined() {
            continue;
        }
        if !member(cx, &payload, claim)?.is_undefined() {
            return Err(error(cx, &format!("Bad \"options.{name}\" option. The payload already has an \"{claim}\" property.")));
        }
        set(claim, value)?;
    }
    Ok(())
}

/// The header's characters are bytes: what is above U+00FF loses its upper half, as in the package.
fn encoded_header(cx: Cx, header: &Value) -> R<String> {
    let json = json_to_string(cx, header)?.map(|s| s.to_string()).unwrap_or_default();
    let bytes: Vec<u8> = json.encode_utf16().map(|unit| unit as u8).collect();
    Ok(token::encode(&bytes))
}

fn encoded_payload(cx: Cx, payload: &Value, encoding: &Value) -> R<String> {
    let text = match payload {
        Value::Str(_) | Value::Num(_) => text_of(cx, payload)?,
        v => match puremix_node::bytes_of(v).filter(|_| !matches!(v, Value::Obj(o) if matches!(o.kind(), Kind::Plain))) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => json_to_string(cx, v)?.map(|s| s.to_string()).unwrap_or_else(|| "undefined".to_owned()),
        },
    };
    let is_utf8 = !ops::js_truthy(encoding) || matches!(encoding, Value::Str(s) if matches!(s.as_str(), "utf8" | "utf-8"));
    if is_utf8 {
        return Ok(token::encode(text.as_bytes()));
    }
    let buffer = puremix_node::member(cx, "buffer", "Buffer")?;
    let from = member(cx, &buffer, "from")?;
    let bytes = ops::call(cx, &from, &buffer, &[Value::from(text), encoding.clone()])?;
    Ok(token::encode(&puremix_node::bytes_of(&bytes).unwrap_or_default()))
}
