//! Cross-origin resource sharing by the configuration (`cors`), as the npm package cors answers.

use super::message::{Reply, RequestParts};
use crate::config::cors::{Allowed, Cors};
use std::borrow::Cow;

/// What an answer needs to know of its request.
pub struct Asked {
    origin: Option<String>,
    /// `Access-Control-Request-Headers` of a preflight request.
    headers: Option<String>,
    is_options: bool,
}

impl Asked {
    pub fn of(parts: &RequestParts) -> Asked {
        let is_options = parts.method() == "OPTIONS";
        let keep = |name| parts.header(name).map(str::to_owned);
        Asked { origin: keep("origin"), headers: if is_options { keep("access-control-request-headers") } else { None }, is_options }
    }
}

/// The answer to a preflight request; `None` if this is none, or if handlers answer them.
pub fn preflight(cors: &Cors, parts: &RequestParts) -> Option<Reply> {
    if parts.method() != "OPTIONS" || cors.preflight_continue || parts.header("access-control-request-method").is_none() {
        return None;
    }
    let mut reply = Reply::status(cors.options_success_status);
    add(cors, &Asked::of(parts), &mut reply);
    Some(reply)
}

/// Adds the headers that other sites' scripts need, unless the handler set them itself.
pub fn add(cors: &Cors, asked: &Asked, reply: &mut Reply) {
    if reply.header("access-control-allow-origin").is_some() {
        return;
    }
    let push = |reply: &mut Reply, name: &'static str, value: Cow<'static, str>| reply.headers.push((Cow::Borrowed(name), value));
    let origin: Option<Cow<'static, str>> = match (&cors.origin, &asked.origin) {
        (Allowed::Any, _) => Some("*".into()),
        (Allowed::One(own), _) => Some(own.clone().into()),
        (Allowed::Reflect, Some(origin)) => Some(origin.clone().into()),
        (Allowed::List(_), Some(origin)) if cors.names(origin) => Some(origin.clone().into()),
        _ => None,
    };
    let any = matches!(cors.origin, Allowed::Any);
    let varies = |reply: &Reply| reply.header("vary").is_some_and(|names| names.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin")));
    if !any && !varies(reply) {
        // Caches must know that the answer to another origin differs.
        push(reply, "vary", "Origin".into());
    }
    if let Some(origin) = origin {
        push(reply, "access-control-allow-origin", origin);
        // Browsers refuse `*` together with credentials, and naming every origin would give each site the user's session.
        if cors.credentials && !any {
            push(reply, "access-control-allow-credentials", "true".into());
        }
    }
    if asked.is_options {
        push(reply, "access-control-allow-methods", cors.methods.join(",").into());
        match (&cors.allowed_headers, &asked.headers) {
            (Some(own), _) if !own.is_empty() => push(reply, "access-control-allow-headers", own.join(",").into()),
            (Some(_), _) => {}
            (None, asked) => {
                push(reply, "vary", "Access-Control-Request-Headers".into());
                if let Some(asked) = asked {
                    push(reply, "access-control-allow-headers", asked.clone().into());
                }
            }
        }
        if let Some(seconds) = cors.max_age {
            push(reply, "access-control-max-age", seconds.to_string().into());
        }
    }
    if !cors.exposed_headers.is_empty() {
        push(reply, "access-control-expose-headers", cors.exposed_headers.join(",").into());
    }
}

