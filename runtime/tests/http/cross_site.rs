//! Who may change state, over the wire: the server's own rules where no isolate is needed. The whole matrix stands in `csrf`'s unit tests.

use super::*;
use puremix_runtime::config::cors::{Allowed, Cors, Rule};

/// The status of a request to `/api` by these header lines.
fn asks(s: &Running, method: &str, lines: &str) -> String {
    status(&s.raw(format!("{method} /api HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 0\r\n{lines}\r\n").as_bytes())).to_owned()
}

#[test]
fn api_routes_refuse_other_sites() {
    let s = start(|settings| settings.security.trusted_origins = vec!["https://partner.example".to_owned()]);
    let cases = [
        ("", "200"),
        ("Cookie: sid=x\r\nSec-Fetch-Site: same-origin\r\n", "200"),
        ("Cookie: sid=x\r\nOrigin: http://shop.example\r\n", "200"),
        ("Cookie: sid=x\r\nOrigin: https://shop.example\r\n", "200"),
        ("Cookie: sid=x\r\nSec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n", "403"),
        ("Sec-Fetch-Site: cross-site\r\n", "403"),
        ("Sec-Fetch-Site: cross-site\r\nContent-Type: TEXT/plain\r\n", "403"),
        ("Sec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n", "200"),
        ("Sec-Fetch-Site: same-site\r\nOrigin: https://blog.shop.example\r\n", "403"),
        ("Sec-Fetch-Site: cross-site\r\nOrigin: https://partner.example\r\nCookie: sid=x\r\n", "200"),
        ("Origin: null\r\n", "403"),
        ("Origin: http://shop.example:81\r\n", "403"),
        ("Origin: http://shop.example.evil.example\r\n", "403"),
    ];
    for (lines, want) in cases {
        assert_eq!(asks(&s, "POST", lines), want, "{lines:?}");
    }
    let refused = s.ask("POST", "/api", "Content-Length: 0\r\nSec-Fetch-Site: cross-site\r\n", &["content-type"]);
    assert_eq!(refused, "403 [content-type: application/json; charset=utf-8] | {\"error\":\"Forbidden\",\"message\":\"cross-site request refused (Sec-Fetch-Site)\"}");
    assert_eq!(asks(&s, "GET", "Cookie: sid=x\r\nSec-Fetch-Site: cross-site\r\n"), "200");
    assert_eq!(asks(&start(|s| s.security.csrf = false), "POST", "Sec-Fetch-Site: cross-site\r\n"), "200");
}

#[test]
fn behind_a_trusted_proxy_our_own_pages_are_our_own() {
    let s = start(|_| {});
    let own = [
        // nginx as the guide has it, which leaves the port out of Host; with TLS; with both names.
        "X-Forwarded-For: 203.0.113.9\r\nOrigin: http://shop.example:8080\r\n",
        "X-Forwarded-Proto: https\r\nOrigin: https://shop.example\r\n",
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: www.example:8443\r\nOrigin: https://www.example:8443\r\n",
        "X-Forwarded-For: 203.0.113.9\r\nOrigin: https://shop.example\r\n",
    ];
    for lines in own {
        assert_eq!(asks(&s, "POST", &format!("Cookie: sid=x\r\n{lines}")), "200", "{lines:?}");
    }
    assert_eq!(asks(&s, "POST", "X-Forwarded-Proto: https\r\nOrigin: http://shop.example\r\n"), "403");
    assert_eq!(asks(&s, "POST", "X-Forwarded-Host: www.example\r\nOrigin: http://shop.example\r\n"), "403");
}

#[test]
fn configured_sites_may_ask() {
    let s = start(|settings| {
        settings.cors = Some(Cors {
            origin: Allowed::List(vec![Rule::Exact("https://a.example".to_owned())]),
            methods: vec!["GET".to_owned(), "POST".to_owned()],
            allowed_headers: None,
            exposed_headers: vec![],
            credentials: true,
            max_age: None,
            preflight_continue: false,
            options_success_status: 200,
        })
    });
    let show = ["vary", "access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods"];
    let preflight = s.ask("OPTIONS", "/api", "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n", &show);
    assert_eq!(preflight, "200 [vary: origin] [vary: access-control-request-headers] [access-control-allow-origin: https://a.example] [access-control-allow-credentials: true] [access-control-allow-methods: get,post] |");
    let posted = "Content-Length: 0\r\nCookie: sid=x\r\nSec-Fetch-Site: cross-site\r\nOrigin: https://a.example\r\n";
    assert_eq!(s.ask("POST", "/api", posted, &show), "200 [vary: origin] [access-control-allow-origin: https://a.example] [access-control-allow-credentials: true] | POST api /api body=0");
    // What is refused says who may ask, too: otherwise scripts cannot tell a refusal from a broken network.
    let evil = "Content-Length: 0\r\nSec-Fetch-Site: cross-site\r\nOrigin: https://evil.example\r\n";
    assert!(s.ask("POST", "/api", evil, &show).starts_with("403"));
}
