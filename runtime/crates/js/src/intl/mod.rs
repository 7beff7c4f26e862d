//! `Intl` and the `toLocaleString` family for en-US, en-GB and de-DE, without ICU's data: dates, numbers, currencies, plurals,
//! collation. Other locales fall back to en-US (see docs/deviations.md).

mod date_time;
mod locale;
mod number;

use crate::builtins::iterator::tag;
use crate::builtins::string::compare_locale;
use crate::{constructor_of, install_getter, js_to_number, js_to_string, native_with, throw_range, throw_type};
use date_time::{DateTimeFormat, Defaults};
use locale::{Locale, requested};
use number::NumberFormat;
use puremix_value::{Args, Class, Code, Cx, FnDef, Intrinsic, Kind, Obj, Payload, R, Value, well_known};

impl Payload for NumberFormat {}
impl Payload for DateTimeFormat {}

/// `Intl.Collator` and `Intl.PluralRules` keep their locale and whether they count ordinals or digits by value.
struct Simple {
    locale: Locale,
    special: bool,
}
impl Payload for Simple {}

fn made(cx: Cx, a: &Args<'_>, payload: impl Payload) -> R {
    let proto = crate::proto_for_object(cx, a.new_target, a.callee)?;
    Ok(Obj::native(cx, Some(proto), Class::Other, payload).into())
}

fn receiver<'a, T: Payload>(cx: Cx, v: &'a Value, name: &str) -> R<&'a T> {
    v.as_obj().and_then(|o| o.payload()).ok_or_else(|| throw_type(cx, &format!("Method Intl.{name} called on incompatible receiver {}", crate::errors::show(cx, v))))
}

fn number_format(cx: Cx, a: &Args<'_>) -> R {
    let format = NumberFormat::read(cx, requested(cx, a.get(0))?, a.get(1))?;
    made(cx, a, format)
}

fn date_time_format(cx: Cx, a: &Args<'_>) -> R {
    let format = DateTimeFormat::read(cx, requested(cx, a.get(0))?, a.get(1), Defaults::Date)?;
    made(cx, a, format)
}

fn option_is(cx: Cx, options: &Value, name: &str, wanted: &str) -> R<bool> {
    if !options.is_object() {
        return Ok(false);
    }
    let v = crate::get_value(cx, options, &cx.key_of(name))?;
    Ok(!v.is_undefined() && js_to_string(cx, &v)?.as_str() == wanted)
}

fn plural_rules(cx: Cx, a: &Args<'_>) -> R {
    let state = Simple { locale: requested(cx, a.get(0))?, special: option_is(cx, a.get(1), "type", "ordinal")? };
    made(cx, a, state)
}

fn collator(cx: Cx, a: &Args<'_>) -> R {
    let state = Simple { locale: requested(cx, a.get(0))?, special: option_is(cx, a.get(1), "numeric", "true")? };
    made(cx, a, state)
}

fn number_text(cx: Cx, a: &Args<'_>) -> R {
    let n = js_to_number_or_big(cx, a.get(0))?;
    Ok(receiver::<NumberFormat>(cx, a.env(0), "NumberFormat")?.format(n).into())
}

fn js_to_number_or_big(cx: Cx, v: &Value) -> R<f64> {
    match v {
        Value::BigInt(n) => Ok(crate::big_to_f64(n)),
        _ => js_to_number(cx, v),
    }
}

fn date_text(cx: Cx, a: &Args<'_>) -> R {
    let t = match a.get(0) {
        Value::Undefined => crate::date::now(),
        v => js_to_number(cx, v)?,
    };
    if !crate::date::time_clip(t).is_finite() {
        return Err(throw_range(cx, "Invalid time value"));
    }
    Ok(receiver::<DateTimeFormat>(cx, a.env(0), "DateTimeFormat")?.format(t).into())
}

/// The order of digit runs by value, of the rest as ever.
fn compare_numeric(a: &str, b: &str) -> std::cmp::Ordering {
    let split = |s: &str| s.find(|c: char| c.is_ascii_digit()).unwrap_or(s.len());
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let (mut x, mut y) = (a, b);
    while !x.is_empty() && !y.is_empty() {
        let (i, j) = (split(x), split(y));
        let order = compare_locale(&x[..i].into(), &y[..j].into());
        if order.is_ne() {
            return order;
        }
        (x, y) = (&x[i..], &y[j..]);
        let (i, j) = (digits(x), digits(y));
        let (m, n) = (x[..i].trim_start_matches('0'), y[..j].trim_start_matches('0'));
        let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
        if order.is_ne() {
            return order;
        }
        (x, y) = (&x[i..], &y[j..]);
    }
    x.len().cmp(&y.len())
}

fn compare(cx: Cx, a: &Args<'_>) -> R {
    let state = receiver::<Simple>(cx, a.env(0), "Collator")?;
    let (x, y) = (js_to_string(cx, a.get(0))?, js_to_string(cx, a.get(1))?);
    let order = if state.special { compare_numeric(x.as_str(), y.as_str()) } else { compare_locale(&x, &y) };
    Ok(Value::from(order as i32))
}

