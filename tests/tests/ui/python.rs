//! Python: what the compiler sees before CPython does.

use super::{check, page};
use expect_test::expect;

#[test]
fn a_block_that_is_no_python() {
    page("<script server lang=\"python\">\n  def f(data):\n      return {\n</script>\n<p>x</p>\n", expect![[r#"
        error[PMX0401]: this is not Python: unexpected EOF while parsing
         --> app/routes/index.puremix:3:15
          |
        3 |       return {
          |               ^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file
    "#]]);
}

#[test]
fn a_python_loader() {
    page("<loader lang=\"python\">\ndef load(request):\n    return {}\n</loader>\n<p>x</p>\n", expect![[r#"
        error[PMX0121]: a loader is JavaScript or TypeScript
         --> app/routes/index.puremix:1:1
          |
        1 | / <loader lang="python">
        2 | | def load(request):
        3 | |     return {}
        4 | | </loader>
          | |_________^
          |
          = help: move the functions to `<script server lang="python">` and call them from a loader: `const stats = await analyze(data)`
    "#]]);
}

#[test]
fn a_form_that_names_no_function() {
    page("<script server lang=\"python\">\ndef analyze_sales(data):\n    def nested(): pass\n    return {}\n</script>\n<form onsubmit=\"analyse_sales\"></form>\n<form onsubmit=\"nested\"></form>\n", expect![[r#"
        warning[PMX0120]: this file declares no server function `analyse_sales`
         --> app/routes/index.puremix:6:17
          |
        6 | <form onsubmit="analyse_sales"></form>
          |                 ^^^^^^^^^^^^^
          |
          = help: did you mean `analyze_sales`?

        warning[PMX0120]: this file declares no server function `nested`
         --> app/routes/index.puremix:7:17
          |
        7 | <form onsubmit="nested"></form>
          |                 ^^^^^^
          |
          = help: declare it: `<script server> async function nested(formData, request) { … } </script>`
    "#]]);
}

#[test]
fn the_same_name_in_both_languages() {
    page("<script server lang=\"python\">\ndef save(data):\n    return {}\n</script>\n<script server>\nfunction save(formData) {}\n</script>\n<form onsubmit=\"save\"></form>\n", expect![[r#"
        warning[PMX0123]: the page declares `save` twice
         --> app/routes/index.puremix:6:10
          |
        2 | def save(data):
          |     ---- also declared here
        ...
        6 | function save(formData) {}
          |          ^^^^ this one is used
          |
          = help: rename one of them
    "#]]);
}

#[test]
fn a_function_of_two_blocks() {
    page("<script server lang=\"python\">\ndef save(data): return {}\n</script>\n<script server lang=\"python\">\n  def save(data): return {'later': True}\n</script>\n<form onsubmit=\"save\"></form>\n", expect![[r#"
        warning[PMX0123]: `save` is declared twice
         --> app/routes/index.puremix:5:7
          |
        2 | def save(data): return {}
          |     ---- also declared here
        ...
        5 |   def save(data): return {'later': True}
          |       ^^^^ this one is used
          |
          = help: rename one of them
    "#]]);
}

#[test]
fn what_only_cpythons_compiler_finds() {
    page("<script server lang=\"python\">\n  def f(data):\n      rows = await load(data)\n      return rows\n  return 1\n</script>\n<p>x</p>\n", expect![[r#"
        error[PMX0401]: this is not Python: `await` outside of an asynchronous function
         --> app/routes/index.puremix:3:14
          |
        3 |       rows = await load(data)
          |              ^^^^^^^^^^^^^^^^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file

        error[PMX0401]: this is not Python: `return` statement outside of a function
         --> app/routes/index.puremix:5:3
          |
        5 |   return 1
          |   ^^^^^^^^
          |
          = help: `python3 -m py_compile FILE` says more about a `.py` file
    "#]]);
}

#[test]
fn modules_that_are_not_there() {
    check(
        &[
            ("app/routes/index.py", "from services.analitics import total\nfrom . import helpers\nimport app.lib.x\nimport numpy\ntry:\n    import app.fast\nexcept ImportError:\n    pass\ndef main(context): return {}\n"),
            ("app/services/analytics.py", "def total(data): return 0\n"),
        ],
        expect![[r#"
            error[PMX0402]: `app/services` has no Python module `analitics`
             --> app/routes/index.py:1:6
              |
            1 | from services.analitics import total
              |      ^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `analytics`?

            error[PMX0402]: `app/routes` has no Python module `helpers`
             --> app/routes/index.py:2:15
              |
            2 | from . import helpers
              |               ^^^^^^^
              |
              = help: make `app/routes/helpers.py`; modules are imported by their path from the project (`from app.services.x import f`) or from the app's directory (`from services.x import f`)

            error[PMX0402]: `app` has no Python module `lib`
             --> app/routes/index.py:3:8
              |
            3 | import app.lib.x
              |        ^^^^^^^^^
              |
              = help: make `app/lib.py`; modules are imported by their path from the project (`from app.services.x import f`) or from the app's directory (`from services.x import f`)
        "#]],
    );
}

#[test]
fn what_a_python_module_does_not_export() {
    check(
        &[
            ("app/routes/index.js", "import { Model, _private, totl } from '../services/analytics';\nexport default () => [Model, _private, totl];\n"),
            ("app/services/analytics.py", "class Model: pass\ndef _private(): pass\ndef total(): pass\n"),
        ],
        expect![[r#"
            error[PMX0502]: `../services/analytics` has no export `Model`
             --> app/routes/index.js:1:10
              |
            1 | import { Model, _private, totl } from '../services/analytics';
              |          ^^^^^
              |
              = help: `Model` is a Python class: write a function that makes one and answers with plain data

            error[PMX0502]: `../services/analytics` has no export `_private`
             --> app/routes/index.js:1:17
              |
            1 | import { Model, _private, totl } from '../services/analytics';
              |                 ^^^^^^^^
              |
              = help: names that begin with `_` are the module's own: call it `private`

            error[PMX0502]: `../services/analytics` has no export `totl`
             --> app/routes/index.js:1:27
              |
            1 | import { Model, _private, totl } from '../services/analytics';
              |                           ^^^^
              |
              = help: did you mean `total`?
        "#]],
    );
}

#[test]
fn a_name_of_two_python_functions() {
    check(
        &[
            ("app/routes/index.puremix", "<loader>\n  async function load() { return { data: [await total(1), await sales_total(1)] } }\n</loader>\n<p>{load.data}</p>\n"),
            ("app/services/sales.py", "def total(x): pass\n"),
            ("app/services/stock.py", "def total(x): pass\n"),
        ],
        expect![[r#"
            error[PMX0403]: `total` is a function of `app/services/sales.py` and `app/services/stock.py`
             --> app/routes/index.puremix:2:49
              |
            2 |   async function load() { return { data: [await total(1), await sales_total(1)] } }
              |                                                 ^^^^^
              |
              = help: import the one that is meant: `import { total } from '…'` in `<imports>`
        "#]],
    );
}

#[test]
fn calls_that_python_refuses() {
    check(
        &[
            (
                "app/routes/index.js",
                "import { one, many, named } from '../services/a';\nexport default async () => [await one(), await one(1), await one(1, 2, 3), await many(1, 2, 3), await many(...[]), await named(1)];\n",
            ),
            ("app/services/a.py", "def one(a, b=2): pass\ndef many(a, *rest): pass\ndef named(a, *, b, c=1): pass\n"),
        ],
        expect![[r#"
            warning[PMX0404]: `one` takes 1 to 2 arguments, and gets 0
             --> app/routes/index.js:2:35
              |
            2 | export default async () => [await one(), await one(1), await one(1, 2, 3), await many(1, 2, 3), await many(...[]), await named(1)];
              |                                   ^^^^^ Python throws a TypeError
              |
             ::: app/services/a.py:1:5
              |
            1 | def one(a, b=2): pass
              |     --- declared here
              |
              = help: it is `def one(a, b=…)`

            warning[PMX0404]: `one` takes 1 to 2 arguments, and gets 3
             --> app/routes/index.js:2:62
              |
            2 | export default async () => [await one(), await one(1), await one(1, 2, 3), await many(1, 2, 3), await many(...[]), await named(1)];
              |                                                              ^^^^^^^^^^^^ Python throws a TypeError
              |
             ::: app/services/a.py:1:5
              |
            1 | def one(a, b=2): pass
              |     --- declared here
              |
              = help: it is `def one(a, b=…)`

            warning[PMX0404]: `named` needs `b` by name, which a call from JavaScript cannot give
             --> app/routes/index.js:2:122
              |
            2 | export default async () => [await one(), await one(1), await one(1, 2, 3), await many(1, 2, 3), await many(...[]), await named(1)];
              |                                                                                                                          ^^^^^^^^ Python throws a TypeError
              |
             ::: app/services/a.py:3:5
              |
            3 | def named(a, *, b, c=1): pass
              |     ----- declared here
              |
              = help: give `b` a default, or a place before the `*`
        "#]],
    );
}

#[test]
fn actions_and_routes_that_need_more_than_they_get() {
    check(
        &[
            ("app/routes/index.puremix", "<form onsubmit=\"save\"></form>\n<form onsubmit=\"empty\"></form>\n<script server lang=\"python\">\ndef save(a, b, c): pass\ndef empty(): pass\n</script>\n"),
            ("app/routes/api/data.py", "def main(): return {}\n"),
        ],
        expect![[r#"
            warning[PMX0404]: `main` of an API route gets one argument
             --> app/routes/api/data.py:1:5
              |
            1 | def main(): return {}
              |     ^^^^ Python throws a TypeError
              |
              = help: declare it as `def main(context):`

            warning[PMX0404]: `save` needs 3 arguments, and an action gets two
             --> app/routes/index.puremix:1:17
              |
            1 | <form onsubmit="save"></form>
              |                 ^^^^ Python throws a TypeError
            ...
            4 | def save(a, b, c): pass
              |     ---- declared here
              |
              = help: an action is `def name(data, js_context=None)`: the form's fields, and the request
        "#]],
    );
}

#[test]
fn a_route_without_main() {
    check(&[("app/routes/api/data.py", "def handler(context): return {}\n")], expect![[r#"
        error[PMX0610]: the API route `app/routes/api/data.py` has no function `main`
         --> app/routes/api/data.py:1:1
          |
        1 | def handler(context): return {}
          | ^
          |
          = help: a Python route answers requests with `def main(context):`; modules that routes import belong beside `routes/`, such as in `services/`
    "#]]);
}

/// `.puremix/puremix.d.ts`
#[test]
fn what_typescript_knows() {
    let app = puremix_tests::TempDir::new("ui-declarations");
    app.write("app/services/analytics.py", concat!(
        "import pandas as pd\n",
        "from typing import Optional\n",
        "def totals(rows: list[dict], by: str = 'region', *rest: float, deep: bool = False, **more) -> dict[str, float]:\n",
        "    \"\"\"Sums of a column.\n\n    By region, where nothing else is said.\n    \"\"\"\n",
        "    return {}\n",
        "def delete(id: Optional[int], function=None): pass\n",
        "async def frame(data, js_context=None) -> pd.DataFrame:\n    \"One table.\"\n    return pd.DataFrame(data)\n",
        "def _private(): pass\n",
        "class Report: pass\n",
    ));
    app.write("app/services/lib/dates.py", "from datetime import date, datetime\ndef next_day(day: datetime) -> date: ...\n");
    app.write("app/lib/dates.py", "def same(): ...\n");
    app.write("app/routes/api/data.py", "def main(context):\n    return {}\n");
    app.write("app/routes/index.puremix", "<script server lang=\"python\">\ndef own(data):\n    return {}\n</script>\n<form onsubmit=\"own\"></form>\n");
    let path = app.path().to_path_buf();
    let text = puremixc::driver::on_large_stack(move || {
        let compiled = puremixc::driver::compile(&path, &puremixc::driver::Options { infer: true, client: false });
        puremixc::declarations::declarations(&compiled.program.expect("it compiles"))
    });
    expect![[r#"
        // Made by puremixc at each build or check and while `puremixc dev` runs; for TypeScript: "include": ["app", ".puremix/puremix.d.ts"]
        /// <reference lib="dom" />

        declare module '*/app/lib/dates' {
          export function same(): Promise<any>;
          const functions: { same: typeof same };
          export default functions;
        }

        declare module '*/app/lib/dates.py' {
          export function same(): Promise<any>;
          const functions: { same: typeof same };
          export default functions;
        }

        declare module '*/analytics' {
          /**
           * Sums of a column.
           *
           * By region, where nothing else is said.
           */
          export function totals(rows: Record<string, any>[], by?: string, ...rest: number[]): Promise<Record<string, number>>;
          function delete_(id: number | null, function_?: any): Promise<any>;
          export { delete_ as delete };
          /** One table. */
          export function frame(data: any, js_context?: any): Promise<Record<string, any>[]>;
          const functions: { totals: typeof totals; delete: typeof delete_; frame: typeof frame };
          export default functions;
        }

        declare module '*/analytics.py' {
          /**
           * Sums of a column.
           *
           * By region, where nothing else is said.
           */
          export function totals(rows: Record<string, any>[], by?: string, ...rest: number[]): Promise<Record<string, number>>;
          function delete_(id: number | null, function_?: any): Promise<any>;
          export { delete_ as delete };
          /** One table. */
          export function frame(data: any, js_context?: any): Promise<Record<string, any>[]>;
          const functions: { totals: typeof totals; delete: typeof delete_; frame: typeof frame };
          export default functions;
        }

        declare module '*/services/lib/dates' {
          export function next_day(day: Date): Promise<string>;
          const functions: { next_day: typeof next_day };
          export default functions;
        }

        declare module '*/services/lib/dates.py' {
          export function next_day(day: Date): Promise<string>;
          const functions: { next_day: typeof next_day };
          export default functions;
        }
    "#]].assert_eq(text.expect("it has modules").split("\n/** The client runtime").next().unwrap_or_default());
}
