//! Documents: layouts, heads, components, data.

use super::*;
use crate::app::LoaderDef;
use crate::page::{Out, Scope, component, markup, write};

fn page(cx: Cx, page: PageDef) -> String {
    text(&reply(cx, page, &exchange("GET", "/p?q=1", &[], "")))
}

static HELLO: PageDef = PageDef {
    head: Some(&|_: Cx, _: &Scope<'_>, out: &mut Out| {
        out.lit("<title>Page &amp; more</title><meta name=\"description\" content=\"d\">");
        Ok(())
    }),
    render: &|cx, scope, out| {
        out.lit("<p>");
        write::write_text(cx, out, &get(cx, &scope.query(cx)?, "q")?)?;
        out.lit("</p>");
        Ok(())
    },
    ..NO_PAGE
};

#[test]
fn the_default_document() {
    assert_eq!(
        page(isolate(), PageDef { ..HELLO }),
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Page &amp; more</title><meta name=\"description\" content=\"d\"></head><body><p>1</p></body></html>"
    );
}

#[test]
fn a_template_that_is_a_document() {
    let render: &crate::app::RenderFn = &|_, _, out| {
        out.lit("<!-- hi --> <!DOCTYPE HTML><html><head></head><body>x</body></html>");
        Ok(())
    };
    assert_eq!(
        page(isolate(), PageDef { render, ..HELLO }),
        "<!-- hi --> <!DOCTYPE HTML><html><head><title>Page &amp; more</title><meta name=\"description\" content=\"d\"></head><body>x</body></html>"
    );
}

static LAYOUT: PageDef = PageDef {
    name: "main",
    render: &|cx, scope, out| {
        out.lit("<html><head><title>");
        let title = scope.title(cx)?;
        write::write_rcdata(cx, out, &title)?;
        out.lit(" | Site</title>");
        scope.write_head(out);
        out.lit("</head><body>");
        let load = scope.page_value(cx, "load");
        write::write_text(cx, out, &get(cx, &load, "data.n")?)?;
        scope.write_content(cx, out)?;
        scope.write_content(cx, out)?;
        out.lit("</body></html>");
        Ok(())
    },
    ..NO_PAGE
};

static NUMBER: [LoaderDef; 1] = [LoaderDef { name: "load", call: &|cx, _, _, _| Ok(data(cx, "n", 5)) }];

#[test]
fn a_layout_sees_the_page() {
    assert_eq!(
        page(isolate(), PageDef { layout: Some(&LAYOUT), loaders: &NUMBER, ..HELLO }),
        "<html><head><title>Page &amp; more | Site</title><meta name=\"description\" content=\"d\"></head><body>5<p>1</p></body></html>"
    );
    // Without a head of the page, the title comes from a loader, and the layout's own stays.
    static TITLED: [LoaderDef; 1] = [LoaderDef { name: "x", call: &|cx, _, _, _| Ok(data(cx, "title", "<T>")) }];
    assert_eq!(
        page(isolate(), PageDef { layout: Some(&LAYOUT), loaders: &TITLED, head: None, ..HELLO }),
        "<html><head><title>&lt;T&gt; | Site</title></head><body><p>1</p></body></html>"
    );
}

#[test]
fn layouts_nest() {
    static INNER: PageDef = PageDef {
        name: "inner",
        head: Some(&|_: Cx, _: &Scope<'_>, out: &mut Out| {
            out.lit("<title>Inner</title><link rel=icon>");
            Ok(())
        }),
        layout: Some(&LAYOUT),
        render: &|cx, scope, out| {
            out.lit("<main>");
            scope.write_content(cx, out)?;
            out.lit("</main>");
            Ok(())
        },
        ..NO_PAGE
    };
    assert_eq!(
        page(isolate(), PageDef { layout: Some(&INNER), loaders: &NUMBER, ..HELLO }),
        "<html><head><title>Page &amp; more | Site</title><link rel=icon><meta name=\"description\" content=\"d\"></head><body>5<main><p>1</p></main></body></html>"
    );
}

static CARD: PageDef = PageDef {
    name: "Card",
    render: &|cx, scope, out| {
        out.lit("<i>");
        write::write_text(cx, out, &lang::get(cx, scope.props(), "n")?)?;
        scope.write_content(cx, out)?;
        out.lit("</i>");
        Ok(())
    },
    ..NO_PAGE
};

thread_local! {
    static WAITING: RefCell<Vec<(Cx, Obj, Value)>> = const { RefCell::new(Vec::new()) };
}

