//! `match`, `replace`, `search`, `split` and their kin (ECMA-262 §22.1.3.13 to §22.1.3.23).

use super::this_str;
use crate::{Methods, call, construct, get_method, get_value, invoke_key, js_to_string, js_truthy, throw_range, throw_type, to_uint32};
use puremix_value::{Args, Class, Cx, Intrinsic, MAX_LEN, Obj, R, Str, StrBuilder, Value, WellKnownSymbol, well_known};

pub(super) const METHODS: Methods = &[
    ("match", 1, match_),
    ("matchAll", 1, match_all),
    ("replace", 2, replace),
    ("replaceAll", 2, replace_all),
    ("search", 1, search),
    ("split", 2, split),
];

/// Calls the pattern's own method, if the pattern is an object that has one.
fn delegate(cx: Cx, a: &Args<'_>, symbol: WellKnownSymbol, method: &str) -> R<Option<Value>> {
    if a.this.is_nullish() {
        return Err(throw_type(cx, &format!("String.prototype.{method} called on null or undefined")));
    }
    let pattern = a.get(0);
    if !pattern.is_object() {
        return Ok(None);
    }
    match get_method(cx, pattern, &cx.symbol(symbol).into())? {
        None => Ok(None),
        Some(f) => {
            let args: Vec<Value> = std::iter::once(a.this.clone()).chain(a.rest(1)).collect();
            call(cx, &f, pattern, &args).map(Some)
        }
    }
}

/// A regular expression of the pattern, asked by its method.
fn by_regexp(cx: Cx, s: Str, pattern: &Value, flags: Option<&str>, symbol: WellKnownSymbol) -> R {
    let ctor = cx.intrinsic(Intrinsic::RegExpConstructor);
    let mut args = vec![pattern.clone()];
    args.extend(flags.map(Value::from));
    let regexp = construct(cx, &ctor.into(), &args)?;
    invoke_key(cx, &regexp, &cx.symbol(symbol).into(), &[s.into()])
}

fn match_(cx: Cx, a: &Args<'_>) -> R {
    if let Some(r) = delegate(cx, a, WellKnownSymbol::Match, "match")? {
        return Ok(r);
    }
    by_regexp(cx, this_str(cx, a, "match")?, a.get(0), None, WellKnownSymbol::Match)
}

fn search(cx: Cx, a: &Args<'_>) -> R {
    if let Some(r) = delegate(cx, a, WellKnownSymbol::Search, "search")? {
        return Ok(r);
    }
    by_regexp(cx, this_str(cx, a, "search")?, a.get(0), None, WellKnownSymbol::Search)
}

/// `matchAll` and `replaceAll` refuse regular expressions without the `g` flag.
fn require_global(cx: Cx, pattern: &Value, method: &str) -> R<()> {
    if let Value::Obj(o) = pattern
        && (o.class() == Some(Class::RegExp) || js_truthy(&get_value(cx, pattern, &cx.symbol(WellKnownSymbol::Match).into())?))
    {
        let flags = js_to_string(cx, &get_value(cx, pattern, &well_known::FLAGS.into())?)?;
        if !flags.as_str().contains('g') {
            return Err(throw_type(cx, &format!("String.prototype.{method} called with a non-global RegExp argument")));
        }
    }
    Ok(())
}

fn match_all(cx: Cx, a: &Args<'_>) -> R {
    require_global(cx, a.get(0), "matchAll")?;
    if let Some(r) = delegate(cx, a, WellKnownSymbol::MatchAll, "matchAll")? {
        return Ok(r);
    }
    by_regexp(cx, this_str(cx, a, "matchAll")?, a.get(0), Some("g"), WellKnownSymbol::MatchAll)
}

/// What stands for a match: the function's answer, or the template filled in.
fn replacement(cx: Cx, with: &Value, s: &Str, find: &Str, at: usize) -> R<Str> {
    if with.is_callable() {
        let r = call(cx, with, &Value::Undefined, &[find.clone().into(), at.into(), s.clone().into()])?;
        return js_to_string(cx, &r);
    }
    let Value::Str(template) = with else { return Ok(Str::EMPTY) };
    get_substitution(cx, find, s, at, &[], &Value::Undefined, template)
}

fn replace_some(cx: Cx, a: &Args<'_>, s: Str, all: bool) -> R {
    let find = js_to_string(cx, a.get(0))?;
    let with = if a.get(1).is_callable() { a.get(1).clone() } else { js_to_string(cx, a.get(1))?.into() };
    let step = find.len_utf16().max(1);
    let mut next = s.index_of(&find, 0);
    if next.is_none() {
        return Ok(s.into());
    }
    let mut out = StrBuilder::new();
    let mut end = 0;
    while let Some(at) = next {
        out.push(&s.slice(end, at));
        out.push(&replacement(cx, &with, &s, &find, at)?);
        end = at + find.len_utf16();
        if out.len_hint() > MAX_LEN {
            return Err(throw_range(cx, "Invalid string length"));
        }
        next = if all && at + step <= s.len_utf16() { s.index_of(&find, at + step) } else { None };
    }
    out.push(&s.slice(end, usize::MAX));
    Ok(out.finish().into())
}

