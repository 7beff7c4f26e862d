//! Pages as people write them: capitals, missing quotes, habits from other libraries.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Page, source));
}

#[test]
fn html_in_capitals() {
    check_page("<P>a<P>b</p><BLOCKQUOTE><VIDEO></VIDEO></BLOCKQUOTE>", expect![[r#"
        __pmx_w("<P>a<P>b</p><BLOCKQUOTE><VIDEO></VIDEO></BLOCKQUOTE>");
    "#]]);
    check_page("<TITLE>{t}</TITLE><TEXTAREA>{v}</TEXTAREA>{a && <BR>}", expect![[r#"
        __pmx_w("<TITLE>");
        __pmx_e(12, (t));
        __pmx_w("</TITLE><TEXTAREA>");
        __pmx_e(12, (v));
        __pmx_w("</TEXTAREA>");
        __pmx_e(0, (a && __pmx_m(() => {
          __pmx_w("<BR>");
        })));
    "#]]);
    check_page("<imports>import P from '../components/P.puremix'</imports><P>a</P>", expect![[r#"
        __pmx_c("P", {}, () => {
          __pmx_w("a");
        }, undefined);
    "#]]);
    check_page("<P>a</B>", expect![[r#"
        __pmx_w("<P>a");
        PMX0103 `</B>` closes nothing
    "#]]);
}

#[test]
fn a_slash_without_quotes() {
    check_page("<a href=/>home</a><a href=/x/{id}/>x</a>", expect![[r#"
        __pmx_w("<a href=/>home</a><a href=\"/x/");
        __pmx_e(5, (id));
        __pmx_w("\"></a>x");
        PMX0103 `</a>` closes nothing
    "#]]);
}

#[test]
fn a_style_object() {
    check_page("<p style={{ color: c, 'font-size': '12px' }}>a</p><p style={{ not code }}>b</p>", expect![[r#"
        __pmx_w("<p");
        __pmx_a("style", "style", ({ color: c, 'font-size': '12px' }));
        __pmx_w(">a</p><p style={{ not code }}>b</p>");
    "#]]);
}

#[test]
fn json_in_a_handler_is_a_literal() {
    check_page("{xs.map(x => <b onclick='edit({JSON.stringify(x)}, 1)'>a</b>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<b onclick='edit(");
          __pmx_e(10, (x));
          __pmx_w(", 1)'>a</b>");
        }))));
    "#]]);
    check_page("{xs.map(x => <b onclick=\"edit('{JSON.stringify(x)}')\">a</b>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<b onclick=\"edit('");
          __pmx_e(13, (JSON.stringify(x)));
          __pmx_w("')\">a</b>");
        }))));
    "#]]);
    check_page("{xs.map(x => <b onclick='edit({JSON.stringify(x, null, 2)}, {JSON.stringify(x) + f(x)})'>a</b>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<b onclick='edit(");
          __pmx_e(10, (JSON.stringify(x, null, 2)));
          __pmx_w(", {JSON.stringify(x) + f(x)})'>a</b>");
        }))));
    "#]]);
}

#[test]
fn server_functions_called_with_the_browsers_objects() {
    let server = "<script server>function save() {}</script>";
    check_page(&format!("{server}<form onsubmit=\"return save(event)\"></form>"), expect![[r#"
        __pmx_w("<form data-puremix-action=\"save\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"save\">");
        __pmx_csrf();
        __pmx_w("</form>");
    "#]]);
    check_page(&format!("{server}<button onclick=\"save(this, event);\">x</button>"), expect![[r#"
        __pmx_w("<button data-puremix-action=\"save\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"save\">x</button>");
    "#]]);
    check_page(&format!("{server}<a onclick=\"save({{id: 1}}); return false;\">x</a>"), expect![[r#"
        __pmx_w("<a data-puremix-action=\"save\"");
        __pmx_a("data-puremix-args", "value", (JSON.stringify({id: 1})));
        __pmx_w(">x</a>");
    "#]]);
    check_page(&format!("{server}<form onsubmit=\"{{save}}\"></form>"), expect![[r#"
        __pmx_w("<form data-puremix-action=\"save\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"save\">");
        __pmx_csrf();
        __pmx_w("</form>");
    "#]]);
    check_page(&format!("{server}<form onsubmit=\"save(event.target)\"></form>"), expect![[r#"
        __pmx_w("<form onsubmit=\"save(event.target)\"></form>");
    "#]]);
    check_page(&format!("{server}<script>function save(e) {{}}</script><form onsubmit=\"save(event)\"></form>"), expect![[r#"
        __pmx_w("<script>function save(e) {}</script><form onsubmit=\"save(event)\"></form>");
    "#]]);
}

#[test]
fn blocks_without_export() {
    check_page("{ __export = { a } }<p>{a}</p>", expect![[r#"
        __pmx_js(() => { let __export; __export = { a } 
        return __export; }, ["a"]);
        __pmx_w("<p>");
        __pmx_e(0, (a));
        __pmx_w("</p>");
    "#]]);
    check_page("{ const x = 1; }{ console.log(load.data); }<p>a</p>", expect![[r#"
        __pmx_js(() => { let __export; const x = 1; 
        return __export; }, []);
        __pmx_js(() => { let __export; console.log(load.data); 
        return __export; }, []);
        __pmx_w("<p>a</p>");
    "#]]);
    check_page("{ let me explain } { const } <pre>{ const x = 1; }</pre>", expect![[r#"
        __pmx_w("{ let me explain } { const } <pre>{ const x = 1; }</pre>");
    "#]]);
}

#[test]
fn fragments_around_a_file() {
    check_page("<>\n<p>a</p>\n</>", expect![[r#"
        __pmx_w("<p>a</p>");
    "#]]);
}

#[test]
fn typescript_over_known_names() {
    check_page("<p>{(user as any).name} {user!.age} {xs as text} {user as {a: b}}</p>", expect![[r#"
        __pmx_w("<p>");
        __pmx_e(0, ((user as any).name));
        __pmx_w(" ");
        __pmx_e(0, (user!.age));
        __pmx_w(" {xs as text} ");
        __pmx_e(0, (user as {a: b}));
        __pmx_w("</p>");
    "#]]);
    check_page("{ let total: number = user.n; __export = { total }; }{total as number}", expect![[r#"
        __pmx_js(() => { let __export; let total: number = user.n; __export = { total }; 
        return __export; }, ["total"]);
        __pmx_e(0, (total as number));
    "#]]);
    check_page("<code>{user as Admin}</code>", expect![[r#"
        __pmx_w("<code>{user as Admin}</code>");
    "#]]);
}
