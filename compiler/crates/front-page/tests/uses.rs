//! What a page's markup makes browsers run and load.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check(source: &str, expected: Expect) {
    let (page, _) = support::parse(PageKind::Page, source);
    let lines: String = page.facts.uses.iter().map(|one| format!("{:?} {:?}\n", one.kind, &*one.text)).collect();
    expected.assert_eq(&lines);
}

#[test]
fn scripts() {
    check("<script>\r\n  go({a: 1});\r\n</script><script src=\"https://cdn.example/a.js\"></script><script type=\"module\">import '/x.js'</script>", expect![[r#"
        InlineScript "\n  go({a: 1});\n"
        Script "https://cdn.example/a.js"
        InlineScript "import '/x.js'"
    "#]]);
    check("<script type=\"application/json\">{}</script><script type=\"text/template\"><b></script><script type=\"text/babel\">x</script>", expect![[r#"
        Translated ""
    "#]]);
    check("<loader>\nfunction load() { return {} }\n</loader>\n<script src={load.url}></script><script src=\"/js/{load.name}.js\"></script>", expect![[r#"
        Script ""
        Script "/js/"
    "#]]);
}

#[test]
fn handlers() {
    check("<b onclick=\"go('a &amp; b')\" onmouseover='if (x) { go() }'></b><b onclick=\"go('&hearts;')\">", expect![[r#"
        Handler "go('a & b')"
        Handler "if (x) { go() }"
        Handler ""
    "#]]);
    check("<loader>\nfunction load() { return {} }\n</loader>\n<b onclick=\"go({load.id})\"></b>", expect![[r#"
        Handler ""
    "#]]);
    check("<a href=\" JavaScript:void(0)\">x</a><a href=\"/x\">x</a><b hx-get=\"/x\" @click=\"go()\"></b>", expect![[r#"
        ScriptUrl "JavaScript:void(0)"
        Library ""
        Library "@click"
    "#]]);
    // A form's server function is no script.
    check("<script server>\nfunction save() {}\n</script>\n<form onsubmit=\"save\"></form>", expect![[r#""#]]);
}

#[test]
fn styles_and_files() {
    check("<style>p { color: red }</style><p style=\"color: red\"></p><link rel=\"stylesheet\" href=\"/a.css\"><link rel=\"canonical\" href=\"/\">", expect![[r#"
        InlineStyle "p { color: red }"
        StyleAttribute "color: red"
        Style "/a.css"
    "#]]);
    check("<img src=\"/a.png\" srcset=\"/a.png 1x, https://cdn.example/b.png 2x\"><video src=/v.mp4 poster=/p.png></video><iframe src=\"https://maps.example/x\"></iframe>", expect![[r#"
        Image "/a.png"
        Image "https://cdn.example/b.png"
        Media "/v.mp4"
        Image "/p.png"
        Frame "https://maps.example/x"
    "#]]);
    check("<loader>\nfunction load() { return {} }\n</loader>\n<img src={load.a}><img src=\"/img/{load.a}.png\"><img src=\"https://{load.host}/a.png\"><p style={{color: load.a}} {...load.rest}></p>{@html load.text}", expect![[r#"
        Image ""
        Image "/img/"
        StyleAttribute ""
        Raw ""
    "#]]);
    check("<object data=\"/a.pdf\"></object><iframe srcdoc=\"<b>x</b>\"></iframe><head><base href=\"/app/\"></head>", expect![[r#"
        Base "/app/"
        Plugin ""
        Srcdoc "<b>x</b>"
    "#]]);
}
