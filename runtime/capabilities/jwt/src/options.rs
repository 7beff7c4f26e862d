//! What `sign` accepts as options and registered claims, with the package's messages.

use puremix_js::ops;
use puremix_node::capability::{member, text_of};
use puremix_value::{Cx, ErrorKind, Intrinsic, Kind, Obj, R, Thrown, Value};

/// `lodash.isplainobject`
pub fn is_plain_object(cx: Cx, v: &Value) -> bool {
    match v {
        Value::Obj(o) if matches!(o.kind(), Kind::Plain) => o.proto().is_none_or(|proto| cx.is_intrinsic(&proto, Intrinsic::ObjectPrototype)),
        _ => false,
    }
}

pub fn error(cx: Cx, message: &str) -> Thrown {
    cx.throw_error(ErrorKind::Error, message)
}

fn own_names(cx: Cx, o: &Obj) -> R<Vec<String>> {
    let keys = ops::enumerable_keys(cx, o)?;
    Ok(keys.iter().filter(|k| !k.is_symbol()).map(|k| cx.key_str(k).as_utf8().into_owned()).collect())
}

fn plain<'a>(cx: Cx, v: &'a Value, what: &str) -> R<&'a Obj> {
    match v {
        Value::Obj(o) if is_plain_object(cx, v) => Ok(o),
        _ => Err(error(cx, &format!("Expected \"{what}\" to be a plain object."))),
    }
}

const ALGORITHMS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "none"];

/// Checks the options of `sign` in the order in which they were given.
pub fn check_sign(cx: Cx, options: &Value) -> R<()> {
    for name in own_names(cx, plain(cx, options, "options")?)? {
        let v = member(cx, options, &name)?;
        let (fits, message) = match name.as_str() {
            "expiresIn" | "notBefore" => (is_timespan(&v), "should be a number of seconds or string representing a timespan"),
            "audience" => (matches!(v, Value::Str(_)) || ops::is_array(cx, &v)?, "must be a string or array"),
            "algorithm" => {
                let known = matches!(&v, Value::Str(s) if ALGORITHMS.contains(&s.as_str()));
                (known, "must be a valid string enum value")
            }
            "header" => (is_plain_object(cx, &v), "must be an object"),
            "encoding" | "issuer" | "subject" | "jwtid" | "keyid" => (matches!(v, Value::Str(_)), "must be a string"),
            "noTimestamp" | "mutatePayload" | "allowInsecureKeySizes" | "allowInvalidAsymmetricKeyTypes" => {
                (matches!(v, Value::Bool(_)), "must be a boolean")
            }
            _ => return Err(error(cx, &format!("\"{name}\" is not allowed in \"options\""))),
        };
        if !fits {
            return Err(error(cx, &format!("\"{name}\" {message}")));
        }
    }
    Ok(())
}

fn is_timespan(v: &Value) -> bool {
    match v {
        Value::Num(n) => n.fract() == 0.0,
        Value::Str(_) => ops::js_truthy(v),
        _ => false,
    }
}

/// Checks the claims that have a form.
pub fn check_payload(cx: Cx, payload: &Value) -> R<()> {
    for name in own_names(cx, plain(cx, payload, "payload")?)? {
        if matches!(name.as_str(), "iat" | "exp" | "nbf") && !matches!(member(cx, payload, &name)?, Value::Num(_)) {
            return Err(error(cx, &format!("\"{name}\" should be a number of seconds")));
        }
    }
    Ok(())
}

/// Seconds since 1970 after `from` by a number of seconds or a text as `ms` reads it; `None` for what is neither. An empty text is `ms`' own
/// error.
pub fn after(cx: Cx, span: &Value, from: f64) -> R<Option<f64>> {
    let from = if from == 0.0 || from.is_nan() { now() } else { from };
    match span {
        Value::Num(n) => Ok(Some(from + n)),
        Value::Str(_) => {
            let text = text_of(cx, span)?;
            if text.is_empty() {
                return Err(error(cx, "val is not a non-empty string or a valid number. val=\"\""));
            }
            Ok(crate::timespan::milliseconds(&text).map(|ms| (from + ms / 1000.0).floor()))
        }
        _ => Ok(None),
    }
}

/// Seconds since 1970.
pub fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |t| t.as_secs() as f64)
}
