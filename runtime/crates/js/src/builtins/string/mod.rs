//! `String` (ECMA-262 §22.1). Methods that take patterns ask the pattern (`Symbol.replace` and its kin) first.

mod collate;
mod construct;
mod html;
mod pattern;
mod text;

pub use collate::compare_locale;
pub use pattern::get_substitution;

use crate::{js_to_string, throw_type};
use puremix_value::{Args, Atom, Code, Cx, Intrinsic, R, Str, Value, WellKnownSymbol, well_known};

/// The string a method works on.
fn this_str(cx: Cx, a: &Args<'_>, method: &str) -> R<Str> {
    match a.this {
        Value::Str(s) => Ok(s.clone()),
        Value::Undefined | Value::Null => {
            Err(throw_type(cx, &format!("String.prototype.{method} called on null or undefined")))
        }
        other => js_to_string(cx, other),
    }
}

/// The built-in method of that name, for calls that skip the lookup.
#[inline]
pub fn direct(name: Atom) -> Option<Code> {
    Some(match name {
        well_known::CHAR_AT => text::char_at,
        well_known::CHAR_CODE_AT => text::char_code_at,
        well_known::CODE_POINT_AT => text::code_point_at,
        well_known::AT => text::at,
        well_known::INDEX_OF => text::index_of,
        well_known::LAST_INDEX_OF => text::last_index_of,
        well_known::INCLUDES => text::includes,
        well_known::STARTS_WITH => text::starts_with,
        well_known::ENDS_WITH => text::ends_with,
        well_known::SLICE => text::slice,
        well_known::SUBSTRING => text::substring,
        well_known::TRIM => text::trim,
        well_known::TO_LOWER_CASE => text::to_lower_case,
        well_known::TO_UPPER_CASE => text::to_upper_case,
        well_known::PAD_START => text::pad_start,
        well_known::PAD_END => text::pad_end,
        well_known::REPEAT => text::repeat,
        well_known::SPLIT => pattern::split,
        well_known::REPLACE => pattern::replace,
        well_known::REPLACE_ALL => pattern::replace_all,
        _ => return None,
    })
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::StringPrototype);
    construct::install(cx, &proto);
    crate::install(cx, &proto, text::METHODS);
    crate::install(cx, &proto, pattern::METHODS);
    crate::install(cx, &proto, html::METHODS);
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), crate::native(cx, "[Symbol.iterator]", 0, text::iterator));
    // Two names, one function each (§B.2.2.15).
    for (alias, name) in [("trimLeft", "trimStart"), ("trimRight", "trimEnd")] {
        if let Some(puremix_value::Own::Data { value, .. }) = proto.get_own(cx, &cx.key_of(name)) {
            proto.put_hidden(cx, cx.key_of(alias), value);
        }
    }
}
