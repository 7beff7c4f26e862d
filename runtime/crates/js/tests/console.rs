//! `console` against Node: the same calls, the same lines on the same streams.

mod expression;

use expect_test::{Expect, expect};
use puremix_js::{Stream, set_console_sink, start};
use puremix_value::Isolate;
use std::cell::RefCell;

thread_local! {
    static LINES: RefCell<String> = RefCell::default();
}

fn check(source: &str, expected: &Expect) {
    let cx = Isolate::new(&[], 0, 0);
    cx.set_stack_budget(1 << 20);
    start(cx);
    set_console_sink(|stream, line| {
        LINES.with_borrow_mut(|l| *l += &format!("{}{line}\n", if stream == Stream::Err { "! " } else { "" }));
    });
    assert!(expression::evaluate(cx, source).is_ok_and(|v| v.is_undefined()), "{source}");
    expected.assert_eq(&LINES.take());
}

#[test]
fn directives_take_arguments_and_the_rest_follows() {
    check(
        "console.log('%s is %d years, %i%% %f %j %o %O %c!', 'Bob', '42', 3.9, '1.5', {a: 1}, [1], {b: {}}, 'css', 'rest', {c: 2})",
        &expect![[r#"
            Bob is 42 years, 3% 1.5 {"a":1} [ 1, [length]: 1 ] { b: {} } ! rest { c: 2 }
        "#]],
    );
}

#[test]
fn errors_go_to_the_error_stream() {
    check("console.error('bad', 1)", &expect!["! bad 1\n"]);
    check("console.assert(false, 'it %s', 'failed')", &expect!["! Assertion failed: it failed\n"]);
}

#[test]
fn groups_indent_every_line() {
    check(
        "[console.group('outer'), console.log('a\\nb'), console.groupEnd(), console.log('c'), undefined][4]",
        &expect![[r#"
            outer
              a
              b
            c
        "#]],
    );
}

#[test]
fn counters_count_by_label() {
    check("[console.count(), console.count('x'), console.count(), undefined][3]", &expect!["default: 1\nx: 1\ndefault: 2\n"]);
}

#[test]
fn tables_have_columns_in_order_of_appearance() {
    check(
        "console.table([{a: 1, b: 'x'}, {a: 2, c: true}])",
        &expect![[r#"
            ┌─────────┬───┬─────┬──────┐
            │ (index) │ a │ b   │ c    │
            ├─────────┼───┼─────┼──────┤
            │ 0       │ 1 │ 'x' │      │
            │ 1       │ 2 │     │ true │
            └─────────┴───┴─────┴──────┘
        "#]],
    );
    check(
        "console.table([[1, 2], 5])",
        &expect![[r#"
            ┌─────────┬───┬───┬────────┐
            │ (index) │ 0 │ 1 │ Values │
            ├─────────┼───┼───┼────────┤
            │ 0       │ 1 │ 2 │        │
            │ 1       │   │   │ 5      │
            └─────────┴───┴───┴────────┘
        "#]],
    );
}
