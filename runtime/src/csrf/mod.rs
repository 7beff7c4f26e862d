//! Cross-site request forgery: who may change state.
//!
//! Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`); that decides (the rules of Go 1.25's `CrossOriginProtection`).
//! A request with neither header needs a token, but only if it carries one of our cookies: without a cookie there is nothing to forge.
//! The token is stateless: a MAC over a random value in a cookie of its own, which is set only by pages that have forms.

use crate::http::message::RequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Name of the cookie that holds the random value.
pub const COOKIE: &str = "_csrf_id";
/// Name of the hidden form field, and of the JSON property.
pub const FIELD: &str = "_csrf";
/// Name of the header scripts may use instead.
pub const HEADER: &str = "x-csrf-token";

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// Ask [`Csrf::verify`] about the token in the body or header; refuse with 403 if it does not hold.
    NeedsToken,
    /// Answer 403 with this reason.
    Refuse(&'static str),
}

/// What a request says about its origin.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Upper case.
    pub method: &'a str,
    pub sec_fetch_site: Option<&'a str>,
    pub origin: Option<&'a str>,
    /// Scheme and host (with port) the request was sent to, proxies considered.
    pub scheme: &'a str,
    pub host: &'a str,
    /// One of our cookies (session or token) came along.
    pub has_our_cookie: bool,
}

/// Decides about a request; `trusted` are origins whose requests count as our own.
pub fn judge(claim: Claim<'_>, trusted: &[String]) -> Verdict {
    if matches!(claim.method, "GET" | "HEAD" | "OPTIONS" | "TRACE") {
        return Verdict::Allow;
    }
    let is_trusted = claim.origin.is_some_and(|o| trusted.iter().any(|t| t.eq_ignore_ascii_case(o)));
    match (claim.sec_fetch_site, claim.origin) {
        (Some("same-origin" | "none"), _) => Verdict::Allow,
        (Some(_), _) if is_trusted => Verdict::Allow,
        (Some(_), _) => Verdict::Refuse("cross-site request refused (Sec-Fetch-Site)"),
        (None, Some(origin)) if is_trusted || is_own(origin, claim.scheme, claim.host) => Verdict::Allow,
        (None, Some(_)) => Verdict::Refuse("cross-site request refused (Origin)"),
        (None, None) if claim.has_our_cookie => Verdict::NeedsToken,
        (None, None) => Verdict::Allow,
    }
}

/// Whether an `Origin` is ours. The host must match with its port. The scheme is compared only where we serve https: behind a proxy that
/// does not say so (`X-Forwarded-Proto`) we believe to serve http although the browser sees https.
fn is_own(origin: &str, scheme: &str, host: &str) -> bool {
    let Some((origin_scheme, origin_host)) = origin.split_once("://") else { return false };
    let default_port = |scheme: &str| if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let bare = |host: &str, scheme: &str| host.strip_suffix(default_port(scheme)).unwrap_or(host).to_ascii_lowercase();
    let scheme_ok = origin_scheme.eq_ignore_ascii_case(scheme) || (scheme == "http" && origin_scheme.eq_ignore_ascii_case("https"));
    scheme_ok && !host.is_empty() && bare(origin_host, origin_scheme) == bare(host, origin_scheme)
}

/// Makes and checks tokens with a key derived from the app's secret.
#[derive(Clone)]
pub struct Csrf {
    key: Hmac<Sha256>,
}

impl Csrf {
    pub fn new(secret: &[u8]) -> Csrf {
        // A key for this purpose only: a MAC made for a session cookie can never be a token.
        let mut derive = mac(secret);
        derive.update(b"puremix csrf v1");
        Csrf { key: mac(&derive.finalize().into_bytes()) }
    }

    /// A new value for the cookie [`COOKIE`].
    pub fn new_cookie() -> String {
        URL_SAFE_NO_PAD.encode(crate::sys::random_bytes::<16>())
    }

