//! MongoDB's extended JSON: types that JSON lacks as objects with one `$` key.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use puremix_mongoose::doc::json::{date_of, hex, iso_of, parse_hex, plain_text};
use puremix_mongoose::doc::{Bson, Map};
use std::fmt::Write as _;

/// The values that plain JSON says, from what it was parsed to.
///
/// # Errors
/// What is no value of a document here (`$timestamp`, `$code`, `$minKey`), or is written wrongly.
pub fn read(value: Bson) -> Result<Bson, String> {
    match value {
        Bson::Array(items) => items.into_iter().map(read).collect::<Result<_, _>>().map(Bson::Array),
        Bson::Object(map) => match map.0.first().map(|(name, _)| name.as_str()) {
            Some(name) if name.starts_with('$') => special(&map),
            _ => members(map).map(Bson::Object),
        },
        plain => Ok(plain),
    }
}

fn members(map: Map) -> Result<Map, String> {
    let read = |(name, value)| read(value).map(|value| (name, value));
    map.0.into_iter().map(read).collect::<Result<_, String>>().map(Map)
}

fn special(map: &Map) -> Result<Bson, String> {
    let wrong = |name: &str| format!("`{name}` is written wrongly: {}", plain_text(&Bson::Object(map.clone())));
    let (name, value) = map.0.first().map(|(n, v)| (n.as_str(), v)).unwrap_or(("", &Bson::Null));
    let text = match value {
        Bson::Str(text) => Some(text.as_str()),
        _ => None,
    };
    let read = match (name, value) {
        ("$oid", _) => text.and_then(parse_hex).map(Bson::Id),
        ("$date", Bson::Num(ms)) => Some(Bson::Date(*ms)),
        ("$date", Bson::Object(inner)) => number(inner.get("$numberLong")).map(Bson::Date),
        ("$date", _) => text.map(date_of).filter(|t| !t.is_nan()).map(Bson::Date),
        ("$numberInt" | "$numberDouble", _) => number(Some(value)).map(Bson::Num),
        ("$numberLong", _) => text.and_then(|t| t.parse().ok()).map(long),
        ("$numberDecimal", _) => text.map(|t| Bson::Decimal(t.to_owned())),
        ("$symbol", _) => text.map(Bson::from),
        ("$uuid", _) => text.and_then(|t| bytes_of_hex(&t.replace('-', ""))).map(Bson::Binary),
        ("$binary", Bson::Object(inner)) => match inner.get("base64") {
            Some(Bson::Str(encoded)) => BASE64_STANDARD.decode(encoded).ok().map(Bson::Binary),
            _ => None,
        },
        // Version 1 has the type beside it.
        ("$binary", _) => text.and_then(|t| BASE64_STANDARD.decode(t).ok()).map(Bson::Binary),
        ("$regularExpression", Bson::Object(inner)) => match (inner.get("pattern"), inner.get("options")) {
            (Some(Bson::Str(pattern)), Some(Bson::Str(flags))) => Some(Bson::Regex(pattern.clone(), flags.clone())),
            _ => None,
        },
        ("$regex", _) => text.map(|t| match map.get("$options") {
            Some(Bson::Str(flags)) => Bson::Regex(t.to_owned(), flags.clone()),
            _ => Bson::Regex(t.to_owned(), String::new()),
        }),
        ("$undefined", _) => Some(Bson::Null),
        // A reference is a document of its own.
        ("$ref", _) => return members(map.clone()).map(Bson::Object),
        ("$timestamp" | "$code" | "$minKey" | "$maxKey" | "$dbPointer", _) => return Err(format!("`{name}` is no value that documents have here")),
        _ => return Err(format!("`{name}` is no type of extended JSON, and no name of a field")),
    };
    read.ok_or_else(|| wrong(name))
}

/// A whole number: exact, whatever its size.
fn long(n: i64) -> Bson {
    if n.unsigned_abs() <= 1 << 53 { Bson::Num(n as f64) } else { Bson::Long(n) }
}

