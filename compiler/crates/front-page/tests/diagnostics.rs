//! What is wrong with a file, as people read it.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_page(source: &str, expected: Expect) {
    let (_, found) = support::parse(PageKind::Page, source);
    expected.assert_eq(&support::messages(source, &found));
}

#[test]
fn tags() {
    check_page("<div><p>a", expect![[r#"
        error[PMX0102]: `<div>` is never closed
         --> page.puremix:1:1
          |
        1 | <div><p>a
          | ^^^^^ opened here
          |
          = help: close it with `</div>`
    "#]]);
    check_page("<div><b>x</div>", expect![[r#"
        error[PMX0102]: `<b>` is never closed
         --> page.puremix:1:6
          |
        1 | <div><b>x</div>
          |      ^^^ ------ its parent ends here
          |      |
          |      opened here
          |
          = help: close it with `</b>`
    "#]]);
    check_page("<div></p></span></div>", expect![[r#"
        error[PMX0103]: `</p>` closes nothing
         --> page.puremix:1:6
          |
        1 | <div></p></span></div>
          | -----^^^^
          | |
          | `<div>` is open here
          |
          = help: remove it, or write `</div>`
        error[PMX0103]: `</span>` closes nothing
         --> page.puremix:1:10
          |
        1 | <div></p></span></div>
          | -----    ^^^^^^^
          | |
          | `<div>` is open here
          |
          = help: remove it, or write `</div>`
    "#]]);
    check_page("</br>", expect![[r#"
        error[PMX0103]: `</br>` closes nothing
         --> page.puremix:1:1
          |
        1 | </br>
          | ^^^^^
          |
          = help: `<br>` has no content and no end tag
    "#]]);
    check_page("<div <p>", expect![[r#"
        error[PMX0102]: the start tag of `<div>` has no `>`
         --> page.puremix:1:1
          |
        1 | <div <p>
          | ^^^^ opened here
    "#]]);
    check_page("<div", expect![[r#"
        error[PMX0102]: the start tag of `<div>` has no `>`
         --> page.puremix:1:1
          |
        1 | <div
          | ^^^^ opened here
    "#]]);
    check_page("{a ? <b>x</i> : 1}", expect![[r#"
        error[PMX0102]: `<b>` is never closed
         --> page.puremix:1:6
          |
        1 | {a ? <b>x</i> : 1}
          |      ^^^ opened here
          |
          = help: close it with `</b>`
        error[PMX0103]: `</i>` closes nothing
         --> page.puremix:1:10
          |
        1 | {a ? <b>x</i> : 1}
          |      --- ^^^^
          |      |
          |      `<b>` is open here
          |
          = help: remove it, or write `</b>`
    "#]]);
    check_page("<{tag}>x", expect![[r#"
        error[PMX0111]: a tag name cannot be computed
         --> page.puremix:1:1
          |
        1 | <{tag}>x
          | ^^^^^^
          |
          = help: choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`
    "#]]);
    check_page("<h{n}>x</h1>", expect![[r#"
        error[PMX0102]: `<h>` is never closed
         --> page.puremix:1:1
          |
        1 | <h{n}>x</h1>
          | ^^^^^^ opened here
          |
          = help: close it with `</h>`
        error[PMX0111]: a tag name cannot be computed
         --> page.puremix:1:3
          |
        1 | <h{n}>x</h1>
          |   ^^^
          |
          = help: choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`, or spread an object: `{...attributes}`
        error[PMX0103]: `</h1>` closes nothing
         --> page.puremix:1:8
          |
        1 | <h{n}>x</h1>
          | ------ ^^^^^
          | |
          | `<h>` is open here
          |
          = help: remove it, or write `</h>`
    "#]]);
    check_page("<p></p", expect![[r#"
        error[PMX0102]: the end tag `</p` has no `>`
         --> page.puremix:1:4
          |
        1 | <p></p
          |    ^^^
    "#]]);
}

#[test]
fn attributes() {
    check_page("<p a=>x</p>", expect![[r#"
        error[PMX0109]: `a` has no value after `=`
         --> page.puremix:1:4
          |
        1 | <p a=>x</p>
          |    ^^
          |
          = help: write a value in quotes or braces, or leave out the `=`
    "#]]);
    check_page(r#"<p a="x>"#, expect![[r#"
        error[PMX0102]: the start tag of `<p>` has no `>`
         --> page.puremix:1:1
          |
        1 | <p a="x>
          | ^^ opened here
        error[PMX0109]: the value of `a` has no closing quote
         --> page.puremix:1:6
          |
        1 | <p a="x>
          |      ^ opened here
    "#]]);
    check_page(r#"<p data-{x}="1"></p>"#, expect![[r#"
        error[PMX0109]: an attribute name cannot be computed
         --> page.puremix:1:9
          |
        1 | <p data-{x}="1"></p>
          |         ^^^
          |
          = help: choose between whole elements: `{a ? <h1>…</h1> : <h2>…</h2>}`, or spread an object: `{...attributes}`
        error[PMX0109]: unexpected character in a start tag
         --> page.puremix:1:12
          |
        1 | <p data-{x}="1"></p>
          |            ^
          |
          = help: write attributes as `name="value"`, `name={expression}` or `name`
    "#]]);
    check_page("<p {name}></p>", expect![[r#"
        error[PMX0114]: a brace group between attributes must be a spread
         --> page.puremix:1:4
          |
        1 | <p {name}></p>
          |    ^^^^^^
          |
          = help: write `name={name}` or `{...name}`
    "#]]);
    check_page("<p {a.b()}></p>", expect![[r#"
        error[PMX0114]: a brace group between attributes must be a spread
         --> page.puremix:1:4
          |
        1 | <p {a.b()}></p>
          |    ^^^^^^^
          |
          = help: write `{...object}`
    "#]]);
    check_page(r#"<p class="a" class="b"></p>"#, expect![[r#"
        warning[PMX0115]: `class` is given twice; browsers take the first
         --> page.puremix:1:14
          |
        1 | <p class="a" class="b"></p>
          |    -----     ^^^^^
          |    |
          |    first given here
          |
          = help: remove one of them
    "#]]);
    check_page(r#"<p "a"></p>"#, expect![[r#"
        error[PMX0109]: unexpected character in a start tag
         --> page.puremix:1:4
          |
        1 | <p "a"></p>
          |    ^
          |
          = help: write attributes as `name="value"`, `name={expression}` or `name`
    "#]]);
    check_page(r#"<a href="javascript:go({x})">x</a>"#, expect![[r#"
        error[PMX0113]: a value cannot be written safely into a script URL
         --> page.puremix:1:24
          |
        1 | <a href="javascript:go({x})">x</a>
          |                        ^^^
          |
          = help: use an event handler, or a `data-` attribute that a script reads
    "#]]);
}

#[test]
fn blocks() {
    check_page("<loader>async function a() {}", expect![[r#"
        error[PMX0101]: `<loader>` is never closed
         --> page.puremix:1:1
          |
        1 | <loader>async function a() {}
          | ^^^^^^^ opened here
          |
          = help: close it with `</loader>`
    "#]]);
    check_page("<layout></layout>", expect![[r#"
        error[PMX0116]: `<layout>` names no layout
         --> page.puremix:1:1
          |
        1 | <layout></layout>
          | ^^^^^^^^^^^^^^^^^
          |
          = help: write `<layout>main</layout>`, or remove it
    "#]]);
    check_page("<layout>a</layout><layout>b</layout>", expect![[r#"
        error[PMX0104]: a page has one layout
         --> page.puremix:1:19
          |
        1 | <layout>a</layout><layout>b</layout>
          | ------------------^^^^^^^^^^^^^^^^^^
          | |
          | already given here
          |
          = help: remove one of them
    "#]]);
    check_page("<head></head><head></head>", expect![[r#"
        error[PMX0104]: a page has one `<head>`
         --> page.puremix:1:14
          |
        1 | <head></head><head></head>
          | -------------^^^^^^
          | |
          | already given here
          |
          = help: put all elements into one
    "#]]);
    check_page(r#"<script server lang="tpyescript"></script>"#, expect![[r#"
        error[PMX0106]: `tpyescript` is no language for server code
         --> page.puremix:1:16
          |
        1 | <script server lang="tpyescript"></script>
          |                ^^^^^^^^^^^^^^^^^
          |
          = help: did you mean `typescript`?
    "#]]);
    check_page("<script server lang=ruby></script>", expect![[r#"
        error[PMX0106]: `ruby` is no language for server code
         --> page.puremix:1:16
          |
        1 | <script server lang=ruby></script>
          |                ^^^^^^^^^
          |
          = help: write `js`, `ts` or `python`
    "#]]);
    check_page("<imports>import Card from ../Card.puremix</imports>", expect![[r#"
        error[PMX0105]: this import names no file or package
         --> page.puremix:1:10
          |
        1 | <imports>import Card from ../Card.puremix</imports>
          |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: write `import name from './file'`, with the file in quotes
    "#]]);
    check_page("<!-- x", expect![[r#"
        error[PMX0107]: this comment is never closed
         --> page.puremix:1:1
          |
        1 | <!-- x
          | ^^^^ opened here
          |
          = help: close it with `-->`
    "#]]);
    check_page("<imports>", expect![[r#"
        error[PMX0101]: `<imports>` is never closed
         --> page.puremix:1:1
          |
        1 | <imports>
          | ^^^^^^^^ opened here
          |
          = help: close it with `</imports>`
    "#]]);
}

#[test]
fn expressions() {
    check_page(r#"<b onclick="del({id: '{x.id}'})"></b><script server>function del() {}</script>"#, expect![[r#"
        error[PMX0109]: the argument of `del` is one expression without holes
         --> page.puremix:1:17
          |
        1 | <b onclick="del({id: '{x.id}'})"></b><script server>function del() {}</script>
          |                 ^^^^^^^^^^^^^^
          |
          = help: write it without further braces: `del({id: item.id})`
    "#]]);
    check_page("<p>{a</p>", expect![[r#"
        error[PMX0108]: this brace is never closed
         --> page.puremix:1:4
          |
        1 | <p>{a</p>
          |    ^ opened here
          |
          = help: close it with `}`, or write `\{` for a brace that is text
    "#]]);
    check_page("{`a", expect![[r#"
        error[PMX0108]: this brace is never closed
         --> page.puremix:1:1
          |
        1 | {`a
          | ^ opened here
          |
          = help: close it with `}`, or write `\{` for a brace that is text
    "#]]);
    check_page("{c ? <b/> }", expect![[r#"
        warning[PMX0125]: this is not a JavaScript expression, so it is printed as text
         --> page.puremix:1:1
          |
        1 | {c ? <b/> }
          | ^^^^^^^^^^^
          |
          = help: check the expression; text beside markup goes into `<>…</>`; `\{` says that it is text
    "#]]);
}

#[test]
fn all_at_once() {
    check_page("<div>
<p>{a</p>
<Card/>
<p b=></p>
</span>
", expect![[r#"
    error[PMX0102]: `<div>` is never closed
     --> page.puremix:1:1
      |
    1 | <div>
      | ^^^^^ opened here
      |
      = help: close it with `</div>`
    error[PMX0108]: this brace is never closed
     --> page.puremix:2:4
      |
    2 | <p>{a</p>
      |    ^ opened here
      |
      = help: close it with `}`, or write `\{` for a brace that is text
    error[PMX0110]: no component `Card` is imported
     --> page.puremix:3:2
      |
    3 | <Card/>
      |  ^^^^
      |
      = help: import it: `<imports> import Card from '../components/Card.puremix' </imports>`
    error[PMX0109]: `b` has no value after `=`
     --> page.puremix:4:4
      |
    4 | <p b=></p>
      |    ^^
      |
      = help: write a value in quotes or braces, or leave out the `=`
    error[PMX0103]: `</span>` closes nothing
     --> page.puremix:5:1
      |
    1 | <div>
      | ----- `<div>` is open here
    ...
    5 | </span>
      | ^^^^^^^
      |
      = help: remove it, or write `</div>`
"#]]);
}
