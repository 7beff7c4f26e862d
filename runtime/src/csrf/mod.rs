//! Cross-site request forgery: who may change state.
//!
//! Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`); that decides (the rules of Go 1.25's `CrossOriginProtection`), for pages,
//! API routes and handlers alike. A request with neither header needs a token, but only if it carries one of our cookies: without a cookie
//! there is nothing to forge. The token is stateless: a MAC over a random value in a cookie of its own, which is set only by pages that have forms.

use crate::http::message::{Reply, RequestParts};
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
    /// A proxy that we trust passed the request on: its port, which we may not know, is the browser's.
    pub is_proxied: bool,
    pub content_type: Option<&'a str>,
    /// One of our cookies (session or token) came along.
    pub has_our_cookie: bool,
    /// Any cookie came along.
    pub has_cookies: bool,
    /// An API route answers, which may have allowed other sites' scripts by its own answer to OPTIONS.
    pub is_api: bool,
    /// The origin is one of `security.trustedOrigins`, or one whose scripts `cors` lets send this request.
    pub is_trusted: bool,
}

/// Whether requests by this method may change state.
pub fn is_unsafe(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// Decides about a request.
pub fn judge(claim: Claim<'_>) -> Verdict {
    if !is_unsafe(claim.method) {
        return Verdict::Allow;
    }
    match (claim.sec_fetch_site, claim.origin) {
        (Some("same-origin" | "none"), _) => Verdict::Allow,
        (None, None) if claim.has_our_cookie => Verdict::NeedsToken,
        (None, None) => Verdict::Allow,
        (Some(_), _) if claim.is_trusted || was_asked_for(claim) => Verdict::Allow,
        (Some(_), _) => Verdict::Refuse("cross-site request refused (Sec-Fetch-Site)"),
        (None, Some(origin)) if claim.is_trusted || is_own(origin, claim) || was_asked_for(claim) => Verdict::Allow,
        (None, Some(_)) => Verdict::Refuse("cross-site request refused (Origin)"),
    }
}

/// Whether a browser sends such a cross-site request only after the route itself has allowed it (a preflight, answered by hand): a method that forms
/// do not have, or a content type that they do not have. Requests with cookies are never taken for that.
fn was_asked_for(claim: Claim<'_>) -> bool {
    claim.is_api && !claim.has_cookies && (claim.method != "POST" || claim.content_type.is_some_and(|t| !is_form_type(t)))
}

/// The content types of requests that browsers send to other sites unasked. One without a subtype, or with an unusual spelling, counts as such.
fn is_form_type(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let is_token = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+' | b'_'));
    let well_formed = essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    !well_formed || content_type.contains(',') || matches!(essence.as_str(), "text/plain" | "multipart/form-data" | "application/x-www-form-urlencoded")
}

/// Whether an `Origin` is ours. The host must match with its port; behind a proxy that leaves the port out of `Host` (nginx with `$host`) the name
/// must. The scheme is compared only where we serve https: behind a proxy that does not say so (`X-Forwarded-Proto`) we believe to serve http
/// although the browser sees https.
fn is_own(origin: &str, claim: Claim<'_>) -> bool {
    let (scheme, host) = (claim.scheme, claim.host);
    let Some((origin_scheme, origin_host)) = origin.split_once("://") else { return false };
    let default_port = |scheme: &str| if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let bare = |host: &str, scheme: &str| host.strip_suffix(default_port(scheme)).unwrap_or(host).to_ascii_lowercase();
    let scheme_ok = origin_scheme.eq_ignore_ascii_case(scheme) || (scheme == "http" && origin_scheme.eq_ignore_ascii_case("https"));
    let host_ok = bare(origin_host, origin_scheme) == bare(host, origin_scheme)
        || claim.is_proxied && port_of(host).is_none() && without_port(origin_host).eq_ignore_ascii_case(host);
    scheme_ok && !host.is_empty() && host_ok
}

fn port_of(host: &str) -> Option<&str> {
    host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

fn without_port(host: &str) -> &str {
    match port_of(host) {
        Some(port) => host.get(..host.len() - port.len() - 1).unwrap_or(host),
        None => host,
    }
}

/// Bytes of an HMAC-SHA-256.
const MAC: usize = 32;

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

    /// A token that goes with a cookie's value. Each is another text (a random mask, and the MAC under it), so that nobody can guess it from the
    /// lengths of compressed pages (BREACH).
    pub fn token(&self, cookie: &str) -> String {
        let mut mac = self.key.clone();
        mac.update(cookie.as_bytes());
        let mask = crate::sys::random_bytes::<MAC>();
        let mut token = [0; 2 * MAC];
        token[..MAC].copy_from_slice(&mask);
        for ((place, m), byte) in token[MAC..].iter_mut().zip(mask).zip(mac.finalize().into_bytes()) {
            *place = m ^ byte;
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether the token goes with the cookie; in constant time.
    pub fn verify(&self, cookie: Option<&str>, token: Option<&str>) -> bool {
        let (Some(cookie), Some(token)) = (cookie, token) else { return false };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(MAC).filter(|(_, masked)| masked.len() == MAC) else { return false };
        let bytes: Vec<u8> = mask.iter().zip(masked).map(|(m, b)| m ^ b).collect();
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
pub fn judge_request(parts: &RequestParts, session_cookie: &str, is_api: bool, is_trusted: bool) -> Verdict {
    judge(Claim {
        method: parts.method(),
        sec_fetch_site: parts.header("sec-fetch-site"),
        origin: parts.header("origin"),
        scheme: parts.protocol(),
        host: parts.host(),
        is_proxied: parts.is_proxied(),
        content_type: parts.header("content-type"),
        has_our_cookie: parts.cookies().any(|(n, _)| n == session_cookie || n == COOKIE),
        has_cookies: parts.header_map().contains_key("cookie"),
        is_api,
        is_trusted,
    })
}

/// Whether nothing in the request says that another site's page has made it.
pub fn says_nothing_foreign(parts: &RequestParts) -> bool {
    let is_own_page = |referer: &str| referer.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next()).is_some_and(|host| host.eq_ignore_ascii_case(parts.host()));
    parts.header("sec-fetch-site").is_none() && parts.header("origin").is_none() && parts.header("referer").is_none_or(is_own_page)
}

/// The answer to a request that is refused: JSON from API routes, the generic error page from others.
pub fn refusal(is_api: bool, why: &str) -> Reply {
    if is_api {
        return Reply::json(403, format!("{{\"error\":\"Forbidden\",\"message\":\"{why}\"}}"));
    }
    Reply::html(403, crate::page::error_page::generic(403, ""))
}

/// Whether one of the origins is this one (`https://partner.example`).
pub fn is_listed(origin: Option<&str>, list: &[String]) -> bool {
    origin.is_some_and(|o| list.iter().any(|t| t.trim_end_matches('/').eq_ignore_ascii_case(o)))
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

    const BASE: Claim<'static> = Claim {
        method: "POST",
        sec_fetch_site: None,
        origin: None,
        scheme: "https",
        host: "shop.example:8443",
        is_proxied: false,
        content_type: Some("application/json"),
        has_our_cookie: true,
        has_cookies: true,
        is_api: false,
        is_trusted: false,
    };

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
            let is_trusted = is_listed(origin, &["https://partner.example/".to_owned()]);
            let claim = Claim { method, sec_fetch_site, origin, has_our_cookie, is_trusted, ..BASE };
            assert_eq!(judge(claim), want, "{claim:?}");
        }
    }

    /// Every combination, against the rule written down once more: a cross-site request that could have been made by a form, or that carries a
    /// cookie, never passes; one from our own pages always does. The content types are those of SvelteKit's GHSA-5p75-vc5g-8rv2 and
    /// GHSA-gv7g-x59x-wf8f (`text/plain`, missing, upper case).
    #[test]
    fn whole_matrix() {
        let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
        let types = [
            None, Some(""), Some("text/plain"), Some("TEXT/PLAIN"), Some("text/plain;charset=utf-8"), Some("multipart/form-data; boundary=x"),
            Some("Application/X-WWW-Form-Urlencoded"), Some("text"), Some("text/plain, application/json"), Some("application/json"), Some("Application/JSON; charset=utf-8"),
        ];
        let origins = [
            None, Some("null"), Some("https://shop.example:8443"), Some("https://shop.example"), Some("https://shop.example:9"), Some("https://a.shop.example:8443"),
            Some("http://shop.example:8443"), Some("https://shop.example:8443.evil.example"), Some("https://evil.example"),
        ];
        let sites = [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some("SAME-ORIGIN")];
        let mut seen = 0;
        for (method, content_type, origin, sec_fetch_site) in product(&methods, &types, &origins, &sites) {
            for bits in 0..8 {
                let (has_cookies, is_api, is_trusted) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                let claim = Claim { method, sec_fetch_site, origin, content_type, has_our_cookie: has_cookies, has_cookies, is_api, is_trusted, ..BASE };
                let says_own = matches!(sec_fetch_site, Some("same-origin" | "none")) || sec_fetch_site.is_none() && origin == Some(origins[2].unwrap());
                let says_nothing = sec_fetch_site.is_none() && origin.is_none();
                let simple = method == "POST" && !content_type.is_some_and(|t| t.to_lowercase().starts_with("application/json"));
                let passes = matches!(method, "GET" | "HEAD" | "OPTIONS") || says_own || is_trusted || is_api && !has_cookies && !simple;
                let want = if says_nothing && !matches!(method, "GET" | "HEAD" | "OPTIONS") {
                    if has_cookies { "token" } else { "allow" }
                } else if passes {
                    "allow"
                } else {
                    "refuse"
                };
                let is = match judge(claim) {
                    Allow => "allow",
                    NeedsToken => "token",
                    Refuse(_) => "refuse",
                };
                assert_eq!(is, want, "{claim:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 7 * 11 * 9 * 6 * 8);
    }

    type Combination = (&'static str, Option<&'static str>, Option<&'static str>, Option<&'static str>);

    fn product(methods: &[&'static str], types: &[Option<&'static str>], origins: &[Option<&'static str>], sites: &[Option<&'static str>]) -> Vec<Combination> {
        let mut all = Vec::new();
        for m in methods {
            for t in types {
                for o in origins {
                    all.extend(sites.iter().map(|s| (*m, *t, *o, *s)));
                }
            }
        }
        all
    }

    #[test]
    fn default_ports_and_silent_proxies() {
        let own = |origin: &str, scheme: &'static str, host: &'static str, is_proxied: bool| is_own(origin, Claim { scheme, host, is_proxied, ..BASE });
        assert!(own("https://a.example", "http", "a.example", false));
        assert!(own("http://a.example", "http", "a.example:80", false));
        assert!(own("https://a.example", "https", "a.example:443", false));
        assert!(!own("https://a.example", "https", "a.example:80", false));
        assert!(!own("http://", "http", "", false));
        // nginx: `listen 8080` and `proxy_set_header Host $host`.
        assert!(own("http://a.example:8080", "http", "a.example", true));
        assert!(!own("http://a.example:8080", "http", "a.example", false));
        assert!(!own("http://a.example:8080", "http", "a.example:81", true));
        assert!(!own("http://b.example:8080", "http", "a.example", true));
        assert!(own("http://[::1]:8080", "http", "[::1]", true));
    }

    #[test]
    fn tokens_belong_to_their_cookie_and_secret() {
        let csrf = Csrf::new(b"secret");
        let cookie = Csrf::new_cookie();
        let token = csrf.token(&cookie);
        assert!(csrf.verify(Some(&cookie), Some(&token)));
        assert_ne!(csrf.token(&cookie), token, "no two pages have the same text");
        assert!(!csrf.verify(Some(&cookie), Some(&token[..43])));
        assert!(!csrf.verify(Some(&Csrf::new_cookie()), Some(&token)));
        assert!(!Csrf::new(b"other").verify(Some(&cookie), Some(&token)));
        assert!(!csrf.verify(Some(&cookie), Some("")));
        assert!(!csrf.verify(Some(&cookie), None));
        assert!(!csrf.verify(None, Some(&token)));
        assert!(!csrf.verify(Some(&cookie), Some("not base64!")));
    }
}
