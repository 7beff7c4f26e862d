//! Functions, closures, classes, tasks.

use super::{js, js_module};
use expect_test::expect;

#[test]
fn direct_calls_and_defaults() {
    js("function add(a, b = 1) { return a + b; } export function f(x) { return add(x) + add(x, 2); }", expect![[r#"
        pub fn f1_add(cx: rt::Cx, a_0: &rt::Value, b: &rt::Value) -> rt::R {
            f1_add_r(cx, a_0, b).get()
        }
        pub fn f1_add_r(cx: rt::Cx, a_0: &rt::Value, b: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let b_1: i32 = if rt::is_undefined(b) { 1 } else { rt::as_int(b) };
                    return Ok(
                        if let Some(t1) = cx.peek_num(a_0, []) {
                            rt::Value::Num(t1 + f64::from(b_1))
                        } else {
                            rt::js_add(cx, a_0, &rt::Value::Num(f64::from(b_1)))?
                        },
                    );
                })(),
            )
        }
        pub fn f2_f(cx: rt::Cx, x: &rt::Value) -> rt::R {
            f2_f_r(cx, x).get()
        }
        pub fn f2_f_r(cx: rt::Cx, x: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::js_add(
                            cx,
                            &rt::at(cx, 1, f1_add(cx, x, &rt::Value::Undefined))?,
                            &rt::at(cx, 2, f1_add(cx, x, &rt::Value::Num(2.0)))?,
                        )?,
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn captured_by_value() {
    js("export function f(n) { const k = n * 2; return x => x + k; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_f_r(cx, n).get()
        }
        pub fn f1_f_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let k: f64 = if let Some(t1) = cx.peek_num(n, []) {
                        t1 * 2.0
                    } else {
                        rt::as_num(&rt::js_mul(cx, n, &rt::Value::Num(2.0))?)
                    };
                    return Ok(rt::closure(cx, &FN_2, vec![rt::Value::Num(k)]));
                })(),
            )
        }
        pub fn f2(cx: rt::Cx, k: f64, x: &rt::Value) -> rt::R {
            f2_r(cx, k, x).get()
        }
        pub fn f2_r(cx: rt::Cx, k: f64, x: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(
                        if let Some(t1) = cx.peek_num(x, []) {
                            rt::Value::Num(t1 + k)
                        } else {
                            rt::js_add(cx, x, &rt::Value::Num(k))?
                        },
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn captured_and_assigned() {
    js("export function counter() { let n = 0; return () => ++n; }", expect![[r#"
        pub fn f1_counter(cx: rt::Cx) -> rt::R {
            f1_counter_r(cx).get()
        }
        pub fn f1_counter_r(cx: rt::Cx) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let n = rt::cell(cx, rt::Value::Num(0.0));
                    return Ok(rt::closure(cx, &FN_2, vec![n.clone()]));
                })(),
            )
        }
        pub fn f2(cx: rt::Cx, n: &rt::Value) -> rt::R<f64> {
            return Ok(
                rt::as_num(
                    &({
                        let t1 = rt::at(cx, 1, rt::js_step(cx, &rt::cell_get(n), 1.0))?;
                        rt::cell_set(n, t1.clone());
                        t1
                    }),
                ),
            );
        }
    "#]]);
}

#[test]
fn callbacks_of_arrays() {
    js("export function f(list) { return list.filter(x => x.on).map(x => x.n * 2).reduce((a, b) => a + b, 0); }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, list: &rt::Value) -> rt::R {
            f1_f_r(cx, list).get()
        }
        pub fn f1_f_r(cx: rt::Cx, list: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::at(
                            cx,
                            3,
                            rt::arr_reduce(
                                cx,
                                &rt::at(
                                    cx,
                                    2,
                                    rt::arr_map(
                                        cx,
                                        &rt::at(
                                            cx,
                                            1,
                                            rt::arr_filter(
                                                cx,
                                                list,
                                                |x_, _| f2(cx, x_).map(rt::js_truth),
                                                || rt::closure(cx, &FN_2, vec![]),
                                            ),
                                        )?,
                                        |x_, _| f3(cx, x_).map(|v| rt::Value::Num(v)),
                                        || rt::closure(cx, &FN_3, vec![]),
                                    ),
                                )?,
                                rt::Value::Num(0.0),
                                |acc_, x_, _| f4(cx, acc_, x_),
                                || rt::closure(cx, &FN_4, vec![]),
                            ),
                        )?,
                    );
                })(),
            )
        }
        pub fn f2(cx: rt::Cx, x: &rt::Value) -> rt::R {
            f2_r(cx, x).get()
        }
        pub fn f2_r(cx: rt::Cx, x: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(rt::at(cx, 4, rt::get(cx, x, K_ON, 1))?);
                })(),
            )
        }
        pub fn f3(cx: rt::Cx, x: &rt::Value) -> rt::R<f64> {
            return Ok(
                if let Some(t1) = cx.peek_num(x, [rt::Step::Slot(2)]) {
                    t1 * 2.0
                } else {
                    rt::as_num(
                        &rt::js_mul(
                            cx,
                            &rt::at(cx, 5, rt::get(cx, x, K_N, 2))?,
                            &rt::Value::Num(2.0),
                        )?,
                    )
                },
            );
        }
        pub fn f4(cx: rt::Cx, a_3: &rt::Value, b: &rt::Value) -> rt::R {
            f4_r(cx, a_3, b).get()
        }
        pub fn f4_r(cx: rt::Cx, a_3: &rt::Value, b: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(rt::js_add(cx, a_3, b)?);
                })(),
            )
        }
    "#]]);
}

