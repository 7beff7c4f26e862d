//! `node:url`: the web's classes, and `file:` URLs as paths.

use crate::support::{argument_type, coded, object, put_all, string_argument, text_of};
use crate::web::{search_params, url};
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &["URL", "URLSearchParams", "default", "domainToASCII", "domainToUnicode", "fileURLToPath", "format", "pathToFileURL", "urlToHttpOptions"];

/// Node's old parser, which its documentation calls legacy.
pub(crate) const MISSING: &[&str] = &["Url", "parse", "resolve", "resolveObject"];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("fileURLToPath", 1, |cx, a| Ok(Value::from(file_path(cx, a.get(0))?))),
        ("pathToFileURL", 1, |cx, a| {
            let path = string_argument(cx, a.get(0), "path")?;
            let cwd = crate::host::host().map_or_else(|| "/".to_owned(), |h| h.working_directory());
            let mut absolute = crate::path::resolve(std::slice::from_ref(&path), &cwd);
            if path.ends_with('/') && !absolute.ends_with('/') {
                absolute.push('/');
            }
            let escaped = absolute.replace('%', "%25").replace('\\', "%5C").replace('\n', "%0A").replace('\r', "%0D").replace('\t', "%09");
            let escaped = escaped.replace('?', "%3F").replace('#', "%23");
            ops::construct(cx, &url::class(cx).0.into(), &[Value::from(format!("file://{escaped}"))])
        }),
        ("format", 2, format),
        ("domainToASCII", 1, |cx, a| Ok(Value::from(host(&text_of(cx, a.get(0))?)))),
        ("domainToUnicode", 1, |cx, a| {
            let ascii = host(&text_of(cx, a.get(0))?);
            Ok(Value::from(idna::domain_to_unicode(&ascii).0))
        }),
        ("urlToHttpOptions", 1, to_options),
    ]);
    put_all(cx, &o, [("URL", url::class(cx).0.into()), ("URLSearchParams", search_params::class(cx).0.into())]);
    Ok(o.into())
}

fn host(domain: &str) -> String {
    ::url::Url::parse(&format!("ws://{domain}")).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
}

/// The path of a `file:` URL.
pub(crate) fn file_path(cx: Cx, v: &Value) -> R<String> {
    let href = match (url::href(v), v) {
        (Some(href), _) => href,
        (None, Value::Str(s)) => s.as_utf8().into_owned(),
        _ => return Err(argument_type(cx, "path", "of type string or an instance of URL", v)),
    };
    let Ok(parsed) = ::url::Url::parse(&href) else {
        return ops::construct(cx, &url::class(cx).0.into(), &[Value::from(href)]).and_then(|_| Ok(String::new()));
    };
    if parsed.scheme() != "file" {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file"));
    }
    if parsed.host_str().is_some_and(|h| !h.is_empty()) {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_FILE_URL_HOST", "File URL host must be \"localhost\" or empty on linux"));
    }
    if parsed.path().to_ascii_lowercase().contains("%2f") {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters"));
    }
    Ok(percent_encoding::percent_decode_str(parsed.path()).decode_utf8_lossy().into_owned())
}

/// `url.format(URL, options)`, and of the parts of an object.
fn format(cx: Cx, a: &Args<'_>) -> R {
    let v = a.get(0);
    if let Some(href) = url::href(v) {
        let Ok(mut parsed) = ::url::Url::parse(&href) else { return Ok(Value::from(href)) };
        let off = |name: &str| -> R<bool> { Ok(matches!(crate::support::option(cx, a.get(1), name)?, Value::Bool(false))) };
        if off("fragment")? {
            parsed.set_fragment(None);
        }
        if off("search")? {
            parsed.set_query(None);
        }
        if off("auth")? {
            // A URL without a host has neither; it stays as it is.
            let _ = parsed.set_username("").and_then(|()| parsed.set_password(None));
        }
        return Ok(Value::from(String::from(parsed)));
    }
    if let Value::Str(_) = v {
        return Ok(v.clone());
    }
    if !v.is_object() {
        return Err(argument_type(cx, "urlObject", "one of type object or string", v));
    }
    let part = |name: &str| -> R<String> {
        let value = crate::support::member(cx, v, name)?;
        if value.is_nullish() { Ok(String::new()) } else { text_of(cx, &value) }
    };
    let (mut protocol, auth, mut host) = (part("protocol")?, part("auth")?, part("host")?);
    if !protocol.is_empty() && !protocol.ends_with(':') {
        protocol.push(':');
    }
    if host.is_empty() {
        host = part("hostname")?;
        let port = part("port")?;
        if !host.is_empty() && !port.is_empty() {
            host = format!("{host}:{port}");
        }
    }
    let slashes = ops::js_truthy(&crate::support::member(cx, v, "slashes")?) || matches!(protocol.as_str(), "http:" | "https:" | "ftp:" | "file:" | "ws:" | "wss:");
    let mut search = part("search")?;
    let query = crate::support::member(cx, v, "query")?;
    if search.is_empty() && query.is_object() {
        search = crate::querystring::stringify(cx, &query, "&", "=")?;
    }
    if !search.is_empty() && !search.starts_with('?') {
        search.insert(0, '?');
    }
    let mut hash = part("hash")?;
    if !hash.is_empty() && !hash.starts_with('#') {
        hash.insert(0, '#');
    }
    let mut path = part("pathname")?;
    let auth = if auth.is_empty() { auth } else { format!("{auth}@") };
    let authority = if host.is_empty() && !slashes { String::new() } else { format!("{}{auth}{host}", if slashes { "//" } else { "" }) };
    if !authority.is_empty() && !path.is_empty() && !path.starts_with('/') {
        path.insert(0, '/');
    }
    let path = path.replace('#', "%23").replace('?', "%3F");
    Ok(Value::from(format!("{protocol}{authority}{path}{}{hash}", search.replace('#', "%23"))))
}

fn to_options(cx: Cx, a: &Args<'_>) -> R {
    let Some(parsed) = url::href(a.get(0)).and_then(|h| ::url::Url::parse(&h).ok()) else {
        return Err(argument_type(cx, "url", "an instance of URL", a.get(0)));
    };
    let o = Obj::with(cx, None, puremix_value::Kind::Plain);
    let search = ::url::quirks::search(&parsed);
    put_all(cx, &o, [
        ("protocol", Value::str(::url::quirks::protocol(&parsed))),
        ("hostname", Value::str(parsed.host_str().unwrap_or_default().trim_matches(['[', ']']))),
        ("hash", Value::str(::url::quirks::hash(&parsed))),
        ("search", Value::str(search)),
        ("pathname", Value::str(parsed.path())),
        ("path", Value::from(format!("{}{search}", parsed.path()))),
        ("href", Value::str(parsed.as_str())),
    ]);
    if let Some(port) = parsed.port() {
        put_all(cx, &o, [("port", Value::num(port))]);
    }
    Ok(o.into())
}
