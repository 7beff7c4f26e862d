//! Hostile strings in every context, judged by a real HTML parser: the parsed document must hold the data as data.

use super::*;
use scraper::{Html, Selector};

/// Strings that break out of some context when they are not escaped for it.
pub(crate) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "x onmouseover=alert(1)",
    "`-alert(1)-`",
    "</title></textarea></style></script><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "--!><b>",
    ">",
    "&lt;b&gt;&amp;",
    "javascript:alert(1)",
    "a\0b",
    "\\\";alert(1)//",
    "'-alert(1)-'",
    "${alert(1)}",
    "\u{2028}alert(1)",
    "{1+1}",
    "plain",
    "ünïcödé 🦀",
    "",
];

fn attribute(html: &str, name: &str) -> String {
    let doc = Html::parse_fragment(html);
    let elements: Vec<_> = doc.select(&Selector::parse("*").unwrap()).filter(|e| e.value().name() != "html").collect();
    assert_eq!(elements.len(), 1, "{html}");
    let attrs: Vec<_> = elements[0].value().attrs().collect();
    assert_eq!(attrs.len(), 1, "{html}");
    assert_eq!(attrs[0].0, name, "{html}");
    attrs[0].1.to_string()
}

/// NUL is not allowed in HTML and becomes the replacement character.
fn shown(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[test]
fn text_stays_text() {
    for hostile in HOSTILE {
        let mut out = String::from("<p>");
        text(&mut out, hostile);
        out.push_str("</p>");
        let doc = Html::parse_fragment(&out);
        let p = doc.select(&Selector::parse("p").unwrap()).next().unwrap();
        assert_eq!(p.text().collect::<String>(), shown(hostile), "{out}");
        assert_eq!(p.children().filter(|c| c.value().is_element()).count(), 0, "{out}");
    }
}

#[test]
fn a_carriage_return_stays_one() {
    for write in [text, attr_double, attr_single, attr_any, attr_unquoted, rcdata] {
        let mut out = String::new();
        write(&mut out, "a\r\nb");
        assert!(out == "a&#13;\nb" || out == "a&#13;&#10;b", "{out}");
    }
}

#[test]
fn attributes_stay_one_attribute() {
    for hostile in HOSTILE {
        let write: [(&str, fn(&mut String, &str), &str); 3] = [("\"", attr_double, "\""), ("'", attr_single, "'"), ("", attr_unquoted, "")];
        for (open, escape, close) in write {
            let mut out = format!("<i a={open}");
            escape(&mut out, hostile);
            out.push_str(close);
            out.push_str("></i>");
            assert_eq!(attribute(&out, "a"), shown(hostile), "{out}");
        }
    }
}

#[test]
fn rcdata_and_comments_do_not_end_early() {
    for hostile in HOSTILE.iter().chain(&["\nfirst line"]) {
        let mut out = String::from("<textarea>");
        rcdata(&mut out, hostile);
        out.push_str("</textarea>");
        let doc = Html::parse_fragment(&out);
        let area = doc.select(&Selector::parse("textarea").unwrap()).next().unwrap();
        assert_eq!(area.text().collect::<String>(), shown(hostile), "{out}");

        for open in ["<pre>", "<pre title='a<b>c' class=x>", "<title>", "<b><pre></pre>"] {
            let mut out = open.to_owned();
            text(&mut out, hostile);
            let doc = Html::parse_document(&out);
            let shown_in: String = doc.select(&Selector::parse("pre, title, b").unwrap()).next().unwrap().text().collect();
            assert_eq!(shown_in, shown(hostile), "{out}");
        }

        let mut out = String::from("<!--");
        comment(&mut out, hostile);
        out.push_str("--><b>after</b>");
        let doc = Html::parse_fragment(&out);
        let names: Vec<_> = doc.select(&Selector::parse("*").unwrap()).map(|e| e.value().name().to_string()).filter(|n| n != "html").collect();
        assert_eq!(names, ["b"], "{out}");
    }
}

#[test]
fn srcdoc_holds_text() {
    for hostile in HOSTILE {
        let mut out = String::from("<iframe srcdoc=\"<p>");
        srcdoc_text(&mut out, hostile);
        out.push_str("</p>\"></iframe>");
        let inner = attribute(&out, "srcdoc");
        let doc = Html::parse_fragment(&inner);
        let p = doc.select(&Selector::parse("p").unwrap()).next().unwrap();
        assert_eq!(p.text().collect::<String>(), shown(hostile), "{out}");
    }
}

fn start(value: &str) -> String {
    let mut out = String::from("<a href=\"");
    url_start(&mut out, value);
    out.push_str("\"></a>");
    attribute(&out, "href")
}

#[test]
fn script_urls_are_refused() {
    for url in [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " \u{1}javascript:alert(1)", "java\tscript:alert(1)", "java\nscript\r:alert(1)", "vbscript:x",
        "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg onload=alert(1)>", "DATA:text/html,x", "javascript\t:alert(1)",
    ] {
        assert_eq!(start(url), "about:invalid", "{url:?}");
    }
}

#[test]
fn other_urls_are_kept() {
    let cases = [
        ("/a/b?c=d&e=f#g", "/a/b?c=d&e=f#g"),
        ("https://x.org/ä b", "https://x.org/%C3%A4%20b"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("tel:+4912", "tel:+4912"),
        ("data:image/png;base64,iVBO+/=", "data:image/png;base64,iVBO+/="),
        ("/time/12:30", "/time/12:30"),
        ("100%25?x=50%", "100%25?x=50%25"),
        ("\"'<>`", "%22%27%3C%3E%60"),
        ("", ""),
    ];
    for (url, expected) in cases {
        assert_eq!(start(url), expected);
    }
}

fn part(prefix: &str, value: &str) -> String {
    let mut out = format!("<a href=\"{prefix}");
    url_part(&mut out, value);
    out.push_str("\"></a>");
    attribute(&out, "href")
}

#[test]
fn url_parts_know_what_stands_before() {
    let cases = [
        ("/search?q=", "a&b=c #+ä", "/search?q=a%26b=c%20%23%2B%C3%A4"),
        ("/search?q=", "a%20b", "/search?q=a%20b"),
        ("/list?page=2", "&size=3", "/list?page=2&size=3"),
        ("/p/", "a b/c", "/p/a%20b/c"),
        ("java", "script:alert(1)", "javascript%3Aalert(1)"),
        ("javascript:go(", "');alert(1)//", "javascript:go(%22%5Cu0027%5Cu0029%5Cu003balert%5Cu00281%5Cu0029%5Cu002f%5Cu002f%22"),
    ];
    for (prefix, value, expected) in cases {
        assert_eq!(part(prefix, value), expected, "{prefix} {value}");
    }
    for hostile in HOSTILE {
        part("/x?y=", hostile);
        part("/x/", hostile);
    }
}

#[test]
fn css_values_stay_values() {
    for (value, safe) in [
        ("red", true), ("#fff", true), ("10px", true), ("1px solid rgb(1, 2, 3)", true), ("calc((1px + 2%) * 3)", true), ("url(http://evil)", false),
        ("red; background: url(x)", false), ("expression(alert(1))", false), ("}</style><script>", false), ("\\75rl(x)", false), ("1/*", false), ("a:b", false),
        ("rgb(1", false), ("1)", false), ("image-set('x')", false),
    ] {
        let mut out = String::new();
        style_text(&mut out, value);
        assert_eq!(out == value, safe, "{value} → {out}");
    }
    let mut out = String::from("<i style=\"");
    style_attr(&mut out, "color: red; background: url(x); width: 10px; x\"y: 1");
    out.push_str(";height: ");
    style_attr(&mut out, "1px; color: blue");
    out.push_str("\"></i>");
    assert_eq!(attribute(&out, "style"), "color:red;width:10px;height: zPuremixRefused");
}

#[test]
fn json_cannot_leave_a_script() {
    for hostile in HOSTILE {
        let mut out = String::new();
        json_string(&mut out, hostile);
        assert!(!out.contains(['<', '>', '&', '\'', '`', '\u{2028}']), "{out}");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), *hostile);
        let mut body = String::new();
        js_string_body(&mut body, hostile);
        assert!(!body.contains(['<', '>', '&', '\'', '"', '`', '\n', '$', '{']) , "{body}");
    }
}

