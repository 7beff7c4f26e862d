//! What templates become.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Page, source));
}

fn check_component(source: &str, expected: Expect) {
    expected.assert_eq(&support::show(PageKind::Component, source));
}

#[test]
fn values() {
    check_page("{load.data.s}", expect![[r#"
        __pmx_e(0, (load.data.s));
    "#]]);
    check_page("<p>{5} {true} {null} {'x'}</p>", expect![[r#"
        __pmx_w("<p>");
        __pmx_e(0, (5));
        __pmx_w(" ");
        __pmx_e(0, (true));
        __pmx_w(" ");
        __pmx_e(0, (null));
        __pmx_w(" ");
        __pmx_e(0, ('x'));
        __pmx_w("</p>");
    "#]]);
    check_page("{a + 1}{a?.b ?? c}{x.toFixed(2)}", expect![[r#"
        __pmx_e(0, (a + 1));
        __pmx_e(0, (a?.b ?? c));
        __pmx_e(0, (x.toFixed(2)));
    "#]]);
    check_page(r#"{parseInt("12")} {typeof x} {[1,2].length} {({a: 1}).a}"#, expect![[r#"
        __pmx_e(0, (parseInt("12")));
        __pmx_w(" ");
        __pmx_e(0, (typeof x));
        __pmx_w(" ");
        __pmx_e(0, ([1,2].length));
        __pmx_w(" ");
        __pmx_e(0, (({a: 1}).a));
    "#]]);
    check_page("${price}", expect![[r#"
        __pmx_w("$");
        __pmx_e(0, (price));
    "#]]);
    check_page("{ {a: 1} }", expect![[r#"
        __pmx_e(0, ( {a: 1} ));
    "#]]);
}

#[test]
fn text_that_is_no_expression() {
    check_page("{}", expect![[r#"
        __pmx_w("{}");
    "#]]);
    check_page("{ }", expect![[r#"
        __pmx_w("{ }");
    "#]]);
    check_page("{{ user.name }}", expect![[r#"
        __pmx_w("{{ user.name }}");
    "#]]);
    check_page(r#"{{ a ? "}" : {b} }} {c}"#, expect![[r#"
        __pmx_w("{{ a ? \"}\" : {b} }} ");
        __pmx_e(0, (c));
    "#]]);
    check_page("a { color: red; } b", expect![[r#"
        __pmx_w("a { color: red; } b");
    "#]]);
    check_page("{ not expr } and { don't }", expect![[r#"
        __pmx_w("{ not expr } and { don't }");
    "#]]);
    check_page("<!-- {x} <loader>no</loader> -->", expect![[r#"
        __pmx_w("<!-- {x} <loader>no</loader> -->");
    "#]]);
    check_page(r#"\{x} \\{y}"#, expect![[r#"
        __pmx_w("{x} \\{y}");
    "#]]);
    check_page("{x;}", expect![[r#"
        __pmx_w("{x;}");
    "#]]);
}

#[test]
fn comments() {
    check_page("a{/* c */}b", expect![[r#"
        __pmx_w("ab");
    "#]]);
    check_page("a{// c
}b", expect![[r#"
    __pmx_w("ab");
"#]]);
    check_page("{x // c
}", expect![[r#"
    __pmx_e(0, (x // c

    ));
"#]]);
    check_page("{/* a */ x}", expect![[r#"
        __pmx_e(0, (/* a */ x));
    "#]]);
}

#[test]
fn conditionals() {
    check_page("{c ? <b>Y</b> : <i>N</i>}", expect![[r#"
        __pmx_e(0, (c ? __pmx_m(() => {
          __pmx_w("<b>Y</b>");
        }) : __pmx_m(() => {
          __pmx_w("<i>N</i>");
        })));
    "#]]);
    check_page("{c ?
  <b>Y</b> :
  <i>N</i>
}", expect![[r#"
    __pmx_e(0, (c ?
      __pmx_m(() => {
      __pmx_w("<b>Y</b>");
    }) :
      __pmx_m(() => {
      __pmx_w("<i>N</i>");
    })
    ));
"#]]);
    check_page("{c && <b>{x}</b>}", expect![[r#"
        __pmx_e(0, (c && __pmx_m(() => {
          __pmx_w("<b>");
          __pmx_e(0, (x));
          __pmx_w("</b>");
        })));
    "#]]);
    check_page("{c ? x : null}", expect![[r#"
        __pmx_e(0, (c ? x : null));
    "#]]);
    check_page("{a < 3 && b > 2 ? <b/> : <i/>}", expect![[r#"
        __pmx_e(0, (a < 3 && b > 2 ? __pmx_m(() => {
          __pmx_w("<b></b>");
        }) : __pmx_m(() => {
          __pmx_w("<i></i>");
        })));
    "#]]);
    check_page("{c ? <b>1</b> <i>2</i> : <u/>}", expect![[r#"
        __pmx_e(0, (c ? __pmx_m(() => {
          __pmx_w("<b>1</b> <i>2</i>");
        }) : __pmx_m(() => {
          __pmx_w("<u></u>");
        })));
    "#]]);
    check_page(r#"{c ? <p>Time: 5:30 (x)</p> : "no"}"#, expect![[r#"
        __pmx_e(0, (c ? __pmx_m(() => {
          __pmx_w("<p>Time: 5:30 (x)</p>");
        }) : "no"));
    "#]]);
    check_page("{a ? b ? <i>1</i> : <i>2</i> : <i>3</i>}", expect![[r#"
        __pmx_e(0, (a ? b ? __pmx_m(() => {
          __pmx_w("<i>1</i>");
        }) : __pmx_m(() => {
          __pmx_w("<i>2</i>");
        }) : __pmx_m(() => {
          __pmx_w("<i>3</i>");
        })));
    "#]]);
    check_page("{c && (<b>a</b> and <i>b</i>)}", expect![[r#"
        __pmx_e(0, (c && (__pmx_m(() => {
          __pmx_w("<b>a</b> and <i>b</i>");
        }))));
    "#]]);
}

#[test]
fn loops() {
    check_page("{arr.map(x => <li>{x}</li>)}", expect![[r#"
        __pmx_e(0, (arr.map(x => __pmx_m(() => {
          __pmx_w("<li>");
          __pmx_e(0, (x));
          __pmx_w("</li>");
        }))));
    "#]]);
    check_page("{arr.map((x, i) => (<li>{i}: {x}</li>))}", expect![[r#"
        __pmx_e(0, (arr.map((x, i) => (__pmx_m(() => {
          __pmx_w("<li>");
          __pmx_e(0, (i));
          __pmx_w(": ");
          __pmx_e(0, (x));
          __pmx_w("</li>");
        })))));
    "#]]);
    check_page("{arr.map(x => { return <li>{x}</li>; })}", expect![[r#"
        __pmx_e(0, (arr.map(x => { return __pmx_m(() => {
          __pmx_w("<li>");
          __pmx_e(0, (x));
          __pmx_w("</li>");
        }); })));
    "#]]);
    check_page("{a.filter(u => u.on).map(u =>
  <div>{u.name}</div>
)}", expect![[r#"
    __pmx_e(0, (a.filter(u => u.on).map(u =>
      __pmx_m(() => {
      __pmx_w("<div>");
      __pmx_e(0, (u.name));
      __pmx_w("</div>");
    })
    )));
"#]]);
    check_page("{a.map(r => <tr>{r.map(c => <td>{c}</td>)}</tr>)}", expect![[r#"
        __pmx_e(0, (a.map(r => __pmx_m(() => {
          __pmx_w("<tr>");
          __pmx_e(0, (r.map(c => __pmx_m(() => {
            __pmx_w("<td>");
            __pmx_e(0, (c));
            __pmx_w("</td>");
          }))));
          __pmx_w("</tr>");
        }))));
    "#]]);
    check_page("{a.map(x => <><dt>{x.k}</dt><dd>{x.v}</dd></>)}", expect![[r#"
        __pmx_e(0, (a.map(x => __pmx_m(() => {
          __pmx_w("<dt>");
          __pmx_e(0, (x.k));
          __pmx_w("</dt><dd>");
          __pmx_e(0, (x.v));
          __pmx_w("</dd>");
        }))));
    "#]]);
    check_page(r#"{arr.map(x => `<b>${x}</b>`).join("")}"#, expect![[r#"
        __pmx_e(0, (arr.map(x => `<b>${x}</b>`).join("")));
    "#]]);
    check_page("{`a ${xs.map(x => <i>{x}</i>)}`}", expect![[r#"
        __pmx_e(0, (`a ${xs.map(x => __pmx_m(() => {
          __pmx_w("<i>");
          __pmx_e(0, (x));
          __pmx_w("</i>");
        }))}`));
    "#]]);
    check_page("{xs.map(x => <ul><li>a<li>{x}</ul>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<ul><li>a<li>");
          __pmx_e(0, (x));
          __pmx_w("</ul>");
        }))));
    "#]]);
    check_page("{xs.map(x => <img src={x}>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<img");
          __pmx_a("src", "url", (x));
          __pmx_w(">");
        }))));
    "#]]);
    check_page("{xs.map(x => <p>{x.a / 2} {/}/.test(x)}</p>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<p>");
          __pmx_e(0, (x.a / 2));
          __pmx_w(" ");
          __pmx_e(0, (/}/.test(x)));
          __pmx_w("</p>");
        }))));
    "#]]);
    check_page("{xs.map(x => <!-- c --> <b/>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<!-- c --> <b></b>");
        }))));
    "#]]);
}

#[test]
fn statements() {
    check_page("{
  let total = 0;
  for (let i of items) { total += i.n; }
  __export = { total, tax: total * 0.1, f(x) { return x; } };
}
<p>{total}</p>", expect![[r#"
    __pmx_js(() => { let __export;
      let total = 0;
      for (let i of items) { total += i.n; }
      __export = { total, tax: total * 0.1, f(x) { return x; } };

    return __export; }, ["total", "tax", "f"]);
    __pmx_w("\n<p>");
    __pmx_e(0, (total));
    __pmx_w("</p>");
"#]]);
    check_page("{ __export = f(); }", expect![[r#"
        PMX0124 `__export` is not assigned an object literal
    "#]]);
    check_page("{ let = ; __export = {}; }", expect![[r#"
        PMX0124 this block with `__export` is not valid JavaScript
    "#]]);
}

#[test]
fn raw() {
    check_page("{@html page.body}", expect![[r#"
        __pmx_raw(( page.body));
    "#]]);
    check_page(r#"<p title="{@html x}">"#, expect![[r#"
        __pmx_w("<p title=\"\">");
        PMX0109 an attribute can hold only values
    "#]]);
}

#[test]
fn attributes() {
    check_page(r#"<a class={c} id="{i}" title='a {b}' data-x={d} hidden>"#, expect![[r#"
        __pmx_w("<a");
        __pmx_a("class", "value", (c));
        __pmx_w(" id=\"");
        __pmx_e(1, (i));
        __pmx_w("\" title='a ");
        __pmx_e(2, (b));
        __pmx_w("'");
        __pmx_a("data-x", "value", (d));
        __pmx_w(" hidden>");
        PMX0102 `<a>` is never closed
    "#]]);
    check_page(r#"<input disabled={off} checked="{on}" value="{v}" value={w}>"#, expect![[r#"
        __pmx_w("<input");
        __pmx_a("disabled", "bool", (off));
        __pmx_a("checked", "bool", (on));
        __pmx_w(" value=\"");
        __pmx_e(1, (v));
        __pmx_w("\"");
        __pmx_a("value", "value", (w));
        __pmx_w(">");
        PMX0115 `value` is given twice; browsers take the first
    "#]]);
    check_page("<p {...rest} {/* c */}>x</p>", expect![[r#"
        __pmx_w("<p");
        __pmx_s((rest));
        __pmx_w(">x</p>");
    "#]]);
    check_page("<p class={`a ${x}`}></p>", expect![[r#"
        __pmx_w("<p");
        __pmx_a("class", "value", (`a ${x}`));
        __pmx_w("></p>");
    "#]]);
    check_page(r#"<p class="{x.a ? "on" : 'off'}"></p>"#, expect![[r#"
        __pmx_w("<p class=\"");
        __pmx_e(1, (x.a ? "on" : 'off'));
        __pmx_w("\"></p>");
    "#]]);
    check_page(r#"<p x-data="{ open: false }" :class="{ a: b }" @click="{x}" v-if="{x}" hx-vals='{"a": 1}'></p>"#, expect![[r#"
        __pmx_w("<p x-data=\"{ open: false }\" :class=\"{ a: b }\" @click=\"{x}\" v-if=\"{x}\" hx-vals='{\"a\": 1}'></p>");
    "#]]);
    check_page(r#"<p style="color: {c}" style={s}></p>"#, expect![[r#"
        __pmx_w("<p style=\"color: ");
        __pmx_e(8, (c));
        __pmx_w("\"");
        __pmx_a("style", "style", (s));
        __pmx_w("></p>");
        PMX0115 `style` is given twice; browsers take the first
    "#]]);
    check_page(r#"<p style={{color: "red"}}></p>"#, expect![[r#"
        __pmx_w("<p");
        __pmx_a("style", "style", ({color: "red"}));
        __pmx_w("></p>");
    "#]]);
    check_page(r#"<a href="{u}">1</a><a href="/p/{id}?q={q}">2</a><a href={u}>3</a><a href=/x/{id}>4</a>"#, expect![[r#"
        __pmx_w("<a href=\"");
        __pmx_e(4, (u));
        __pmx_w("\">1</a><a href=\"/p/");
        __pmx_e(5, (id));
        __pmx_w("?q=");
        __pmx_e(5, (q));
        __pmx_w("\">2</a><a");
        __pmx_a("href", "url", (u));
        __pmx_w(">3</a><a href=\"/x/");
        __pmx_e(5, (id));
        __pmx_w("\">4</a>");
    "#]]);
    check_page(r#"<a href="{scheme}{rest}">x</a>"#, expect![[r#"
        __pmx_w("<a href=\"");
        __pmx_e(4, (scheme));
        __pmx_e(5, (rest));
        __pmx_w("\">x</a>");
    "#]]);
    check_page(r#"<iframe srcdoc="{h}"></iframe>"#, expect![[r#"
        __pmx_w("<iframe srcdoc=\"");
        __pmx_e(9, (h));
        __pmx_w("\"></iframe>");
    "#]]);
    check_page(r#"<input pattern="[0-9]{3}" maxlength={3}>"#, expect![[r#"
        __pmx_w("<input pattern=\"[0-9]{3}\"");
        __pmx_a("maxlength", "value", (3));
        __pmx_w(">");
    "#]]);
    check_page(r#"<br/><div/><svg><path d="{d}"/></svg>"#, expect![[r#"
        __pmx_w("<br/><div></div><svg><path d=\"");
        __pmx_e(1, (d));
        __pmx_w("\"/></svg>");
    "#]]);
}

#[test]
fn handlers() {
    check_page(r#"<b onclick="go('{id}', 1)">x</b>"#, expect![[r#"
        __pmx_w("<b onclick=\"go('");
        __pmx_e(13, (id));
        __pmx_w("', 1)\">x</b>");
    "#]]);
    check_page(r#"{xs.map(x => <b onclick="go({x.id})">x</b>)}"#, expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<b onclick=\"go(");
          __pmx_e(10, (x.id));
          __pmx_w(")\">x</b>");
        }))));
    "#]]);
    check_page(r#"<b onclick="if (a) { b() }">x</b>"#, expect![[r#"
        __pmx_w("<b onclick=\"if (a) { b() }\">x</b>");
    "#]]);
    check_page(r#"<b onclick="f({id: 1}, {id})">x</b>"#, expect![[r#"
        __pmx_w("<b onclick=\"f({id: 1}, {id})\">x</b>");
    "#]]);
    check_page("<b onclick={code}>x</b>", expect![[r#"
        __pmx_w("<b");
        __pmx_a("onclick", "event", (code));
        __pmx_w(">x</b>");
        PMX0113 the value of this expression becomes the script of `onclick`
    "#]]);
    check_component(r#"<b onclick="go({id})">x</b>"#, expect![[r#"
        __pmx_w("<b onclick=\"go(");
        __pmx_e(10, (id));
        __pmx_w(")\">x</b>");
    "#]]);
}

#[test]
fn listings() {
    check_page("<pre>{JSON.stringify(user)}</pre>", expect![[r#"
        __pmx_w("<pre>");
        __pmx_e(0, (JSON.stringify(user)));
        __pmx_w("</pre>");
    "#]]);
    check_page("<code>{name} {f(x)} {5} {user.name}</code>", expect![[r#"
        __pmx_w("<code>{name} {f(x)} {5} ");
        __pmx_e(0, (user.name));
        __pmx_w("</code>");
    "#]]);
    check_page("{xs.map(x => <code>{x.y} {z}</code>)}", expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<code>");
          __pmx_e(0, (x.y));
          __pmx_w(" {z}</code>");
        }))));
    "#]]);
    check_page("<loader>function load() {}</loader><pre>{load.data}</pre>", expect![[r#"
        __pmx_w("<pre>");
        __pmx_e(0, (load.data));
        __pmx_w("</pre>");
    "#]]);
}

#[test]
fn raw_text_elements() {
    check_page("<script client defer>a</script>", expect![[r#"
        __pmx_w("<script defer>a</script>");
    "#]]);
    check_page(r#"<script>const a = {b}; "</b>"</script>"#, expect![[r#"
        __pmx_w("<script>const a = {b}; \"</b>\"</script>");
    "#]]);
    check_page("<style>a { b: {c} }</style>", expect![[r#"
        __pmx_w("<style>a { b: {c} }</style>");
    "#]]);
    check_page("<textarea>{x} <b></textarea><title>{t}</title>", expect![[r#"
        __pmx_w("<textarea>");
        __pmx_e(12, (x));
        __pmx_w(" <b></textarea><title>");
        __pmx_e(12, (t));
        __pmx_w("</title>");
    "#]]);
}

#[test]
fn forms() {
    check_page(r#"<form onsubmit="save"><input name=a></form><script server>async function save() {}</script>"#, expect![[r#"
        __pmx_w("<form data-puremix-action=\"save\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"save\">");
        __pmx_csrf();
        __pmx_w("<input name=a></form>");
    "#]]);
    check_page(r#"<form onsubmit="save()" method="post"><input type=hidden name="_action" value="save"></form><script server>const save = async (x) => {}</script>"#, expect![[r#"
        __pmx_w("<form data-puremix-action=\"save\" method=\"post\">");
        __pmx_csrf();
        __pmx_w("<input type=hidden name=\"_action\" value=\"save\"></form>");
    "#]]);
    check_page(r#"<form onsubmit="py"></form><script server lang=python>def py(data):
  pass
</script>"#, expect![[r#"
    __pmx_w("<form data-puremix-action=\"py\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"py\">");
    __pmx_csrf();
    __pmx_w("</form>");
"#]]);
    check_page(r#"<form method=post action="/x"></form><form method=post action="https://x.org/"></form><form method=post action="/u/{id}"></form><form></form>"#, expect![[r#"
        __pmx_w("<form method=post action=\"/x\">");
        __pmx_csrf();
        __pmx_w("</form><form method=post action=\"https://x.org/\"></form><form method=post action=\"/u/");
        __pmx_e(5, (id));
        __pmx_w("\">");
        __pmx_csrf();
        __pmx_w("</form><form></form>");
    "#]]);
    check_component(r#"<form onsubmit="add"></form><script server>function add() {}</script>"#, expect![[r#"
        __pmx_w("<form data-puremix-action=\"Card.add\" method=\"POST\"");
        __pmx_instance();
        __pmx_w("><input type=\"hidden\" name=\"_action\" value=\"Card.add\">");
        __pmx_csrf();
        __pmx_w("</form>");
    "#]]);
    check_page(r#"<form onsubmit="sav"></form><script server>function save() {}</script>"#, expect![[r#"
        __pmx_w("<form onsubmit=\"sav\"></form>");
        PMX0120 this file declares no server function `sav`
    "#]]);
    check_page(r#"<form onsubmit="mine"></form><script>function mine() {}</script>"#, expect![[r#"
        __pmx_w("<form onsubmit=\"mine\"></form><script>function mine() {}</script>");
    "#]]);
    check_page(r#"{xs.map(x => <button onclick="del({id: x.id})">x</button>)}<script server>function del() {}</script>"#, expect![[r#"
        __pmx_e(0, (xs.map(x => __pmx_m(() => {
          __pmx_w("<button data-puremix-action=\"del\"");
          __pmx_a("data-puremix-args", "value", (JSON.stringify({id: x.id})));
          __pmx_w(" type=\"submit\" form=\"puremix-form\" name=\"_action\"");
          __pmx_a("value", "value", ("del(" + JSON.stringify({id: x.id}) + ")"));
          __pmx_w(">x</button>");
        }))));
    "#]]);
    check_page(r#"<button onclick="del(this.value)">x</button><button onclick="other()">x</button><script server>function del() {}</script>"#, expect![[r#"
        __pmx_w("<button onclick=\"del(this.value)\">x</button><button onclick=\"other()\">x</button>");
    "#]]);
}
