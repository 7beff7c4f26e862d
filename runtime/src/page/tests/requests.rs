//! Requests: actions, loaders' replies, failures, API handlers, the request object.

use super::*;
use crate::app::{ActionDef, LoaderDef, RenderFn};
use crate::page::{respond_api, write};
use puremix_value::{ErrorKind, FnDef};

const SHOW: &RenderFn = &|cx, scope, out| {
    let result = get(cx, scope.action_result(), "message")?;
    write::write_text(cx, out, &result)?;
    let shown = get(cx, scope.loader(0), "data.x")?;
    write::write_text(cx, out, &shown)?;
    let error = get(cx, scope.loader(0), "state.error")?;
    write::write_text(cx, out, &error)
};

static SAVE: [ActionDef; 3] = [
    ActionDef {
        name: "save",
        call: &|cx, form, _| {
            let name = lang::get(cx, form, "get")?;
            let got = lang::call(cx, &name, form, &["name".into()])?;
            Ok(lang::object(cx, [("message", format!("saved {} {}", lang::to_string(cx, &got)?, lang::to_string(cx, &lang::get(cx, form, "name")?)?).into())]).into())
        },
    },
    ActionDef { name: "go", call: &|cx, _, request| {
        let response = lang::get(cx, request, "res")?;
        let cookie = lang::get(cx, &response, "cookie")?;
        lang::call(cx, &cookie, &response, &["sid".into(), "a b".into(), lang::object(cx, [("httpOnly", true.into())]).into()])?;
        Ok(lang::object(cx, [("redirect", "/hällo".into())]).into())
    } },
    ActionDef { name: "fail", call: &|cx, _, _| Err(cx.throw_error(ErrorKind::Error, "secret <detail>")) },
];

static WITH_ACTIONS: PageDef = PageDef { actions: &SAVE, render: SHOW, ..NO_PAGE };

fn post(body_text: &str) -> Reply {
    reply(isolate(), PageDef { ..WITH_ACTIONS }, &exchange("POST", "/p", FORM, body_text))
}

#[test]
fn forms_run_actions() {
    assert_eq!(body(&post("_action=save&_csrf=tok&name=Ann+B")), "saved Ann B Ann B");
    let redirect = post("_action=go&_csrf=tok");
    assert_eq!(show(&redirect), "302 → /h%C3%A4llo ");
    assert_eq!(redirect.header("set-cookie"), Some("sid=a%20b; Path=/; HttpOnly"));
    assert_eq!(post("_action=save&name=x").status, 403);
    assert_eq!(post("_action=save&name=x&_csrf=wrong").status, 403);
    // A name that no action has runs none, and so asks for no token.
    assert_eq!(body(&post("_action=other")), "");
    assert_eq!(body(&reply(isolate(), PageDef { ..WITH_ACTIONS }, &exchange("GET", "/p?_action=save", &[], ""))), "");
}