macro_rules! bound_getters {
    ($($getter:ident $f:ident $code:ident;)*) => {$(
        fn $getter(cx: Cx, a: &Args<'_>) -> R {
            static $f: FnDef = FnDef::native("", 1, $code);
            Ok(native_with(cx, &$f, vec![a.this.clone()]))
        }
    )*};
}

bound_getters! {
    number_getter NUMBER number_text;
    date_getter DATE date_text;
    compare_getter COMPARE compare;
}

fn select(cx: Cx, a: &Args<'_>) -> R {
    let state = receiver::<Simple>(cx, a.this, "PluralRules.prototype.select")?;
    Ok(locale::plural(state.locale, js_to_number(cx, a.get(0))?, state.special).into())
}

fn resolved(cx: Cx, a: &Args<'_>) -> R {
    let o = Obj::plain(cx);
    let payload = a.this.as_obj();
    let locale = payload.and_then(|p| {
        let number = p.payload::<NumberFormat>().map(|f| f.locale);
        number.or_else(|| p.payload::<DateTimeFormat>().map(|f| f.locale)).or_else(|| p.payload::<Simple>().map(|s| s.locale))
    });
    o.put(cx, &cx.key_of("locale"), Value::str(locale.unwrap_or(Locale::EnUs).tag()));
    if let Some(f) = payload.and_then(|p| p.payload::<DateTimeFormat>()) {
        o.put(cx, &cx.key_of("calendar"), "gregory".into());
        o.put(cx, &cx.key_of("numberingSystem"), "latn".into());
        o.put(cx, &cx.key_of("timeZone"), f.zone.clone().unwrap_or_else(crate::date::zone_name).into());
    }
    Ok(o.into())
}

fn supported(cx: Cx, a: &Args<'_>) -> R {
    let asked = if let Value::Str(_) = a.get(0) { vec![a.get(0).clone()] } else { crate::iter_to_vec(cx, a.get(0))? };
    let known = asked.into_iter().filter(|v| v.as_str().is_some_and(|s| Locale::find(s.as_str()).is_some())).collect();
    Ok(Obj::array(cx, known).into())
}

fn date_to_locale(cx: Cx, a: &Args<'_>, defaults: Defaults) -> R {
    let Some(Kind::Date(t)) = a.this.as_obj().map(Obj::kind) else { return Err(throw_type(cx, "this is not a Date object.")) };
    let t = t.get();
    let format = DateTimeFormat::read(cx, requested(cx, a.get(0))?, a.get(1), defaults)?;
    Ok(if t.is_nan() { "Invalid Date".into() } else { format.format(t).into() })
}

fn to_locale_string(cx: Cx, a: &Args<'_>) -> R {
    date_to_locale(cx, a, Defaults::All)
}

fn to_locale_date_string(cx: Cx, a: &Args<'_>) -> R {
    date_to_locale(cx, a, Defaults::Date)
}

fn to_locale_time_string(cx: Cx, a: &Args<'_>) -> R {
    date_to_locale(cx, a, Defaults::Time)
}

fn number_to_locale(cx: Cx, a: &Args<'_>) -> R {
    let n = match a.this.as_obj().map(Obj::kind) {
        Some(Kind::Boxed(inner)) => inner.as_num(),
        _ => a.this.as_num(),
    };
    let Some(n) = n else { return Err(throw_type(cx, "Number.prototype.toLocaleString requires that 'this' be a Number")) };
    Ok(NumberFormat::read(cx, requested(cx, a.get(0))?, a.get(1))?.format(n).into())
}

pub(crate) fn install(cx: Cx) {
    let object = || Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    let intl = object();
    let parts: [(&'static str, Code, &'static str, Option<Code>); 4] = [
        ("NumberFormat", number_format, "format", Some(number_getter)),
        ("DateTimeFormat", date_time_format, "format", Some(date_getter)),
        ("Collator", collator, "compare", Some(compare_getter)),
        ("PluralRules", plural_rules, "select", None),
    ];
    for (name, code, method, getter) in parts {
        let proto = object();
        let ctor = constructor_of(cx, name, 0, code, &proto);
        match getter {
            Some(getter) => install_getter(cx, &proto, method, getter),
            None => crate::install(cx, &proto, &[("select", 1, select)]),
        }
        crate::install(cx, &proto, &[("resolvedOptions", 0, resolved)]);
        crate::install(cx, &ctor, &[("supportedLocalesOf", 1, supported)]);
        tag(cx, &proto, Box::leak(format!("Intl.{name}").into_boxed_str()));
        intl.put_hidden(cx, cx.key_of(name), ctor);
    }
    tag(cx, &intl, "Intl");
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, well_known::INTL_NS, intl);
    crate::install(
        cx,
        &cx.intrinsic(Intrinsic::DatePrototype),
        &[
            ("toLocaleString", 0, to_locale_string),
            ("toLocaleDateString", 0, to_locale_date_string),
            ("toLocaleTimeString", 0, to_locale_time_string),
        ],
    );
    crate::install(cx, &cx.intrinsic(Intrinsic::NumberPrototype), &[("toLocaleString", 0, number_to_locale)]);
}
