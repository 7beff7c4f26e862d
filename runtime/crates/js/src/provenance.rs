//! Where an object came from, for those who must not take orders from it.
//!
//! A filter such as `{ email: body.email }` means a value, but a client may send `{"email": {"$ne": ""}}`: an object that a database
//! would read as an operator. The request marks such objects when it parses them; a document store asks before it obeys one.

use puremix_value::{Cx, Key, Own, Sym, Value};

thread_local! {
    static FROM_REQUEST: Sym = Sym::new(Some("from a request".into()));
}

fn from_request() -> Key {
    Key::Sym(FROM_REQUEST.with(Sym::clone))
}

/// Marks every object in the value (parsed JSON: a tree) that has a key with `$` at its head.
pub fn mark_operators(cx: Cx, value: &Value) {
    let mut waiting = vec![value.clone()];
    while let Some(value) = waiting.pop() {
        let Value::Obj(object) = &value else { continue };
        let mut has_operator = false;
        for (key, _) in object.own_keys(cx) {
            has_operator |= cx.key_str(&key).as_str().starts_with('$');
            if let Some(Own::Data { value: inner @ Value::Obj(_), .. }) = object.get_own(cx, &key) {
                waiting.push(inner);
            }
        }
        if has_operator {
            object.put_hidden(cx, from_request(), true);
        }
    }
}

/// Whether [`mark_operators`] marked the object. A copy (`{...body}`) is the program's own and not marked.
pub fn is_marked(cx: Cx, value: &Value) -> bool {
    matches!(value, Value::Obj(object) if object.get_own(cx, &from_request()).is_some())
}
