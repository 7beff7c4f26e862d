//! `String(...)`, `String.fromCharCode`, `String.fromCodePoint`, `String.raw`.

use crate::{constructor, get_value, js_to_number, js_to_string, length_of, num_key, num_to_str, proto_for, throw_range, to_object, to_uint32};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Str, StrBuilder, Value, well_known};

fn string(cx: Cx, a: &Args<'_>) -> R {
    let s = match a.args.first() {
        None => Str::EMPTY,
        Some(Value::Sym(s)) if !a.is_construct() => {
            return Ok(format!("Symbol({})", s.description().map_or("", |d| d.as_str())).into());
        }
        Some(v) => js_to_string(cx, v)?,
    };
    if !a.is_construct() {
        return Ok(s.into());
    }
    Ok(Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::StringPrototype)?), Kind::Boxed(s.into())).into())
}

fn from_char_code(cx: Cx, a: &Args<'_>) -> R {
    if let [v] = a.args {
        return Ok(Str::from_unit(to_uint32(js_to_number(cx, v)?) as u16).into());
    }
    let units = a.args.iter().map(|v| Ok(to_uint32(js_to_number(cx, v)?) as u16)).collect::<R<Vec<u16>>>()?;
    Ok(Str::from_utf16(&units).into())
}

fn from_code_point(cx: Cx, a: &Args<'_>) -> R {
    let mut units: Vec<u16> = vec![];
    for v in a.args {
        let n = js_to_number(cx, v)?;
        if n.trunc() != n || !(0.0..=1_114_111.0).contains(&n) {
            return Err(throw_range(cx, &format!("Invalid code point {}", num_to_str(n))));
        }
        match char::from_u32(n as u32) {
            Some(c) => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            None => units.push(n as u16),
        }
    }
    Ok(Str::from_utf16(&units).into())
}

fn raw(cx: Cx, a: &Args<'_>) -> R {
    let cooked = to_object(cx, a.get(0))?;
    let strings = to_object(cx, &get_value(cx, &cooked.into(), &well_known::RAW.into())?)?;
    let len = length_of(cx, &strings)?;
    let strings = Value::Obj(strings);
    let mut out = StrBuilder::new();
    let mut i = 0.0;
    while i < len {
        out.push(&js_to_string(cx, &get_value(cx, &strings, &num_key(cx, i))?)?);
        i += 1.0;
        if i < len
            && let Some(v) = a.args.get(i as usize)
        {
            out.push(&js_to_string(cx, v)?);
        }
    }
    Ok(out.finish().into())
}

pub(super) fn install(cx: Cx, proto: &Obj) {
    let ctor = constructor(cx, "String", 1, string, proto, Intrinsic::StringConstructor);
    crate::install(cx, &ctor, &[("fromCharCode", 1, from_char_code), ("fromCodePoint", 1, from_code_point), ("raw", 1, raw)]);
}
