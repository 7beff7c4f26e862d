//! What no log may hold: values of cookies, credentials, passwords and tokens.

/// What stands in a value's place.
pub const HIDDEN: &str = "[redacted]";

/// Whether a header, field or query parameter of this name holds what must not be logged. Names are compared without case, `-` and `_`.
pub fn is_sensitive(name: &str) -> bool {
    const PARTS: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "cookie", "authorization", "apikey", "accesskey", "privatekey", "credential", "signature", "csrf", "session"];
    const WHOLE: &[&str] = &["pwd", "pass", "pin", "otp", "code", "sid", "auth", "jwt", "key", "sig", "cvc", "cvv", "cardnumber", "ssn"];
    let bare: String = name.chars().filter(|c| !matches!(c, '-' | '_' | '[' | ']' | '.' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
    WHOLE.contains(&bare.as_str()) || PARTS.iter().any(|part| bare.contains(part))
}

/// A URL's path and query without the values of sensitive parameters.
pub fn url(url: &str) -> std::borrow::Cow<'_, str> {
    let Some((path, query)) = url.split_once('?') else { return url.into() };
    let decoded = |name: &str| crate::http::path::decode(name).map_or_else(|_| name.to_owned(), |n| n.into_owned());
    if !query.split('&').any(|pair| is_sensitive(&decoded(pair.split('=').next().unwrap_or("")))) {
        return url.into();
    }
    let shown: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_sensitive(&decoded(name)) => format!("{name}={HIDDEN}"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", shown.join("&")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for yes in ["Cookie", "Set-Cookie", "AUTHORIZATION", "proxy-authorization", "x-csrf-token", "password", "user[password]", "newPassword", "access_token", "X-Api-Key", "pin", "client_secret"] {
            assert!(is_sensitive(yes), "{yes}");
        }
        for no in ["host", "accept", "name", "compass", "spinner", "page", "zip"] {
            assert!(!is_sensitive(no), "{no}");
        }
    }

    #[test]
    fn urls() {
        assert_eq!(url("/a?b=1&c=2"), "/a?b=1&c=2");
        assert_eq!(url("/reset?token=abc&next=/x&pass%77ord=hunter2"), "/reset?token=[redacted]&next=/x&pass%77ord=[redacted]");
        assert_eq!(url("/a?token"), "/a?token");
        assert_eq!(url("/token=abc"), "/token=abc");
    }
}
