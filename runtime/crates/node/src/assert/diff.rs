//! The messages of assertions, as Node 20 words and draws them.

use puremix_js::inspect::{Options, inspect_with};
use puremix_value::{Cx, Value};

/// Values longer than this together are not compared on one line.
const SHORT: usize = 12;

fn show(cx: Cx, v: &Value) -> String {
    let options = Options { depth: Some(1000), compact: 0, sorted: true, ..Options::default() };
    inspect_with(cx, v, options)
}

fn heading(operator: &str) -> &'static str {
    match operator {
        "deepStrictEqual" => "Expected values to be strictly deep-equal:",
        "strictEqual" => "Expected values to be strictly equal:",
        "strictEqualObject" => "Expected \"actual\" to be reference-equal to \"expected\":",
        "deepEqual" => "Expected values to be loosely deep-equal:",
        "notDeepStrictEqual" => "Expected \"actual\" not to be strictly deep-equal to:",
        "notStrictEqual" => "Expected \"actual\" to be strictly unequal to:",
        "notStrictEqualObject" => "Expected \"actual\" not to be reference-equal to \"expected\":",
        "notDeepEqual" => "Expected \"actual\" not to be loosely deep-equal to:",
        _ => "Values have same structure but are not reference-equal:",
    }
}

/// The message of a failed assertion without one of its own.
///
/// `own` are the program's words in place of the heading, for the operators that show a difference.
pub(super) fn message(cx: Cx, actual: &Value, expected: &Value, operator: &str, own: Option<&str>) -> String {
    match operator {
        "strictEqual" | "deepStrictEqual" => difference(cx, actual, expected, operator, own),
        "notStrictEqual" | "notDeepStrictEqual" => unequal(cx, actual, operator),
        _ => other(cx, actual, expected, operator),
    }
}

fn unequal(cx: Cx, actual: &Value, operator: &str) -> String {
    let is_object = operator == "notStrictEqual" && actual.is_object();
    let base = heading(if is_object { "notStrictEqualObject" } else { operator });
    let shown = show(cx, actual);
    let lines: Vec<&str> = shown.split('\n').collect();
    if lines.len() == 1 {
        return format!("{base}{}{}", if lines[0].len() > 5 { "\n\n" } else { " " }, lines[0]);
    }
    format!("{base}\n\n{}\n", lines.join("\n"))
}

/// Longer texts are cut after this many characters or lines.
fn cut(text: String) -> String {
    const MOST: usize = 512;
    match text.char_indices().nth(MOST - 3) {
        Some((at, _)) if text.chars().count() > MOST => format!("{}...", &text[..at]),
        _ => text,
    }
}

fn other(cx: Cx, actual: &Value, expected: &Value, operator: &str) -> String {
    let (mut left, mut right) = (show(cx, actual), show(cx, expected));
    match operator {
        "notDeepEqual" => return cut(format!("{}\n\n{left}\n", heading(operator))),
        "deepEqual" => {
            left = cut(left);
            right = cut(right);
            return format!("{}\n\n{left}\n\nshould loosely deep-equal\n\n{right}", heading(operator));
        }
        "==" | "!=" => {
            left = cut(left);
            right = cut(right);
        }
        _ => {}
    }
    match operator {
        "fail" => "Failed".to_owned(),
        operator => format!("{left} {operator} {right}"),
    }
}

fn is_primitive(v: &Value) -> bool {
    !v.is_object()
}

