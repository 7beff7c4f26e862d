//! Calls of server functions by the wire protocol.

use super::*;
use crate::app::{ActionDef, LoaderDef, RouteDef, RouteKind};
use crate::http::call::{Call, Render};
use crate::page::respond_call;
use puremix_value::ErrorKind;

/// An error with these properties.
fn error<const N: usize>(cx: Cx, message: &str, properties: [(&str, Value); N]) -> R {
    cx.throw_error(ErrorKind::Error, message);
    let error = cx.take_exception();
    if let Some(object) = error.as_obj() {
        for (name, value) in properties {
            lang::put(cx, object, name, value);
        }
    }
    Err(cx.throw(error))
}

fn answers(cx: Cx, name: &str, value: impl Into<Value>) -> R {
    Ok(lang::object(cx, [(name, value.into())]).into())
}

static ACTIONS: [ActionDef; 14] = [
    ActionDef { name: "echo", call: &|cx, form, request| {
        let (n, id, body) = (lang::get(cx, form, "n")?, get(cx, request, "params.id")?, lang::get(cx, request, "body")?);
        let all = lang::call(cx, &lang::get(cx, form, "getAll")?, form, &["n".into()])?;
        Ok(lang::object(cx, [("n", n), ("id", id), ("all", all), ("body", body)]).into())
    } },
    ActionDef { name: "nothing", call: &|_, _, _| Ok(Value::Undefined) },
    ActionDef { name: "go", call: &|cx, _, _| answers(cx, "redirect", "/hällo") },
    ActionDef { name: "throwGo", call: &|cx, _, _| Err(cx.throw(lang::object(cx, [("redirect", "/y".into())]).into())) },
    ActionDef { name: "again", call: &|cx, _, _| answers(cx, "reload", true) },
    ActionDef { name: "fail", call: &|cx, _, _| error(cx, "secret", []) },
    ActionDef { name: "busy", call: &|cx, _, _| error(cx, "secret", [("status", 503.into())]) },
    ActionDef { name: "missing", call: &|cx, _, _| error(cx, "no such <user>", [("status", 404.into())]) },
    ActionDef { name: "invalid", call: &|cx, _, _| {
        let field = lang::object(cx, [("message", "too short".into()), ("kind", "x".into())]);
        let errors = lang::object(cx, [("name", field.into()), ("age", "too old".into())]);
        error(cx, "invalid", [("name", "ValidationError".into()), ("errors", errors.into())])
    } },
    ActionDef { name: "listed", call: &|cx, _, _| error(cx, "invalid", [("status", 422.into()), ("errors", Obj::array(cx, vec![1.into()]).into())]) },
    ActionDef { name: "told", call: &|cx, _, _| answers(cx, "errors", "name") },
    ActionDef { name: "circle", call: &|cx, _, _| {
        let object = Obj::plain(cx);
        lang::put(cx, &object, "self", Value::from(object.clone()));
        Ok(object.into())
    } },
    ActionDef { name: "sends", call: &|cx, _, request| respond_with(cx, request, "json", &["sent".into()]) },
    ActionDef { name: "status", call: &|cx, _, request| {
        respond_with(cx, request, "type", &["html".into()])?;
        respond_with(cx, request, "status", &[422.into()])?;
        Ok(5.into())
    } },
];

fn respond_with(cx: Cx, request: &Value, method: &str, args: &[Value]) -> R {
    let response = lang::get(cx, request, "res")?;
    lang::call(cx, &lang::get(cx, &response, method)?, &response, args)?;
    Ok(Value::Undefined)
}

static PAGE: PageDef = PageDef { actions: &ACTIONS, ..NO_PAGE };
static ROUTE: RouteDef = RouteDef { pattern: &[], kind: RouteKind::Page(&PAGE), file: "", uses_session: false };

