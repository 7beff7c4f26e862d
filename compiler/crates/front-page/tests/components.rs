//! Components, layouts and what surrounds templates: from markup to units.

mod support;
use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Page, source));
}

fn check_component(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Component, source));
}

fn check_layout(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Layout, source));
}

#[test]
fn components() {
    check_page(r#"<imports>import Card from './Card.puremix'</imports><Card a="s" b='t &amp; u' c={x} d {...o} data-e="1" f={{g: 1}} h="{i}" j="k {l}" key={m} />"#, expect![[r#"
        __pmx_c("Card", {a: "s", b: "t & u", c: (x), d: true, ...(o), ["data-e"]: "1", f: ({g: 1}), h: (i), j: `k ${(l) ?? ""}`}, undefined, (m));
    "#]]);
    check_page("<imports>import Card from './Card.puremix'</imports><Card><b>{x}</b></Card><Card>
</Card>", expect![[r#"
    __pmx_c("Card", {}, () => {
      __pmx_w("<b>");
      __pmx_e(0, (x));
      __pmx_w("</b>");
    }, undefined);
    __pmx_c("Card", {}, undefined, undefined);
"#]]);
    check_page("<imports>import Card from './Card'</imports>{xs.map(x => <Card x={x} icon={<i>{x}</i>} />)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_c("Card", {x: (x), icon: (__pmx_m(() => {
            __pmx_w("<i>");
            __pmx_e(0, (x));
            __pmx_w("</i>");
          }))}, undefined, undefined);
        }))));
    "#]]);
    check_page("<Crad/>", expect![[r#"
        __pmx_c("Crad", {}, undefined, undefined);
        PMX0110 no component `Crad` is imported
    "#]]);
    check_page("<imports>import Card from './Card.puremix'</imports><Crad></Crad>", expect![[r#"
        __pmx_c("Crad", {}, undefined, undefined);
        PMX0110 no component `Crad` is imported
    "#]]);
    check_component("<div>{children}</div><slot><i>none</i></slot>{product.name}", expect![[r#"
        __pmx_w("<div>");
        __pmx_content();
        __pmx_w("</div>");
        __pmx_content(() => {
          __pmx_w("<i>none</i>");
        });
        __pmx_e(0, (product.name));
    "#]]);
}

#[test]
fn layouts() {
    check_layout(r#"<!DOCTYPE html><html><head><title>{title || "App"}</title>{head}</head><body>{content}{content}</body></html>"#, expect![[r#"
        __pmx_w("<!DOCTYPE html><html><head><title>");
        __pmx_e(12, (title || "App"));
        __pmx_w("</title>");
        __pmx_head();
        __pmx_w("</head><body>");
        __pmx_content();
        __pmx_content();
        __pmx_w("</body></html>");
    "#]]);
    check_layout(r#"<html><head><title>App</title><meta name="description" content="x"></head><body><slot/></body></html>"#, expect![[r#"
        __pmx_w("<html><head><title>");
        __pmx_title(() => {
          __pmx_w("App");
        });
        __pmx_w("</title>");
        __pmx_meta("name:description", () => {
          __pmx_w("<meta name=\"description\" content=\"x\">");
        });
        __pmx_head();
        __pmx_w("</head><body>");
        __pmx_content();
        __pmx_w("</body></html>");
    "#]]);
    check_layout(r#"<title>{title}</title><meta content="{description}">{description}{children}"#, expect![[r#"
        __pmx_w("<title>");
        __pmx_title();
        __pmx_w("</title><meta content=\"");
        __pmx_e(1, (description));
        __pmx_w("\">");
        __pmx_description();
        __pmx_content();
    "#]]);
    check_layout("<p>no place</p>", expect![[r#"
        __pmx_w("<p>no place</p>");
        PMX0119 this layout has no place for the page
    "#]]);
}

#[test]
fn blocks_leave_no_trace() {
    check_page("
<layout>main</layout>

<p>a</p>
<loader>
  async function load() { return {} }
</loader>
<p>b</p>

<script server>
</script>
", expect![[r#"
    __pmx_w("<p>a</p>\n<p>b</p>");
"#]]);
    check_page("<loading><p>wait</p></loading>x", expect![[r#"
        __pmx_w("x");
    "#]]);
}

#[test]
fn roots_of_components_with_functions() {
    const ADD: &str = "<script server>function add() {}</script>";
    let check = |source: &str, expected: Expect| check_component(&format!("{source}{ADD}"), expected);
    check("<!-- a card -->\n<style>p {}</style><div class={c}>x</div>", expect![[r#"
        __pmx_w("<!-- a card -->\n<style>p {}</style><div");
        __pmx_a("class", "value", (c));
        __pmx_instance();
        __pmx_w(">x</div>");
    "#]]);
    check("<img src=a/>", expect![[r#"
        __pmx_w("<img src=a");
        __pmx_instance();
        __pmx_w("/>");
    "#]]);
    check("<><tr><td>{x}</td></tr></>", expect![[r#"
        __pmx_w("<tr");
        __pmx_instance();
        __pmx_w("><td>");
        __pmx_e(0, (x));
        __pmx_w("</td></tr>");
    "#]]);
    for (source, expected) in [
        ("\n  text {x}\n", expect![[r#"
            __pmx_w("<div");
            __pmx_instance();
            __pmx_w(">text ");
            __pmx_e(0, (x));
            __pmx_w("</div>");
        "#]]),
        ("{x && <p>y</p>}", expect![[r#"
            __pmx_w("<div");
            __pmx_instance();
            __pmx_w(">");
            __pmx_e(0, (x && __pmx_m(() => {
              __pmx_w("<p>y</p>");
            })));
            __pmx_w("</div>");
        "#]]),
        ("<tr></tr><tr></tr>", expect![[r#"
            __pmx_w("<tr></tr><tr></tr>");
        "#]]),
        ("{rows.map(r => <li>{r}</li>)}", expect![[r#"
            __pmx_e(0, (rows.map(r => __pmx_m(() => {
              __pmx_w("<li>");
              __pmx_e(0, (r));
              __pmx_w("</li>");
            }))));
        "#]]),
        ("", expect![""]),
    ] {
        check(source, expected);
    }
    check_component("<div>{x}</div><loader>function load() {}</loader>", expect![[r#"
        __pmx_w("<div>");
        __pmx_e(0, (x));
        __pmx_w("</div>");
    "#]]);
}
