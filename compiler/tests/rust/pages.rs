//! Templates: code that writes into one buffer.

use super::{generate, is_function, items, page};
use expect_test::expect;
use puremixc::driver;
use puremixc::front::FileRole;

#[test]
fn text_and_attributes() {
    page("<a href={params.url} class=\"x {query.c}\" disabled={query.d} style={query.s}>Hi {params.name}!</a>\n<p>static</p>\n", expect![[r#"
        pub fn f1_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let params = scope.params(cx)?;
            let query = scope.query(cx)?;
            out.lit("<a");
            rt::at(
                cx,
                1,
                rt::write_url_attr(
                    cx,
                    out,
                    "href",
                    &rt::at(cx, 1, rt::get_safe(cx, &params, rt::wk::URL, 1))?,
                ),
            )?;
            out.lit(" class=\"x ");
            rt::at(
                cx,
                2,
                rt::write_attr_double(cx, out, &rt::at(cx, 2, rt::get_safe(cx, &query, K_C, 2))?),
            )?;
            out.lit("\"");
            rt::write_bool_attr(
                out,
                "disabled",
                &rt::at(cx, 3, rt::get_safe(cx, &query, K_D, 3))?,
            );
            rt::at(
                cx,
                4,
                rt::write_style_attr_value(
                    cx,
                    out,
                    "style",
                    &rt::at(cx, 4, rt::get_safe(cx, &query, K_S, 4))?,
                ),
            )?;
            out.lit(">Hi ");
            rt::at(
                cx,
                5,
                rt::write_text(
                    cx,
                    out,
                    &rt::at(cx, 5, rt::get_safe(cx, &params, rt::wk::NAME, 5))?,
                ),
            )?;
            out.lit("!</a>\n<p>static</p>");
            Ok(())
        }
    "#]]);
}

#[test]
fn conditions_and_lists() {
    page("<ul>{params.list.map((x, i) => <li>{i}: {x.name}</li>)}</ul>{query.a && <b>a</b>}{query.b ? <i>b</i> : <u>c</u>}\n", expect![[r#"
        pub fn f1_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let params = scope.params(cx)?;
            let query = scope.query(cx)?;
            out.lit("<ul>");
            {
                let mut t1 = rt::at(
                    cx,
                    1,
                    rt::each(cx, rt::at(cx, 1, rt::get_safe(cx, &params, K_LIST, 1))?),
                )?;
                while let Some(x) = rt::at(cx, 1, t1.next(cx))? {
                    let i: i32 = (t1.index() as i32);
                    out.lit("<li>");
                    out.num(f64::from(i));
                    out.lit(": ");
                    rt::at(
                        cx,
                        2,
                        rt::write_text(
                            cx,
                            out,
                            &rt::at(cx, 2, rt::get_safe(cx, &x, rt::wk::NAME, 2))?,
                        ),
                    )?;
                    out.lit("</li>");
                }
            }
            out.lit("</ul>");
            {
                let left = rt::at(cx, 3, rt::get_safe(cx, &query, K_A, 3))?;
                if rt::js_truthy(&left) {
                    out.lit("<b>a</b>");
                } else {
                    if rt::js_strict_eq(&left, &rt::Value::Bool(false)) {} else {
                        rt::at(cx, 3, rt::write_text(cx, out, &left))?;
                    }
                }
            }
            if rt::js_truthy(&rt::at(cx, 4, rt::get_safe(cx, &query, K_B, 4))?) {
                out.lit("<i>b</i>");
            } else {
                out.lit("<u>c</u>");
            }
            Ok(())
        }
    "#]]);
}

#[test]
fn scripts_get_json() {
    page("<script type=\"application/json\">{query}</script><script>const data = {query};</script>\n", expect![[r#"
        pub fn f1_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            out.lit(
                "<script type=\"application/json\">{query}</script><script>const data = {query};</script>",
            );
            Ok(())
        }
    "#]]);
}

#[test]
fn forms_carry_a_token() {
    page("<script server>\nfunction save(data) { return {}; }\n</script>\n<form onsubmit={save}><input name=\"a\" value={params.a}></form>\n", expect![[r#"
        pub fn f2_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let params = scope.params(cx)?;
            out.lit(
                "<form data-puremix-action=\"save\" method=\"POST\"><input type=\"hidden\" name=\"_action\" value=\"save\">",
            );
            scope.write_csrf(cx, out)?;
            out.lit("<input name=\"a\"");
            rt::at(
                cx,
                1,
                rt::write_value_attr(
                    cx,
                    out,
                    "value",
                    &rt::at(cx, 1, rt::get_safe(cx, &params, K_A, 1))?,
                ),
            )?;
            out.lit("></form>");
            Ok(())
        }
    "#]]);
}

#[test]
fn loaders_and_page_table() {
    let text = driver::on_large_stack(|| {
        let source = "<head><title>{load.data.title}</title></head>\n<loader>\nasync function load(request) { return { data: { title: 'a' } }; }\n</loader>\n<h1>{load.data.title}</h1>\n";
        items(&generate(&[("a.puremix", FileRole::Page, source)], true)[1].1, |line| !line.starts_with("use ") && !line.starts_with("// @generated"))
    });
    expect![[r#"
        const SOURCE: &str = include_str!("m0_a.txt");
        pub const G_LOAD_0: u32 = 0;
        static S_A: rt::Lit = rt::Lit::new("a");
        static SHAPE_DATA: rt::ShapeLit = rt::ShapeLit {
            keys: &[rt::wk::DATA],
            id: 0,
        };
        static SHAPE_TITLE: rt::ShapeLit = rt::ShapeLit {
            keys: &[K_TITLE],
            id: 1,
        };
        pub fn f0(cx: rt::Cx) -> rt::R {
            {
                cx.set_global(G_LOAD_0, rt::closure(cx, &FN_1_LOAD, vec![]));
            };
            Ok(rt::Value::Undefined)
        }
        pub fn f1_load(cx: rt::Cx, request: &rt::Value) -> rt::R {
            let result = (|| -> rt::R {
                return Ok(
                    rt::object(
                        cx,
                        &SHAPE_DATA,
                        [rt::object(cx, &SHAPE_TITLE, [rt::Value::Str(rt::Str::lit(&S_A))])],
                    ),
                );
            })();
            Ok(rt::promise_of(cx, result))
        }
        fn t1_load(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            f1_load(cx, a.get(0))
        }
        pub static FN_1_LOAD: rt::FnDef = rt::FnDef::new("load", 1, t1_load, rt::FnKind::Async)
            .with_source(SOURCE, 0, 65);
        pub fn f2_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let load = scope.loader(0).clone();
            out.lit("<h1>");
            rt::at(
                cx,
                1,
                rt::write_text(
                    cx,
                    out,
                    &rt::at(
                        cx,
                        1,
                        rt::get_safe(
                            cx,
                            &rt::at(cx, 1, rt::get_safe(cx, &load, rt::wk::DATA, 2))?,
                            K_TITLE,
                            1,
                        ),
                    )?,
                ),
            )?;
            out.lit("</h1>");
            Ok(())
        }
        pub fn f3_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let load = scope.loader(0).clone();
            out.lit("<title>");
            rt::at(
                cx,
                2,
                rt::write_rcdata(
                    cx,
                    out,
                    &rt::at(
                        cx,
                        2,
                        rt::get_safe(
                            cx,
                            &rt::at(cx, 2, rt::get_safe(cx, &load, rt::wk::DATA, 4))?,
                            K_TITLE,
                            3,
                        ),
                    )?,
                ),
            )?;
            out.lit("</title>");
            Ok(())
        }
        pub static PAGE: rt::PageDef = rt::PageDef {
            name: "a",
            file: "a.puremix",
            loaders: &[
                rt::LoaderDef {
                    name: "load",
                    call: &|cx, request, action_result, props| f1_load(cx, request),
                },
            ],
            actions: &[],
            render: &f2_render,
            head: Some(&f3_render),
            components: &[],
            layout: None,
            has_forms: false,
            mentions_puremix: false,
            needs_client: false,
            uses: &[],
        };
    "#]].assert_eq(&text);
}

#[test]
fn components() {
    let text = driver::on_large_stack(|| {
        let page = "<imports>\n  import Card from './Card.puremix'\n</imports>\n<Card title={params.t} big><p>inside</p></Card>\n";
        let files = [("a.puremix", FileRole::Page, page), ("Card.puremix", FileRole::Component, "<div>{props.title}{children}</div>\n")];
        let generated = generate(&files, true);
        items(&generated[1].1, |line| is_function(line) && line.contains("out")) + &items(&generated[2].1, |line| is_function(line) && line.contains("out"))
    });
    expect![[r#"
        pub fn f1_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            rt::check_stack(cx)?;
            let params = scope.params(cx)?;
            rt::at(
                cx,
                1,
                rt::component(
                    cx,
                    out,
                    &crate::m1_card::PAGE,
                    &({
                        let t1 = rt::at(cx, 1, rt::get_safe(cx, &params, K_T, 1))?;
                        rt::object(cx, &SHAPE_TITLE_BIG, [t1, rt::Value::Bool(true)])
                    }),
                    &({
                        let mut t2 = rt::Out::default();
                        {
                            let out = &mut t2;
                            out.lit("<p>inside</p>");
                        }
                        t2.into_value(cx)
                    }),
                    &rt::Value::Undefined,
                    1349282021343607175u64,
                ),
            )?;
            Ok(())
        }
        pub fn f1_render(cx: rt::Cx, scope: &rt::Scope<'_>, out: &mut rt::Out) -> rt::R<()> {
            let props = scope.props().clone();
            let children = rt::get_safe(cx, scope.props(), K_CHILDREN, 2)?;
            out.lit("<div>");
            rt::at(
                cx,
                2,
                rt::write_text(cx, out, &rt::at(cx, 2, rt::get_safe(cx, &props, K_TITLE, 3))?),
            )?;
            if scope.has_content() {
                rt::at(cx, 3, scope.write_content(cx, out))?;
            } else {
                rt::at(cx, 3, rt::write_text(cx, out, &children))?;
            }
            out.lit("</div>");
            Ok(())
        }
    "#]].assert_eq(&text);
}

#[test]
fn parsley() {
    let text = driver::on_large_stack(|| {
        let source = "let name = \"Ada\"\n<h1>Hello {name}</h1>\n<ul>{for (n in 1..3) { <li>{n}</li> }}</ul>\n";
        items(&generate(&[("a.pars", FileRole::Handler, source)], true)[1].1, is_function)
    });
    expect![[r#"
        pub fn f1_handler(cx: rt::Cx, v_0: &rt::Value) -> rt::R {
            f1_handler_r(cx, v_0).get()
        }
        pub fn f1_handler_r(cx: rt::Cx, v_0: &rt::Value) -> rt::Pair {
            rt::Pair::of(
                (|| -> rt::R {
                    let basil = rt::at(cx, 1, rt::parsley_basil(cx, v_0, &rt::Value::Null))?;
                    let mut v_2 = rt::Value::Null;
                    let mut name = rt::Value::Null;
                    let v_4 = rt::array(cx, vec![]);
                    name = rt::lit(&S_ADA);
                    rt::at(
                        cx,
                        3,
                        rt::parsley_push(
                            cx,
                            &v_4,
                            &({
                                let mut t1 = rt::Out::default();
                                {
                                    let out = &mut t1;
                                    out.lit("<h1>Hello ");
                                    rt::at(
                                        cx,
                                        2,
                                        rt::write_text(
                                            cx,
                                            out,
                                            &rt::at(cx, 2, rt::parsley_text(cx, &name))?,
                                        ),
                                    )?;
                                    out.lit("</h1>");
                                }
                                t1.into_value(cx)
                            }),
                        ),
                    )?;
                    rt::at(
                        cx,
                        7,
                        rt::parsley_push(
                            cx,
                            &v_4,
                            &({
                                let mut t4 = rt::Out::default();
                                {
                                    let out = &mut t4;
                                    out.lit("<ul>");
                                    {
                                        let mut t2 = rt::at(
                                            cx,
                                            5,
                                            rt::for_of(
                                                cx,
                                                &rt::at(
                                                    cx,
                                                    4,
                                                    rt::parsley_values(
                                                        cx,
                                                        &rt::at(
                                                            cx,
                                                            4,
                                                            rt::parsley_range(
                                                                cx,
                                                                &rt::Value::Num(1.0),
                                                                &rt::Value::Num(3.0),
                                                            ),
                                                        )?,
                                                    ),
                                                )?,
                                            ),
                                        )?;
                                        while let Some(n) = rt::at(cx, 4, t2.next(cx))? {
                                            out.lit("<li>");
                                            rt::at(
                                                cx,
                                                6,
                                                rt::write_text(
                                                    cx,
                                                    out,
                                                    &rt::at(cx, 6, rt::parsley_text(cx, &n))?,
                                                ),
                                            )?;
                                            out.lit("</li>");
                                        }
                                    }
                                    out.lit("</ul>");
                                }
                                t4.into_value(cx)
                            }),
                        ),
                    )?;
                    v_2 = rt::at(cx, 1, rt::parsley_collapse(cx, &v_4))?;
                    return Ok(rt::at(cx, 1, rt::parsley_response(cx, &v_2))?);
                })(),
            )
        }
    "#]].assert_eq(&text);
}
