//! Mistakes in Parsley projects.

use super::check;
use expect_test::{Expect, expect};

/// A project of one handler.
fn handler(text: &str, expected: Expect) {
    check(&[("basil.yaml", "routes:\n  - path: /\n    handler: ./a.pars\n"), ("a.pars", text)], expected);
}

#[test]
fn syntax() {
    handler("let x = (1 + \n<p>{x}</p>\n", expect![[r#"
        error[PMX0201]: the file ends inside an expression
         --> a.pars:2:12
          |
        2 | <p>{x}</p>
          |           ^
          |
          = help: check the brackets, quotes and closing tags before this place
    "#]]);
}

#[test]
fn unsupported_constructs() {
    handler("let when = @now\nlet other = import(\"./b.pars\")\nlet dates = import(\"std/dates\")\n<p>{\"a\" ~ \"b\"}</p>\n", expect![[r#"
        error[PMX0202]: the literal `@now` is not compiled yet
         --> a.pars:1:12
          |
        1 | let when = @now
          |            ^^^^
          |
          = help: use a plain string or number for now

        error[PMX0202]: importing another Parsley file is not compiled yet
         --> a.pars:2:13
          |
        2 | let other = import("./b.pars")
          |             ^^^^^^^^^^^^^^^^^^
          |
          = help: put the code into this file for now

        error[PMX0202]: the library `std/dates` is not compiled yet
         --> a.pars:3:13
          |
        3 | let dates = import("std/dates")
          |             ^^^^^^^^^^^^^^^^^^^
          |
          = help: `std/schema` is the one compiled so far

        error[PMX0202]: matching with `~` is not compiled yet
         --> a.pars:4:5
          |
        4 | <p>{"a" ~ "b"}</p>
          |     ^^^^^^^^^
          |
          = help: use `includes` for now
    "#]]);
}

#[test]
fn unknown_name() {
    handler("let total = 1\n<p>{totl}</p>\n", expect![[r#"
        warning[PMX0203]: nothing is called `totl` here
         --> a.pars:2:5
          |
        2 | <p>{totl}</p>
          |     ^^^^ fails when it is reached
          |
          = help: declare it with `let`, or check the spelling
    "#]]);
}

#[test]
fn tag_mismatch() {
    handler("<p><b>x</p></b>\n", expect![[r#"
        error[PMX0204]: `</p>` closes `<b>`
         --> a.pars:1:8
          |
        1 | <p><b>x</p></b>
          |    ----^^^^
          |    |
          |    opened here
          |
          = help: write `</b>`

        error[PMX0204]: `</b>` closes `<p>`
         --> a.pars:1:12
          |
        1 | <p><b>x</p></b>
          | -----------^^^^
          | |
          | opened here
          |
          = help: write `</p>`
    "#]]);
}

#[test]
fn too_deep() {
    handler(&format!("let x = {}1{}\n", "(".repeat(500), ")".repeat(500)), expect![[r#"
        error[PMX0205]: this nests too deeply
         --> a.pars:1:209
          |
        1 | ...((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((...
          |                                                                    ^
          |
          = help: move the inner part into a function of its own
    "#]]);
}

#[test]
fn configuration_that_is_no_yaml() {
    check(&[("basil.yaml", "routes:\n  - path: [\n"), ("a.pars", "<p>a</p>\n")], expect![[r#"
        error[PMX0618]: `basil.yaml` cannot be read: expected string scalar
         --> basil.yaml:2:11
          |
        2 |   - path: [
          |           ^
    "#]]);
}

#[test]
fn configuration_of_the_wrong_kind() {
    check(&[("basil.yaml", "server:\n  port: many\nroutes: []\n")], expect![[r#"
        error[PMX0618]: `basil.yaml` cannot be read: invalid u16
         --> basil.yaml:2:9
          |
        2 |   port: many
          |         ^^^^
    "#]]);
}

#[test]
fn routes_of_the_configuration() {
    let config = "logging: {}\nroutes:\n  - path: /\n    handler: ./none.pars\n  - path: about\n    handler: ./a.pars\n  - path: /api\n    module: ./api\n";
    check(&[("basil.yaml", config), ("a.pars", "<p>a</p>\n")], expect![[r#"
        error[PMX0618]: there is no handler `./none.pars`
         --> basil.yaml:4:14
          |
        4 |     handler: ./none.pars
          |              ^^^^^^^^^^^
          |
          = help: paths are relative to this file

        error[PMX0618]: the route `about` must begin with `/`
         --> basil.yaml:5:11
          |
        5 |   - path: about
          |           ^^^^^
          |
          = help: write `/about`

        error[PMX0618]: the route `/api` has no `handler:`
         --> basil.yaml:7:5
          |
        7 |   - path: /api
          |     ^^^^^^^^^^
          |
          = help: name a `.pars` file; API modules come with a later version

        warning[PMX0618]: `logging` is not used by this version
         --> basil.yaml:1:1
          |
        1 | logging: {}
          | ^^^^^^^

        warning[PMX0618]: `module` of the route `/api` is not used by this version
         --> basil.yaml:7:11
          |
        7 |   - path: /api
          |           ^^^^
    "#]]);
}

#[test]
fn configuration_without_routes() {
    check(&[("basil.yaml", "sqlite: ./a.db\n")], expect![[r#"
        error[PMX0618]: `basil.yaml` lists no routes
         --> basil.yaml:1:1
          |
        1 | sqlite: ./a.db
          | ^
          |
          = help: write `routes:`, and below it `- path: /` with `handler: ./index.pars`
    "#]]);
}
