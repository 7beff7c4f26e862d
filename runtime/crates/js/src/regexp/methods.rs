//! What `match`, `matchAll`, `replace`, `search` and `split` of strings ask a regular expression (ECMA-262 §22.2.6). Each has a
//! short way for pristine regular expressions, which makes no result arrays.

use super::exec::{advance, group_value, is_pristine, last_index, named, regexp_exec, set_last_index};
use super::iterator::matches;
use super::{Found, RegExpData};
use crate::builtins::string::get_substitution;
use crate::errors::show;
use crate::{
    call, construct, get_key, get_value, js_to_string, length_of, native, num_key, put_key, same_value, throw_range, throw_type,
    to_integer, to_object, to_uint32, value_to_integer,
};
use puremix_value::{Args, Code, Cx, Intrinsic, Key, MAX_LEN, Obj, R, Str, StrBuilder, Value, WellKnownSymbol, well_known};

fn receiver<'a>(cx: Cx, a: &Args<'a>, name: &str) -> R<(&'a Obj, Str)> {
    match a.this {
        Value::Obj(r) => Ok((r, js_to_string(cx, a.get(0))?)),
        v => Err(throw_type(cx, &format!("RegExp.prototype.{name} called on incompatible receiver {}", show(cx, v)))),
    }
}

/// All matches from the start, as `g` finds them; leaves `lastIndex` 0.
fn find_all(cx: Cx, r: &Obj, d: &RegExpData, s: &Str) -> R<Vec<Found>> {
    let (flags, len) = (d.program.flags, s.len_utf16());
    let mut out = vec![];
    let mut at = 0;
    while at <= len {
        let Some(f) = d.program.find(s, at).filter(|f| !flags.sticky || f.whole.start == at) else { break };
        at = if f.whole.is_empty() { advance(s, f.whole.end, flags.by_code_point()) } else { f.whole.end };
        out.push(f);
    }
    set_last_index(cx, r, 0)?;
    Ok(out)
}

fn flags_of(cx: Cx, r: &Obj) -> R<Str> {
    js_to_string(cx, &get_key(cx, r, &well_known::FLAGS.into(), &r.clone().into())?)
}

fn match_(cx: Cx, a: &Args<'_>) -> R {
    let (r, s) = receiver(cx, a, "@@match")?;
    if let Some(d) = is_pristine(cx, r).filter(|d| d.program.flags.global) {
        let all: Vec<Value> = find_all(cx, r, d, &s)?.into_iter().map(|f| group_value(&s, &Some(f.whole))).collect();
        return Ok(if all.is_empty() { Value::Null } else { Obj::array(cx, all).into() });
    }
    let flags = flags_of(cx, r)?;
    if !flags.as_str().contains('g') {
        return Ok(regexp_exec(cx, r, &s)?.map_or(Value::Null, Value::Obj));
    }
    let by_code_point = flags.as_str().contains(['u', 'v']);
    set_last_index(cx, r, 0)?;
    let mut all = vec![];
    while let Some(found) = regexp_exec(cx, r, &s)? {
        let text = js_to_string(cx, &get_key(cx, &found, &Key::Index(0), &found.clone().into())?)?;
        if text.is_empty() {
            let at = last_index(cx, r)?;
            set_last_index(cx, r, advance(&s, at, by_code_point))?;
        }
        all.push(text.into());
    }
    Ok(if all.is_empty() { Value::Null } else { Obj::array(cx, all).into() })
}

/// `SpeciesConstructor(r, %RegExp%)`.
fn species(cx: Cx, r: &Obj) -> R {
    let default = Value::Obj(cx.intrinsic(Intrinsic::RegExpConstructor));
    if is_pristine(cx, r).is_some() {
        return Ok(default);
    }
    let ctor = get_key(cx, r, &well_known::CONSTRUCTOR.into(), &r.clone().into())?;
    if ctor.is_undefined() {
        return Ok(default);
    }
    let species = get_value(cx, &ctor, &cx.symbol(WellKnownSymbol::Species).into())?;
    Ok(if species.is_nullish() { default } else { species })
}

fn match_all(cx: Cx, a: &Args<'_>) -> R {
    let (r, s) = receiver(cx, a, "@@matchAll")?;
    let flags = flags_of(cx, r)?;
    let matcher = construct(cx, &species(cx, r)?, &[a.this.clone(), flags.clone().into()])?;
    let m = to_object(cx, &matcher)?;
    set_last_index(cx, &m, last_index(cx, r)?)?;
    Ok(matches(cx, matcher, s, flags.as_str().contains('g'), flags.as_str().contains(['u', 'v'])))
}

/// One match, as replacing needs it.
struct Match {
    text: Str,
    at: usize,
    captures: Vec<Value>,
    groups: Value,
}