fn ask(cx: Cx, function: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut parts = RequestParts::synthetic("POST", "/p", headers, body.as_bytes().to_vec());
    parts.params = vec![("id", Param::One("7".into()))];
    parts.call = Some(Box::new(Call { function: function.to_owned(), ..Call::default() }));
    run(cx, respond_call(cx, &ROUTE, Rc::new(Exchange::new(parts))), || {})
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json"), ("x-csrf-token", "tok")];

fn call(function: &str, data: &str) -> String {
    show(&ask(isolate(), function, JSON, data))
}

#[test]
fn values_are_the_answer() {
    assert_eq!(call("echo", r#"{"n":[1,true],"_action":"x"}"#), r#"200 {"result":{"n":[1,true],"id":"7","all":[1,true],"body":{"n":[1,true],"_action":"x"}}}"#);
    assert_eq!(call("echo", ""), r#"200 {"result":{"id":"7","all":[],"body":{}}}"#);
    assert_eq!(call("echo", "\"text\""), r#"200 {"result":{"id":"7","all":[],"body":"text"}}"#);
    assert_eq!(call("nothing", ""), r#"200 {"result":null}"#);
    assert_eq!(call("go", ""), r#"200 {"result":{"redirect":"/hällo"},"redirect":"/h%C3%A4llo"}"#);
    assert_eq!(call("again", ""), r#"200 {"result":{"reload":true},"reload":true}"#);
    assert_eq!(call("told", ""), r#"200 {"result":{"errors":"name"}}"#);
    let own = ask(isolate(), "status", JSON, "");
    assert_eq!((show(&own), own.header("content-type")), (r#"422 {"result":5}"#.to_owned(), Some("application/json; charset=utf-8")));
    // The server puts these into the protocol's form.
    assert_eq!(call("throwGo", ""), "302 → /y ");
    assert_eq!(call("sends", ""), "200 \"sent\"");
}

static SHOWN: PageDef = PageDef {
    actions: &ACTIONS,
    mentions_puremix: true,
    loaders: &[LoaderDef { name: "load", call: &|cx, request, result, _| {
        let wish = get(cx, request, "query.wish")?;
        match wish.as_str().map(|s| s.as_str().to_owned()).as_deref() {
            Some("go") => answers(cx, "redirect", "/login"),
            Some("json") => answers(cx, "json", 1),
            Some("circle") => {
                let object = Obj::plain(cx);
                lang::put(cx, &object, "self", Value::from(object.clone()));
                Ok(object.into())
            }
            Some("status") => {
                respond_with(cx, request, "status", &[404.into()])?;
                Ok(Value::Undefined)
            }
            _ => answers(cx, "said", if result.is_object() { lang::get(cx, result, "n")? } else { result.clone() }),
        }
    } }],
    render: &|cx, scope, out| {
        if get(cx, scope.request(), "query.wish")?.as_str().is_some_and(|s| s.as_str() == "throw") {
            return error(cx, "cannot render", []).map(|_| ());
        }
        out.lit("<p>");
        super::super::write::write_text(cx, out, &lang::get(cx, scope.loader(0), "said")?)?;
        out.lit("</p>");
        Ok(())
    },
    ..NO_PAGE
};
static SHOWN_ROUTE: RouteDef = RouteDef { pattern: &[], kind: RouteKind::Page(&SHOWN), file: "", uses_session: false };

/// The answer to a call of a function that answers its `n`, with a wish to see the page.
fn shown(function: &str, url: &str, render: Render) -> String {
    let cx = isolate();
    let mut parts = RequestParts::synthetic("POST", url, JSON, br#"{"n":"</script>"}"#.to_vec());
    parts.call = Some(Box::new(Call { function: function.to_owned(), render, ..Call::default() }));
    let reply = run(cx, respond_call(cx, &SHOWN_ROUTE, Rc::new(Exchange::new(parts))), || {});
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));
    show(&reply)
}

#[test]
fn pages_after_a_call() {
    let whole = shown("echo", "/p", Render::Page);
    assert!(whole.starts_with(r#"200 {"result":{"n":"</script>""#), "{whole}");
    let (html, data) = whole.split_once(r#","html":""#).and_then(|(_, rest)| rest.split_once(r#"","data":"#)).unwrap();
    assert!(html.contains(r#"\u003cp\u003e\u0026lt;/script\u0026gt;\u003c/p\u003e\u003c/body\u003e"#), "{html}");
    assert_eq!(data, r#"{"load":{"said":"\u003c/script\u003e"}}}"#);
    assert!(!shown("echo", "/p", Render::Nothing).contains("html"));
    for (function, url, end) in [
        ("nothing", "/p?wish=go", r#"{"result":null,"redirect":"/login"}"#),
        ("nothing", "/p?wish=json", r#"{"result":null,"reload":true}"#),
        ("nothing", "/p?wish=circle", r#"{"result":null,"reload":true}"#),
        ("nothing", "/p?wish=throw", r#"{"result":null,"reload":true}"#),
        ("go", "/p", r#"{"result":{"redirect":"/hällo"},"redirect":"/h%C3%A4llo"}"#),
        ("again", "/p", r#"{"result":{"reload":true},"reload":true}"#),
    ] {
        assert_eq!(shown(function, url, Render::Page), format!("200 {end}"), "{url}");
    }
    shown("nothing", "/p?wish=throw", Render::Page);
    assert_eq!(LOGGED.take(), ["cannot render"]);
    assert!(shown("nothing", "/p?wish=status", Render::Page).starts_with(r#"200 {"result":null,"html":""#));
    // The page is another than the function's.
    assert_eq!(shown("nothing", "/p", Render::OtherPage), r#"200 {"result":null,"reload":true}"#);
}

#[test]
fn failures() {
    assert_eq!(call("missing", ""), r#"404 {"error":"no such \u003cuser\u003e"}"#);
    assert_eq!(call("invalid", ""), r#"422 {"error":"invalid","errors":{"name":"too short","age":"too old"}}"#);
    assert_eq!(call("listed", ""), r#"422 {"error":"invalid","errors":[1]}"#);
    assert_eq!(call("fail", ""), r#"500 {"error":"Internal Server Error","requestId":"ref-1"}"#);
    assert_eq!(LOGGED.take(), ["secret"]);
    assert_eq!(call("busy", ""), r#"503 {"error":"Service Unavailable","requestId":"ref-1"}"#);
    assert!(call("circle", "").starts_with(r#"500 {"error":"Internal Server Error""#));
    assert_eq!(call("none", ""), r#"404 {"error":"no function \u0060none\u0060 here"}"#);
    assert!(call("echo", "{bad").starts_with("400 {\"error\":"));
    assert!(call("echo", r#"{"__proto__":{}}"#).starts_with("400 {\"error\":"));
    let cx = isolate();
    MODE.set("development");
    assert!(show(&ask(cx, "fail", JSON, "")).starts_with(r#"500 {"error":"secret","requestId":"ref-1","stack":"#));
}

#[test]
fn tokens() {
    let status = |headers: &[(&str, &str)], body: &str| ask(isolate(), "nothing", headers, body).status;
    assert_eq!(status(&[("content-type", "application/json")], "{}"), 403);
    assert_eq!(status(&[("content-type", "application/json"), ("x-csrf-token", "wrong")], "{}"), 403);
    assert_eq!(status(&[("content-type", "application/json")], r#"{"_csrf":"tok"}"#), 200);
    let refused = |referer: &str| show(&ask(isolate(), "nothing", &[("content-type", "application/json"), ("host", "a.example"), ("referer", referer)], "{}"));
    assert!(refused("http://a.example/x").ends_with(r#","csrf":"tok"}"#));
    for other in ["http://b.example/", "http://a.example.evil/", "", "about:blank"] {
        assert_eq!(refused(other), r#"403 {"error":"no valid token: send X-CSRF-Token, or Origin as browsers do"}"#);
    }
}

#[test]
fn json_beside_a_form() {
    let cx = isolate();
    let headers = [("content-type", "multipart/form-data; boundary=XX"), ("x-csrf-token", "tok")];
    let mut parts = RequestParts::synthetic("POST", "/p", &headers, br#"{"n":[1,2],"m":true}"#.to_vec());
    parts.form = Some(crate::upload::Form { pairs: vec![("k".into(), "text".into())], files: Vec::new() });
    parts.call = Some(Box::new(Call { function: "echo".into(), ..Call::default() }));
    let reply = run(cx, respond_call(cx, &ROUTE, Rc::new(Exchange::new(parts))), || {});
    assert_eq!(show(&reply), r#"200 {"result":{"n":[1,2],"all":[1,2],"body":{"n":[1,2],"m":true,"k":"text"}}}"#);
}
