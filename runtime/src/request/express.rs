//! Methods of the response that Express adds to Node's: content negotiation, links, JSONP.

use super::methods::{accepts_of, full_type};
use super::response::{end_sent, open_exchange, record_header, record_headers, set_reason, set_status};
use super::Exchange;
use crate::http::message::Body;
use crate::http::reason::of_status as reason;
use crate::lang;
use puremix_value::{Args, Cx, ErrorKind, R, Value};

/// Adds names to `Vary`; `*` stands for all.
fn add_vary(cx: Cx, exchange: &Exchange, fields: &str) -> R<()> {
    let before = exchange.response.header("vary").unwrap_or_default();
    let names = |list: &str| list.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut all = names(&before);
    for field in names(fields) {
        if !all.iter().any(|n| n.eq_ignore_ascii_case(&field)) {
            all.push(field);
        }
    }
    let text = if all.iter().any(|n| n == "*") { "*".to_owned() } else { all.join(", ") };
    if text.is_empty() {
        return Ok(());
    }
    record_header(cx, exchange, "vary", &Value::from(text))
}

pub(super) fn vary(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    // An array as text is its items with commas.
    add_vary(cx, exchange, lang::to_string(cx, a.get(0))?.as_str())?;
    Ok(a.this.clone())
}

/// `res.format({json: …, html: …, default: …})`: calls what the client likes best, or answers 406.
pub(super) fn format(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let Value::Obj(choices) = a.get(0) else { return Err(lang::throw_type(cx, "res.format needs an object of functions by media type")) };
    let names: Vec<String> = lang::keys(cx, choices).iter().map(|k| cx.key_str(k).as_str().to_owned()).collect();
    let offers: Vec<String> = names.into_iter().filter(|n| n != "default").collect();
    add_vary(cx, exchange, "Accept")?;
    let chosen = accepts_of(exchange, &offers);
    if let Some(name) = &chosen {
        record_headers(cx, exchange, &lang::object(cx, [("content-type", full_type(name).into())]))?;
    }
    let function = lang::get(cx, a.get(0), chosen.as_deref().unwrap_or("default"))?;
    if function.is_callable() {
        let request = lang::get(cx, a.this, "req")?;
        // Not the outcome is the result, as in Express; but a promise must not get lost when it is rejected.
        let outcome = lang::call(cx, &function, a.get(0), &[request, a.this.clone()])?;
        return Ok(if puremix_js::promise::as_promise(&outcome).is_some() { outcome } else { a.this.clone() });
    }
    if chosen.is_some() {
        return Err(lang::throw_type(cx, "res.format needs a function for each media type"));
    }
    let error = file_error(cx, "Not Acceptable", "NotAcceptableError", 406);
    Err(cx.throw(error))
}

/// Ends a redirect with words for people whose client does not follow it, as HTML or text by what it likes best.
pub(super) fn end_redirect(cx: Cx, exchange: &Exchange) -> R<()> {
    let response = &exchange.response;
    let url = response.header("location").unwrap_or_default();
    let status = response.status().unwrap_or(302);
    let words = reason(status).map_or_else(|| status.to_string(), str::to_owned);
    add_vary(cx, exchange, "Accept")?;
    let body = match accepts_of(exchange, &["text/plain".to_owned(), "text/html".to_owned()]).as_deref() {
        Some("text/html") => {
            let mut shown = String::new();
            crate::page::escape::text(&mut shown, &url);
            response.set_header("content-type", "text/html; charset=utf-8");
            format!("<p>{words}. Redirecting to {shown}</p>")
        }
        Some(_) => {
            response.set_header("content-type", "text/plain; charset=utf-8");
            format!("{words}. Redirecting to {url}")
        }
        None => String::new(),
    };
    response.end(if body.is_empty() { Body::Empty } else { Body::Text(body) });
    Ok(())
}

