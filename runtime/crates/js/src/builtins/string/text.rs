//! Methods that take no patterns.

use super::{compare_locale, this_str};
use crate::builtins::iterator::string_iterator;
use crate::{Methods, get_value, is_space, js_to_number, js_to_string, js_truthy, throw_range, throw_type, to_integer, to_length, value_to_integer};
use puremix_value::{Args, Class, Cx, Kind, Lit, MAX_LEN, R, Str, Thrown, Value, WellKnownSymbol};
use unicode_normalization::UnicodeNormalization;

pub(super) const METHODS: Methods = &[
    ("at", 1, at),
    ("charAt", 1, char_at),
    ("charCodeAt", 1, char_code_at),
    ("codePointAt", 1, code_point_at),
    ("concat", 1, concat),
    ("endsWith", 1, ends_with),
    ("includes", 1, includes),
    ("indexOf", 1, index_of),
    ("isWellFormed", 0, is_well_formed),
    ("lastIndexOf", 1, last_index_of),
    ("localeCompare", 1, locale_compare),
    ("normalize", 0, normalize),
    ("padEnd", 1, pad_end),
    ("padStart", 1, pad_start),
    ("repeat", 1, repeat),
    ("slice", 2, slice),
    ("startsWith", 1, starts_with),
    ("substr", 2, substr),
    ("substring", 2, substring),
    ("toLocaleLowerCase", 0, to_lower_case),
    ("toLocaleUpperCase", 0, to_upper_case),
    ("toLowerCase", 0, to_lower_case),
    ("toString", 0, to_string),
    ("toUpperCase", 0, to_upper_case),
    ("toWellFormed", 0, to_well_formed),
    ("trim", 0, trim),
    ("trimEnd", 0, trim_end),
    ("trimStart", 0, trim_start),
    ("valueOf", 0, value_of),
];

/// An index argument: integers fast.
#[inline]
fn position(cx: Cx, v: &Value) -> R<f64> {
    match v {
        Value::Num(n) => Ok(to_integer(*n)),
        Value::Undefined => Ok(0.0),
        _ => value_to_integer(cx, v),
    }
}

/// `n` as an index into `len` code units, if it is one.
#[inline]
fn inside(n: f64, len: usize) -> Option<usize> {
    (n >= 0.0 && n < len as f64).then_some(n as usize)
}

pub(super) fn at(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "at")?;
    let n = position(cx, a.get(0))?;
    let len = s.len_utf16();
    Ok(inside(if n < 0.0 { n + len as f64 } else { n }, len).and_then(|i| s.char_at(i)).into())
}

pub(super) fn char_at(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "charAt")?;
    let n = position(cx, a.get(0))?;
    Ok(inside(n, s.len_utf16()).and_then(|i| s.char_at(i)).unwrap_or(Str::EMPTY).into())
}

pub(super) fn char_code_at(cx: Cx, a: &Args<'_>) -> R {
    let n = position(cx, a.get(0));
    if let (Value::Str(s), Ok(n)) = (a.this, n) {
        return Ok(Value::Num(inside(n, usize::MAX).and_then(|i| s.code_unit_at(i)).map_or(f64::NAN, f64::from)));
    }
    let s = this_str(cx, a, "charCodeAt")?;
    let n = n?;
    Ok(Value::Num(inside(n, s.len_utf16()).and_then(|i| s.code_unit_at(i)).map_or(f64::NAN, f64::from)))
}

pub(super) fn code_point_at(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "codePointAt")?;
    let n = position(cx, a.get(0))?;
    Ok(inside(n, s.len_utf16()).and_then(|i| s.code_point_at(i)).map(|(c, _)| f64::from(c)).into())
}

pub(super) fn concat(cx: Cx, a: &Args<'_>) -> R {
    let mut s = this_str(cx, a, "concat")?;
    for v in a.args {
        s = crate::concat(cx, &s, &js_to_string(cx, v)?)?;
    }
    Ok(s.into())
}

/// The text to search for; a regular expression is a mistake here.
fn needle(cx: Cx, v: &Value, method: &str) -> R<Str> {
    if let Value::Obj(o) = v {
        let wish = get_value(cx, v, &cx.symbol(WellKnownSymbol::Match).into())?;
        let is_regexp = if wish.is_undefined() { o.class() == Some(Class::RegExp) } else { js_truthy(&wish) };
        if is_regexp {
            return Err(throw_type(cx, &format!("First argument to String.prototype.{method} must not be a regular expression")));
        }
    }
    js_to_string(cx, v)
}

pub(super) fn ends_with(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "endsWith")?;
    let find = needle(cx, a.get(0), "endsWith")?;
    let len = s.len_utf16();
    let end = if a.get(1).is_undefined() { len } else { position(cx, a.get(1))?.clamp(0.0, len as f64) as usize };
    let found = end.checked_sub(find.len_utf16()).is_some_and(|start| s.starts_with_at(&find, start));
    Ok(Value::Bool(found))
}

