//! `flash(type, message…)`: messages that the next request reads once, as connect-flash has them. Kept in the session as `_flash`.

use crate::lang;
use puremix_js::ops;
use puremix_value::{Args, Cx, Obj, R, Value};

const NAME: &str = "_flash";

/// `flash(type, message, …)` adds and answers how many there are; `flash(type)` takes those of a type; `flash()` takes all.
pub fn flash(cx: Cx, a: &Args<'_>) -> R {
    let session = a.this;
    let all = lang::get(cx, session, NAME)?;
    if a.len() < 2 {
        return take(cx, session, &all, a.get(0));
    }
    let all = match all {
        Value::Obj(all) => all,
        _ => {
            let made = Obj::plain(cx);
            ops::set_value(cx, session, &cx.key_of(NAME), Value::Obj(made.clone()))?;
            made
        }
    };
    let key = ops::js_to_key(cx, a.get(0))?;
    let mut messages = match lang::get_key(cx, &Value::Obj(all.clone()), &key)? {
        known if ops::is_array(cx, &known)? => ops::iter_to_vec(cx, &known)?,
        _ => Vec::new(),
    };
    if ops::is_array(cx, a.get(1))? {
        messages.extend(ops::iter_to_vec(cx, a.get(1))?);
    } else if a.len() > 2 {
        // As `util.format`: `flash('info', 'Hello %s', name)`.
        let util = puremix_node::load(cx, "util")?;
        let format = lang::get(cx, &util, "format")?;
        messages.push(lang::call(cx, &format, &util, &a.args[1..])?);
    } else {
        messages.push(a.get(1).clone());
    }
    let count = messages.len();
    all.put(cx, &key, Obj::array(cx, messages).into());
    Ok(Value::Num(count as f64))
}

fn take(cx: Cx, session: &Value, all: &Value, kind: &Value) -> R {
    if kind.is_undefined() {
        ops::delete(cx, session, &cx.key_of(NAME))?;
        return Ok(if all.is_object() { all.clone() } else { Obj::plain(cx).into() });
    }
    let Value::Obj(messages) = all else { return Ok(Obj::array(cx, Vec::new()).into()) };
    let key = ops::js_to_key(cx, kind)?;
    let found = lang::get_key(cx, all, &key)?;
    messages.delete_own(cx, &key);
    if lang::keys(cx, messages).is_empty() {
        ops::delete(cx, session, &cx.key_of(NAME))?;
    }
    Ok(if ops::is_array(cx, &found)? { found } else { Obj::array(cx, Vec::new()).into() })
}
