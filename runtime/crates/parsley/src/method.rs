//! Methods of values, built-in functions and libraries (reference §5, §6; the part compiled so far).

use crate::data::{entries, items};
use crate::error::{fail, type_name};
use crate::text::inspect;
use puremix_js::ops;
use puremix_value::{Cx, FnDef, Key, Kind, Obj, R, Str, Thrown, Value};

/// `recv.name(args)`: the type's own methods first, then a dictionary's function of that name with `this`.
pub fn parsley_method(cx: Cx, recv: &Value, name: &Value, args: &[Value]) -> R {
    let name = name.as_str().map(|s| s.as_utf8().into_owned()).unwrap_or_default();
    if name == "type" && args.is_empty() {
        return Ok(Value::str(type_name(recv)));
    }
    match recv {
        Value::Null | Value::Undefined => Ok(Value::Null),
        Value::Str(s) => string(cx, s, &name, args),
        Value::Num(n) => number(cx, *n, &name),
        Value::Obj(o) if o.is_array() => list(cx, recv, &name, args),
        Value::Obj(o) if matches!(o.kind(), Kind::Html(_)) => {
            let Kind::Html(html) = o.kind() else { return Ok(Value::Null) };
            string(cx, &html.markup, &name, args)
        }
        Value::Obj(o) => dictionary(cx, recv, o, &name, args),
        v => Err(unknown(cx, v, &name)),
    }
}

fn unknown(cx: Cx, v: &Value, name: &str) -> Thrown {
    fail(cx, "UNDEF-0002", &format!("unknown method '{name}' for {}", type_name(v)))
}

fn text_argument(cx: Cx, args: &[Value], i: usize, method: &str) -> R<String> {
    match args.get(i) {
        Some(Value::Str(s)) => Ok(s.as_utf8().into_owned()),
        other => Err(fail(cx, "TYPE-0001", &format!("`{method}` takes a string, not {}", other.map_or("nothing", type_name)))),
    }
}

fn string(cx: Cx, s: &Str, name: &str, args: &[Value]) -> R {
    let text = s.as_utf8();
    Ok(match name {
        "length" => Value::Num(text.chars().count() as f64),
        "toUpper" => Value::str(&text.to_uppercase()),
        "toLower" => Value::str(&text.to_lowercase()),
        "trim" => Value::str(text.trim()),
        "includes" => Value::Bool(text.contains(&text_argument(cx, args, 0, name)?)),
        "split" => {
            let separator = text_argument(cx, args, 0, name)?;
            let parts: Vec<Value> = if separator.is_empty() {
                text.chars().map(|c| Value::Str(Str::from_char(c))).collect()
            } else {
                text.split(&separator).map(Value::str).collect()
            };
            Value::Obj(Obj::array(cx, parts))
        }
        "replace" => {
            let (from, to) = (text_argument(cx, args, 0, name)?, text_argument(cx, args, 1, name)?);
            Value::str(&text.replace(&from, &to))
        }
        _ => return Err(unknown(cx, &Value::Str(s.clone()), name)),
    })
}

fn number(cx: Cx, n: f64, name: &str) -> R {
    Ok(Value::Num(match name {
        "abs" => n.abs(),
        "round" => n.round(),
        "floor" => n.floor(),
        "ceil" => n.ceil(),
        _ => return Err(unknown(cx, &Value::Num(n), name)),
    }))
}

fn call(cx: Cx, f: Option<&Value>, args: &[Value]) -> R {
    match f {
        Some(f) if f.is_callable() => ops::call(cx, f, &Value::Null, args),
        other => Err(fail(cx, "TYPE-0005", &format!("expected a function, not {}", other.map_or("nothing", type_name)))),
    }
}

fn list(cx: Cx, recv: &Value, name: &str, args: &[Value]) -> R {
    let mut all = items(recv).unwrap_or_default();
    let answer = |values: Vec<Value>| Ok(Value::Obj(Obj::array(cx, values)));
    match name {
        "length" => Ok(Value::Num(all.len() as f64)),
        "map" => {
            let mut out = Vec::new();
            for item in all {
                let v = call(cx, args.first(), &[item])?;
                if !v.is_nullish() {
                    out.push(v);
                }
            }
            answer(out)
        }
        "filter" => {
            let mut out = Vec::new();
            for item in all {
                if crate::parsley_truthy(&call(cx, args.first(), std::slice::from_ref(&item))?) {
                    out.push(item);
                }
            }
            answer(out)
        }
        "reduce" => {
            let mut sum = args.get(1).cloned().unwrap_or(Value::Null);
            for item in all {
                sum = call(cx, args.first(), &[sum, item])?;
            }
            Ok(sum)
        }
        "join" => {
            let separator = if args.is_empty() { String::new() } else { text_argument(cx, args, 0, name)? };
            Ok(Value::str(&all.iter().map(inspect).collect::<Vec<_>>().join(&separator)))
        }
        "reverse" => {
            all.reverse();
            answer(all)
        }
        "sort" => {
            // Numbers before strings, strings in natural order; `sort_by` is safe here because nothing is called back.
            all.sort_by(|a, b| match (a, b) {
                (Value::Num(x), Value::Num(y)) => x.total_cmp(y),
                _ => crate::natural(&inspect(a), &inspect(b)),
            });
            answer(all)
        }
        "has" | "includes" => Ok(Value::Bool(args.first().is_some_and(|x| all.iter().any(|v| crate::operator::same(v, x))))),
        _ => Err(unknown(cx, recv, name)),
    }
}