pub(super) fn starts_with(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "startsWith")?;
    let find = needle(cx, a.get(0), "startsWith")?;
    let start = position(cx, a.get(1))?.clamp(0.0, s.len_utf16() as f64) as usize;
    Ok(Value::Bool(s.starts_with_at(&find, start)))
}

pub(super) fn includes(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "includes")?;
    let find = needle(cx, a.get(0), "includes")?;
    let start = position(cx, a.get(1))?.clamp(0.0, s.len_utf16() as f64) as usize;
    Ok(Value::Bool(if start == 0 { s.contains(&find) } else { s.index_of(&find, start).is_some() }))
}

pub(super) fn index_of(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "indexOf")?;
    let find = js_to_string(cx, a.get(0))?;
    let start = position(cx, a.get(1))?.clamp(0.0, s.len_utf16() as f64) as usize;
    Ok(Value::Num(s.index_of(&find, start).map_or(-1.0, |i| i as f64)))
}

pub(super) fn last_index_of(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "lastIndexOf")?;
    let find = js_to_string(cx, a.get(0))?;
    let n = js_to_number(cx, a.get(1))?;
    let from = if n.is_nan() { f64::INFINITY } else { to_integer(n) }.clamp(0.0, s.len_utf16() as f64);
    Ok(Value::Num(s.last_index_of(&find, from as usize).map_or(-1.0, |i| i as f64)))
}

fn is_well_formed(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(this_str(cx, a, "isWellFormed")?.is_well_formed()))
}

fn to_well_formed(cx: Cx, a: &Args<'_>) -> R {
    Ok(Str::from(this_str(cx, a, "toWellFormed")?.as_str()).into())
}

fn locale_compare(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "localeCompare")?;
    let other = js_to_string(cx, a.get(0))?;
    Ok(Value::from(compare_locale(&s, &other) as i32))
}

fn normalize(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "normalize")?;
    let form = if a.get(0).is_undefined() { Str::from("NFC") } else { js_to_string(cx, a.get(0))? };
    let full: fn(&str) -> String = match form.as_str() {
        "NFC" => |t| t.nfc().collect(),
        "NFD" => |t| t.nfd().collect(),
        "NFKC" => |t| t.nfkc().collect(),
        "NFKD" => |t| t.nfkd().collect(),
        _ => return Err(throw_range(cx, "The normalization form should be one of NFC, NFD, NFKC, NFKD.")),
    };
    if s.is_ascii() {
        return Ok(s.into());
    }
    Ok(between_surrogates(&s, full).into())
}

#[cold]
fn too_long(cx: Cx) -> Thrown {
    throw_range(cx, "Invalid string length")
}

fn pad(cx: Cx, a: &Args<'_>, method: &str, at_start: bool) -> R {
    static SPACE: Lit = Lit::new(" ");
    let s = this_str(cx, a, method)?;
    let wanted = to_length(cx, a.get(0))?;
    let len = s.len_utf16();
    if wanted <= len as f64 {
        return Ok(s.into());
    }
    let filler = if a.get(1).is_undefined() { Str::lit(&SPACE) } else { js_to_string(cx, a.get(1))? };
    if filler.is_empty() {
        return Ok(s.into());
    }
    if wanted > MAX_LEN as f64 {
        return Err(too_long(cx));
    }
    let missing = wanted as usize - len;
    let times = missing / filler.len_utf16() + 1;
    let padding = repeated(&filler, times).slice(0, missing);
    Ok(if at_start { padding.concat(&s) } else { s.concat(&padding) }.into())
}

pub(super) fn pad_start(cx: Cx, a: &Args<'_>) -> R {
    pad(cx, a, "padStart", true)
}

pub(super) fn pad_end(cx: Cx, a: &Args<'_>) -> R {
    pad(cx, a, "padEnd", false)
}

fn repeated(s: &Str, times: usize) -> Str {
    if s.is_well_formed() {
        return Str::from(s.as_str().repeat(times));
    }
    Str::from_utf16(&s.utf16().repeat(times))
}

pub(super) fn repeat(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "repeat")?;
    let n = value_to_integer(cx, a.get(0))?;
    if n < 0.0 || n.is_infinite() {
        return Err(throw_range(cx, &format!("Invalid count value: {}", js_to_string(cx, a.get(0))?)));
    }
    if s.is_empty() || n == 0.0 {
        return Ok(Str::EMPTY.into());
    }
    if n * s.len_utf16() as f64 > MAX_LEN as f64 {
        return Err(too_long(cx));
    }
    Ok(repeated(&s, n as usize).into())
}

