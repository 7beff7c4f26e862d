//! Module variables, imports, and the app table.

use super::{generate, items, js_module};
use expect_test::{Expect, expect};
use puremixc::driver;
use puremixc::front::FileRole;

/// The file at `index` of a program of scripts.
fn file_of(index: usize, files: &'static [(&'static str, &'static str)], expected: Expect) {
    let text = driver::on_large_stack(move || {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, FileRole::Script, *text)).collect();
        items(&generate(&files, true)[index].1, |line| !line.starts_with("use ") && !line.starts_with("// @generated"))
    });
    expected.assert_eq(&text);
}

#[test]
fn variables() {
    js_module("const rate = 0.2; let count = 0; export function tax(n) { count++; return n * rate; }", expect![[r#"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_RATE_0: u32 = 0;
        pub const G_COUNT_1: u32 = 1;
        pub const G_TAX_2: u32 = 2;
        pub fn f0(cx: rt::Cx) -> rt::R {
            {
                cx.set_global(G_TAX_2, rt::closure(cx, &FN_1_TAX, vec![]));
            };
            cx.set_global(G_RATE_0, rt::Value::Num(0.2));
            cx.set_global(G_COUNT_1, rt::Value::Num(0.0));
            Ok(rt::Value::Undefined)
        }
        pub fn f1_tax(cx: rt::Cx, n: &rt::Value) -> rt::R<f64> {
            cx.set_global(
                G_COUNT_1,
                rt::at(cx, 1, rt::js_step(cx, &rt::global(cx, G_COUNT_1), 1.0))?,
            );
            return Ok(rt::as_num(&rt::js_mul(cx, n, &rt::Value::Num(0.2))?));
        }
        fn t1_tax(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            Ok(rt::Value::Num(f1_tax(cx, a.get(0))?))
        }
        pub static FN_1_TAX: rt::FnDef = rt::FnDef::new("tax", 1, t1_tax, rt::FnKind::Normal)
            .with_source(SOURCE, 0, 45);
    "#]]);
}

#[test]
fn imports_are_live() {
    file_of(1, &[("a.js", "import { n, add } from './b.js'; export const f = () => { add(); return n; };"), ("b.js", "export let n = 0; export function add() { n += 1; }")], expect![[r#"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_F_0: u32 = 0;
        pub fn f0(cx: rt::Cx) -> rt::R {
            {
                cx.set_global(G_F_0, rt::closure(cx, &FN_1_F, vec![]));
            };
            Ok(rt::Value::Undefined)
        }
        pub fn f1_f(cx: rt::Cx) -> rt::R<f64> {
            rt::check_stack(cx)?;
            rt::at(cx, 1, crate::m1_b::f1_add(cx))?;
            return Ok(rt::as_num(&rt::global(cx, crate::m1_b::G_N_0)));
        }
        fn t1_f(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            Ok(rt::Value::Num(f1_f(cx)?))
        }
        pub static FN_1_F: rt::FnDef = rt::FnDef::new("f", 0, t1_f, rt::FnKind::Arrow)
            .with_source(SOURCE, 0, 26);
    "#]]);
}

#[test]
fn native_modules() {
    file_of(1, &[("a.js", "import { randomUUID } from 'node:crypto'; import fs from 'fs'; export const f = () => [randomUUID(), fs.existsSync('a')];")], expect![[r#"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_F_0: u32 = 0;
        static S_A: rt::Lit = rt::Lit::new("a");
        pub fn f0(cx: rt::Cx) -> rt::R {
            {
                cx.set_global(G_F_0, rt::closure(cx, &FN_1_F, vec![]));
            };
            Ok(rt::Value::Undefined)
        }
        #[inline(always)]
        pub fn f1_f(cx: rt::Cx) -> rt::R {
            f1_f_r(cx).get()
        }
        pub fn f1_f_r(cx: rt::Cx) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::array(
                            cx,
                            vec![
                                rt::at(cx, 2, rt::call(cx, & rt::at(cx, 1, rt::get(cx, &
                                rt::at(cx, 1, rt::native_module(cx, 1, "crypto")) ?,
                                K_RANDOM_UUID, 1)) ?, & rt::Value::Undefined, & [])) ?,
                                rt::at(cx, 4, rt::call_method(cx, & rt::at(cx, 3, rt::get(cx, &
                                rt::at(cx, 3, rt::native_module(cx, 2, "fs")) ?, rt::wk::DEFAULT,
                                2)) ?, K_EXISTS_SYNC, & [rt::lit(& S_A)], 3)) ?
                            ],
                        ),
                    );
                })(),
            )
        }
        fn t1_f(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f1_f(cx)
        }
        pub static FN_1_F: rt::FnDef = rt::FnDef::new("f", 0, t1_f, rt::FnKind::Arrow)
            .with_source(SOURCE, 0, 40);
    "#]]);
}

#[test]
fn dynamic_imports() {
    file_of(1, &[("a.js", "export const f = () => import('./b.js');"), ("b.js", "export const b = 1;")], expect![[r#"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_F_0: u32 = 0;
        pub fn f0(cx: rt::Cx) -> rt::R {
            {
                cx.set_global(G_F_0, rt::closure(cx, &FN_1_F, vec![]));
            };
            Ok(rt::Value::Undefined)
        }
        #[inline(always)]
        pub fn f1_f(cx: rt::Cx) -> rt::R {
            f1_f_r(cx).get()
        }
        pub fn f1_f_r(cx: rt::Cx) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(
                        rt::import_dynamic(
                            cx,
                            crate::m1_b::LAZY,
                            |cx| Ok(crate::m1_b::namespace(cx)),
                        ),
                    );
                })(),
            )
        }
        fn t1_f(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f1_f(cx)
        }
        pub static FN_1_F: rt::FnDef = rt::FnDef::new("f", 0, t1_f, rt::FnKind::Arrow)
            .with_source(SOURCE, 0, 22);
    "#]]);
}

#[test]
fn the_app_table() {
    file_of(0, &[("a.js", "export const f = o => o.price();")], expect![[r##"
        #![forbid(unsafe_code)]
        #![recursion_limit = "8192"]
        #![allow(
            dead_code,
            unused_variables,
            unused_assignments,
            unused_mut,
            unused_labels,
            unused_parens,
            unused_braces,
            unused_must_use,
            unused_imports,
            unreachable_code,
            invalid_nan_comparisons
        )]
        #![allow(clippy::all)]
        mod atoms;
        mod m0_a;
        const _: () = assert!(
            rt::ABI == 11, "puremixc and its runtime are of different versions"
        );
        static SITES: &[rt::Site] = &[
            rt::Site {
                file: "",
                line: 0,
                column: 0,
                expression: "",
            },
            rt::Site {
                file: "a.js",
                line: 1,
                column: 23,
                expression: "o.price",
            },
        ];
        static APP: rt::AppDef = rt::AppDef {
            name: "",
            version: "",
            puremixc: "0.1.0",
            atoms: &["price"],
            inline_caches: 2,
            globals: 1,
            sites: SITES,
            modules: &[
                rt::ModuleDef {
                    path: "a.js",
                    is_esm: true,
                    init: &m0_a::f0,
                    started: None,
                },
            ],
            routes: &[],
            config: None,
            middleware: None,
            not_found: None,
            server_error: None,
            assets: &[],
            pins: &[],
            workers: None,
            capabilities: rt::Capabilities {
                ..rt::Capabilities::NONE
            },
            python: &[],
        };
        fn main() {
            rt::main(&APP)
        }
    "##]]);
}