pub(super) fn replace(cx: Cx, a: &Args<'_>) -> R {
    if let Some(r) = delegate(cx, a, WellKnownSymbol::Replace, "replace")? {
        return Ok(r);
    }
    replace_some(cx, a, this_str(cx, a, "replace")?, false)
}

pub(super) fn replace_all(cx: Cx, a: &Args<'_>) -> R {
    require_global(cx, a.get(0), "replaceAll")?;
    if let Some(r) = delegate(cx, a, WellKnownSymbol::Replace, "replaceAll")? {
        return Ok(r);
    }
    replace_some(cx, a, this_str(cx, a, "replaceAll")?, true)
}

/// `GetSubstitution` (§22.1.3.19.1): `template` with `$1`, `$&`, `$<name>` ... filled in. `captures` are strings or `undefined`.
pub fn get_substitution(cx: Cx, matched: &Str, s: &Str, at: usize, captures: &[Value], groups: &Value, template: &Str) -> R<Str> {
    if !template.as_bytes().contains(&b'$') {
        return Ok(template.clone());
    }
    let t = template.utf16();
    let dollar = u16::from(b'$');
    let digit = |i: usize| t.get(i).and_then(|u| char::from_u32(u32::from(*u))).and_then(|c| c.to_digit(10)).map(|d| d as usize);
    let mut out = StrBuilder::new();
    let mut i = 0;
    while i < t.len() {
        let follow = t.get(i + 1).copied().and_then(|u| u8::try_from(u).ok()).unwrap_or(0);
        if t[i] != dollar {
            out.push_unit(t[i]);
            i += 1;
            continue;
        }
        match follow {
            b'$' => out.push_str("$"),
            b'&' => out.push(matched),
            b'`' => out.push(&s.slice(0, at)),
            b'\'' => out.push(&s.slice(at + matched.len_utf16(), usize::MAX)),
            b'0'..=b'9' => {
                let one = digit(i + 1).unwrap_or(0);
                let two = digit(i + 2).map(|d| one * 10 + d);
                let (n, used) = match two {
                    Some(n) if (1..=captures.len()).contains(&n) => (n, 3),
                    _ => (one, 2),
                };
                if (1..=captures.len()).contains(&n) {
                    if let Value::Str(c) = &captures[n - 1] {
                        out.push(c);
                    }
                    i += used;
                } else {
                    out.push_str("$");
                    i += 1;
                }
                continue;
            }
            b'<' if !groups.is_undefined() => {
                let Some(close) = t[i..].iter().position(|u| *u == u16::from(b'>')) else {
                    out.push_str("$<");
                    i += 2;
                    continue;
                };
                let name = Str::from_utf16(&t[i + 2..i + close]);
                let v = get_value(cx, groups, &cx.key(&name))?;
                if !v.is_undefined() {
                    out.push(&js_to_string(cx, &v)?);
                }
                i += close + 1;
                continue;
            }
            _ => {
                out.push_str("$");
                i += 1;
                continue;
            }
        }
        i += 2;
    }
    Ok(out.finish())
}

pub(super) fn split(cx: Cx, a: &Args<'_>) -> R {
    if let Some(r) = delegate(cx, a, WellKnownSymbol::Split, "split")? {
        return Ok(r);
    }
    let s = this_str(cx, a, "split")?;
    let limit = if a.get(1).is_undefined() { u32::MAX } else { to_uint32(crate::js_to_number(cx, a.get(1))?) } as usize;
    let separator = js_to_string(cx, a.get(0))?;
    if limit == 0 {
        return Ok(Obj::array(cx, vec![]).into());
    }
    if a.get(0).is_undefined() {
        return Ok(Obj::array(cx, vec![s.into()]).into());
    }
    Ok(Obj::array(cx, pieces(&s, &separator, limit)).into())
}

fn pieces(s: &Str, separator: &Str, limit: usize) -> Vec<Value> {
    if separator.is_empty() {
        if s.is_ascii() {
            return s.as_bytes().iter().take(limit).map(|b| Str::from_char(char::from(*b)).into()).collect();
        }
        return s.utf16().iter().take(limit).map(|u| Str::from_unit(*u).into()).collect();
    }
    if s.is_well_formed() && separator.is_well_formed() {
        return s.as_str().split(separator.as_str()).take(limit).map(Value::str).collect();
    }
    let mut out = vec![];
    let mut from = 0;
    while let Some(at) = s.index_of(separator, from) {
        out.push(s.slice(from, at).into());
        from = at + separator.len_utf16();
        if out.len() == limit {
            return out;
        }
    }
    out.push(s.slice(from, usize::MAX).into());
    out
}
