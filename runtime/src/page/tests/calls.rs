//! Calls of server functions by the wire protocol.

use super::*;
use crate::app::{ActionDef, RouteDef, RouteKind};
use crate::http::call::Call;
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
