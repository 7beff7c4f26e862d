use super::*;
use crate::app::{RouteDef, UseKind::*};
use crate::page::tests::{APP, NO_PAGE};
use expect_test::{Expect, expect};

const fn u(kind: UseKind, text: &'static str) -> Use {
    Use { kind, text }
}

fn page(uses: &[Use]) -> &'static PageDef {
    Box::leak(Box::new(PageDef { uses: uses.to_vec().leak(), ..NO_PAGE }))
}

fn check_in(app: AppDef, uses: &[Use], expected: Expect) {
    let text = policy(Box::leak(Box::new(app)), page(uses), false, false, &PagePolicy::default());
    let lines = text.split(';').skip(2).map(|line| format!("{line}\n"));
    expected.assert_eq(&lines.collect::<String>());
}

fn check(uses: &[Use], expected: Expect) {
    check_in(APP, uses, expected);
}

#[test]
fn a_page_without_anything() {
    check(&[], expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'none'
        frame-src 'none'
        media-src 'none'
        connect-src 'none'
        img-src 'self'
        font-src 'none'
        style-src 'none'
    "#]]);
}

#[test]
fn the_client_runtime_opens_this_server_only() {
    let app = Box::leak(Box::new(APP));
    let text = policy(app, page(&[]), true, false, &PagePolicy::default());
    let without = policy(app, page(&[]), false, false, &PagePolicy::default());
    assert_eq!(text, without.replace("script-src 'none'", "script-src 'self'").replace("connect-src 'none'", "connect-src 'self'"));
}

#[test]
fn markup_and_styles() {
    check(&[u(Style, "/site.css"), u(Image, "https://cdn.example/a.png"), u(InlineStyle, "p{color:red}"), u(StyleAttribute, "color:red"), u(Frame, "https://maps.example/x")], expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'none'
        frame-src https://maps.example
        media-src 'none'
        connect-src 'none'
        style-src 'self' https: 'unsafe-hashes' 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64=' 'sha256-8f935d27GvUutRyY9yWScUMiFUk4WTdZURISiYfPOeQ='
    "#]]);
    check(&[u(Image, "/a.png"), u(Image, "data:image/png;base64,AA=="), u(StyleAttribute, "")], expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'none'
        frame-src 'none'
        media-src 'none'
        connect-src 'none'
        style-src 'unsafe-inline'
    "#]]);
    check(&[u(Raw, ""), u(StyleAttribute, "")], expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'none'
    "#]]);
}

#[test]
fn scripts_by_hash_and_by_origin() {
    check(&[u(InlineScript, "go()"), u(Handler, "go(1)")], expect![[r#"
        object-src 'none'
        script-src 'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='
        script-src-attr 'unsafe-hashes' 'sha256-oopyQloGglvWmMz5jW49OLcPG4Zf/xbfwxZIQgBfJ+w='
        worker-src 'self' blob:
    "#]]);
    check(&[u(Script, "https://unpkg.com/htmx.org@1.9.10"), u(Library, "")], expect![[r#"
        object-src 'none'
        script-src https://unpkg.com
        script-src-attr 'none'
        worker-src 'self' blob:
    "#]]);
    check(&[u(Script, "https://tags.example/a.js")], expect![[r#"
        object-src 'none'
        script-src https://tags.example 'self' https:
        script-src-attr 'none'
        worker-src 'self' blob:
    "#]]);
    check(&[u(Script, ""), u(Handler, "")], expect![[r#"
        object-src 'none'
        script-src 'self' https: 'unsafe-eval'
        script-src-attr 'unsafe-inline'
        worker-src 'self' blob:
    "#]]);
    check(&[u(Translated, ""), u(Script, "//cdn.jsdelivr.net/npm/@babel/standalone")], expect![[r#"
        object-src 'none'
        script-src cdn.jsdelivr.net 'unsafe-inline'
        script-src-attr 'unsafe-inline'
        worker-src 'self' blob:
    "#]]);
    check(&[u(ScriptUrl, "javascript:void(0)"), u(Plugin, "")], expect![[r#"
        script-src 'unsafe-hashes' 'sha256-rRMdkshZyJlCmDX27XnL7g3zXaxv7ei6Sg+yt4R3svU='
        script-src-attr 'none'
        worker-src 'self' blob:
    "#]]);
}

#[test]
fn files_are_read() {
    const FILE: AssetDef = AssetDef { url: "/js/a.js", public: true, content_type: "text/javascript", etag: "\"e\"", bytes: b"list.innerHTML = `<b onclick=\"go()\">`" };
    check_in(AppDef { assets: &[FILE], ..APP }, &[u(Script, "/js/a.js?v=2")], expect![[r#"
        object-src 'none'
        script-src 'self'
        script-src-attr 'unsafe-inline'
        worker-src 'self' blob:
    "#]]);
    check_in(APP, &[u(Script, "/js/a.js?v=2")], expect![[r#"
        object-src 'none'
        script-src 'self' 'unsafe-eval'
        script-src-attr 'none'
        worker-src 'self' blob:
    "#]]);
}

#[test]
fn fragments_bring_their_own() {
    static OTHER: PageDef = PageDef { uses: &[u(InlineScript, "other()"), u(Handler, "other(1)")], ..NO_PAGE };
    static ROUTES: [RouteDef; 1] = [RouteDef { pattern: &[], kind: RouteKind::Page(&OTHER), file: "", uses_session: true }];
    let app = AppDef { routes: &ROUTES, ..APP };
    check_in(app, &[u(Script, "https://unpkg.com/htmx.org@1.9.10"), u(Library, "")], expect![[r#"
        object-src 'none'
        script-src https://unpkg.com 'sha256-b7ZWi3LsNpdSzQMhFSRcnH0HxREup64aTXaFV5IXYCM='
        script-src-attr 'unsafe-hashes' 'sha256-X1Wg4UlubKbgpus/4/kb/XXQaJ/TOZYODyRrVu6FmqY='
        worker-src 'self' blob:
    "#]]);
    check_in(app, &[], expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'none'
        frame-src 'none'
        media-src 'none'
        connect-src 'none'
        img-src 'self'
        font-src 'none'
        style-src 'none'
    "#]]);
}

#[test]
fn the_configuration_changes_it() {
    let changes = vec![("script-src".to_owned(), Some("https://a.example".to_owned())), ("object-src".to_owned(), None), ("report-uri".to_owned(), Some("/csp".to_owned()))];
    let text = policy(&APP, page(&[u(Raw, "")]), false, false, &PagePolicy { report_only: true, changes });
    expect!["base-uri 'self';frame-ancestors 'self';script-src https://a.example;script-src-attr 'none';report-uri /csp"].assert_eq(&text);
}

#[test]
fn many_hashes_do_not_fit() {
    let uses: Vec<Use> = (0..60).map(|i| u(Handler, format!("go({i})").leak())).collect();
    check(&uses, expect![[r#"
        object-src 'none'
        script-src 'none'
        script-src-attr 'unsafe-inline'
        worker-src 'self' blob:
    "#]]);
}

#[test]
fn places() {
    let show = |url| format!("{:?}", place(url));
    assert_eq!([show("/a"), show("a/b.js"), show("?x"), show("#t")], ["Here", "Here", "Here", "Here"]);
    assert_eq!([show("HTTPS://A.example:8080/x?y"), show("//a.example")], ["There(\"https://a.example:8080\")", "There(\"a.example\")"]);
    assert_eq!([show(""), show("mailto:x"), show("https://a;b/"), show("https://*/")], ["Unknown"; 4].map(str::to_owned));
}
