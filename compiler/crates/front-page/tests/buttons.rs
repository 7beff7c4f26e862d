//! Buttons that call server functions, as plain HTML.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Page, source));
}

#[test]
fn buttons_send_forms_where_no_script_runs() {
    const FNS: &str = "<script server>function save() {}\nfunction go() {}</script>";
    let check = |source: &str, expected: Expect| check_page(&format!("{source}{FNS}"), expected);
    check("<button onclick=\"go\">Go</button>", expect![[r#"
        __pmx_w("<button data-puremix-action=\"go\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"go\">Go</button>");
    "#]]);
    check("<button type=button class=a onclick=\"go({id: x.id})\">Go</button>", expect![[r#"
        __pmx_w("<button class=a data-puremix-action=\"go\"");
        __pmx_a("data-puremix-args", "value", (JSON.stringify({id: x.id})));
        __pmx_w(" type=\"submit\" form=\"puremix-form\" name=\"_action\"");
        __pmx_a("value", "value", ("go(" + JSON.stringify({id: x.id}) + ")"));
        __pmx_w(">Go</button>");
    "#]]);
    check("<form onsubmit=save><button onclick=go>Go</button><button type=button onclick=go></button></form><button onclick=go></button>", expect![[r#"
        __pmx_w("<form data-puremix-action=\"save\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"save\">");
        __pmx_csrf();
        __pmx_w("<button data-puremix-action=\"go\" type=\"submit\" name=\"_action\" value=\"go\">Go</button><button data-puremix-action=\"go\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"go\"></button></form><button data-puremix-action=\"go\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"go\"></button>");
    "#]]);
    check("<form method=get><button type=\"submit\" onclick=\"go()\">Go</button></form>", expect![[r#"
        __pmx_w("<form method=get><button data-puremix-action=\"go\" type=\"submit\" formmethod=\"post\" name=\"_action\" value=\"go\">Go</button></form>");
    "#]]);
    // These send something of their own, or nothing at all.
    check("<button name=a value=b onclick=go></button><button form=other onclick=go></button><a href=\"#\" onclick=go></a><input type=submit onclick=go>", expect![[r##"
        __pmx_w("<button name=a value=b data-puremix-action=\"go\"></button><button form=other data-puremix-action=\"go\"></button><a href=\"#\" data-puremix-action=\"go\"></a><input type=submit data-puremix-action=\"go\">");
    "##]]);
}