/// A component whose loader stays pending until the test settles it with its prop.
static SLOW: PageDef = PageDef {
    name: "Slow",
    loaders: &[LoaderDef {
        name: "load",
        call: &|cx, request, _, props| {
            assert_eq!(get(cx, request, "params.id")?.as_str().unwrap(), &"7");
            let (value, promise) = pending(cx);
            WAITING.with_borrow_mut(|w| w.push((cx, promise, lang::get(cx, props, "n").unwrap())));
            Ok(value)
        },
    }],
    render: &|cx, scope, out| {
        out.lit("<s>");
        write::write_text(cx, out, scope.loader(0))?;
        out.lit("</s>");
        Ok(())
    },
    ..NO_PAGE
};

fn settle_last() {
    if let Some((cx, promise, value)) = WAITING.with_borrow_mut(Vec::pop) {
        promise::resolve(cx, &promise, value);
    }
}

#[test]
fn components_take_props_and_children() {
    let render: &crate::app::RenderFn = &|cx, _, out| {
        let children = markup(cx, |out| {
            let props = lang::object(cx, [("n", "<".into())]).into();
            component(cx, out, &CARD, &props, &Value::Undefined, &Value::Undefined, 1)
        })?;
        let props = lang::object(cx, [("n", 1.into())]).into();
        component(cx, out, &CARD, &props, &children, &Value::Undefined, 1)
    };
    let cx = isolate();
    assert_eq!(body(&reply(cx, PageDef { render, ..NO_PAGE }, &exchange("GET", "/", &[], ""))), "<i>1<i>&lt;</i></i>");
}

#[test]
fn slow_components_run_together_and_keep_their_places() {
    static WITH_SLOW: PageDef = PageDef {
        render: &|cx, _, out| {
            for n in 1..=3 {
                let props = lang::object(cx, [("n", n.into())]).into();
                // One inside markup, as in a callback.
                let part = markup(cx, |out: &mut Out| component(cx, out, &SLOW, &props, &Value::Undefined, &Value::Undefined, 1))?;
                out.lit("<li>");
                write::write_text(cx, out, &part)?;
                out.lit("</li>");
            }
            Ok(())
        },
        layout: Some(&LAYOUT),
        ..HELLO
    };
    let cx = isolate();
    let mut most = 0;
    // The last one started is settled first.
    let reply = run(cx, crate::page::respond(cx, &WITH_SLOW, exchange("GET", "/", &[], "")), || {
        most = most.max(WAITING.with_borrow(Vec::len));
        settle_last();
    });
    assert_eq!(most, 3);
    assert_eq!(
        text(&reply),
        "<html><head><title>Page &amp; more | Site</title><meta name=\"description\" content=\"d\"></head><body><li><s>1</s></li><li><s>2</s></li><li><s>3</s></li></body></html>"
    );
}

#[test]
fn deep_components_are_an_error_not_an_abort() {
    static ENDLESS: PageDef = PageDef { name: "Endless", render: &|cx, _, out| component(cx, out, &ENDLESS, &Value::Undefined, &Value::Undefined, &Value::Undefined, 1), ..NO_PAGE };
    let run = || {
        let cx = isolate();
        cx.set_stack_budget(4 << 20);
        show(&reply(cx, PageDef { render: ENDLESS.render, ..NO_PAGE }, &exchange("GET", "/", &[], "")))
    };
    let shown = std::thread::Builder::new().stack_size(16 << 20).spawn(run).unwrap().join().unwrap();
    assert!(shown.starts_with("500 "), "{shown}");
}

#[test]
fn data_for_scripts() {
    static EVIL: [LoaderDef; 2] = [
        LoaderDef { name: "load", call: &|cx, _, _, _| Ok(data(cx, "x", "</script><script>alert(1)")) },
        LoaderDef { name: "none", call: &|_, _, _, _| Ok(Value::Undefined) },
    ];
    let out = page(isolate(), PageDef { loaders: &EVIL, mentions_puremix: true, head: None, ..HELLO });
    let json = out.split_once("id=\"puremix-data\">").unwrap().1.split_once("</script>").unwrap().0;
    assert_eq!(json, r#"{"load":{"data":{"x":"\u003c/script\u003e\u003cscript\u003ealert(1)"}}}"#);
    let client = out.find("<script src=\"/_puremix/client.").expect("the client runtime");
    assert!(out.find("<meta name=\"csrf-token\" content=\"tok\">") < out.find("puremix-data") && out.find("puremix-data") < Some(client) && Some(client) < out.find("</head>"));
    let plain = page(isolate(), PageDef { ..HELLO });
    assert!(!plain.contains("puremix-data") && !plain.contains("/_puremix/"));
    let form = page(isolate(), PageDef { needs_client: true, has_forms: true, ..HELLO });
    assert!(form.contains("csrf-token") && !form.contains("puremix-data") && form.contains(" defer></script>"), "{form}");
    let links = page(isolate(), PageDef { needs_client: true, ..HELLO });
    assert!(!links.contains("csrf-token") && links.contains("/_puremix/client."), "{links}");
}
