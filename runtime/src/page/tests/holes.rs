//! Values in holes and attributes.

use super::*;
use crate::page::{Out, attrs, write};
use puremix_value::ErrorKind;

fn array(cx: Cx, items: Vec<Value>) -> Value {
    Obj::array(cx, items).into()
}

fn html(cx: Cx, source: &str) -> Value {
    crate::page::markup(cx, |out| {
        out.raw(source);
        Ok(())
    })
    .unwrap()
}

fn hole(cx: Cx, value: &Value) -> String {
    let mut out = Out::default();
    write::write_text(cx, &mut out, value).unwrap();
    out.text
}

#[test]
fn what_a_plain_hole_prints() {
    let cx = isolate();
    let b = || html(cx, "<b>x</b>");
    let cases: Vec<(Value, &str)> = vec![
        (Value::Undefined, ""),
        (Value::Null, ""),
        (true.into(), "true"),
        (false.into(), "false"),
        (0.into(), "0"),
        (f64::NAN.into(), "NaN"),
        (1.5.into(), "1.5"),
        ("<a & b>".into(), "&lt;a &amp; b&gt;"),
        (array(cx, vec![1.into(), "<".into(), 3.into()]), "1,&lt;,3"),
        (array(cx, vec![]), ""),
        (lang::object(cx, [("a", 1.into())]).into(), "[object Object]"),
        (b(), "<b>x</b>"),
        (array(cx, vec![b(), "<".into(), Value::Null, false.into(), array(cx, vec![b(), 2.into()])]), "<b>x</b>&lt;<b>x</b>2"),
        (array(cx, vec![false.into(), false.into()]), ""),
        (array(cx, vec![true.into(), false.into()]), "true,false"),
    ];
    for (value, expected) in cases {
        assert_eq!(hole(cx, &value), expected, "{value:?}");
    }
}

#[test]
fn markup_is_text_outside_of_content() {
    let cx = isolate();
    let value = html(cx, "<b a=\"1\">'</b>");
    let mut out = Out::default();
    write::write_attr_double(cx, &mut out, &value).unwrap();
    assert_eq!(out.text, "&lt;b a=&quot;1&quot;&gt;'&lt;/b&gt;");
    let mut out = Out::default();
    write::write_srcdoc(cx, &mut out, &value).unwrap();
    assert_eq!(out.text, "&lt;b a=&quot;1&quot;&gt;&#39;&lt;/b&gt;");
    assert_eq!(lang::to_string(cx, &value).unwrap(), "<b a=\"1\">'</b>");
}

#[test]
fn a_tostring_that_throws_is_thrown() {
    let cx = isolate();
    static THROWS: puremix_value::FnDef = puremix_value::FnDef::native("toString", 0, |cx, _| Err(cx.throw_error(ErrorKind::Error, "no")));
    let object = lang::object(cx, [("toString", lang::function(cx, &THROWS, vec![]))]);
    let mut out = Out::default();
    assert!(write::write_text(cx, &mut out, &object.into()).is_err());
    assert_eq!(lang::message(cx, &cx.take_exception()), "no");
}

#[test]
fn handler_holes() {
    let cx = isolate();
    for (before, value, expected) in [
        ("<b onclick=\"go(", Value::from("it's \"x\" <y>"), "&quot;it\\u0027s \\u0022x\\u0022 \\u003cy\\u003e&quot;"),
        ("<b onclick=\"go('", "a'); alert('1".into(), "a\\u0027\\u0029\\u003b alert\\u0028\\u00271"),
        ("<b onclick=\"x-", (-1).into(), " -1"),
        ("<b onclick=\"go(", Value::Undefined, "null"),
        ("<b onclick=\"go(", 5.into(), "5"),
    ] {
        let mut out = Out::default();
        out.raw(before);
        write::write_event_handler(cx, &mut out, &value).unwrap();
        assert_eq!(&out.text[before.len()..], expected, "{before}");
    }
}

fn attr(cx: Cx, name: &str, value: Value) -> String {
    let mut out = Out::default();
    attrs::write_value_attr(cx, &mut out, name, &value).unwrap();
    out.text
}

#[test]
fn attributes_from_values() {
    let cx = isolate();
    let classes = lang::object(cx, [("on", true.into()), ("off", false.into()), ("x\"y", 1.into())]);
    assert_eq!(attr(cx, "class", array(cx, vec!["a".into(), false.into(), array(cx, vec!["b".into()]), classes.into()])), " class=\"a b on x&quot;y\"");
    assert_eq!(attr(cx, "title", Value::Undefined), "");
    assert_eq!(attr(cx, "title", "".into()), " title=\"\"");
    assert_eq!(attr(cx, "title", false.into()), "");
    assert_eq!(attr(cx, "aria-hidden", false.into()), " aria-hidden=\"false\"");
    assert_eq!(attr(cx, "width", 5.into()), " width=\"5\"");

    let mut out = Out::default();
    attrs::write_bool_attr(&mut out, "disabled", &1.into());
    attrs::write_bool_attr(&mut out, "checked", &"".into());
    attrs::write_url_attr(cx, &mut out, "href", &"javascript:alert(1)".into()).unwrap();
    let style = lang::object(cx, [("fontSize", 12.into()), ("color", "red".into()), ("background", "url(x)".into()), ("zIndex", 3.into())]);
    attrs::write_style_attr_value(cx, &mut out, "style", &style.into()).unwrap();
    attrs::write_event_attr(cx, &mut out, "onclick", &"go('1')".into()).unwrap();
    attrs::write_event_attr(cx, &mut out, "onclick", &"go('1');alert(2)".into()).unwrap();
    assert_eq!(out.text, " disabled href=\"about:invalid\" style=\"font-size:12px;color:red;z-index:3\" onclick=\"go('1')\"");
}

#[test]
fn spread_attributes_are_safe() {
    let cx = isolate();
    let value = lang::object(
        cx,
        [
            ("id", "a".into()),
            ("className", "b".into()),
            ("onclick", "alert(1)".into()),
            ("ONLOAD", "alert(1)".into()),
            ("href", "javascript:x".into()),
            ("x y", "1".into()),
            ("a\"><script>", "1".into()),
            ("disabled", true.into()),
            ("hidden", false.into()),
            ("children", "c".into()),
        ],
    );
    let mut out = Out::default();
    attrs::write_attrs(cx, &mut out, &value.into()).unwrap();
    assert_eq!(out.text, " id=\"a\" class=\"b\" href=\"about:invalid\" disabled");
    let mut out = Out::default();
    attrs::write_attrs(cx, &mut out, &Value::Null).unwrap();
    assert_eq!(out.text, "");
}

#[test]
fn lists_are_walked_as_map_walks_them() {
    let cx = isolate();
    let list = array(cx, vec![1.into(), Value::Uninit, 3.into()]);
    let mut walk = crate::page::each(cx, list.clone()).unwrap();
    let mut seen = Vec::new();
    while let Some(item) = walk.next(cx).unwrap() {
        if seen.is_empty() {
            list.as_obj().unwrap().put(cx, &3.into(), 4.into());
        }
        seen.push((walk.index(), item.as_num().unwrap()));
    }
    assert_eq!(seen, [(0.0, 1.0), (2.0, 3.0)]);
    assert!(crate::page::each(cx, Value::Null).unwrap().next(cx).unwrap().is_none());
    assert!(crate::page::each(cx, 5.into()).is_err());
    cx.take_exception();
}