#[test]
fn json_and_multipart_run_actions() {
    let json = [("content-type", "application/json"), ("x-csrf-token", "tok")];
    assert_eq!(body(&reply(isolate(), PageDef { ..WITH_ACTIONS }, &exchange("POST", "/p", &json, r#"{"_action":"save","name":"N"}"#))), "saved N N");
    assert_eq!(reply(isolate(), PageDef { ..WITH_ACTIONS }, &exchange("POST", "/p", &json, "{bad")).status, 400);
    let multipart = [("content-type", "multipart/form-data; boundary=XX")];
    let part = |name: &str, value: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let form = format!("{}{}{}--XX--", part("_action", "save"), part("_csrf", "tok"), part("name", "M"));
    assert_eq!(body(&reply(isolate(), PageDef { ..WITH_ACTIONS }, &exchange("POST", "/p", &multipart, &form))), "saved M M");
}

#[test]
fn a_throwing_action_is_a_500() {
    let production = post("_action=fail&_csrf=tok");
    assert_eq!(production.status, 500);
    assert!(text(&production).contains("ref-1") && !text(&production).contains("secret"));
    assert_eq!(LOGGED.take(), ["secret <detail>"]);
    let cx = isolate();
    MODE.set("development");
    let dev = reply(cx, PageDef { ..WITH_ACTIONS }, &exchange("POST", "/p", FORM, "_action=fail&_csrf=tok"));
    assert!(text(&dev).contains("secret &lt;detail&gt;"));
}

fn with_loader(call: &'static crate::app::LoaderFn) -> Reply {
    let loaders = Box::leak(Box::new([LoaderDef { name: "load", call }]));
    reply(isolate(), PageDef { loaders, render: SHOW, ..NO_PAGE }, &exchange("GET", "/p", &[], ""))
}

#[test]
fn loaders_reply_in_their_ways() {
    assert_eq!(body(&with_loader(&|cx, _, _, _| Err(cx.throw_error(ErrorKind::Error, "broken")))), "broken");
    assert_eq!(body(&with_loader(&|cx, _, _, _| Ok(promise::rejected(cx, "text".into()).into()))), "text");
    assert_eq!(body(&with_loader(&|cx, _, _, _| Ok(promise::fulfilled(cx, data(cx, "x", 5)).into()))), "5");
    assert_eq!(body(&with_loader(&|_, _, _, _| Ok(Value::Undefined))), "");
    assert_eq!(show(&with_loader(&|cx, _, _, _| Ok(lang::object(cx, [("redirect", "/x".into()), ("status", 301.into())]).into()))), "301 → /x ");
    assert_eq!(show(&with_loader(&|cx, _, _, _| Err(cx.throw(lang::object(cx, [("redirect", "/y".into())]).into())))), "302 → /y ");
    assert_eq!(
        show(&with_loader(&|cx, _, _, _| {
            let json = lang::object(cx, [("a", 1.into())]);
            let headers = lang::object(cx, [("X-A", "b".into())]);
            Ok(lang::object(cx, [("json", json.into()), ("status", 201.into()), ("headers", headers.into())]).into())
        })),
        "201 {\"a\":1}"
    );
    let not_found = with_loader(&|cx, _, _, _| Ok(lang::object(cx, [("status", 404.into())]).into()));
    assert_eq!((not_found.status, not_found.header("content-type")), (404, Some("text/html; charset=utf-8")));
    // The helper functions of the request are no redirects.
    assert_eq!(with_loader(&|_, request, _, _| Ok(request.clone())).status, 200);
}

#[test]
fn a_header_cannot_be_split() {
    let reply = with_loader(&|cx, _, _, _| {
        let headers = lang::object(cx, [("X-A", "b\r\nSet-Cookie: c".into())]);
        Ok(lang::object(cx, [("headers", headers.into())]).into())
    });
    assert_eq!(reply.status, 500);
    assert_eq!(reply.header("x-a"), None);
}

#[test]
fn the_request_object() {
    let cx = isolate();
    let headers = [("cookie", "a=1; j=j%3A%7B%22k%22%3A2%7D"), ("content-type", "application/json"), ("content-length", "9"), ("x-requested-with", "XMLHttpRequest"), ("accept", "text/html;q=0.5, application/json")];
    let request = request::new_object(cx, exchange("PUT", "/a%20b?x[y]=1&t=1&t=2", &headers, r#"{"k":[1]}"#));
    for (path, expected) in [
        ("method", "PUT"), ("path", "/a%20b"), ("url", "/a%20b?x[y]=1&t=1&t=2"), ("query.x.y", "1"), ("query.t.1", "2"), ("params.id", "7"), ("params.path.1", "b"), ("params.0", "a/b"),
        ("cookies.a", "1"), ("cookies.j.k", "2"), ("body.k.0", "1"), ("user.name", "ann"), ("env.NODE_ENV", "production"), ("headers.x-requested-with", "XMLHttpRequest"), ("xhr", "true"),
        ("req.method", "PUT"), ("res.statusCode", "200"), ("protocol", "http"),
    ] {
        let value = get(cx, &request, path).unwrap();
        assert_eq!(lang::to_string(cx, &value).unwrap(), expected, "{path}");
    }
    for (method, argument, expected) in [("get", "Accept", "text/html;q=0.5, application/json"), ("is", "json", "json"), ("is", "html", "false"), ("accepts", "json", "json"), ("accepts", "xml", "false")] {
        let function = lang::get(cx, &request, method).unwrap();
        let value = lang::call(cx, &function, &request, &[argument.into()]).unwrap();
        assert_eq!(lang::to_string(cx, &value).unwrap(), expected, "{method} {argument}");
    }
    // One object for one property, and assignments stay.
    let (a, b) = (lang::get(cx, &request, "res").unwrap(), get(cx, &request, "req.res").unwrap());
    assert_eq!(a.as_obj(), b.as_obj());
    puremix_js::set_key(cx, request.as_obj().unwrap(), &cx.key_of("user"), 5.into(), &request).unwrap();
    assert_eq!(lang::get(cx, &request, "user").unwrap().as_num(), Some(5.0));
}

fn api(cx: Cx, handler: &'static crate::app::ValueFn, method: &str) -> Reply {
    run(cx, respond_api(cx, handler, exchange(method, "/api", &[("x-csrf-token", "tok")], "")), || {})
}

/// A handler value whose code calls `response.NAME(argument)` for each pair and returns the last answer.
fn calls(cx: Cx, response: &Value, steps: &[(&str, Value)]) -> R {
    let mut this = response.clone();
    for (name, argument) in steps {
        let function = lang::get(cx, &this, name)?;
        this = lang::call(cx, &function, &this, std::slice::from_ref(argument))?;
    }
    Ok(this)
}

#[test]
fn api_handlers_answer_by_the_response() {
    static CREATE: FnDef = FnDef::native("handler", 2, |cx, a| {
        let headers = lang::object(cx, [("X-RateLimit-Remaining", 3.into())]);
        let json = lang::object(cx, [("ok", true.into())]);
        calls(cx, a.get(1), &[("status", 201.into()), ("set", headers.into()), ("json", json.into())])
    });
    let reply = api(isolate(), &|cx| Ok(lang::function(cx, &CREATE, vec![])), "POST");
    assert_eq!(show(&reply), "201 {\"ok\":true}");
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("3"));
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));

    static REDIRECT: FnDef = FnDef::native("handler", 2, |cx, a| calls(cx, a.get(1), &[("redirect", "/x y".into())]));
    assert_eq!(show(&api(isolate(), &|cx| Ok(lang::function(cx, &REDIRECT, vec![])), "GET")), "302 → /x%20y Found. Redirecting to /x%20y");

    static TWICE: FnDef = FnDef::native("handler", 2, |cx, a| calls(cx, a.get(1), &[("send", "a".into()), ("send", "b".into())]));
    assert_eq!(api(isolate(), &|cx| Ok(lang::function(cx, &TWICE, vec![])), "GET").status, 500);
}

#[test]
fn api_handlers_answer_by_what_they_return() {
    static JSON: FnDef = FnDef::native("handler", 2, |cx, _| {
        let json = Obj::array(cx, vec![1.into()]);
        Ok(lang::object(cx, [("json", json.into()), ("status", 202.into())]).into())
    });
    assert_eq!(show(&api(isolate(), &|cx| Ok(lang::function(cx, &JSON, vec![])), "GET")), "202 [1]");
    static PLAIN: FnDef = FnDef::native("handler", 2, |cx, _| Ok(lang::object(cx, [("a", 1.into())]).into()));
    assert_eq!(show(&api(isolate(), &|cx| Ok(lang::function(cx, &PLAIN, vec![])), "GET")), "200 {\"a\":1}");
    static THROWS: FnDef = FnDef::native("handler", 2, |cx, _| Err(cx.throw_error(ErrorKind::Error, "secret")));
    assert_eq!(show(&api(isolate(), &|cx| Ok(lang::function(cx, &THROWS, vec![])), "GET")), "500 {\"error\":\"API execution failed\"}");
}

#[test]
fn a_handler_may_answer_later() {
    thread_local!(static LATER: RefCell<Option<Value>> = const { RefCell::new(None) });
    static KEEPS: FnDef = FnDef::native("handler", 2, |_, a| {
        LATER.set(Some(a.get(1).clone()));
        Ok(Value::Undefined)
    });
    let cx = isolate();
    let reply = run(cx, respond_api(cx, &|cx| Ok(lang::function(cx, &KEEPS, vec![])), exchange("GET", "/api", &[], "")), || {
        if let Some(response) = LATER.take() {
            calls(cx, &response, &[("send", "late".into())]).unwrap();
        }
    });
    assert_eq!(show(&reply), "200 late");
}
