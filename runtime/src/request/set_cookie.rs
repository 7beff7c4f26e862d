//! `response.cookie` and `response.clearCookie`.

use super::cookies::{self, Options, SameSite};
use super::response::open_exchange;
use super::Exchange;
use crate::lang;
use puremix_value::{Args, Cx, ErrorKind, R, Str, Value};

/// Milliseconds since 1970.
fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

/// A cookie's options object; names of properties as Express has them.
fn cookie_options(cx: Cx, value: &Value) -> R<Options> {
    let mut options = Options::default();
    if !value.is_object() {
        return Ok(options);
    }
    let read = |name: &str| lang::get(cx, value, name);
    match read("maxAge")? {
        Value::Undefined | Value::Null => {}
        age => options.max_age = Some(puremix_js::ops::js_to_number(cx, &age)?),
    }
    match read("expires")? {
        Value::Undefined | Value::Null => {}
        at => {
            let ms = puremix_js::ops::js_to_number(cx, &at)?;
            if ms.is_nan() {
                return Err(lang::throw_type(cx, "option expires is invalid"));
            }
            options.expires = Some(ms);
        }
    }
    if let Value::Str(path) = read("path")? {
        options.path = path.as_str().to_string();
    }
    if let Value::Str(domain) = read("domain")? {
        options.domain = Some(domain.as_str().to_string());
    }
    options.http_only = lang::truthy(&read("httpOnly")?);
    options.secure = lang::truthy(&read("secure")?);
    options.partitioned = lang::truthy(&read("partitioned")?);
    options.same_site = match read("sameSite")? {
        Value::Bool(true) => Some(SameSite::Strict),
        Value::Str(s) => match s.as_str().to_ascii_lowercase().as_str() {
            "lax" => Some(SameSite::Lax),
            "strict" => Some(SameSite::Strict),
            "none" => Some(SameSite::None),
            _ => return Err(lang::throw_type(cx, "option sameSite is invalid")),
        },
        _ => None,
    };
    options.priority = match read("priority")? {
        Value::Str(s) => match s.as_str().to_ascii_lowercase().as_str() {
            "low" => Some("Low"),
            "medium" => Some("Medium"),
            "high" => Some("High"),
            _ => return Err(lang::throw_type(cx, "option priority is invalid")),
        },
        _ => None,
    };
    Ok(options)
}

fn record_cookie(cx: Cx, exchange: &Exchange, name: &str, value: &str, options: &Options) -> R<()> {
    match cookies::serialise(name, value, options, now()) {
        Ok(line) => {
            exchange.response.add_header("set-cookie", line);
            Ok(())
        }
        Err(cookies::Invalid(why)) => Err(lang::throw_type(cx, &why)),
    }
}

pub(super) fn cookie(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let name = lang::to_string(cx, a.get(0))?;
    let value = match a.get(1) {
        value @ (Value::Obj(_) | Value::Null) => format!("j:{}", lang::json(cx, value)?.unwrap_or(Str::EMPTY)),
        other => lang::to_string(cx, other)?.as_str().to_string(),
    };
    let is_signed = lang::truthy(&lang::get(cx, a.get(2), "signed")?);
    let value = match (is_signed, exchange.cookie_secrets(cx).first()) {
        (false, _) => value,
        (true, Some(secret)) => cookies::sign(&value, secret),
        (true, None) => return Err(cx.throw_error(ErrorKind::Error, "cookieParser(\"secret\") required for signed cookies")),
    };
    let encode = lang::get(cx, a.get(2), "encode")?;
    let mut options = cookie_options(cx, a.get(2))?;
    let value = match encode.is_callable() {
        true => {
            options.is_encoded = true;
            lang::to_string(cx, &lang::call(cx, &encode, &Value::Undefined, &[value.into()])?)?.as_str().to_owned()
        }
        false => value,
    };
    record_cookie(cx, exchange, name.as_str(), &value, &options)?;
    Ok(a.this.clone())
}

pub(super) fn clear_cookie(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let name = lang::to_string(cx, a.get(0))?;
    let options = Options { expires: Some(1.0), max_age: None, ..cookie_options(cx, a.get(1))? };
    record_cookie(cx, exchange, name.as_str(), "", &options)?;
    Ok(a.this.clone())
}
