//! `verify(token, secretOrPublicKey, options, callback)`.

use crate::algorithm::Algorithm;
use crate::decode::{self, Decoded};
use crate::errors::{invalid, throw_expired, throw_not_before};
use crate::keys::{self, Purpose};
use crate::options::{after, now};
use crate::token;
use puremix_js::ops;
use puremix_node::capability::keys::{Key, public_part};
use puremix_node::capability::{member, text_of};
use puremix_value::{Args, Cx, FnDef, Obj, R, Value};

const HMACS: &[&str] = &["HS256", "HS384", "HS512"];
const RSAS: &[&str] = &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const CURVES: &[&str] = &["ES256", "ES384", "ES512"];

pub fn verify(cx: Cx, a: &Args<'_>) -> R {
    let (options, callback) = if a.get(2).is_callable() && !ops::js_truthy(a.get(3)) { (&Value::Undefined, a.get(2)) } else { (a.get(2), a.get(3)) };
    let options = options_of(cx, options)?;
    let callback = callback.is_callable().then_some(callback);
    let outcome = start(cx, a.get(0), a.get(1), options, callback);
    match (outcome, callback) {
        (Ok(Step::Asked(answer)), _) => Ok(answer),
        (Ok(Step::Done(value)), Some(callback)) => ops::call(cx, callback, &Value::Undefined, &[Value::Null, value]),
        (Ok(Step::Done(value)), None) => Ok(value),
        (Err(_), Some(callback)) => {
            let error = cx.take_exception();
            ops::call(cx, callback, &Value::Undefined, &[error])
        }
        (Err(thrown), None) => Err(thrown),
    }
}

/// What was asked: read once, so that nothing that runs meanwhile may change it.
#[derive(Default)]
struct Asked {
    algorithms: Value,
    allow_invalid_key_types: Value,
    audience: Value,
    clock_timestamp: Value,
    clock_tolerance: Value,
    complete: Value,
    ignore_expiration: Value,
    ignore_not_before: Value,
    issuer: Value,
    jwtid: Value,
    max_age: Value,
    nonce: Value,
    subject: Value,
}

/// A copy of the options' own properties, as the package makes it.
fn options_of(cx: Cx, options: &Value) -> R<Obj> {
    let copy = Obj::plain(cx);
    if options.is_object() {
        ops::copy_props(cx, &copy, options)?;
    }
    Ok(copy)
}

fn asked(cx: Cx, options: &Obj) -> R<Asked> {
    let mut asked = Asked::default();
    let receiver = Value::from(options.clone());
    for (key, _) in options.own_keys(cx) {
        let place = match cx.key_str(&key).as_str() {
            "algorithms" => &mut asked.algorithms,
            "allowInvalidAsymmetricKeyTypes" => &mut asked.allow_invalid_key_types,
            "audience" => &mut asked.audience,
            "clockTimestamp" => &mut asked.clock_timestamp,
            "clockTolerance" => &mut asked.clock_tolerance,
            "complete" => &mut asked.complete,
            "ignoreExpiration" => &mut asked.ignore_expiration,
            "ignoreNotBefore" => &mut asked.ignore_not_before,
            "issuer" => &mut asked.issuer,
            "jwtid" => &mut asked.jwtid,
            "maxAge" => &mut asked.max_age,
            "nonce" => &mut asked.nonce,
            "subject" => &mut asked.subject,
            _ => continue,
        };
        *place = ops::get_key(cx, options, &key, &receiver)?;
    }
    Ok(asked)
}

enum Step {
    Done(Value),
    /// A function was asked for the key; its answer is ours.
    Asked(Value),
}

fn start(cx: Cx, token: &Value, key: &Value, options: Obj, callback: Option<&Value>) -> R<Step> {
    let asked = asked(cx, &options)?;
    if ops::js_truthy(&asked.clock_timestamp) && !matches!(asked.clock_timestamp, Value::Num(_)) {
        return Err(invalid(cx, "clockTimestamp must be a number"));
    }
    match &asked.nonce {
        Value::Undefined => {}
        Value::Str(text) if !text.as_utf8().trim().is_empty() => {}
        _ => return Err(invalid(cx, "nonce must be a non-empty string")),
    }
    if !matches!(asked.allow_invalid_key_types, Value::Undefined | Value::Bool(_)) {
        return Err(invalid(cx, "allowInvalidAsymmetricKeyTypes must be a boolean"));
    }
    if !ops::js_truthy(token) {
        return Err(invalid(cx, "jwt must be provided"));
    }
    let Value::Str(text) = token else { return Err(invalid(cx, "jwt must be a string")) };
    let text = text.as_utf8().into_owned();
    if text.bytes().filter(|b| *b == b'.').count() != 2 {
        return Err(invalid(cx, "jwt malformed"));
    }
    let Some(decoded) = decode::take_apart(cx, &text, false)? else { return Err(invalid(cx, "invalid token")) };
    if !key.is_callable() {
        return check(cx, decoded, key, &asked).map(Step::Done);
    }
    let Some(callback) = callback else {
        return Err(invalid(cx, "verify must be called asynchronous if secret or public key is provided as a callback"));
    };
    static ANSWER: FnDef = FnDef::native("", 2, key_came);
    let answer = ops::native_with(cx, &ANSWER, vec![token.clone(), options.into(), callback.clone()]);
    ops::call(cx, key, &Value::Undefined, &[decoded.header.value(cx)?, answer]).map(Step::Asked)
}