fn dictionary(cx: Cx, recv: &Value, o: &Obj, name: &str, args: &[Value]) -> R {
    let pairs = || entries(cx, o);
    let answer = |values: Vec<Value>| Ok(Value::Obj(Obj::array(cx, values)));
    match name {
        "keys" => answer(pairs()?.into_iter().map(|(k, _)| cx.key_value(&k)).collect()),
        "values" => answer(pairs()?.into_iter().map(|(_, v)| v).collect()),
        "has" => {
            let key = text_argument(cx, args, 0, name)?;
            Ok(Value::Bool(o.get_own(cx, &cx.key_of(&key)).is_some()))
        }
        "entries" => crate::parsley_entries(cx, recv),
        _ => {
            let f = ops::get_value(cx, recv, &cx.key_of(name))?;
            if f.is_callable() {
                return ops::call(cx, &f, recv, args);
            }
            if name == "delete" {
                let key = text_argument(cx, args, 0, name)?;
                o.delete_own(cx, &cx.key_of(&key));
                return Ok(Value::Null);
            }
            Err(unknown(cx, recv, name))
        }
    }
}

/// A built-in function by name.
pub fn parsley_builtin(cx: Cx, name: &Value) -> R {
    static LOG: FnDef = FnDef::native("log", 0, |cx, a| {
        let line = a.args.iter().map(inspect).collect::<Vec<_>>().join(" ");
        let console = Value::Obj(cx.intrinsic(puremix_value::Intrinsic::ConsoleObject));
        ops::invoke(cx, &console, cx.find_atom("log").unwrap_or(puremix_value::well_known::NAME), &[Value::str(&line)])?;
        Ok(Value::Null)
    });
    static LEN: FnDef = FnDef::native("len", 1, |cx, a| match a.get(0) {
        Value::Obj(o) if !o.is_array() => Ok(Value::Num(entries(cx, o)?.len() as f64)),
        v => parsley_method(cx, v, &Value::str("length"), &[]),
    });
    static TO_STRING: FnDef = FnDef::native("toString", 1, |_, a| Ok(Value::str(&inspect(a.get(0)))));
    static TO_NUMBER: FnDef = FnDef::native("toNumber", 1, |cx, a| match inspect(a.get(0)).trim().parse::<f64>() {
        Ok(n) => Ok(Value::Num(n)),
        Err(_) => Err(fail(cx, "FMT-0001", &format!("'{}' is not a number", inspect(a.get(0))))),
    });
    static PRINT: FnDef = FnDef::native("print", 1, |_, a| Ok(Value::str(&a.args.iter().map(inspect).collect::<String>())));
    static FAIL: FnDef = FnDef::native("fail", 2, |cx, a| match (a.get(0), a.get(1)) {
        (code, message @ Value::Str(_)) => Err(fail(cx, &inspect(code), &inspect(message))),
        (message, _) => Err(fail(cx, "USER-0001", &inspect(message))),
    });
    let def = match name.as_str().map(Str::as_utf8).as_deref() {
        Some("log") => &LOG,
        Some("len") => &LEN,
        Some("toString") => &TO_STRING,
        Some("toNumber") => &TO_NUMBER,
        Some("print") => &PRINT,
        Some("fail") => &FAIL,
        _ => return parsley_unknown(cx, name),
    };
    Ok(Value::Obj(Obj::function(cx, def, vec![])))
}

/// Reaching a name that nothing declares.
pub fn parsley_unknown(cx: Cx, name: &Value) -> R {
    Err(fail(cx, "UNDEF-0001", &format!("identifier not found: {}", inspect(name))))
}

/// `import("std/…")`.
pub fn parsley_import(cx: Cx, path: &Value) -> R {
    match path.as_str().map(Str::as_utf8).as_deref() {
        Some("std/schema") => Ok(crate::schema::module(cx)),
        _ => Err(fail(cx, "IMPORT-0001", &format!("no library '{}'", inspect(path)))),
    }
}

/// Sets a member by name.
pub(crate) fn put(cx: Cx, o: &Obj, name: &str, value: Value) {
    let key: Key = cx.key_of(name);
    o.put(cx, &key, value);
}
