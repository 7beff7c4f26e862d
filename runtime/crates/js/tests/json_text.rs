//! What the HTTP layer asks of JSON: input of any depth, and what was written reads back.

use puremix_js::{json_to_string, parse_json, start};
use puremix_value::{Cx, Isolate, Str, Value};

fn fresh() -> Cx {
    let cx = Isolate::new(&[], 0, 0);
    cx.set_stack_budget(1 << 20);
    start(cx);
    cx
}

#[test]
fn depth_exhausts_no_stack() {
    let cx = fresh();
    let depth = 200_000;
    let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let Ok(v) = parse_json(cx, &Str::from(text)) else { panic!("any depth can be read") };
    assert!(json_to_string(cx, &v).is_err());
    let error = puremix_js::inspect(cx, &cx.take_exception());
    assert!(error.contains("RangeError: Maximum call stack size exceeded"), "{error}");
}

#[test]
fn a_written_text_reads_back() {
    let cx = fresh();
    let source = r#"{"a":[1,-2.5,1e+21,null,true,"ü\n\"\\\u0001😀"],"b":{"10":{},"c":[]}}"#;
    let Ok(v) = parse_json(cx, &Str::from(source)) else { panic!("the text is JSON") };
    let Ok(Some(text)) = json_to_string(cx, &v) else { panic!("the value has a text") };
    assert_eq!(text.as_str(), source);
}