pub(super) fn slice(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "slice")?;
    let len = s.len_utf16() as f64;
    let clamp = |n: f64| if n < 0.0 { (len + n).max(0.0) } else { n.min(len) };
    let start = clamp(position(cx, a.get(0))?);
    let end = if a.get(1).is_undefined() { len } else { clamp(position(cx, a.get(1))?) };
    Ok(s.slice(start as usize, end as usize).into())
}

pub(super) fn substring(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "substring")?;
    let len = s.len_utf16() as f64;
    let start = position(cx, a.get(0))?.clamp(0.0, len);
    let end = if a.get(1).is_undefined() { len } else { position(cx, a.get(1))?.clamp(0.0, len) };
    Ok(s.slice(start.min(end) as usize, start.max(end) as usize).into())
}

fn substr(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "substr")?;
    let len = s.len_utf16() as f64;
    let n = position(cx, a.get(0))?;
    let start = if n < 0.0 { (len + n).max(0.0) } else { n.min(len) };
    let count = if a.get(1).is_undefined() { len - start } else { position(cx, a.get(1))?.clamp(0.0, len - start) };
    Ok(s.slice(start as usize, (start + count) as usize).into())
}

pub(super) fn to_lower_case(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "toLowerCase")?;
    convert(&s, |b| !b.is_ascii_uppercase(), str::to_ascii_lowercase, str::to_lowercase)
}

pub(super) fn to_upper_case(cx: Cx, a: &Args<'_>) -> R {
    let s = this_str(cx, a, "toUpperCase")?;
    convert(&s, |b| !b.is_ascii_lowercase(), str::to_ascii_uppercase, str::to_uppercase)
}

/// Case conversion; text that does not change is shared, and code units without a character stay as they are.
fn convert(s: &Str, keeps: fn(&u8) -> bool, ascii: fn(&str) -> String, full: fn(&str) -> String) -> R {
    if s.is_ascii() {
        if s.as_bytes().iter().all(keeps) {
            return Ok(s.clone().into());
        }
        return Ok(Str::from_ascii(&ascii(s.as_str())).into());
    }
    Ok(between_surrogates(s, full).into())
}

/// Applies `f` to the text between lone surrogates, which stay as they are.
fn between_surrogates(s: &Str, f: fn(&str) -> String) -> Str {
    if s.is_well_formed() {
        return Str::from(f(s.as_str()));
    }
    let mut out = puremix_value::StrBuilder::new();
    let mut text = String::new();
    for c in char::decode_utf16(s.units()) {
        match c {
            Ok(c) => text.push(c),
            Err(e) => {
                out.push_str(&f(&std::mem::take(&mut text)));
                out.push_unit(e.unpaired_surrogate());
            }
        }
    }
    out.push_str(&f(&text));
    out.finish()
}

fn trimmed(cx: Cx, a: &Args<'_>, method: &str, start: bool, end: bool) -> R {
    let s = this_str(cx, a, method)?;
    if !s.is_well_formed() {
        let units = s.utf16();
        let space = |u: &u16| char::from_u32(u32::from(*u)).is_some_and(is_space);
        let from = if start { units.iter().take_while(|u| space(u)).count() } else { 0 };
        let rest = &units[from..];
        let tail = if end { rest.iter().rev().take_while(|u| space(u)).count() } else { 0 };
        return Ok(s.slice(from, units.len() - tail).into());
    }
    let text = s.as_str();
    let mut out = text;
    if start {
        out = out.trim_start_matches(is_space);
    }
    if end {
        out = out.trim_end_matches(is_space);
    }
    Ok(if out.len() == text.len() { s.clone() } else { Str::from(out) }.into())
}

pub(super) fn trim(cx: Cx, a: &Args<'_>) -> R {
    trimmed(cx, a, "trim", true, true)
}

fn trim_start(cx: Cx, a: &Args<'_>) -> R {
    trimmed(cx, a, "trimStart", true, false)
}

fn trim_end(cx: Cx, a: &Args<'_>) -> R {
    trimmed(cx, a, "trimEnd", false, true)
}

fn this_string_value(cx: Cx, v: &Value, method: &str) -> R {
    match v {
        Value::Str(_) => return Ok(v.clone()),
        Value::Obj(o) => {
            if let Kind::Boxed(s @ Value::Str(_)) = o.kind() {
                return Ok(s.clone());
            }
        }
        _ => {}
    }
    Err(throw_type(cx, &format!("String.prototype.{method} requires that 'this' be a String")))
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    this_string_value(cx, a.this, "toString")
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    this_string_value(cx, a.this, "valueOf")
}

pub(super) fn iterator(cx: Cx, a: &Args<'_>) -> R {
    Ok(string_iterator(cx, this_str(cx, a, "[Symbol.iterator]")?))
}