#[test]
fn recursion_checks_the_stack() {
    js("export function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }", expect![[r#"
        pub fn f1_fib(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_fib_r(cx, n).get()
        }
        pub fn f1_fib_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        if if let Some(t1) = cx.peek_num(n, []) {
                            t1 < 2.0
                        } else {
                            rt::js_lt(cx, n, &rt::Value::Num(2.0))?
                        } {
                            n.clone()
                        } else {
                            rt::js_add(
                                cx,
                                &rt::at(
                                    cx,
                                    1,
                                    f1_fib(
                                        cx,
                                        &rt::Value::Num(
                                            if let Some(t2) = cx.peek_num(n, []) {
                                                t2 - 1.0
                                            } else {
                                                rt::as_num(&rt::js_sub(cx, n, &rt::Value::Num(1.0))?)
                                            },
                                        ),
                                    ),
                                )?,
                                &rt::at(
                                    cx,
                                    2,
                                    f1_fib(
                                        cx,
                                        &rt::Value::Num(
                                            if let Some(t3) = cx.peek_num(n, []) {
                                                t3 - 2.0
                                            } else {
                                                rt::as_num(&rt::js_sub(cx, n, &rt::Value::Num(2.0))?)
                                            },
                                        ),
                                    ),
                                )?,
                            )?
                        },
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn this_and_rest() {
    js("export const o = { n: 1, m(...args) { return this.n + args.length; } };", expect![[r#"
        pub fn f1_m(cx: rt::Cx, this: &rt::Value, args_0: &rt::Value) -> rt::R {
            f1_m_r(cx, this, args_0).get()
        }
        pub fn f1_m_r(cx: rt::Cx, this: &rt::Value, args_0: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(
                        rt::js_add(
                            cx,
                            &rt::at(cx, 1, rt::get(cx, this, K_N, 1))?,
                            &rt::Value::Num(rt::array_len(args_0)),
                        )?,
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn asynchronous() {
    js("export async function f(load) { const a = await load(1); return a.n; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, load: &rt::Value) -> rt::R {
            if let Err(t) = rt::check_stack(cx) {
                return Ok(rt::promise_of(cx, Err(t)));
            }
            let mut load = load.clone();
            Ok(
                rt::spawn_task(
                    cx,
                    move |y: rt::Frame| async move {
                        let mut a_1 = rt::at(
                            cx,
                            2,
                            {
                                let t1 = rt::at(
                                    cx,
                                    1,
                                    rt::call(
                                        cx,
                                        &load,
                                        &rt::Value::Undefined,
                                        &[rt::Value::Num(1.0)],
                                    ),
                                )?;
                                y.save(&mut [&mut load]);
                                let t2 = rt::await_(cx, t1).await;
                                y.restore(&mut [&mut load]);
                                t2
                            },
                        )?;
                        return Ok(rt::at(cx, 3, rt::get(cx, &a_1, K_N, 1))?);
                    },
                ),
            )
        }
    "#]]);
}

#[test]
fn generator() {
    js("export function* f(n) { for (let i = 0; i < n; i++) yield i; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, a: &rt::Args<'_>, n: &rt::Value) -> rt::R {
            let mut callee = rt::Value::Obj(a.callee.clone());
            let mut n = n.clone();
            rt::generator(
                cx,
                &rt::Value::Obj(a.callee.clone()),
                [callee, n],
                move |y: rt::Yielder| async move {
                    let [mut callee, mut n] = y.begin();
                    {
                        let mut i: f64 = 0.0;
                        while if let Some(t2) = cx.peek_num(&n, []) {
                            i < t2
                        } else {
                            rt::js_lt(cx, &rt::Value::Num(i), &n)?
                        } {
                            match {
                                let t3 = rt::Value::Num(i);
                                y.save(&mut [&mut callee, &mut n]);
                                let t4 = y.yield_(t3).await;
                                y.restore(&mut [&mut callee, &mut n]);
                                t4
                            } {
                                rt::Resume::Next(v) => v,
                                rt::Resume::Throw(v) => return Err(rt::throw(cx, v)),
                                rt::Resume::Return(v) => {
                                    return Ok(v);
                                }
                            };
                            i += 1.0;
                        }
                    }
                    Ok(rt::Value::Undefined)
                },
            )
        }
    "#]]);
}

#[test]
fn class() {
    js_module("export class Point { #x = 1; constructor(y) { this.y = y; } get x() { return this.#x; } static zero() { return new Point(0); } }", expect![[r##"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_POINT_0: u32 = 0;
        pub fn f0(cx: rt::Cx) -> rt::R {
            cx.set_global(
                G_POINT_0,
                {
                    let x = rt::private_symbol("#x");
                    let (t1, t2) = rt::at(
                        cx,
                        1,
                        rt::class(cx, &FN_1_POINT, vec![x.clone()], None),
                    )?;
                    rt::at(
                        cx,
                        2,
                        rt::define_getter(
                            cx,
                            &t2,
                            &rt::Key::Atom(K_X),
                            rt::closure(cx, &FN_2_GET_X, vec![x.clone()]),
                            false,
                        ),
                    )?;
                    rt::at(
                        cx,
                        3,
                        rt::define_method(
                            cx,
                            &t1,
                            &rt::Key::Atom(K_ZERO),
                            rt::closure(cx, &FN_3_ZERO, vec![]),
                        ),
                    )?;
                    t1
                },
            );
            Ok(rt::Value::Undefined)
        }
        pub fn f1_point(cx: rt::Cx, x: &rt::Value, this: &rt::Value, y: &rt::Value) -> rt::R {
            rt::at(cx, 4, rt::op_define_private(cx, this, x, &rt::Value::Num(1.0)))?;
            rt::at(cx, 5, rt::set(cx, this, K_Y, y.clone(), 1))?;
            Ok(rt::Value::Undefined)
        }
        fn t1_point(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f1_point(cx, a.env(0), a.this, a.get(0))
        }
        pub static FN_1_POINT: rt::FnDef = rt::FnDef::new(
                "Point",
                1,
                t1_point,
                rt::FnKind::ClassBase,
            )
            .with_source(SOURCE, 0, 121);
        #[inline(always)]
        pub fn f2_get_x(cx: rt::Cx, x: &rt::Value, this: &rt::Value) -> rt::R {
            f2_get_x_r(cx, x, this).get()
        }
        pub fn f2_get_x_r(cx: rt::Cx, x: &rt::Value, this: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(rt::at(cx, 6, rt::get_private(cx, this, x))?);
                })(),
            )
        }
        fn t2_get_x(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f2_get_x(cx, a.env(0), a.this)
        }
        pub static FN_2_GET_X: rt::FnDef = rt::FnDef::new(
                "get x",
                0,
                t2_get_x,
                rt::FnKind::Method,
            )
            .with_source(SOURCE, 53, 80);
        #[inline(always)]
        pub fn f3_zero(cx: rt::Cx) -> rt::R {
            f3_zero_r(cx).get()
        }
        pub fn f3_zero_r(cx: rt::Cx) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::construct_at(
                            cx,
                            7,
                            &rt::global(cx, G_POINT_0),
                            &[rt::Value::Num(0.0)],
                        )?,
                    );
                })(),
            )
        }
        fn t3_zero(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f3_zero(cx)
        }
        pub static FN_3_ZERO: rt::FnDef = rt::FnDef::new("zero", 0, t3_zero, rt::FnKind::Method)
            .with_source(SOURCE, 88, 119);
    "##]]);
}
