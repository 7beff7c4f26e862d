//! Braces at the border of code and text: text beside markup, a handler's own braces.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Page, source));
}

#[test]
fn text_beside_markup() {
    check_page("{ok && <b>a</b> text, more.}{ok && <b/> <i/>}{ok ? <b>{n}</b> of {m} in stock : <i/> none!}", expect![[r#"
        __pmx_e(0, (ok && __pmx_m(() => {
          __pmx_w("<b>a</b> text, more.");
        })));
        __pmx_e(0, (ok && __pmx_m(() => {
          __pmx_w("<b></b> <i></i>");
        })));
        __pmx_e(0, (ok ? __pmx_m(() => {
          __pmx_w("<b>");
          __pmx_e(0, (n));
          __pmx_w("</b> of ");
          __pmx_e(0, (m));
          __pmx_w(" in stock");
        }) : __pmx_m(() => {
          __pmx_w("<i></i> none!");
        })));
    "#]]);
    check_page("{xs.map(x => <b>{x}</b> left)}{f({icon: <b/>, name})}{[<b/>, name]}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<b>");
          __pmx_e(0, (x));
          __pmx_w("</b> left");
        }))));
        __pmx_e(0, (f({icon: __pmx_m(() => {
          __pmx_w("<b></b>");
        }), name})));
        __pmx_e(0, ([__pmx_m(() => {
          __pmx_w("<b></b>");
        }), name]));
    "#]]);
    check_page("{xs.map(x => { if (x) return <b/>\n return <i/> })}", expect![[r#"
        __pmx_e(0, (xs.map(x => { if (x) return __pmx_m(() => {
          __pmx_w("<b></b>");
        })
         return __pmx_m(() => {
          __pmx_w("<i></i>");
        }) })));
    "#]]);
    // What can be read both ways, and what cannot be read, is said.
    check_page("<loader>function load() {}</loader>{load && <b>a</b> (text)}{f(<b/> text, x)}{load && }{ load: text; }", expect![[r#"
        __pmx_e(0, (load && __pmx_m(() => {
          __pmx_w("<b>a</b> (text)");
        })));
        __pmx_w("{f(<b/> text, x)}{load && }{ load: text; }");
        PMX0125 this is not a JavaScript expression, so it is printed as text
        PMX0125 this is not a JavaScript expression, so it is printed as text
        PMX0125 this is not a JavaScript expression, so it is printed as text
    "#]]);
}

#[test]
fn braces_of_handlers() {
    let page = |handler: &str| format!("<loader>function load() {{}}</loader><b onclick=\"{handler}\">x</b>");
    check_page(&page("if (x) { go({load.id}); } else { go('{load.id}') }"), expect![[r#"
        __pmx_w("<b onclick=\"if (x) { go(");
        __pmx_e(10, (load.id));
        __pmx_w("); } else { go('");
        __pmx_e(13, (load.id));
        __pmx_w("') }\">x</b>");
    "#]]);
    check_page(&page("if (x) { if (y) { go({id: '{load.id}', n: {load.n}}) } } f({ a: 1 })"), expect![[r#"
        __pmx_w("<b onclick=\"if (x) { if (y) { go({id: '");
        __pmx_e(13, (load.id));
        __pmx_w("', n: ");
        __pmx_e(10, (load.n));
        __pmx_w("}) } } f({ a: 1 })\">x</b>");
    "#]]);
    check_page(&page("[1].forEach(a => { f({a}, `{load.id}`) }); switch (x) { case 1: { f('{') } }"), expect![[r#"
        __pmx_w("<b onclick=\"[1].forEach(a => { f({a}, `");
        __pmx_e(13, (load.id));
        __pmx_w("`) }); switch (x) { case 1: { f('{') } }\">x</b>");
    "#]]);
}
