//! Limits of requests a client may send.

use super::*;
use puremix_runtime::config::rate_limit::RateLimit;
use puremix_runtime::config::{Effective, Environment, Flags, Tree};

fn rules(json: Vec<(&str, Tree)>) -> Vec<RateLimit> {
    let map = |entries: Vec<(&str, Tree)>| Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    let effective = Effective::choose(&Flags::default(), &Environment::default(), &map(vec![("rateLimit", map(json))])).unwrap();
    Settings::read(&effective, "production").unwrap().rate_limits
}

#[test]
fn requests_beyond_the_limit_get_429() {
    let s = start(|settings| settings.rate_limits = rules(vec![("limit", Tree::Num(2.0)), ("windowMs", Tree::Num(60_000.0)), ("standardHeaders", Tree::Str("draft-7".into()))]));
    let show = ["x-ratelimit-limit", "x-ratelimit-remaining", "ratelimit", "retry-after"];
    let seen = |more: &str| s.ask("GET", "/", more, &show);
    assert_eq!(seen(""), "200 [x-ratelimit-limit: 2] [x-ratelimit-remaining: 1] [ratelimit: limit=2, remaining=1, reset=60] | GET index / body=0");
    assert_eq!(seen(""), "200 [x-ratelimit-limit: 2] [x-ratelimit-remaining: 0] [ratelimit: limit=2, remaining=0, reset=60] | GET index / body=0");
    let refused = "429 [x-ratelimit-limit: 2] [x-ratelimit-remaining: 0] [ratelimit: limit=2, remaining=0, reset=60] [retry-after: 60] | Too many requests, please try again later.";
    assert_eq!(seen(""), refused);
    assert!(seen("X-Forwarded-For: 203.0.113.9\r\n").starts_with("200"), "another client, as our proxy says");
    assert!(seen("X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n").starts_with("200"), "whatever that client says of itself");
    assert!(seen("X-Forwarded-For: 7.7.7.7, 203.0.113.9\r\n").starts_with("429"));
    assert_eq!(s.ask("GET", "/app.css", "", &[]), "200 | body{}", "files do not count");
    assert!(s.ask("GET", "/_puremix/ready", "", &[]).starts_with("200"), "nor do supervisors");
}

#[test]
fn limits_of_routes_and_failures() {
    let route = Tree::Map(vec![("path".to_owned(), Tree::Str("/api".into())), ("skipFailedRequests".to_owned(), Tree::Bool(true)), ("message".to_owned(), Tree::Map(vec![("error".to_owned(), Tree::Str("slow down".into()))]))]);
    let s = start(|settings| settings.rate_limits = rules(vec![("max", Tree::Num(1.0)), ("legacyHeaders", Tree::Bool(false)), ("routes", Tree::List(vec![route]))]));
    assert!(s.ask("GET", "/api", "", &["x-ratelimit-limit", "ratelimit"]).starts_with("200 |"));
    assert_eq!(s.ask("GET", "/api", "", &["content-type"]), "429 [content-type: application/json; charset=utf-8] | {\"error\":\"slow down\"}");
}
