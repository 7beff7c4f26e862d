//! Handlers that name what the file does not declare. Of the tests' names `elsewhere` is a server function of another file.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

#[test]
fn functions_of_other_files() {
    let check = |kind: PageKind, source: &str, expected: Expect| expected.assert_eq(&support::show(kind, source));
    check(PageKind::Page, "<form onsubmit=\"elsewhere\"></form><a onclick=\"elsewhere({id: x})\"></a><input oninput=\"elsewhere(event)\">", expect![[r#"
        __pmx_w("<form data-puremix-action=\"elsewhere\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"elsewhere\">");
        __pmx_csrf();
        __pmx_w("</form><a data-puremix-action=\"elsewhere\"");
        __pmx_a("data-puremix-args", "value", (JSON.stringify({id: x})));
        __pmx_w("></a><input data-puremix-action=\"elsewhere\" data-puremix-on=\"input\">");
    "#]]);
    // In a component it is no function of the component.
    check(PageKind::Component, "<button onclick=elsewhere>x</button>", expect![[r#"
        __pmx_w("<button data-puremix-action=\"elsewhere\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"elsewhere\">x</button>");
    "#]]);
    // A script of the file has it; an argument that the server could not know; nobody has it.
    check(PageKind::Page, "<a onclick=\"elsewhere()\"></a><script>const elsewhere = () => 1</script>", expect![[r#"
        __pmx_w("<a onclick=\"elsewhere()\"></a><script>const elsewhere = () => 1</script>");
    "#]]);
    check(PageKind::Page, "<a onclick=\"elsewhere(document.title)\"></a><a onclick=\"elsewhere(1, 2)\"></a><a onclick=\"other({id: 1})\"></a><a onclick=\"elsewhere(); other()\"></a>", expect![[r#"
        __pmx_w("<a onclick=\"elsewhere(document.title)\"></a><a onclick=\"elsewhere(1, 2)\"></a><a onclick=\"other({id: 1})\"></a><a onclick=\"elsewhere(); other()\"></a>");
    "#]]);
}