fn number(value: Option<&Bson>) -> Option<f64> {
    match value? {
        Bson::Num(n) => Some(*n),
        Bson::Str(text) => match text.as_str() {
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => text.parse().ok(),
        },
        _ => None,
    }
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A document as relaxed extended JSON.
pub fn write(map: &Map) -> String {
    let mut out = String::new();
    write_value(&Bson::Object(map.clone()), &mut out);
    out
}

fn write_value(value: &Bson, out: &mut String) {
    match value {
        Bson::Object(map) => {
            out.push('{');
            for (i, (name, value)) in map.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&plain_text(&Bson::from(name)));
                out.push(':');
                write_value(value, out);
            }
            out.push('}');
        }
        Bson::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_value(item, out);
            }
            out.push(']');
        }
        Bson::Id(id) => tagged("$oid", &hex(id), out),
        // Years that ISO 8601 has no four digits for are milliseconds.
        Bson::Date(t) if (0.0..253_402_300_800_000.0).contains(t) => tagged("$date", &iso_of(*t), out),
        Bson::Date(t) => {
            let _ = write!(out, "{{\"$date\":{{\"$numberLong\":\"{t}\"}}}}");
        }
        Bson::Long(n) => tagged("$numberLong", &n.to_string(), out),
        Bson::Num(n) if n.is_nan() => tagged("$numberDouble", "NaN", out),
        Bson::Num(n) if n.is_infinite() => tagged("$numberDouble", if *n > 0.0 { "Infinity" } else { "-Infinity" }, out),
        Bson::Decimal(text) => tagged("$numberDecimal", text, out),
        Bson::Binary(bytes) => {
            let _ = write!(out, "{{\"$binary\":{{\"base64\":\"{}\",\"subType\":\"00\"}}}}", BASE64_STANDARD.encode(bytes));
        }
        Bson::Regex(pattern, flags) => {
            let _ = write!(out, "{{\"$regularExpression\":{{\"pattern\":{},\"options\":{}}}}}", plain_text(&Bson::from(pattern.as_str())), plain_text(&Bson::from(flags.as_str())));
        }
        plain => out.push_str(&plain_text(plain)),
    }
}

fn tagged(name: &str, text: &str, out: &mut String) {
    let _ = write!(out, "{{\"{name}\":{}}}", plain_text(&Bson::from(text)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use puremix_mongoose::doc::json::parse_plain;

    fn through(text: &str) -> String {
        match parse_plain(text).map(read) {
            Some(Ok(Bson::Object(map))) => write(&map),
            Some(Ok(other)) => format!("{other:?}"),
            Some(Err(why)) => why,
            None => "no JSON".to_owned(),
        }
    }

    #[test]
    fn what_mongoexport_writes_comes_back() {
        let same = [
            r#"{"_id":{"$oid":"507f1f77bcf86cd799439011"},"name":"Ada \"A\" \n","age":36,"score":1.5,"tags":["a",null,true]}"#,
            r#"{"at":{"$date":"2026-11-21T14:30:19.123Z"},"old":{"$date":{"$numberLong":"-1"}}}"#,
            r#"{"big":{"$numberLong":"9007199254740995"},"nan":{"$numberDouble":"NaN"},"price":{"$numberDecimal":"19.99"}}"#,
            r#"{"re":{"$regularExpression":{"pattern":"^a/\"b","options":"i"}},"bytes":{"$binary":{"base64":"AAEC","subType":"00"}}}"#,
            r#"{"mark":"$oid:507f1f77bcf86cd799439011","nested":{"a":[{"b":{"$oid":"507f1f77bcf86cd799439011"}}]}}"#,
        ];
        for text in same {
            assert_eq!(through(text), text);
        }
        assert_eq!(through(r#"{"n":{"$numberInt":"42"},"d":{"$numberDouble":"1.0"},"l":{"$numberLong":"7"},"t":{"$date":1000}}"#), r#"{"n":42,"d":1,"l":7,"t":{"$date":"1970-01-01T00:00:01.000Z"}}"#);
        assert_eq!(through(r#"{"u":{"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"},"r":{"$regex":"a","$options":"g"}}"#), r#"{"u":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"00"}},"r":{"$regularExpression":{"pattern":"a","options":"g"}}}"#);
        assert_eq!(through(r#"{"relaxed":9007199254740995}"#), r#"{"relaxed":{"$numberLong":"9007199254740995"}}"#);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(through(r#"{"a":{"$oid":"12"}}"#), r#"`$oid` is written wrongly: {"$oid":"12"}"#);
        assert_eq!(through(r#"{"a":{"$timestamp":{"t":1,"i":1}}}"#), "`$timestamp` is no value that documents have here");
        assert_eq!(through(r#"{"a":{"$set":1}}"#), "`$set` is no type of extended JSON, and no name of a field");
        assert_eq!(through("{"), "no JSON");
    }
}