#[test]
fn serialised_data_cannot_leave_a_script() {
    for hostile in HOSTILE {
        let json = serde_json::to_string(hostile).unwrap();
        let mut out = String::new();
        script_safe(&mut out, &json);
        assert!(!out.contains(['<', '>', '&', '\u{2028}']), "{out}");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), *hostile);
    }
}

#[test]
fn a_handler_hole_knows_its_string() {
    for (before, expected) in [
        ("<b onclick=\"go(", None),
        ("<b onclick=\"go('", Some('\'')),
        ("<b onclick='go(\"", Some('"')),
        ("<b onclick=\"go(&quot;", Some('"')),
        ("<b onclick=\"go('a', ", None),
        ("<b onclick=\"go('it\\'s ", Some('\'')),
        ("<i>x</i><b class=\"a\" onclick=\"if (a<b) go('", Some('\'')),
        ("<b onclick=\"go(`a ${", None),
        ("<b onclick=\"go(`a ${x} ", Some('`')),
        ("<b onclick=\"go(`a ${f('", Some('\'')),
        ("<b onclick=go(", None),
    ] {
        assert_eq!(event_string_delimiter(before), expected, "{before}");
    }
}

#[test]
fn handler_code_is_one_call() {
    for (code, ok) in [
        ("save", true), ("save()", true), ("Cart.add('x', 1, true)", true), ("return go(\"a\");", true), ("go(this.value, event)", true), ("go(-1.5)", true),
        ("go('a');alert(1)", false), ("go('a', alert(1))", false), ("go('a' + x)", false), ("a=1", false), ("alert`1`", false), ("go('\n')", false), ("", false),
        ("(()=>1)()", false),
    ] {
        assert_eq!(event_code(code), ok, "{code}");
    }
}

/// The plain meaning of a table, byte by byte.
fn replaced<const N: usize>(table: &Table<N>, text: &str) -> String {
    text.chars()
        .map(|c| match table.words.iter().position(|w| char::from(*w as u8) == c) {
            Some(i) => table.with[i].to_string(),
            None => c.to_string(),
        })
        .collect()
}

fn check_table<const N: usize>(table: &Table<N>) {
    // Every byte beside every special one, at every place of a word: a mark of one byte must not hide or invent one beside it.
    for special in table.words.map(|word| word as u8) {
        for other in (0..128u8).map(char::from).chain(['\u{e9}', '\u{2028}', '\u{1f600}']) {
            for before in 0..9 {
                for after in 0..3 {
                    let text = format!("{}{}{other}{other}{}", "z".repeat(before), char::from(special), "y".repeat(after * 7));
                    let mut out = String::from("|");
                    table.push(&mut out, &text);
                    assert_eq!(out, format!("|{}", replaced(table, &text)), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn tables_replace_their_bytes_and_no_others() {
    check_table(&TEXT);
    check_table(&ATTR_DOUBLE);
    check_table(&ATTR_SINGLE);
    check_table(&ATTR_ANY);
    check_table(&ATTR_UNQUOTED);
    check_table(&SRCDOC);
}