impl Match {
    fn of(cx: Cx, d: &RegExpData, s: &Str, f: &Found) -> Match {
        let text = s.slice(f.whole.start, f.whole.end);
        let captures: Vec<Value> = f.groups.iter().map(|g| group_value(s, g)).collect();
        let groups = if d.program.names.is_empty() {
            Value::Undefined
        } else {
            let all: Vec<Value> = std::iter::once(text.clone().into()).chain(captures.iter().cloned()).collect();
            named(cx, d, &all)
        };
        Match { text, at: f.whole.start, captures, groups }
    }

    /// Reads what a user's `exec` answered.
    fn read(cx: Cx, s: &Str, found: &Obj) -> R<Match> {
        let this = Value::Obj(found.clone());
        let count = length_of(cx, found)? as usize;
        let text = js_to_string(cx, &get_key(cx, found, &Key::Index(0), &this)?)?;
        let at = value_to_integer(cx, &get_key(cx, found, &well_known::INDEX.into(), &this)?)?.clamp(0.0, s.len_utf16() as f64);
        let mut captures = vec![];
        for i in 1..count.max(1) {
            captures.push(match get_key(cx, found, &num_key(cx, i as f64), &this)? {
                Value::Undefined => Value::Undefined,
                v => js_to_string(cx, &v)?.into(),
            });
        }
        let groups = get_key(cx, found, &well_known::GROUPS.into(), &this)?;
        Ok(Match { text, at: at as usize, captures, groups })
    }

    fn replacement(&self, cx: Cx, s: &Str, with: &Value) -> R<Str> {
        if let Value::Str(template) = with {
            return get_substitution(cx, &self.text, s, self.at, &self.captures, &self.groups, template);
        }
        let mut args = vec![self.text.clone().into()];
        args.extend(self.captures.iter().cloned());
        args.extend([self.at.into(), s.clone().into()]);
        if !self.groups.is_undefined() {
            args.push(self.groups.clone());
        }
        js_to_string(cx, &call(cx, with, &Value::Undefined, &args)?)
    }
}

fn replace(cx: Cx, a: &Args<'_>) -> R {
    let (r, s) = receiver(cx, a, "@@replace")?;
    let with = if a.get(1).is_callable() { a.get(1).clone() } else { js_to_string(cx, a.get(1))?.into() };
    let found: Vec<Match> = match is_pristine(cx, r) {
        Some(d) if d.program.flags.global => {
            let all = find_all(cx, r, d, &s)?;
            if let Value::Str(template) = &with
                && !template.as_bytes().contains(&b'$')
            {
                return replace_plainly(cx, &s, &all, template);
            }
            all.iter().map(|f| Match::of(cx, d, &s, f)).collect()
        }
        Some(d) => super::exec::find(cx, r, d, &s)?.iter().map(|f| Match::of(cx, d, &s, f)).collect(),
        None => collect_slowly(cx, r, &s)?,
    };
    if found.is_empty() {
        return Ok(s.into());
    }
    let mut out = StrBuilder::new();
    let mut end = 0;
    for m in &found {
        let text = m.replacement(cx, &s, &with)?;
        if m.at >= end {
            out.push(&s.slice(end, m.at));
            out.push(&text);
            end = m.at + m.text.len_utf16();
        }
        if out.len_hint() > MAX_LEN {
            return Err(throw_range(cx, "Invalid string length"));
        }
    }
    out.push(&s.slice(end, usize::MAX));
    Ok(out.finish().into())
}

/// Replaces by a text without `$`.
fn replace_plainly(cx: Cx, s: &Str, found: &[Found], with: &Str) -> R {
    if found.is_empty() {
        return Ok(s.clone().into());
    }
    let mut out = StrBuilder::with_capacity(s.byte_len());
    let mut end = 0;
    for f in found {
        if s.is_ascii() {
            out.push_str(&s.as_str()[end..f.whole.start]);
        } else {
            out.push(&s.slice(end, f.whole.start));
        }
        out.push(with);
        end = f.whole.end;
        if out.len_hint() > MAX_LEN {
            return Err(throw_range(cx, "Invalid string length"));
        }
    }
    out.push(&s.slice(end, usize::MAX));
    Ok(out.finish().into())
}

fn collect_slowly(cx: Cx, r: &Obj, s: &Str) -> R<Vec<Match>> {
    let flags = flags_of(cx, r)?;
    let global = flags.as_str().contains('g');
    if global {
        set_last_index(cx, r, 0)?;
    }
    let mut answers = vec![];
    while let Some(found) = regexp_exec(cx, r, s)? {
        answers.push(found.clone());
        if !global {
            break;
        }
        if js_to_string(cx, &get_key(cx, &found, &Key::Index(0), &found.clone().into())?)?.is_empty() {
            let at = last_index(cx, r)?;
            set_last_index(cx, r, advance(s, at, flags.as_str().contains(['u', 'v'])))?;
        }
    }
    answers.iter().map(|found| Match::read(cx, s, found)).collect()
}

