//! Mistakes in `.puremix` files.

use super::{check, page};
use expect_test::expect;

#[test]
fn unclosed_block() {
    page("<loader>\n  function load() {}\n\n<h1>x</h1>\n", expect![[r#"
        error[PMX0101]: `<loader>` is never closed
         --> app/routes/index.puremix:1:1
          |
        1 | <loader>
          | ^^^^^^^ opened here
          |
          = help: close it with `</loader>`
    "#]]);
}

#[test]
fn unclosed_tag() {
    page("<div>\n  <section>\n</div>\n", expect![[r#"
        error[PMX0102]: `<section>` is never closed
         --> app/routes/index.puremix:2:3
          |
        2 |   <section>
          |   ^^^^^^^^^ opened here
        3 | </div>
          | ------ its parent ends here
          |
          = help: close it with `</section>`
    "#]]);
}

#[test]
fn stray_close_tag() {
    page("<div></span></div>\n", expect![[r#"
        error[PMX0103]: `</span>` closes nothing
         --> app/routes/index.puremix:1:6
          |
        1 | <div></span></div>
          | -----^^^^^^^
          | |
          | `<div>` is open here
          |
          = help: remove it, or write `</div>`
    "#]]);
}

#[test]
fn two_layouts() {
    page("<layout>a</layout>\n<layout>b</layout>\n<p>x</p>\n", expect![[r#"
        error[PMX0117]: there is no layout `a`
         --> app/routes/index.puremix:1:1
          |
        1 | <layout>a</layout>
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: make `app/layouts/a.html`, with `{content}` where the page goes

        error[PMX0104]: a page has one layout
         --> app/routes/index.puremix:2:1
          |
        1 | <layout>a</layout>
          | ------------------ already given here
        2 | <layout>b</layout>
          | ^^^^^^^^^^^^^^^^^^
          |
          = help: remove one of them
    "#]]);
}

#[test]
fn bad_import() {
    page("<imports>\n  Card from './Card.puremix'\n</imports>\n<p>x</p>\n", expect![[r#"
        error[PMX0301]: Expected a semicolon or an implicit semicolon after a statement, but found none
         --> app/routes/index.puremix:2:7
          |
        2 |   Card from './Card.puremix'
          |       ^
          |
          = help: Try inserting a semicolon here
    "#]]);
}

#[test]
fn unknown_script_language() {
    page("<script server lang=\"ruby\">\nputs 1\n</script>\n<p>x</p>\n", expect![[r#"
        error[PMX0106]: `ruby` is no language for server code
         --> app/routes/index.puremix:1:16
          |
        1 | <script server lang="ruby">
          |                ^^^^^^^^^^^
          |
          = help: write `js`, `ts` or `python`
    "#]]);
}

#[test]
fn unclosed_comment() {
    page("<p>x</p>\n<!-- never ends\n<p>y</p>\n", expect![[r#"
        error[PMX0107]: this comment is never closed
         --> app/routes/index.puremix:2:1
          |
        2 | <!-- never ends
          | ^^^^ opened here
          |
          = help: close it with `-->`
    "#]]);
}

#[test]
fn unclosed_expression() {
    page("<p>{params.id</p>\n", expect![[r#"
        error[PMX0108]: this brace is never closed
         --> app/routes/index.puremix:1:4
          |
        1 | <p>{params.id</p>
          |    ^ opened here
          |
          = help: close it with `}`, or write `\{` for a brace that is text
    "#]]);
}

#[test]
fn bad_attribute() {
    page("<p class=>x</p>\n<p =\"a\">y</p>\n", expect![[r#"
        error[PMX0109]: `class` has no value after `=`
         --> app/routes/index.puremix:1:4
          |
        1 | <p class=>x</p>
          |    ^^^^^^
          |
          = help: write a value in quotes or braces, or leave out the `=`

        error[PMX0109]: unexpected character in a start tag
         --> app/routes/index.puremix:2:4
          |
        2 | <p ="a">y</p>
          |    ^
          |
          = help: write attributes as `name="value"`, `name={expression}` or `name`
    "#]]);
}

#[test]
fn unknown_component() {
    page("<Card title=\"x\" />\n", expect![[r#"
        error[PMX0110]: no component `Card` is imported
         --> app/routes/index.puremix:1:2
          |
        1 | <Card title="x" />
          |  ^^^^
          |
          = help: import it: `<imports> import Card from '../components/Card.puremix' </imports>`
    "#]]);
}

#[test]
fn expression_as_tag_name() {
    page("<{params.tag}>x</{params.tag}>\n", expect![[r#"
        error[PMX0111]: a tag name cannot be computed
         --> app/routes/index.puremix:1:1
          |
        1 | <{params.tag}>x</{params.tag}>
          | ^^^^^^^^^^^^^
          |
          = help: choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`
    "#]]);
}

#[test]
fn data_in_executable_code() {
    page("<loader>\n  function load() { return { data: { a: 1 } } }\n</loader>\n<a href=\"javascript:go({load.data.a})\">x</a>\n<p onclick=\"{load.data.a}\">x</p>\n", expect![[r#"
        error[PMX0113]: a value cannot be written safely into a script URL
         --> app/routes/index.puremix:4:24
          |
        4 | <a href="javascript:go({load.data.a})">x</a>
          |                        ^^^^^^^^^^^^^
          |
          = help: use an event handler, or a `data-` attribute that a script reads
    "#]]);
}

#[test]
fn bad_spread() {
    page("<p {...}>x</p>\n", expect![[r#"
        error[PMX0114]: a brace group between attributes must be a spread
         --> app/routes/index.puremix:1:4
          |
        1 | <p {...}>x</p>
          |    ^^^^^
          |
          = help: write `{...object}`
    "#]]);
}

#[test]
fn duplicate_attribute() {
    page("<p class=\"a\" class=\"b\">x</p>\n", expect![[r#"
        warning[PMX0115]: `class` is given twice; browsers take the first
         --> app/routes/index.puremix:1:14
          |
        1 | <p class="a" class="b">x</p>
          |    -----     ^^^^^
          |    |
          |    first given here
          |
          = help: remove one of them
    "#]]);
}

#[test]
fn empty_layout_name() {
    page("<layout></layout>\n<p>x</p>\n", expect![[r#"
        error[PMX0116]: `<layout>` names no layout
         --> app/routes/index.puremix:1:1
          |
        1 | <layout></layout>
          | ^^^^^^^^^^^^^^^^^
          |
          = help: write `<layout>main</layout>`, or remove it
    "#]]);
}

#[test]
fn unknown_layout() {
    check(
        &[("app/routes/index.puremix", "<layout>mian</layout>\n<p>x</p>\n"), ("app/layouts/main.html", "<body>{content}</body>\n")],
        expect![[r#"
            error[PMX0117]: there is no layout `mian`
             --> app/routes/index.puremix:1:1
              |
            1 | <layout>mian</layout>
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `main`?
        "#]],
    );
}

#[test]
fn layout_cycle() {
    check(
        &[
            ("app/routes/index.puremix", "<layout>a</layout>\n<p>x</p>\n"),
            ("app/layouts/a.puremix", "<layout>b</layout>\n<div>{content}</div>\n"),
            ("app/layouts/b.puremix", "<layout>a</layout>\n<div>{content}</div>\n"),
        ],
        expect![[r#"
            error[PMX0118]: the layout `b` leads back to this file
             --> app/layouts/a.puremix:1:1
              |
            1 | <layout>b</layout>
              | ^^^^^^^^^^^^^^^^^^
              |
              = help: the outermost layout has no `<layout>` block
        "#]],
    );
}

#[test]
fn layout_without_content() {
    check(
        &[("app/routes/index.puremix", "<layout>a</layout>\n<p>x</p>\n"), ("app/layouts/a.html", "<body></body>\n")],
        expect![[r#"
            error[PMX0119]: this layout has no place for the page
             --> app/layouts/a.html:1:1
              |
            1 | <body></body>
              | ^
              |
              = help: write `{content}` where the page goes
        "#]],
    );
}

#[test]
fn unknown_server_function() {
    page(
        "<form onsubmit=\"saveUsr\"><input name=\"a\"></form>\n<script server>\n  function saveUser(formData) { return {} }\n</script>\n",
        expect![[r#"
            warning[PMX0120]: this file declares no server function `saveUsr`
             --> app/routes/index.puremix:1:17
              |
            1 | <form onsubmit="saveUsr"><input name="a"></form>
              |                 ^^^^^^^
              |
              = help: did you mean `saveUser`?
        "#]],
    );
}

#[test]
fn component_cycle() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import Box from '../components/Box.puremix'\n</imports>\n<Box />\n"),
            ("app/components/Box.puremix", "<imports>\n  import Box from './Box.puremix'\n</imports>\n<div><Box /></div>\n"),
        ],
        expect![[r#"
            error[PMX0122]: `app/components/Box.puremix` is always rendered inside itself
             --> app/components/Box.puremix:2:3
              |
            2 |   import Box from './Box.puremix'
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its own import
              |
              = help: use it below a condition or a `.map`, so that the data ends it
        "#]],
    );
}

#[test]
fn duplicate_function() {
    page("<script server>\n  function save() {}\n</script>\n<script server>\n  function save() {}\n</script>\n<p>x</p>\n", expect![[r#"
        warning[PMX0123]: the page declares `save` twice
         --> app/routes/index.puremix:5:12
          |
        2 |   function save() {}
          |            ---- also declared here
        ...
        5 |   function save() {}
          |            ^^^^ this one is used
          |
          = help: rename one of them
    "#]]);
}

#[test]
fn bad_js_block() {
    page("{\n  const total = ;\n  __export = { total };\n}\n<p>{total}</p>\n", expect![[r#"
        error[PMX0124]: this block with `__export` is not valid JavaScript
         --> app/routes/index.puremix:1:1
          |
        1 | / {
        2 | |   const total = ;
        3 | |   __export = { total };
        4 | | }
          | |_^
          |
          = help: a block holds statements and ends with `__export = { name, … };`

        warning[PMX0503]: `total` is not a name of this template
         --> app/routes/index.puremix:5:5
          |
        5 | <p>{total}</p>
          |     ^^^^^ renders nothing
    "#]]);
}

#[test]
fn markup_in_a_group_that_is_no_expression() {
    page("<ul>{params.map(p => <li>{p}</li>}</ul>\n", expect![[r#"
        warning[PMX0125]: this is not a JavaScript expression, so it is printed as text
         --> app/routes/index.puremix:1:5
          |
        1 | <ul>{params.map(p => <li>{p}</li>}</ul>
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: check the expression; text beside markup goes into `<>…</>`; `\{` says that it is text
    "#]]);
}

#[test]
fn unknown_template_name() {
    page("<loader>\n  function loadPage() { return { data: {} } }\n</loader>\n<p>{loadPge.data.x}</p>\n", expect![[r#"
        warning[PMX0503]: `loadPge` is not a name of this template
         --> app/routes/index.puremix:4:5
          |
        4 | <p>{loadPge.data.x}</p>
          |     ^^^^^^^ renders nothing
          |
          = help: did you mean `loadPage`?
    "#]]);
}

#[test]
fn too_deep() {
    page(&format!("{}x{}\n", "<b>".repeat(300), "</b>".repeat(300)), expect![[r#"
        error[PMX0112]: elements and braces are nested more than 200 deep here
         --> app/routes/index.puremix:1:601
          |
        1 | ...><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b><b>...
          |                                                                    ^
          |
          = help: move the inner part into a component
    "#]]);
}
