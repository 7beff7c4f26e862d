//! An app as the compiler would emit it, by hand and small: what `tests/cli.rs` starts, drives and stops.

use puremix_runtime::app::{ActionDef, ApiDef, AppDef, AssetDef, LoaderDef, ModuleDef, PageDef, RouteDef, RouteKind, Segment, Site};
use puremix_runtime::capabilities::Capabilities;
use puremix_runtime::page::{Out, Scope, write};
use puremix_value::{Cx, FnDef, Obj, R, Value, check_stack};

static APP: AppDef = AppDef {
    name: "guestbook",
    version: "1.0.0",
    puremixc: "0.1.0",
    atoms: &[],
    inline_caches: 0,
    globals: 2,
    sites: &[Site { file: "", line: 0, column: 0, expression: "" }, Site { file: "app/routes/throws.puremix", line: 3, column: 9, expression: "" }],
    modules: &[
        ModuleDef { path: "puremix.config.js", is_esm: true, init: &config, started: None },
        ModuleDef { path: "app/routes/index.puremix", is_esm: true, init: &index, started: None },
    ],
    routes: &[
        RouteDef { pattern: &[], kind: RouteKind::Page(&INDEX), file: "app/routes/index.puremix", uses_session: true },
        RouteDef { pattern: &[Segment::Literal("throws")], kind: RouteKind::Page(&THROWS), file: "app/routes/throws.puremix", uses_session: true },
        RouteDef { pattern: &[Segment::Literal("tiny")], kind: RouteKind::Page(&TINY), file: "app/routes/tiny.puremix", uses_session: true },
        RouteDef { pattern: &[Segment::Literal("deep")], kind: RouteKind::Page(&DEEP), file: "app/routes/deep.puremix", uses_session: true },
        RouteDef { pattern: &[Segment::Literal("api"), Segment::Param("id")], kind: RouteKind::Api(API), file: "app/routes/api/[id].js", uses_session: true },
    ],
    config: Some(0),
    middleware: None,
    not_found: None,
    server_error: None,
    assets: &[AssetDef { url: "/style.css", public: true, content_type: "text/css", etag: "\"s1\"", bytes: b"body{}" }],
    pins: &["visits (app/routes/index.puremix:1)"],
    workers: None,
    capabilities: Capabilities::NONE,
    python: &[],
};

static INDEX: PageDef = PageDef {
    name: "index",
    file: "app/routes/index.puremix",
    loaders: &[LoaderDef { name: "visits", call: &count }],
    actions: &[ActionDef { name: "sign", call: &sign }],
    render: &render_index,
    has_forms: true,
    ..PLAIN
};
static THROWS: PageDef = PageDef { name: "throws", file: "app/routes/throws.puremix", render: &|cx, _, _| {
    cx.at(1);
    Err(cx.throw_error(puremix_value::ErrorKind::Type, "secret detail"))
}, ..PLAIN };
static TINY: PageDef = PageDef { name: "tiny", file: "app/routes/tiny.puremix", render: &|_, _, out| {
    out.lit("<!DOCTYPE html><html><body><h1>Hello</h1></body></html>");
    Ok(())
}, ..PLAIN };
static DEEP: PageDef = PageDef { name: "deep", file: "app/routes/deep.puremix", render: &|cx, _, _| descend(cx, 0), ..PLAIN };
const PLAIN: PageDef = PageDef {
    name: "",
    file: "",
    loaders: &[],
    actions: &[],
    render: &|_, _, _| Ok(()),
    head: None,
    components: &[],
    layout: None,
    has_forms: false,
    mentions_puremix: false,
    needs_client: false,
    uses: &[],
};
static API: &[ApiDef] = &[ApiDef { method: Some("GET"), handler: &|cx| Ok(Obj::function(cx, &ANSWER, vec![]).into()) }];
static ANSWER: FnDef = FnDef::native("GET", 1, |cx, a| {
    let params = get(cx, a.get(0), "params")?;
    let answer = Obj::plain(cx);
    answer.put(cx, &cx.key_of("id"), get(cx, &params, "id")?);
    Ok(answer.into())
});

fn get(cx: Cx, value: &Value, name: &str) -> R {
    puremix_js::get_value(cx, value, &cx.key_of(name))
}

/// `export default { port: process.env.APP_PORT || 3000, colour: 'red' }`
fn config(cx: Cx) -> R {
    let process = puremix_node::load(cx, "process")?;
    let port = get(cx, &get(cx, &process, "env")?, "APP_PORT")?;
    let object = Obj::plain(cx);
    object.put(cx, &cx.key_of("port"), if port.is_undefined() { Value::Num(3000.0) } else { port });
    object.put(cx, &cx.key_of("colour"), Value::str("red"));
    cx.set_global(0, object.into());
    Ok(Value::Undefined)
}

/// `let visits = 0`
fn index(cx: Cx) -> R {
    cx.set_global(1, Value::Num(0.0));
    Ok(Value::Undefined)
}

fn count(cx: Cx, _: &Value, _: &Value, _: &Value) -> R {
    let visits = cx.global(1).as_num().unwrap_or(0.0) + 1.0;
    cx.set_global(1, Value::Num(visits));
    Ok(Value::Num(visits))
}

/// `(form, request) => { request.session.name = form.name; return { name: form.name } }`
fn sign(cx: Cx, form: &Value, request: &Value) -> R {
    let name = get(cx, form, "name")?;
    let session = get(cx, request, "session")?;
    if let Value::Obj(session) = &session {
        session.put(cx, &cx.key_of("name"), name.clone());
    }
    let result = Obj::plain(cx);
    result.put(cx, &cx.key_of("name"), name);
    Ok(result.into())
}

fn render_index(cx: Cx, scope: &Scope<'_>, out: &mut Out) -> R<()> {
    out.lit("<p>visits ");
    write::write_text(cx, out, scope.loader(0))?;
    out.lit("</p><p>you are ");
    let session = get(cx, scope.request(), "session")?;
    write::write_text(cx, out, &get(cx, &session, "name")?)?;
    out.lit("</p><form method=\"post\">");
    scope.write_csrf(cx, out)?;
    out.lit("</form>");
    Ok(())
}

fn descend(cx: Cx, depth: u32) -> R<()> {
    check_stack(cx)?;
    descend(cx, std::hint::black_box(depth + 1))?;
    std::hint::black_box(depth);
    Ok(())
}

fn main() {
    puremix_runtime::cli::main(&APP);
}
