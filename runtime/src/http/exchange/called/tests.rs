//! Which page a call is for, and what other answers become.

use super::*;
use crate::app::{ActionDef, PageDef, Segment};
use crate::app::Segment::{Literal, Param};
use crate::page::Out;

const NO_PAGE: PageDef = PageDef { name: "", file: "", loaders: &[], actions: &[], render: &|_, _, _: &mut Out| Ok(()), head: None, components: &[], layout: None, has_forms: false, mentions_puremix: false, needs_client: false, uses: &[] };

const fn action(name: &'static str) -> ActionDef {
    ActionDef { name, call: &|_, _, _| Ok(puremix_value::Value::Undefined) }
}

static BUMP: [ActionDef; 1] = [action("bump")];
static COUNTER: PageDef = PageDef { name: "Counter", actions: &BUMP, ..NO_PAGE };
static HOME: PageDef = PageDef { actions: &[action("save"), action("home")], components: &[&COUNTER], ..NO_PAGE };
static USER: PageDef = PageDef { actions: &[action("save"), action("rename")], ..NO_PAGE };

const fn route(pattern: &'static [Segment], page: &'static PageDef) -> RouteDef {
    RouteDef { pattern, kind: RouteKind::Page(page), file: "", uses_session: false }
}

static ROUTES: &[RouteDef] = &[
    route(&[], &HOME),
    route(&[Literal("home")], &HOME),
    route(&[Literal("users"), Param("id")], &USER),
    RouteDef { pattern: &[Literal("api")], kind: RouteKind::Api(&[]), file: "", uses_session: false },
];

fn shown(function: &str, component: Option<&str>, route: Option<&str>) -> String {
    let call = Call { function: function.to_owned(), component: component.map(str::to_owned), ..Call::default() };
    match place(&Router::new(ROUTES), &call, route) {
        Ok(place) => format!("{} {:?}{}", place.url, place.params, if place.is_callers { "" } else { " of another page" }),
        Err((status, why)) => format!("{status} {why}"),
    }
}

#[test]
fn places() {
    let cases = [
        ("save", None, Some("/"), "/ []"),
        ("save", None, Some("/users/a%20b?x=1#top"), "/users/a%20b?x=1 [(\"id\", One(\"a b\"))]"),
        ("save", None, Some("/users/ä"), "/users/%C3%A4 [(\"id\", One(\"ä\"))]"),
        ("home", None, Some("/users/7"), "/ [] of another page"),
        ("home", None, None, "/ []"),
        ("bump", Some("Counter"), Some("/home"), "/home []"),
        ("Counter.bump", None, Some("/home"), "/home []"),
        ("bump", None, Some("/home"), "/home []"),
        // A component's function belongs to pages that show the component.
        ("bump", None, Some("/users/7"), "404 no function `bump` here"),
        ("bump", Some("Other"), Some("/"), "404 no function `Other.bump` here"),
        ("save", None, Some("/api"), "409 `save` is a function of 2 pages: `route` must name one of them"),
        ("save", None, Some("/none"), "409 `save` is a function of 2 pages: `route` must name one of them"),
        ("rename", None, Some("/"), "404 `rename` belongs to a page with parameters, which `route` must name"),
        ("none", None, Some("/"), "404 no function `none` here"),
        ("save", None, Some("https://other.example/"), "400 `route` is not a path"),
        ("save", None, Some("/users/%zz"), "/users/%25zz [(\"id\", One(\"%zz\"))]"),
        ("save", None, Some("/users/%ff"), "400 `route` is malformed"),
    ];
    for (function, component, route, want) in cases {
        assert_eq!(shown(function, component, route), want, "{function} {component:?} {route:?}");
    }
}

fn put(reply: Reply) -> String {
    let reply = in_protocol(reply);
    let text = match &reply.body {
        Body::Text(text) => text.clone(),
        body => format!("{body:?}"),
    };
    let others: Vec<String> = reply.headers.iter().filter(|(n, _)| !matches!(n.as_ref(), "content-type" | "cache-control") && n != PROTOCOL.0).map(|(n, v)| format!(" {n}={v}")).collect();
    format!("{}{} {text}", reply.status, others.concat())
}

#[test]
fn other_answers() {
    assert_eq!(put(told(403, "no \"token\"")), r#"403 {"error":"no \"token\""}"#);
    assert_eq!(put(Reply::redirect(303, "/login?a=b").with("set-cookie", "a=b")), r#"200 set-cookie=a=b {"redirect":"/login?a=b"}"#);
    assert_eq!(put(Reply::json(201, "[1]".to_owned()).with("etag", "x")), r#"201 {"result":[1]}"#);
    assert_eq!(put(Reply::json(401, "{\"error\":\"log in\"}".to_owned())), r#"401 {"error":"log in"}"#);
    assert_eq!(put(Reply::json(401, "5".to_owned())), r#"401 {"error":5}"#);
    assert_eq!(put(Reply::text(429, "slow down\n".to_owned()).with("retry-after", "5")), r#"429 retry-after=5 {"error":"slow down"}"#);
    assert_eq!(put(Reply::html(401, "staff only".to_owned())), r#"401 {"error":"staff only"}"#);
    assert_eq!(put(Reply::html(504, "<h1>".to_owned())), r#"504 {"error":"Gateway Timeout"}"#);
    assert_eq!(put(Reply::text(200, "plain".to_owned())), r#"200 {"result":"plain"}"#);
    assert_eq!(put(Reply::status(204)), r#"200 {"result":null}"#);
    assert!(put(Reply::of(200, "image/png", Body::Bytes(vec![1]))).contains("Bytes([1])"));
}