/// Whether the configuration lets scripts of the request's origin send it: for requests with cookies the origin must be named and credentials
/// allowed, for others any permission will do, but at pages only a named origin's (a form of anybody's may not log a user in).
pub fn permits(cors: &Cors, parts: &RequestParts, is_api: bool) -> bool {
    let Some(origin) = parts.header("origin") else { return false };
    let has_cookies = parts.header_map().contains_key("cookie");
    if cors.names(origin) {
        return cors.credentials || !has_cookies;
    }
    matches!(cors.origin, Allowed::Any | Allowed::Reflect) && is_api && !has_cookies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Effective, Environment, Flags, Settings, Tree};

    fn cors(entries: Vec<(&str, Tree)>) -> Cors {
        let map = |entries: Vec<(&str, Tree)>| Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        let effective = Effective::choose(&Flags::default(), &Environment::default(), &map(vec![("cors", map(entries))])).unwrap();
        Settings::read(&effective, "production").unwrap().cors.unwrap()
    }
    fn text(s: &str) -> Tree {
        Tree::Str(s.to_owned())
    }
    fn show(reply: &Reply) -> String {
        reply.headers.iter().map(|(n, v)| format!("{n}: {v}\n")).collect()
    }
    fn answer(cors: &Cors, origin: Option<&str>) -> String {
        let headers: Vec<(&str, &str)> = origin.into_iter().map(|o| ("origin", o)).collect();
        let mut reply = Reply::status(200);
        add(cors, &Asked::of(&RequestParts::synthetic("GET", "/", &headers, vec![])), &mut reply);
        show(&reply)
    }

    #[test]
    fn preflights() {
        let listed = cors(vec![("origin", Tree::List(vec![text("https://a.example/")])), ("credentials", Tree::Bool(true)), ("maxAge", Tree::Num(60.0))]);
        let ask = |method, headers: &[(&str, &str)]| preflight(&listed, &RequestParts::synthetic(method, "/", headers, vec![]));
        let headers = [("origin", "https://a.example"), ("access-control-request-method", "PUT"), ("access-control-request-headers", "x-y")];
        expect_test::expect![[r#"
            vary: Origin
            access-control-allow-origin: https://a.example
            access-control-allow-credentials: true
            access-control-allow-methods: GET,HEAD,PUT,PATCH,POST,DELETE
            vary: Access-Control-Request-Headers
            access-control-allow-headers: x-y
            access-control-max-age: 60
        "#]]
        .assert_eq(&show(&ask("OPTIONS", &headers).unwrap()));
        assert!(ask("OPTIONS", &headers[..1]).is_none());
        assert!(ask("GET", &headers).is_none());
    }

    #[test]
    fn origins_as_the_npm_package_takes_them() {
        let any = cors(vec![("origin", text("*")), ("credentials", Tree::Bool(true))]);
        assert_eq!(answer(&any, Some("https://evil.example")), "access-control-allow-origin: *\n");
        assert_eq!(answer(&any, None), "access-control-allow-origin: *\n");
        let one = cors(vec![("origin", text("https://a.example"))]);
        assert_eq!(answer(&one, Some("https://evil.example")), "vary: Origin\naccess-control-allow-origin: https://a.example\n");
        let reflect = cors(vec![("origin", Tree::Bool(true))]);
        assert_eq!(answer(&reflect, Some("https://b.example")), "vary: Origin\naccess-control-allow-origin: https://b.example\n");
        let pattern = Tree::Pattern { source: r"\.example$".to_owned(), flags: "i".to_owned() };
        let mixed = cors(vec![("origin", Tree::List(vec![pattern, text("https://c.test")])), ("exposedHeaders", text("X-A, X-B"))]);
        assert_eq!(answer(&mixed, Some("https://b.EXAMPLE")), "vary: Origin\naccess-control-allow-origin: https://b.EXAMPLE\naccess-control-expose-headers: X-A,X-B\n");
        assert_eq!(answer(&mixed, Some("https://c.test")), "vary: Origin\naccess-control-allow-origin: https://c.test\naccess-control-expose-headers: X-A,X-B\n");
        assert_eq!(answer(&mixed, Some("https://d.test")), "vary: Origin\naccess-control-expose-headers: X-A,X-B\n");
        assert_eq!(answer(&mixed, None), "vary: Origin\naccess-control-expose-headers: X-A,X-B\n");
    }

    #[test]
    fn whose_requests_may_change_state() {
        let one = |credentials| cors(vec![("origin", text("https://a.example")), ("credentials", Tree::Bool(credentials))]);
        let asks = |cors: &Cors, origin: &str, cookie: bool, is_api: bool| {
            let mut headers = vec![("origin", origin)];
            headers.extend(cookie.then_some(("cookie", "sid=1")));
            permits(cors, &RequestParts::synthetic("POST", "/", &headers, vec![]), is_api)
        };
        assert!(asks(&one(true), "https://a.example", true, false));
        assert!(asks(&one(false), "https://a.example", false, false));
        assert!(!asks(&one(false), "https://a.example", true, true));
        assert!(!asks(&one(true), "https://b.example", false, true));
        let any = cors(vec![("origin", text("*"))]);
        assert!(asks(&any, "https://b.example", false, true));
        assert!(!asks(&any, "https://b.example", true, true));
        assert!(!asks(&any, "https://b.example", false, false));
    }
}