/// `(error, key)` from a function that was asked for the key.
fn key_came(cx: Cx, a: &Args<'_>) -> R {
    let (token, options, callback) = (a.env(0), a.env(1), a.env(2));
    let outcome = if ops::js_truthy(a.get(0)) {
        let message = text_of(cx, &member(cx, a.get(0), "message")?)?;
        Err(invalid(cx, &format!("error in secret or public key callback: {message}")))
    } else {
        text_of(cx, token).and_then(|text| match decode::take_apart(cx, &text, false)? {
            Some(decoded) => match options {
                Value::Obj(options) => check(cx, decoded, a.get(1), &asked(cx, options)?),
                _ => Err(invalid(cx, "invalid token")),
            },
            None => Err(invalid(cx, "invalid token")),
        })
    };
    match outcome {
        Ok(value) => ops::call(cx, callback, &Value::Undefined, &[Value::Null, value]),
        Err(_) => {
            let error = cx.take_exception();
            ops::call(cx, callback, &Value::Undefined, &[error])
        }
    }
}

fn check(cx: Cx, decoded: Decoded<'_>, key: &Value, asked: &Asked) -> R {
    let has_signature = !decoded.parts.signature.is_empty();
    let has_key = ops::js_truthy(key);
    let algorithms = &asked.algorithms;
    if !has_signature && has_key {
        return Err(invalid(cx, "jwt signature is required"));
    }
    if has_signature && !has_key {
        return Err(invalid(cx, "secret or public key must be provided"));
    }
    if !has_signature && !ops::js_truthy(algorithms) {
        return Err(invalid(cx, "please specify \"none\" in \"algorithms\" to verify unsigned tokens"));
    }
    let key = match key {
        v if v.is_nullish() => None,
        v => Some(keys::read(cx, v, Purpose::Verify)?.ok_or_else(|| invalid(cx, "secretOrPublicKey is not valid key material"))?),
    };
    let Some(algorithm) = decoded.header.algorithm.clone() else { return Err(invalid(cx, "invalid algorithm")) };
    let allowed = match (algorithms, key.as_deref()) {
        (v, key) if !ops::js_truthy(v) => key.is_some_and(|key| defaults(key).contains(&algorithm.as_str())),
        // A text would contain parts of its names: `'RS256'.indexOf('RS2')`.
        (Value::Str(only), _) => *only == algorithm,
        (list, _) => ops::iter_to_vec(cx, list)?.iter().any(|v| matches!(v, Value::Str(name) if *name == algorithm)),
    };
    if !allowed {
        return Err(invalid(cx, "invalid algorithm"));
    }
    let algorithm = algorithm.as_utf8().into_owned();
    check_key(cx, &algorithm, key.as_deref(), asked)?;
    decode::check_strictly(cx, &decoded)?;
    let Some(known) = Algorithm::of_name(&algorithm) else { return Err(invalid(cx, "invalid algorithm")) };
    let nothing = Key::Secret(Vec::new());
    let parts = &decoded.parts;
    let is_valid = token::decode_strictly(parts.signature)
        .is_some_and(|signature| known.verify(key.as_deref().unwrap_or(&nothing), parts.signed.as_bytes(), &signature));
    if !is_valid {
        return Err(invalid(cx, "invalid signature"));
    }
    if decoded.payload.is_nullish() {
        return Err(invalid(cx, "invalid token"));
    }
    check_claims(cx, &decoded.payload, asked)?;
    if matches!(asked.complete, Value::Bool(true)) {
        return decode::complete(cx, decoded);
    }
    Ok(decoded.payload)
}

fn defaults(key: &Key) -> &'static [&'static str] {
    match public_part(key).map(|k| k.kind()) {
        None => HMACS,
        Some("ec") => CURVES,
        Some(_) => RSAS,
    }
}