    /// The token that goes with a cookie's value.
    pub fn token(&self, cookie: &str) -> String {
        let mut mac = self.key.clone();
        mac.update(cookie.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Whether the token goes with the cookie; in constant time.
    pub fn verify(&self, cookie: Option<&str>, token: Option<&str>) -> bool {
        let (Some(cookie), Some(token)) = (cookie, token) else { return false };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let mut mac = self.key.clone();
        mac.update(cookie.as_bytes());
        mac.verify_slice(&bytes).is_ok()
    }

    /// The `Set-Cookie` line for a value. Not readable by scripts; a session cookie, so that it goes with the browser.
    pub fn set_cookie(value: &str, https: bool) -> String {
        format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{}", if https { "; Secure" } else { "" })
    }
}

/// [`judge`] for a request; `session_cookie` is the name of the session's cookie.
pub fn judge_request(parts: &RequestParts, session_cookie: &str, trusted: &[String]) -> Verdict {
    let claim = Claim {
        method: parts.method(),
        sec_fetch_site: parts.header("sec-fetch-site"),
        origin: parts.header("origin"),
        scheme: parts.protocol(),
        host: parts.host(),
        has_our_cookie: parts.cookies().any(|(n, _)| n == session_cookie || n == COOKIE),
    };
    judge(claim, trusted)
}

pub(crate) fn mac(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Allow, NeedsToken, Refuse};

    #[test]
    fn matrix() {
        const SITE: Verdict = Refuse("cross-site request refused (Sec-Fetch-Site)");
        const ORIGIN: Verdict = Refuse("cross-site request refused (Origin)");
        // (method, Sec-Fetch-Site, Origin, cookie, verdict) for https://shop.example:8443
        let cases = [
            ("GET", Some("cross-site"), Some("https://evil.example"), true, Allow),
            ("HEAD", None, None, true, Allow),
            ("POST", Some("same-origin"), None, true, Allow),
            ("POST", Some("none"), None, true, Allow),
            ("POST", Some("cross-site"), None, true, SITE),
            ("POST", Some("cross-site"), None, false, SITE),
            ("POST", Some("same-site"), Some("https://blog.example"), true, SITE),
            ("POST", Some("cross-site"), Some("https://partner.example"), true, Allow),
            ("POST", Some(""), None, true, SITE),
            ("POST", None, Some("https://shop.example:8443"), true, Allow),
            ("POST", None, Some("HTTPS://SHOP.example:8443"), true, Allow),
            ("POST", None, Some("https://shop.example"), true, ORIGIN),
            ("POST", None, Some("http://shop.example:8443"), true, ORIGIN),
            ("POST", None, Some("https://www.shop.example:8443"), true, ORIGIN),
            ("POST", None, Some("null"), true, ORIGIN),
            ("POST", None, Some("null"), false, ORIGIN),
            ("POST", None, Some(""), true, ORIGIN),
            ("POST", None, Some("https://partner.example"), true, Allow),
            ("POST", None, None, true, NeedsToken),
            ("POST", None, None, false, Allow),
            ("DELETE", None, None, true, NeedsToken),
            ("PATCH", Some("cross-site"), None, true, SITE),
            ("post", Some("cross-site"), None, true, SITE),
        ];
        for (method, sec_fetch_site, origin, has_our_cookie, want) in cases {
            let claim = Claim { method, sec_fetch_site, origin, scheme: "https", host: "shop.example:8443", has_our_cookie };
            assert_eq!(judge(claim, &["https://partner.example".to_owned()]), want, "{claim:?}");
        }
    }

    #[test]
    fn default_ports_and_silent_proxies() {
        assert!(is_own("https://a.example", "http", "a.example"));
        assert!(is_own("http://a.example", "http", "a.example:80"));
        assert!(is_own("https://a.example", "https", "a.example:443"));
        assert!(!is_own("https://a.example", "https", "a.example:80"));
        assert!(!is_own("http://", "http", ""));
    }

    #[test]
    fn tokens_belong_to_their_cookie_and_secret() {
        let csrf = Csrf::new(b"secret");
        let cookie = Csrf::new_cookie();
        let token = csrf.token(&cookie);
        assert!(csrf.verify(Some(&cookie), Some(&token)));
        assert!(!csrf.verify(Some(&Csrf::new_cookie()), Some(&token)));
        assert!(!Csrf::new(b"other").verify(Some(&cookie), Some(&token)));
        assert!(!csrf.verify(Some(&cookie), Some("")));
        assert!(!csrf.verify(Some(&cookie), None));
        assert!(!csrf.verify(None, Some(&token)));
        assert!(!csrf.verify(Some(&cookie), Some("not base64!")));
    }
}
