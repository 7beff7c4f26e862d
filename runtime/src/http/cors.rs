//! Cross-origin resource sharing by the configuration (`cors`).

use super::message::{Reply, RequestParts};
use crate::config::settings::Cors;
use std::borrow::Cow;

/// The answer to a preflight request; `None` if this is none.
pub fn preflight(cors: &Cors, method: &str, origin: Option<&str>, asked_method: Option<&str>, asked_headers: Option<&str>) -> Option<Reply> {
    if method != "OPTIONS" || asked_method.is_none() {
        return None;
    }
    let mut reply = Reply::status(204);
    add_origin(cors, origin?, &mut reply);
    reply = reply.with("access-control-allow-methods", cors.methods.join(","));
    let headers = if cors.allowed_headers.is_empty() { asked_headers.map(str::to_owned) } else { Some(cors.allowed_headers.join(",")) };
    if let Some(headers) = headers {
        reply = reply.with("access-control-allow-headers", headers).with("vary", "access-control-request-headers");
    }
    if let Some(seconds) = cors.max_age {
        reply = reply.with("access-control-max-age", seconds.to_string());
    }
    Some(reply)
}

/// Adds the headers of an actual request, unless the handler set them itself.
pub fn add(cors: &Cors, parts_origin: Option<&str>, reply: &mut Reply) {
    if reply.header("access-control-allow-origin").is_some() {
        return;
    }
    let Some(origin) = parts_origin else {
        // Caches must know that the answer to another origin differs.
        if !cors.origins.iter().any(|o| o == "*") {
            reply.headers.push((Cow::Borrowed("vary"), Cow::Borrowed("origin")));
        }
        return;
    };
    add_origin(cors, origin, reply);
    if !cors.exposed_headers.is_empty() {
        reply.headers.push((Cow::Borrowed("access-control-expose-headers"), Cow::Owned(cors.exposed_headers.join(","))));
    }
}

fn add_origin(cors: &Cors, origin: &str, reply: &mut Reply) {
    if cors.origins.iter().any(|o| o == "*") {
        // Browsers refuse `*` together with credentials, and echoing every origin would give each site the user's session.
        reply.headers.push((Cow::Borrowed("access-control-allow-origin"), Cow::Borrowed("*")));
        return;
    }
    reply.headers.push((Cow::Borrowed("vary"), Cow::Borrowed("origin")));
    if cors.origins.iter().any(|o| o.eq_ignore_ascii_case(origin)) {
        reply.headers.push((Cow::Borrowed("access-control-allow-origin"), Cow::Owned(origin.to_owned())));
        if cors.credentials {
            reply.headers.push((Cow::Borrowed("access-control-allow-credentials"), Cow::Borrowed("true")));
        }
    }
}

/// [`preflight`] for a request.
pub fn preflight_of(cors: &Cors, parts: &RequestParts) -> Option<Reply> {
    let asked = (parts.header("access-control-request-method"), parts.header("access-control-request-headers"));
    preflight(cors, parts.method(), parts.header("origin"), asked.0, asked.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &[&str]) -> Cors {
        Cors {
            origins: origins.iter().map(|o| o.to_string()).collect(),
            methods: vec!["GET".into(), "POST".into()],
            allowed_headers: vec![],
            exposed_headers: vec![],
            credentials: true,
            max_age: Some(60),
        }
    }
    fn show(reply: &Reply) -> String {
        reply.headers.iter().map(|(n, v)| format!("{n}: {v}\n")).collect()
    }

    #[test]
    fn preflights_and_requests() {
        let listed = cors(&["https://a.example"]);
        let reply = preflight(&listed, "OPTIONS", Some("https://a.example"), Some("PUT"), Some("x-y")).unwrap();
        expect_test::expect![[r#"
            vary: origin
            access-control-allow-origin: https://a.example
            access-control-allow-credentials: true
            access-control-allow-methods: GET,POST
            access-control-allow-headers: x-y
            vary: access-control-request-headers
            access-control-max-age: 60
        "#]]
        .assert_eq(&show(&reply));
        assert!(preflight(&listed, "OPTIONS", Some("https://a.example"), None, None).is_none());
        assert!(preflight(&listed, "GET", Some("https://a.example"), Some("GET"), None).is_none());

        let answer = |cors: &Cors, origin| {
            let mut reply = Reply::status(200);
            add(cors, origin, &mut reply);
            show(&reply)
        };
        assert_eq!(answer(&cors(&["*"]), Some("https://evil.example")), "access-control-allow-origin: *\n");
        assert_eq!(answer(&listed, Some("https://evil.example")), "vary: origin\n");
        assert_eq!(answer(&listed, None), "vary: origin\n");
    }
}
