//! Numbers, strings, objects and places.

use super::js;
use expect_test::expect;

#[test]
fn numbers_stay_unboxed() {
    js("export function area(n) { let sum = 0; for (let i = 0; i < 10; i++) { sum += i * 0.5; } return sum; }", expect![[r#"
        pub fn f1_area(cx: rt::Cx, n: &rt::Value) -> rt::R<f64> {
            let mut sum: f64 = 0.0;
            {
                let mut i: i32 = 0;
                while i < 10 {
                    sum = sum + (f64::from(i) * 0.5);
                    i += 1;
                }
            }
            return Ok(sum);
        }
    "#]]);
}

#[test]
fn unknown_operands_are_values() {
    js("export function f(a, b) { return a * b + 1 < a; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, a_0: &rt::Value, b: &rt::Value) -> rt::R<bool> {
            return Ok(
                if let Some(t1) = cx.peek_num(a_0, []) && let Some(t2) = cx.peek_num(b, [])
                    && let Some(t3) = cx.peek_num(a_0, [])
                {
                    ((t1 * t2) + 1.0) < t3
                } else {
                    rt::js_lt(
                        cx,
                        &rt::js_add(cx, &rt::js_mul(cx, a_0, b)?, &rt::Value::Num(1.0))?,
                        a_0,
                    )?
                },
            );
        }
    "#]]);
}

#[test]
fn strings_grow_in_place() {
    js("export function f(list) { let s = ''; for (const x of list) s += x; return s; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, list: &rt::Value) -> rt::R<rt::Str> {
            let mut s = rt::Str::lit(&S_0);
            {
                let mut t1 = rt::at(cx, 1, rt::for_of(cx, list))?;
                while let Some(x) = rt::at(cx, 2, t1.next(cx))? {
                    {
                        let t = rt::js_to_text(cx, &x)?;
                        rt::str_push(cx, &mut s, &t)?;
                    };
                }
            }
            return Ok(s);
        }
    "#]]);
}

#[test]
fn template_literal() {
    js("export function f(name, n) { return `${name}: ${n} of ${n * 2}`; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, name: &rt::Value, n: &rt::Value) -> rt::R<rt::Str> {
            return Ok(
                rt::str_concat(
                    cx,
                    &[
                        rt::at(cx, 1, rt::js_to_string(cx, name))?,
                        rt::Str::lit(&S_0),
                        rt::at(cx, 2, rt::js_to_string(cx, n))?,
                        rt::Str::lit(&S_OF),
                        rt::num_to_str(
                            if let Some(t1) = cx.peek_num(n, []) {
                                t1 * 2.0
                            } else {
                                rt::as_num(&rt::js_mul(cx, n, &rt::Value::Num(2.0))?)
                            },
                        ),
                    ],
                )?,
            );
        }
    "#]]);
}

#[test]
fn object_literals_have_a_static_shape() {
    js("export function f(x) { return { x, y: 1, inner: { z: [x, 2] } }; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, x: &rt::Value) -> rt::R {
            f1_f_r(cx, x).get()
        }
        pub fn f1_f_r(cx: rt::Cx, x: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    return Ok(
                        rt::object(
                            cx,
                            &SHAPE_X_Y_INNER,
                            [
                                x.clone(),
                                rt::Value::Num(1.0),
                                rt::object(
                                    cx,
                                    &SHAPE_Z,
                                    [rt::array(cx, vec![x.clone(), rt::Value::Num(2.0)])],
                                ),
                            ],
                        ),
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn spread() {
    js("export function f(a, list) { return [{ ...a, b: 1 }, [...list, 1], a.call(...list)]; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, a_0: &rt::Value, list: &rt::Value) -> rt::R {
            f1_f_r(cx, a_0, list).get()
        }
        pub fn f1_f_r(cx: rt::Cx, a_0: &rt::Value, list: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::array(
                            cx,
                            Vec::from([
                                {
                                    let t1 = rt::at(cx, 1, rt::spread_object(cx, a_0, 1))?;
                                    rt::at(
                                        cx,
                                        1,
                                        rt::define_name(cx, &t1, K_B, rt::Value::Num(1.0), 1),
                                    )?;
                                    t1
                                },
                                {
                                    let mut t2 = Vec::new();
                                    rt::at(cx, 2, rt::spread_into(cx, &mut t2, list))?;
                                    t2.push(rt::Value::Num(1.0));
                                    rt::array(cx, t2)
                                },
                                rt::at(
                                    cx,
                                    4,
                                    rt::call_method(
                                        cx,
                                        a_0,
                                        rt::wk::CALL,
                                        &{
                                            let mut t3 = Vec::new();
                                            rt::at(cx, 3, rt::spread_last(cx, &mut t3, list))?;
                                            rt::spread_args(cx, t3)?
                                        },
                                        2,
                                    ),
                                )?,
                            ]),
                        ),
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn members() {
    js("export function f(o, k) { o.a = o.b.c; o[k] = o[0]; o.n += 1; o.n++; delete o.a; return k in o; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, o: &rt::Value, k: &rt::Value) -> rt::R<bool> {
            rt::at(
                cx,
                2,
                rt::set(
                    cx,
                    o,
                    K_A,
                    rt::at(cx, 1, rt::get(cx, &rt::at(cx, 1, rt::get(cx, o, K_B, 1))?, K_C, 2))?,
                    3,
                ),
            )?;
            rt::at(cx, 4, rt::set_index(cx, o, k, rt::at(cx, 3, rt::index_int(cx, o, 0))?))?;
            if !cx.add_num(o, [rt::Step::Slot(4)], 1.0) {
                {
                    let t1 = rt::at(cx, 5, rt::get(cx, o, K_N, 5))?;
                    rt::at(
                        cx,
                        5,
                        rt::set(cx, o, K_N, rt::js_add(cx, &t1, &rt::Value::Num(1.0))?, 4),
                    )?;
                };
            }
            if !cx.add_num(o, [rt::Step::Slot(6)], 1.0) {
                rt::at(
                    cx,
                    6,
                    rt::set(
                        cx,
                        o,
                        K_N,
                        rt::at(
                            cx,
                            6,
                            rt::js_step(cx, &rt::at(cx, 6, rt::get(cx, o, K_N, 7))?, 1.0),
                        )?,
                        6,
                    ),
                )?;
            }
            rt::at(cx, 7, rt::delete_name(cx, o, K_A))?;
            return Ok(rt::at(cx, 8, rt::js_in(cx, k, o))?);
        }
    "#]]);
}

#[test]
fn optional_chain() {
    js("export function f(o) { return o?.a.b?.(1) ?? 'none'; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, o: &rt::Value) -> rt::R {
            f1_f_r(cx, o).get()
        }
        pub fn f1_f_r(cx: rt::Cx, o: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok({
                        let t4 = 'chain1: {
                            {
                                let receiver = rt::at(
                                    cx,
                                    1,
                                    rt::get(
                                        cx,
                                        &({
                                            let t2 = o.clone();
                                            if rt::is_nullish(&t2) {
                                                break 'chain1 rt::Value::Undefined;
                                            }
                                            t2
                                        }),
                                        K_A,
                                        1,
                                    ),
                                )?;
                                rt::at(
                                    cx,
                                    2,
                                    rt::call(
                                        cx,
                                        &({
                                            let t3 = rt::at(cx, 1, rt::get(cx, &receiver, K_B, 2))?;
                                            if rt::is_nullish(&t3) {
                                                break 'chain1 rt::Value::Undefined;
                                            }
                                            t3
                                        }),
                                        &receiver,
                                        &[rt::Value::Num(1.0)],
                                    ),
                                )?
                            }
                        };
                        if !rt::is_nullish(&t4) { t4 } else { rt::lit(&S_NONE) }
                    });
                })(),
            )
        }
    "#]]);
}

#[test]
fn destructuring() {
    js("export function f({ a, b = 1, ...rest }, [c, , d]) { return [a, b, c, d, rest]; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, param: &rt::Value, param_8: &rt::Value) -> rt::R {
            f1_f_r(cx, param, param_8).get()
        }
        pub fn f1_f_r(cx: rt::Cx, param: &rt::Value, param_8: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let source = rt::at(cx, 1, rt::op_destructure(cx, param, &rt::lit(&S_A)))?;
                    let a_0 = rt::at(cx, 2, rt::get(cx, &source, K_A, 1))?;
                    let value = rt::at(cx, 3, rt::get(cx, &source, K_B, 2))?;
                    let b = if rt::is_undefined(&value) {
                        rt::Value::Num(1.0)
                    } else {
                        value.clone()
                    };
                    let rest = rt::at(
                        cx,
                        1,
                        rt::op_object_rest(cx, &source, &[rt::lit(&S_A), rt::lit(&S_B)]),
                    )?;
                    let mut iterator = rt::at(cx, 4, rt::for_of(cx, param_8))?;
                    let c = rt::at(cx, 4, iterator.iter_next(cx))?;
                    rt::at(cx, 4, iterator.iter_next(cx))?;
                    let d = rt::at(cx, 4, iterator.iter_next(cx))?;
                    rt::at(cx, 4, iterator.iter_close(cx))?;
                    return Ok(
                        rt::array(
                            cx,
                            vec![a_0.clone(), b.clone(), c.clone(), d.clone(), rest.clone()],
                        ),
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn regular_expression() {
    js("export function f(s) { return /^a+$/i.test(s); }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, s: &rt::Value) -> rt::R {
            f1_f_r(cx, s).get()
        }
        pub fn f1_f_r(cx: rt::Cx, s: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    return Ok(
                        rt::at(
                            cx,
                            2,
                            rt::call_method(
                                cx,
                                &rt::at(cx, 1, rt::regex(cx, &rt::Str::lit(&S_A), "i"))?,
                                rt::wk::TEST,
                                &[s.clone()],
                                1,
                            ),
                        )?,
                    );
                })(),
            )
        }
    "#]]);
}