/// `res.links({next: url})`: adds to `Link`.
pub(super) fn links(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let mut all: Vec<String> = exchange.response.header("link").into_iter().collect();
    if let Value::Obj(links) = a.get(0) {
        for key in lang::keys(cx, links) {
            let url = lang::get_key(cx, a.get(0), &key)?;
            all.push(format!("<{}>; rel=\"{}\"", lang::to_string(cx, &url)?, cx.key_str(&key).as_str()));
        }
    }
    record_header(cx, exchange, "link", &Value::from(all.join(", ")))?;
    Ok(a.this.clone())
}

/// JSON, or a script that calls the function that `?callback=` names.
pub(super) fn jsonp(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let json = lang::json(cx, a.get(0))?.map(|t| t.as_str().to_owned());
    let callback = match exchange.query().get("callback") {
        Some(crate::body::Field::Text(text)) => text.clone(),
        Some(crate::body::Field::List(items)) => match items.first() {
            Some(crate::body::Field::Text(text)) => text.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let response = &exchange.response;
    if callback.is_empty() {
        if !response.has_header("content-type") {
            response.set_header("x-content-type-options", "nosniff");
            response.set_header("content-type", "application/json; charset=utf-8");
        }
        match json {
            Some(json) => end_sent(exchange, Body::Text(json)),
            None => response.end(Body::Empty),
        }
        return Ok(a.this.clone());
    }
    let callback: String = callback.chars().filter(|c| c.is_ascii_alphanumeric() || "[]_$.".contains(*c)).collect();
    // Line ends of JavaScript, but not of JSON.
    let json = json.unwrap_or_default().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    response.set_header("x-content-type-options", "nosniff");
    response.set_header("content-type", "text/javascript; charset=utf-8");
    // The comment stands against Rosetta Flash; `typeof` against errors where the function is gone.
    end_sent(exchange, Body::Text(format!("/**/ typeof {callback} === 'function' && {callback}({json});")));
    Ok(a.this.clone())
}

/// Node's `writeHead(status[, reason][, headers])`.
pub(super) fn write_head(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    set_status(cx, exchange, a.get(0))?;
    if let text @ Value::Str(_) = a.get(1) {
        set_reason(cx, exchange, text)?;
    }
    if let Some(Value::Obj(headers)) = a.args.iter().skip(1).find(|v| v.is_object()) {
        // Names and values in turn.
        if let Some(items) = headers.dense() {
            for at in (0..items.len().saturating_sub(1)).step_by(2) {
                let (name, value) = (items.get(at).unwrap_or_default(), items.get(at + 1).unwrap_or_default());
                record_header(cx, exchange, lang::to_string(cx, &name)?.as_str(), &value)?;
            }
            return Ok(a.this.clone());
        }
        for key in lang::keys(cx, headers) {
            let value = lang::get_key(cx, &Value::from(headers.clone()), &key)?;
            record_header(cx, exchange, cx.key_str(&key).as_str(), &value)?;
        }
    }
    Ok(a.this.clone())
}

/// Values of cookies that were signed, by name, and the names of those; a signature that is not ours gives false, as in cookie-parser.
pub(super) fn signed(cx: Cx, exchange: &Exchange, cookies: &[(String, String)]) -> Vec<(String, Option<String>)> {
    let secrets = exchange.cookie_secrets(cx);
    let signed = |(name, value): &(String, String)| {
        let text = value.strip_prefix("s:")?;
        Some((name.clone(), super::cookies::unsign(text, &secrets).map(str::to_owned)))
    };
    cookies.iter().filter_map(signed).collect()
}

/// What `res.sendFile` says of a file that cannot be sent, in the shape of Express' errors.
pub(super) fn file_error(cx: Cx, message: &str, code: &str, status: u16) -> Value {
    cx.throw_error(ErrorKind::Error, message);
    let error = cx.take_exception();
    if let Some(object) = error.as_obj() {
        // As http-errors names them, and as the file system does.
        lang::put(cx, object, if code.ends_with("Error") { "name" } else { "code" }, code);
        lang::put(cx, object, "status", f64::from(status));
        lang::put(cx, object, "statusCode", f64::from(status));
    }
    error
}