fn check_key(cx: Cx, algorithm: &str, key: Option<&Key>, asked: &Asked) -> R<()> {
    let is_asymmetric = ["RS", "PS", "ES"].iter().any(|family| algorithm.starts_with(family));
    let kind = key.map(keys::kind);
    if algorithm.starts_with("HS") && kind != Some("secret") {
        return Err(invalid(cx, &format!("secretOrPublicKey must be a symmetric key when using {algorithm}")));
    }
    if is_asymmetric && kind != Some("public") {
        return Err(invalid(cx, &format!("secretOrPublicKey must be an asymmetric key when using {algorithm}")));
    }
    if !ops::js_truthy(&asked.allow_invalid_key_types)
        && let Some(message) = key.and_then(|key| keys::mismatch(algorithm, key))
    {
        return Err(crate::options::error(cx, &message));
    }
    Ok(())
}

/// A number of an option; 0 where it is none.
fn number(option: &Value) -> f64 {
    match option {
        Value::Num(n) if !n.is_nan() => *n,
        _ => 0.0,
    }
}

fn check_claims(cx: Cx, payload: &Value, asked: &Asked) -> R<()> {
    let tolerance = number(&asked.clock_tolerance);
    let now = Some(number(&asked.clock_timestamp)).filter(|t| *t != 0.0).unwrap_or_else(now);
    match member(cx, payload, "nbf")? {
        Value::Undefined => {}
        _ if ops::js_truthy(&asked.ignore_not_before) => {}
        Value::Num(from) if from > now + tolerance => return Err(throw_not_before(cx, "jwt not active", from)),
        Value::Num(_) => {}
        _ => return Err(invalid(cx, "invalid nbf value")),
    }
    match member(cx, payload, "exp")? {
        Value::Undefined => {}
        _ if ops::js_truthy(&asked.ignore_expiration) => {}
        Value::Num(end) if now >= end + tolerance => return Err(throw_expired(cx, "jwt expired", end)),
        Value::Num(_) => {}
        _ => return Err(invalid(cx, "invalid exp value")),
    }
    check_audience(cx, payload, &asked.audience)?;
    let issuer = &asked.issuer;
    if ops::js_truthy(issuer) {
        let claim = member(cx, payload, "iss")?;
        let is_wrong = match issuer {
            Value::Str(_) => !ops::js_strict_eq(&claim, issuer),
            list if ops::is_array(cx, list)? => !ops::iter_to_vec(cx, list)?.iter().any(|v| ops::js_strict_eq(v, &claim)),
            _ => false,
        };
        if is_wrong {
            return Err(invalid(cx, &format!("jwt issuer invalid. expected: {}", text_of(cx, issuer)?)));
        }
    }
    for (name, claim, wanted) in [("subject", "sub", &asked.subject), ("jwtid", "jti", &asked.jwtid), ("nonce", "nonce", &asked.nonce)] {
        if ops::js_truthy(wanted) && !ops::js_strict_eq(&member(cx, payload, claim)?, wanted) {
            return Err(invalid(cx, &format!("jwt {name} invalid. expected: {}", text_of(cx, wanted)?)));
        }
    }
    let oldest = &asked.max_age;
    if ops::js_truthy(oldest) {
        let Value::Num(issued) = member(cx, payload, "iat")? else { return Err(invalid(cx, "iat required when maxAge is specified")) };
        let Some(end) = after(cx, oldest, issued)? else {
            return Err(invalid(cx, "\"maxAge\" should be a number of seconds or string representing a timespan eg: \"1d\", \"20h\", 60"));
        };
        if now >= end + tolerance {
            return Err(throw_expired(cx, "maxAge exceeded", end));
        }
    }
    Ok(())
}

fn check_audience(cx: Cx, payload: &Value, wanted: &Value) -> R<()> {
    if !ops::js_truthy(wanted) {
        return Ok(());
    }
    let list = |v: &Value| -> R<Vec<Value>> { if ops::is_array(cx, v)? { ops::iter_to_vec(cx, v) } else { Ok(vec![v.clone()]) } };
    let (wanted, claims) = (list(wanted)?, list(&member(cx, payload, "aud")?)?);
    for claim in &claims {
        for audience in &wanted {
            let is_pattern = puremix_js::regexp::as_regexp(audience).is_some();
            let fits = if is_pattern {
                let test = member(cx, audience, "test")?;
                ops::js_truthy(&ops::call(cx, &test, audience, std::slice::from_ref(claim))?)
            } else {
                ops::js_strict_eq(audience, claim)
            };
            if fits {
                return Ok(());
            }
        }
    }
    let mut names = Vec::new();
    for audience in &wanted {
        names.push(if audience.is_nullish() { String::new() } else { text_of(cx, audience)? });
    }
    Err(invalid(cx, &format!("jwt audience invalid. expected: {}", names.join(" or "))))
}
