//! `%RegExpStringIterator%`, what `matchAll` answers (ECMA-262 §22.2.9).

use super::exec::{advance, last_index, regexp_exec, set_last_index};
use crate::builtins::iterator::tag;
use crate::errors::show;
use crate::{get_key, iter_result, js_to_string, throw_type};
use puremix_value::{Args, Class, Cx, Intrinsic, Key, Kind, Obj, Payload, R, Str, Tracer, Value, ValueCell};

struct Matches {
    /// `Undefined` once exhausted.
    regexp: ValueCell,
    text: Str,
    global: bool,
    by_code_point: bool,
}

impl Payload for Matches {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.regexp.trace(t);
    }
    fn clear(&self) {
        self.regexp.set(Value::Undefined);
    }
}

pub(super) fn matches(cx: Cx, regexp: Value, text: Str, global: bool, by_code_point: bool) -> Value {
    let state = Matches { regexp: ValueCell::new(regexp), text, global, by_code_point };
    Obj::native(cx, Some(cx.intrinsic(Intrinsic::RegExpStringIteratorPrototype)), Class::RegExpStringIterator, state).into()
}

fn next(cx: Cx, a: &Args<'_>) -> R {
    let Some(it) = a.this.as_obj().and_then(|o| o.payload::<Matches>()) else {
        return Err(throw_type(cx, &format!("next method called on incompatible receiver {}", show(cx, a.this))));
    };
    let Value::Obj(r) = it.regexp.get() else { return Ok(iter_result(cx, Value::Undefined, true)) };
    let Some(found) = regexp_exec(cx, &r, &it.text)? else {
        it.regexp.set(Value::Undefined);
        return Ok(iter_result(cx, Value::Undefined, true));
    };
    let value = Value::Obj(found.clone());
    if !it.global {
        it.regexp.set(Value::Undefined);
    } else if js_to_string(cx, &get_key(cx, &found, &Key::Index(0), &value)?)?.is_empty() {
        let at = last_index(cx, &r)?;
        set_last_index(cx, &r, advance(&it.text, at, it.by_code_point))?;
    }
    Ok(iter_result(cx, value, false))
}

pub(super) fn install(cx: Cx) {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::IteratorPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::RegExpStringIteratorPrototype, proto.clone());
    crate::install(cx, &proto, &[("next", 0, next)]);
    tag(cx, &proto, "RegExp String Iterator");
}
