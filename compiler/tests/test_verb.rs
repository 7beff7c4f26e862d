//! `puremixc test` as people use it: the real program on the app `tests/run/testing`.

use expect_test::{Expect, expect};
use puremix_tests::TempDir;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn app() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/run/testing")
}

fn puremixc(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
    command.args(arguments).env_remove("NODE_ENV").env_remove("NODE_TEST_CONTEXT");
    command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"))
}

/// Runs tests of an app; standard output, and the exit code.
fn test(app: &Path, arguments: &[&str]) -> (String, i32) {
    let path = app.to_string_lossy();
    let output = puremixc(&[&["test", &path], arguments].concat());
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (text, output.status.code().unwrap_or(-1))
}

/// Times differ from run to run.
fn timeless(text: &str) -> String {
    let without = |line: &str| match line.rsplit_once(", ") {
        Some((rest, ms)) if ms.ends_with(" ms") => format!("{rest}, N ms"),
        _ => match line.rsplit_once(" (") {
            Some((rest, ms)) if ms.ends_with(" ms)") => rest.to_owned(),
            _ => line.trim_end().to_owned(),
        },
    };
    text.lines().map(|line| format!("{}\n", without(line))).collect()
}

fn check(arguments: &[&str], code: i32, expected: &Expect) {
    let (text, found) = test(&app(), arguments);
    assert_eq!(found, code, "{text}");
    expected.assert_eq(&timeless(&text));
}