fn search(cx: Cx, a: &Args<'_>) -> R {
    let (r, s) = receiver(cx, a, "@@search")?;
    if let Some(d) = is_pristine(cx, r) {
        let found = d.program.find(&s, 0).filter(|f| !d.program.flags.sticky || f.whole.start == 0);
        return Ok(found.map_or(Value::Num(-1.0), |f| f.whole.start.into()));
    }
    let this = Value::Obj(r.clone());
    let key: Key = well_known::LAST_INDEX.into();
    let before = get_key(cx, r, &key, &this)?;
    if !same_value(&before, &Value::Num(0.0)) {
        put_key(cx, r, &key, Value::Num(0.0))?;
    }
    let found = regexp_exec(cx, r, &s)?;
    if !same_value(&get_key(cx, r, &key, &this)?, &before) {
        put_key(cx, r, &key, before)?;
    }
    match found {
        None => Ok(Value::Num(-1.0)),
        Some(f) => get_key(cx, &f, &well_known::INDEX.into(), &f.clone().into()),
    }
}

fn split(cx: Cx, a: &Args<'_>) -> R {
    let (r, s) = receiver(cx, a, "@@split")?;
    let limit = |cx| if a.get(1).is_undefined() { Ok(u32::MAX) } else { crate::js_to_number(cx, a.get(1)).map(to_uint32) };
    if let Some(d) = is_pristine(cx, r) {
        let limit = limit(cx)? as usize;
        return Ok(Obj::array(cx, pieces(d, &s, limit)).into());
    }
    let ctor = species(cx, r)?;
    let flags = flags_of(cx, r)?;
    let by_code_point = flags.as_str().contains(['u', 'v']);
    let sticky = if flags.as_str().contains('y') { flags } else { Str::from(format!("{flags}y")) };
    let splitter = to_object(cx, &construct(cx, &ctor, &[a.this.clone(), sticky.into()])?)?;
    let limit = limit(cx)? as usize;
    split_slowly(cx, &splitter, &s, limit, by_code_point)
}

fn pieces(d: &RegExpData, s: &Str, limit: usize) -> Vec<Value> {
    let len = s.len_utf16();
    let mut out = vec![];
    if limit == 0 {
        return out;
    }
    if len == 0 {
        let empty = d.program.find(s, 0).is_some();
        return if empty { out } else { vec![s.clone().into()] };
    }
    // `from`: where the present piece starts; `at`: where the separator is looked for.
    let (mut from, mut at) = (0, 0);
    while at < len {
        let Some(f) = d.program.find(s, at).filter(|f| f.whole.start < len) else { break };
        let end = f.whole.end.min(len);
        if end == from {
            at = advance(s, f.whole.start.max(at), d.program.flags.by_code_point());
            continue;
        }
        out.push(s.slice(from, f.whole.start).into());
        if out.len() == limit {
            return out;
        }
        for g in &f.groups {
            out.push(group_value(s, g));
            if out.len() == limit {
                return out;
            }
        }
        from = end;
        at = if f.whole.is_empty() { advance(s, end, d.program.flags.by_code_point()) } else { end };
    }
    out.push(s.slice(from, len).into());
    out
}

fn split_slowly(cx: Cx, splitter: &Obj, s: &Str, limit: usize, by_code_point: bool) -> R {
    let len = s.len_utf16();
    let mut out = vec![];
    if limit == 0 {
        return Ok(Obj::array(cx, out).into());
    }
    if len == 0 {
        let matched = regexp_exec(cx, splitter, s)?.is_some();
        return Ok(Obj::array(cx, if matched { out } else { vec![s.clone().into()] }).into());
    }
    let (mut from, mut at) = (0, 0);
    while at < len {
        set_last_index(cx, splitter, at)?;
        let found = regexp_exec(cx, splitter, s)?;
        let end = last_index(cx, splitter)?.min(len);
        let Some(found) = found.filter(|_| end != from) else {
            at = advance(s, at, by_code_point);
            continue;
        };
        out.push(s.slice(from, at).into());
        if out.len() == limit {
            return Ok(Obj::array(cx, out).into());
        }
        from = end;
        for i in 1..(to_integer(length_of(cx, &found)?) as usize).max(1) {
            out.push(get_key(cx, &found, &num_key(cx, i as f64), &found.clone().into())?);
            if out.len() == limit {
                return Ok(Obj::array(cx, out).into());
            }
        }
        at = from;
    }
    out.push(s.slice(from, len).into());
    Ok(Obj::array(cx, out).into())
}

pub(super) fn install(cx: Cx, proto: &Obj) {
    let methods: [(WellKnownSymbol, &'static str, u32, Code); 5] = [
        (WellKnownSymbol::Match, "[Symbol.match]", 1, match_),
        (WellKnownSymbol::MatchAll, "[Symbol.matchAll]", 1, match_all),
        (WellKnownSymbol::Replace, "[Symbol.replace]", 2, replace),
        (WellKnownSymbol::Search, "[Symbol.search]", 1, search),
        (WellKnownSymbol::Split, "[Symbol.split]", 2, split),
    ];
    for (symbol, name, length, code) in methods {
        proto.put_hidden(cx, cx.symbol(symbol), native(cx, name, length, code));
    }
}