/// Node's line-by-line comparison.
fn difference(cx: Cx, actual: &Value, expected: &Value, operator: &str, own: Option<&str>) -> String {
    let both_objects = actual.is_object() && expected.is_object() && actual.is_callable() == expected.is_callable();
    let operator = if operator == "strictEqual" && both_objects { "strictEqualObject" } else { operator };
    let head = own.unwrap_or_else(|| heading(operator));
    let (left, right) = (show(cx, actual), show(cx, expected));
    let mut a: Vec<String> = left.split('\n').map(str::to_owned).collect();
    let mut e: Vec<String> = right.split('\n').map(str::to_owned).collect();
    let mut indicator = String::new();
    if a.len() == 1 && e.len() == 1 && a[0] != e[0] {
        let total = a[0].encode_utf16().count() + e[0].encode_utf16().count();
        if total <= SHORT {
            let zeros = matches!((actual, expected), (Value::Num(x), Value::Num(y)) if *x == 0.0 && *y == 0.0);
            if is_primitive(actual) && is_primitive(expected) && !zeros {
                return format!("{head}\n\n{} !== {}\n", a[0], e[0]);
            }
        } else if operator != "strictEqualObject" && total < 80 {
            let same = a[0].chars().zip(e[0].chars()).take_while(|(x, y)| x == y).count();
            if same > 2 {
                indicator = format!("\n  {}^", " ".repeat(same));
            }
        }
    }
    let (mut end, mut rest, mut i) = (String::new(), String::new(), 0);
    while let (Some(x), Some(y)) = (a.last(), e.last()) {
        if x != y {
            break;
        }
        if i < 3 { end = format!("\n  {x}{end}") } else { rest = x.clone() }
        i += 1;
        a.pop();
        e.pop();
        if a.is_empty() || e.is_empty() {
            break;
        }
    }
    let most = a.len().max(e.len());
    if most == 0 {
        return format!("{}\n\n{left}\n", heading("notIdentical"));
    }
    let mut skipped = false;
    if i >= 5 {
        end = format!("\n...{end}");
        skipped = true;
    }
    if !rest.is_empty() {
        end = format!("\n  {rest}{end}");
    }
    let (body, more) = lines(&a, &e, most);
    skipped |= more;
    let note = if skipped { " ... Lines skipped" } else { "" };
    format!("{head}\n+ actual - expected{note}\n{body}{end}{indicator}")
}

/// The compared lines, and whether some were left out.
fn lines(a: &[String], e: &[String], most: usize) -> (String, bool) {
    let (mut res, mut other) = (String::new(), String::new());
    let (mut identical, mut skipped) = (0usize, false);
    let longer_is_actual = a.len() >= e.len();
    let (longer, shorter) = if longer_is_actual { (a, e.len()) } else { (e, a.len()) };
    // Identical lines before a difference: two are shown after the last one, the others are left out.
    let catch_up = |identical: usize, lines: &[String], i: usize, res: &mut String, skipped: &mut bool| {
        if identical > 2 {
            if identical > 3 {
                if identical == 5 {
                    res.push_str(&format!("\n  {}", lines[i - 3]));
                } else if identical > 5 {
                    res.push_str("\n...");
                    *skipped = true;
                }
                res.push_str(&format!("\n  {}", lines[i - 2]));
            }
            res.push_str(&format!("\n  {}", lines[i - 1]));
        }
    };
    for i in 0..most {
        if i >= shorter {
            catch_up(identical, longer, i, &mut res, &mut skipped);
            identical = 0;
            if longer_is_actual { res.push_str(&format!("\n+ {}", longer[i])) } else { other.push_str(&format!("\n- {}", longer[i])) }
            continue;
        }
        let (x, y) = (&a[i], &e[i]);
        let same = x == y || x.strip_suffix(',') == Some(y.as_str()) || y.strip_suffix(',') == Some(x.as_str());
        if same {
            let shown = if y.strip_suffix(',') == Some(x.as_str()) { y } else { x };
            res.push_str(&other);
            other.clear();
            identical += 1;
            if identical <= 2 {
                res.push_str(&format!("\n  {shown}"));
            }
        } else {
            catch_up(identical, a, i, &mut res, &mut skipped);
            identical = 0;
            res.push_str(&format!("\n+ {x}"));
            other.push_str(&format!("\n- {y}"));
        }
    }
    (res + &other, skipped)
}