#[test]
fn what_passes_is_a_tree() {
    check(
        &["app/", "tests/pages", "tests/isolated"],
        0,
        &expect![[r#"
            app/components/Tag.puremix.test
              ✔ shows its text, escaped
              ✔ shows what a module makes

            app/lib/price.test.js
              price
                ✔ of 0 is 0.00 €
                ✔ of 1999 is 19.99 €
                ✔ refuses fractions
              ✔ a method is replaced and put back

            app/routes/api/echo.test.js
              ✔ JSON comes back
              ✔ a test is no route
              ✔ redirects are answers, unless they are followed
              ✔ a failed expectation says what came

            app/routes/api/upload.test.js
              ✔ a file and a field
              ✔ no body
              ✔ another method
              ✔ HEAD has no body

            tests/isolated_a.test.js
              ✔ no other file has changed the modules

            tests/isolated_b.test.js
              ✔ no other file has changed the modules

            tests/pages.test.ts
              pages
                ✔ have loaders, layouts and components
                ✔ have sessions, which an agent keeps
              forms
                ✔ are filled in and sent
                ✔ keep what nobody changed
                ✔ are refused when another site sends them
                ✔ show errors of actions

            22 tests, 22 passed, 7 files, N ms
        "#]],
    );
}

#[test]
fn failures_say_where_and_what() {
    check(&["failing/"], 1, &expect![[r#"
        failing/broken.test.js
          ✖ the file does not compile

        failing/failures.test.js
          │ seen
          failures
            ✖ a value
            ✖ a structure
            ✖ an exception of the app
            ✖ what is never settled
            ✖ what takes too long
            ✖ an endless loop that catches
            ✖ what nobody catches
            ✖ process.exit
            ✖ a snapshot
            ✖ a call
          ✔ the next one runs

        failing/loads.test.js
          ✖ Error: the file does not load

        failing/odd.test.mjs
          ✖ null
          ✖ cycle
          ✖ odd
          ✖ async null
          ✖ promise

        ✖ failing/broken.test.js
          error[PMX0605]: cannot find `../app/lib/gone.js`
           --> failing/broken.test.js:1:22
            |
          1 | import { gone } from '../app/lib/gone.js';
            |                      ^^^^^^^^^^^^^^^^^^^^ no such file
            |
            = help: looked for `app/lib/gone.js` as it is, with the extensions .js .ts .mjs .cjs .json .puremix .py .pars, and as a directory with an index file

        ✖ failing/failures.test.js › failures › a value
          expect(received).toBe(expected)

          Expected: 3
          Received: 2

          at failing/failures.test.js:5:5
            3 | describe('failures', () => {
            4 |   test('a value', () => {
          > 5 |     expect(1 + 1).toBe(3);
              |     ^
            6 |   });

        ✖ failing/failures.test.js › failures › a structure
          expect(received).toEqual(expected)

          - Expected
          + Received

            …
              name: "x",
              tags: [
                "a",
          -     "c",
          +     "b",
              ],
            }

          at failing/failures.test.js:9:5
             7 |
             8 |   test('a structure', () => {
          >  9 |     expect({ id: 1, tags: ['a', 'b'], name: 'x' }).toEqual({ id: 1, tags: ['a', 'c'], name: 'x' });
               |     ^
            10 |   });

        ✖ failing/failures.test.js › failures › an exception of the app
          TypeError: cents are whole

          at failing/failures.test.js:13:5
            11 |
            12 |   test('an exception of the app', () => {
          > 13 |     price('1');
               |     ^
            14 |   });

          at app/lib/price.js:3:39

        ✖ failing/failures.test.js › failures › what is never settled
          Promise resolution is still pending but the event loop has already resolved

          at failing/failures.test.js:16:3
            14 |   });
            15 |
          > 16 |   test('what is never settled', () => new Promise(() => {}));
               |   ^
            17 |

        ✖ failing/failures.test.js › failures › what takes too long
          test timed out after 50ms

          at failing/failures.test.js:18:3
            16 |   test('what is never settled', () => new Promise(() => {}));
            17 |
          > 18 |   test('what takes too long', () => new Promise((resolve) => setTimeout(resolve, 10_000)), 50);
               |   ^
            19 |

        ✖ failing/failures.test.js › failures › an endless loop that catches
          the code did not give control back in time: an endless loop?

          at failing/failures.test.js:23:9
            21 |     for (;;) {
            22 |       try {
          > 23 |         for (;;);
               |         ^
            24 |       } catch {

        ✖ failing/failures.test.js › failures › what nobody catches
          RangeError: too late

          at failing/failures.test.js:32:13
            30 |   test('what nobody catches', () => {
            31 |     setTimeout(() => {
          > 32 |       throw new RangeError('too late');
               |             ^
            33 |     });

        ✖ failing/failures.test.js › failures › process.exit
          process.exit(3) was called

          at failing/failures.test.js:37:30
            35 |   });
            36 |
          > 37 |   test('process.exit', () => process.exit(3));
               |                              ^
            38 |

        ✖ failing/failures.test.js › failures › a snapshot
          toMatchSnapshot is not supported: puremixc writes no snapshots; compare with toBe, toEqual or toContain

          at failing/failures.test.js:40:5
            38 |
            39 |   test('a snapshot', () => {
          > 40 |     expect(1).toMatchSnapshot();
               |     ^
            41 |   });

        ✖ failing/failures.test.js › failures › a call
          expect(received).toHaveBeenCalledWith(...expected)

          Expected: called with (2)
          Calls:
            (1, "x")

          at failing/failures.test.js:46:5
            44 |     const f = jest.fn();
            45 |     f(1, 'x');
          > 46 |     expect(f).toHaveBeenCalledWith(2);
               |     ^
            47 |   });

        ✖ failing/loads.test.js
          Error: the file does not load

          at failing/loads.test.js:3:7
            1 | test('is not run', () => {});
            2 |
          > 3 | throw new Error('the file does not load');
              |       ^

        ✖ failing/odd.test.mjs › null
          null

          at failing/odd.test.mjs:2:1
            1 | import { test as t } from 'node:test';
          > 2 | t('null', () => { throw null });
              | ^
            3 | t('cycle', () => { const e = new Error('a'); e.cause = e; throw e; });

        ✖ failing/odd.test.mjs › cycle
          a

          at failing/odd.test.mjs:3:30
            1 | import { test as t } from 'node:test';
            2 | t('null', () => { throw null });
          > 3 | t('cycle', () => { const e = new Error('a'); e.cause = e; throw e; });
              |                              ^
            4 | t('odd', () => { const e = new Error('a'); e.message = 5; e.name = {}; e.code = 3; throw e; });
          caused by Error: a

        ✖ failing/odd.test.mjs › odd
          [object Object]: 5

          at failing/odd.test.mjs:4:28
            2 | t('null', () => { throw null });
            3 | t('cycle', () => { const e = new Error('a'); e.cause = e; throw e; });
          > 4 | t('odd', () => { const e = new Error('a'); e.message = 5; e.name = {}; e.code = 3; throw e; });
              |                            ^
            5 | t('async null', async () => { throw undefined });

        ✖ failing/odd.test.mjs › async null
          undefined

          at failing/odd.test.mjs:5:1
            3 | t('cycle', () => { const e = new Error('a'); e.cause = e; throw e; });
            4 | t('odd', () => { const e = new Error('a'); e.message = 5; e.name = {}; e.code = 3; throw e; });
          > 5 | t('async null', async () => { throw undefined });
              | ^
            6 | t('promise', () => Promise.reject({ a: 1 }));

        ✖ failing/odd.test.mjs › promise
          { a: 1 }

          at failing/odd.test.mjs:6:1
            4 | t('odd', () => { const e = new Error('a'); e.message = 5; e.name = {}; e.code = 3; throw e; });
            5 | t('async null', async () => { throw undefined });
          > 6 | t('promise', () => Promise.reject({ a: 1 }));
              | ^

        18 tests, 1 passed, 15 failed, 2 cancelled, 4 files, N ms
    "#]]);
}

#[test]
fn styles_marks_and_matchers() {
    let (text, code) = test(&app(), &["tests/matchers", "tests/marks", "tests/styles"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn names_choose_tests() {
    check(&["tests/", "-t", "sessions|have loaders"], 0, &expect![[r#"
        tests/pages.test.ts
          pages
            ✔ have loaders, layouts and components
            ✔ have sessions, which an agent keeps

        37 tests, 2 passed, 35 skipped, 6 files, N ms
    "#]]);
    check(&["nothing-like-this"], 1, &expect![[r#"
        error: no test file has `nothing-like-this` in its path
    "#]]);
}

#[test]
fn reporters() {
    check(&["app/lib", "--reporter", "dot"], 0, &expect![[r#"
        ....
        4 tests, 4 passed, 1 file, N ms
    "#]]);
    let (text, code) = test(&app(), &["failing/loads", "app/lib", "--json"]);
    assert_eq!(code, 1, "{text}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let events: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {} {}", line["event"].as_str().unwrap(), line["status"].as_str().unwrap_or(&line["ok"].to_string()), line["path"]))
        .collect();
    expect![[r#"
        test passed ["price","of 0 is 0.00 €"]
        test passed ["price","of 1999 is 19.99 €"]
        test passed ["price","refuses fractions"]
        test passed ["price"]
        test passed ["a method is replaced and put back"]
        file true null
        file false null
        summary false null
    "#]].assert_eq(&format!("{}\n", events.join("\n")));
}

#[test]
fn bail_ends_the_run() {
    let (text, code) = test(&app(), &["failing/failures", "app/lib", "--bail", "--jobs", "1", "--reporter", "tap"]);
    assert_eq!(code, 1, "{text}");
    let results: Vec<&str> = text.lines().filter(|line| line.starts_with("ok") || line.starts_with("not ok")).collect();
    assert_eq!(results.last().copied(), Some("not ok 4 - the next one runs"), "{text}");
    assert!(text.contains("    not ok 1 - a value") && text.contains("error: 'not run: an earlier test failed (--bail)'"), "{text}");
}

/// Lines of a TAP report that do not depend on time or machine.
fn results(tap: &str) -> Vec<String> {
    let is_result = |line: &&str| {
        let text = line.trim_start();
        let is_count = text.starts_with("# ") && text[2..].split(' ').count() == 2 && text.ends_with(|c: char| c.is_ascii_digit()) && !text.contains("duration");
        text.starts_with("ok ") || text.starts_with("not ok ") || text.starts_with("1..") || is_count || text.starts_with("# before ")
    };
    tap.lines().filter(is_result).map(str::to_owned).collect()
}

#[test]
fn node_test_gives_what_node_gives() {
    let folder = app().join("node");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).expect("the folder exists").map(|e| e.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 3);
    for file in files {
        let name = format!("node/{}", file.file_name().unwrap().to_string_lossy());
        let node = Command::new("node").args(["--test", "--test-reporter", "tap"]).arg(&file).env_remove("NODE_TEST_CONTEXT").output().expect("node runs");
        let (ours, code) = test(&app(), &[&name, "--reporter", "tap"]);
        let theirs = String::from_utf8_lossy(&node.stdout);
        let sorted = |tap: &str| {
            // Node prints what a test file writes when it comes.
            let (mut written, results): (Vec<String>, Vec<String>) = results(tap).into_iter().partition(|line| line.starts_with("# before "));
            written.extend(results);
            written.join("\n")
        };
        assert_eq!(sorted(&ours), sorted(&theirs), "{name}\n{ours}");
        assert_eq!(code, node.status.code().unwrap_or(-1), "{name}");
    }
}

#[test]
fn tests_are_never_built() {
    let copy = TempDir::copy_of("testing", &app());
    let check = puremixc(&["check", &copy.path().to_string_lossy()]);
    let text = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(check.status.success(), "{text}");
    assert!(text.contains("4 routes, no errors"), "{text}");
    copy.write("app/lib/price.js", "import { request } from 'puremix:test';\nimport test from 'node:test';\nexport const price = request;\nexport const clock = test;\n");
    let check = puremixc(&["check", &copy.path().to_string_lossy()]);
    let text = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(!check.status.success(), "{text}");
    expect![[r#"
        error[PMX0606]: the package `puremix:test` cannot be compiled
         --> app/lib/price.js:1:25
          |
        1 | import { request } from 'puremix:test';
          |                         ^^^^^^^^^^^^^^
          |
          = help: it is for test files, which are never part of an app: name the file `NAME.test.js` and run `puremixc test`

        error[PMX0606]: the package `node:test` cannot be compiled
         --> app/lib/price.js:2:18
          |
        2 | import test from 'node:test';
          |                  ^^^^^^^^^^^
          |
          = help: it is for test files, which are never part of an app: name the file `NAME.test.js` and run `puremixc test`

        2 errors, 0 warnings
        `puremixc explain PMX0606` tells more
        puremix:test (not in package.json): unsupported, it is for test files, which are never part of an app: name the file `NAME.test.js` and run `puremixc test`
            used at app/lib/price.js:1:25
        test (not in package.json): unsupported, the runtime has no such Node module
            used at app/lib/price.js:2:18
    "#]].assert_eq(&text);
}

#[test]
fn an_app_that_does_not_start_fails_the_files_that_ask_for_it() {
    let copy = TempDir::copy_of("testing-start", &app());
    copy.write("app/lib/guests.js", "throw new Error('no database');\nexport const entries = [];\n");
    let (text, code) = test(copy.path(), &["app/"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("the app does not start: app/lib/guests.js: Error: no database"), "{text}");
    assert!(text.contains("✔ refuses fractions"), "{text}");
}

#[test]
fn what_goes_wrong_in_the_app_is_told() {
    let copy = TempDir::copy_of("testing-trouble", &app());
    copy.write("app/routes/trouble.puremix", "<imports>\n  import { price } from '../lib/price.js'\n</imports>\n<loader>\nfunction load(request) {\n  if (request.query.loop) for (;;);\n  return { data: request.query.loop ? 1 : 1.5 };\n}\n</loader>\n<p>{price(load.data === 1.5 ? 1.5 : 1)}</p>\n");
    copy.write("trouble.test.js", "import { app, request } from 'puremix:test';\ntest('throws', () => request(app).get('/trouble').expect(200));\ntest('loops', () => request(app).get('/trouble?loop=1').expect(200), 100);\ntest('goes on', () => request(app).get('/').expect(200));\n");
    let (text, code) = test(copy.path(), &["trouble"]);
    assert_eq!(code, 1, "{text}");
    for part in [
        "│     TypeError: cents are whole",
        "│         at app/routes/trouble.puremix:10:5",
        "GET /trouble: expected status 200, got 500",
        "code that the test ran did not give control back for 100 ms: an endless loop?",
        "at trouble.test.js:3:1",
        "✔ goes on",
        "3 tests, 1 passed, 2 failed, 1 file",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    copy.write("trouble.puremix.test", "<imports>\n  import { price } from './app/lib/price.js'\n</imports>\n<test name=\"does not render\">\n  <p>{price(1.5)}</p>\n  <script>expect(html).toBe('')</script>\n</test>\n");
    let (text, _) = test(copy.path(), &["trouble.puremix"]);
    assert!(text.contains("the markup does not render:") && text.contains("at trouble.puremix.test:"), "{text}");
    copy.write("trouble.puremix.test", "<test name=\"has no script\">\n  <p>a</p>\n</test>\n");
    let (text, code) = test(copy.path(), &["trouble.puremix"]);
    assert!(code == 1 && text.contains("trouble.puremix.test:1: the test has no `<script>` with assertions behind its markup"), "{text}");
}

#[test]
fn a_directory_without_an_app_has_tests_too() {
    let dir = TempDir::new("testing-bare");
    dir.write("sum.test.mjs", "import { sum } from './sum.mjs';\ntest('sum', () => expect(sum(1, 2)).toBe(3));\n");
    dir.write("sum.mjs", "export const sum = (a, b) => a + b;\n");
    let (text, code) = test(dir.path(), &[]);
    assert_eq!(code, 0, "{text}");
    expect![[r#"
        sum.test.mjs
          ✔ sum

        1 test, 1 passed, 1 file, N ms
    "#]].assert_eq(&timeless(&text));
}

#[test]
fn the_example_has_tests_that_pass() {
    let (text, code) = test(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop"), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("13 tests, 13 passed, 3 files"), "{text}");
}
