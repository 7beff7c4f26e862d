//! `Symbol` (ECMA-262 §20.4).

use super::iterator::tag;
use crate::errors::{key_text, show};
use crate::{constructor, install_getter, js_to_string, native, throw_type};
use puremix_value::{Args, Attr, Cx, Intrinsic, Kind, R, Sym, Value, WellKnownSymbol};

fn symbol(cx: Cx, a: &Args<'_>) -> R {
    if a.is_construct() {
        return Err(throw_type(cx, "Symbol is not a constructor"));
    }
    let description = match a.get(0) {
        Value::Undefined => None,
        v => Some(js_to_string(cx, v)?),
    };
    Ok(Sym::new(description).into())
}

fn this_symbol(cx: Cx, a: &Args<'_>, method: &str) -> R<Sym> {
    match a.this {
        Value::Sym(s) => return Ok(s.clone()),
        Value::Obj(o) => {
            if let Kind::Boxed(Value::Sym(s)) = o.kind() {
                return Ok(s.clone());
            }
        }
        _ => {}
    }
    Err(throw_type(cx, &format!("{method} requires that 'this' be a Symbol")))
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let s = this_symbol(cx, a, "Symbol.prototype.toString")?;
    Ok(key_text(cx, &s.into()).into())
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    this_symbol(cx, a, "Symbol.prototype.valueOf").map(Value::Sym)
}

fn to_primitive(cx: Cx, a: &Args<'_>) -> R {
    this_symbol(cx, a, "Symbol.prototype [ @@toPrimitive ]").map(Value::Sym)
}

fn description(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_symbol(cx, a, "Symbol.prototype.description")?.description().cloned().into())
}

fn for_(cx: Cx, a: &Args<'_>) -> R {
    Ok(cx.registered_symbol(&js_to_string(cx, a.get(0))?).into())
}

fn key_for(cx: Cx, a: &Args<'_>) -> R {
    match a.get(0) {
        Value::Sym(s) if s.is_registered() => Ok(s.description().cloned().into()),
        Value::Sym(_) => Ok(Value::Undefined),
        v => Err(throw_type(cx, &format!("{} is not a symbol", show(cx, v)))),
    }
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::SymbolPrototype);
    let ctor = constructor(cx, "Symbol", 0, symbol, &proto, Intrinsic::SymbolConstructor);
    crate::install(cx, &ctor, &[("for", 1, for_), ("keyFor", 1, key_for)]);
    for s in WellKnownSymbol::ALL {
        ctor.define(cx, &cx.key_of(s.name()), cx.symbol(*s).into(), Attr::NONE);
    }
    crate::install(cx, &proto, &[("toString", 0, to_string), ("valueOf", 0, value_of)]);
    install_getter(cx, &proto, "description", description);
    tag(cx, &proto, "Symbol");
    let f = native(cx, "[Symbol.toPrimitive]", 1, to_primitive);
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToPrimitive).into(), f, Attr::CONFIGURABLE);
}
