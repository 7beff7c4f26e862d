//! Statements.

use super::js;
use expect_test::expect;

#[test]
fn branches() {
    js("export function f(n) { if (n > 1) return 'many'; else if (n) return 'one'; return n ? 1 : 0; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_f_r(cx, n).get()
        }
        pub fn f1_f_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    if if let Some(t1) = cx.peek_num(n, []) {
                        t1 > 1.0
                    } else {
                        rt::js_gt(cx, n, &rt::Value::Num(1.0))?
                    } {
                        return Ok(rt::lit(&S_MANY));
                    } else if rt::js_truthy(n) {
                        return Ok(rt::lit(&S_ONE));
                    }
                    return Ok(
                        if rt::js_truthy(n) { rt::Value::Num(1.0) } else { rt::Value::Num(0.0) },
                    );
                })(),
            )
        }
    "#]]);
}

#[test]
fn labels() {
    js("export function f(m) { outer: for (const row of m) { for (const x of row) { if (x) continue outer; break outer; } } return m; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, m: &rt::Value) -> rt::R {
            f1_f_r(cx, m).get()
        }
        pub fn f1_f_r(cx: rt::Cx, m: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    {
                        let mut t1 = rt::at(cx, 1, rt::for_of(cx, m))?;
                        'l2: while let Some(row) = rt::at(cx, 2, t1.next(cx))? {
                            {
                                let mut t3 = rt::at(cx, 3, rt::for_of(cx, &row))?;
                                while let Some(x) = rt::at(cx, 4, t3.next(cx))? {
                                    if rt::js_truthy(&x) {
                                        t3.close(cx)?;
                                        continue 'l2;
                                    }
                                    t3.close(cx)?;
                                    t1.close(cx)?;
                                    break 'l2;
                                }
                            }
                        }
                    }
                    return Ok(m.clone());
                })(),
            )
        }
    "#]]);
}

#[test]
fn loops() {
    js("export function f(n) { do { n--; } while (n > 5); while (n) { n--; } for (const k in n) return k; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_f_r(cx, n).get()
        }
        pub fn f1_f_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let mut n = n.clone();
                    loop {
                        n = rt::at(cx, 1, rt::js_step(cx, &n, (-1.0)))?;
                        if !(if let Some(t3) = cx.peek_num(&n, []) {
                            t3 > 5.0
                        } else {
                            rt::js_gt(cx, &n, &rt::Value::Num(5.0))?
                        }) {
                            break;
                        }
                    }
                    while rt::js_truthy(&n) {
                        n = rt::at(cx, 2, rt::js_step(cx, &n, (-1.0)))?;
                    }
                    {
                        let mut t6 = n.clone();
                        for t7 in rt::at(cx, 3, rt::for_in_keys(cx, &t6))? {
                            if !rt::for_in_live(cx, &t6, &t7)? {
                                continue;
                            }
                            let t9 = t7;
                            let k = rt::as_str(&t9);
                            return Ok(rt::Value::Str(k.clone()));
                        }
                    }
                    Ok(rt::Value::Undefined)
                })(),
            )
        }
    "#]]);
}

#[test]
fn switch() {
    js("export function f(n) { switch (n) { case 1: return 'a'; case 2: n = 3; default: return n; } }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_f_r(cx, n).get()
        }
        pub fn f1_f_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let mut n = n.clone();
                    's2: {
                        let mut t1 = n.clone();
                        let t3: usize = if rt::js_strict_eq(&t1, &rt::Value::Num(1.0)) {
                            0
                        } else if rt::js_strict_eq(&t1, &rt::Value::Num(2.0)) {
                            1
                        } else {
                            2
                        };
                        if t3 <= 0 {
                            return Ok(rt::lit(&S_A));
                        }
                        if t3 <= 1 {
                            n = rt::Value::Num(3.0);
                        }
                        if t3 <= 2 {
                            return Ok(n);
                        }
                    }
                    Ok(rt::Value::Undefined)
                })(),
            )
        }
    "#]]);
}

#[test]
fn try_catch_finally() {
    js("export function f(g) { try { return g(); } catch (e) { return e.message; } finally { g(1); } }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, g: &rt::Value) -> rt::R {
            f1_f_r(cx, g).get()
        }
        pub fn f1_f_r(cx: rt::Cx, g: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    let mut t4: rt::Done<rt::Value> = rt::hold(
                        cx,
                        'finally1: {
                            let t3: rt::R<()> = 'try2: {
                                break 'finally1 rt::Done::Return(
                                    match rt::at(
                                        cx,
                                        1,
                                        rt::call(cx, g, &rt::Value::Undefined, &[]),
                                    ) {
                                        Ok(v) => v,
                                        Err(t) => break 'try2 Err(t),
                                    },
                                );
                            };
                            if let Err(t) = t3 {
                                let e = rt::caught(cx, t);
                                break 'finally1 rt::Done::Return(
                                    match rt::at(cx, 2, rt::get(cx, &e, rt::wk::MESSAGE, 1)) {
                                        Ok(v) => v,
                                        Err(t) => break 'finally1 rt::Done::pending(t),
                                    },
                                );
                            }
                            rt::Done::Normal
                        },
                    );
                    {
                        rt::at(
                            cx,
                            3,
                            rt::call(cx, g, &rt::Value::Undefined, &[rt::Value::Num(1.0)]),
                        )?;
                    }
                    match t4 {
                        rt::Done::Normal => {}
                        rt::Done::Return(v) => {
                            return Ok(v);
                        }
                        rt::Done::Throw(v) => {
                            return Err(rt::throw(cx, v));
                        }
                        rt::Done::Jump(_) => {}
                    }
                    Ok(rt::Value::Undefined)
                })(),
            )
        }
    "#]]);
}

#[test]
fn throw() {
    js("export function f(n) { if (!n) throw new Error('none'); return n; }", expect![[r#"
        pub fn f1_f(cx: rt::Cx, n: &rt::Value) -> rt::R {
            f1_f_r(cx, n).get()
        }
        pub fn f1_f_r(cx: rt::Cx, n: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    rt::check_stack(cx)?;
                    if !rt::js_truthy(n) {
                        return Err(
                            rt::throw_at(
                                cx,
                                3,
                                rt::construct_at(
                                    cx,
                                    2,
                                    &rt::at(cx, 1, rt::builtin(cx, rt::wk::ERROR_CTOR, 1))?,
                                    &[rt::lit(&S_NONE)],
                                )?,
                            ),
                        );
                    }
                    return Ok(n.clone());
                })(),
            )
        }
    "#]]);
}
