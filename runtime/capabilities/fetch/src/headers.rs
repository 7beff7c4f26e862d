//! `Headers` (Fetch Standard, §5.1).

use puremix_js::ops;
use puremix_node::capability::pairs::{self, Part};
use puremix_node::capability::{ClassDef, class as make_class, custom_inspection, must_construct, shared_symbol, tag, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Thrown, Value, WellKnownSymbol};
use std::cell::{Cell, OnceCell, RefCell};

/// A list of headers, in the order and the case given.
#[derive(Default)]
pub struct Headers {
    list: RefCell<Vec<(String, String)>>,
    /// Those of a received answer cannot be changed.
    immutable: Cell<bool>,
}

impl Payload for Headers {}

thread_local! {
    static ITERATOR: OnceCell<Obj> = const { OnceCell::new() };
}

/// A `Headers` object.
pub fn object(cx: Cx, list: Vec<(String, String)>, immutable: bool) -> Obj {
    let (_, proto) = class(cx);
    Obj::native(cx, Some(proto), Class::Other, Headers { list: RefCell::new(list), immutable: Cell::new(immutable) })
}

/// The list of a `Headers` object.
pub fn list_of(o: &Obj) -> Vec<(String, String)> {
    o.payload::<Headers>().map(|h| h.list.borrow().clone()).unwrap_or_default()
}

/// The combined value of a name.
pub fn get(o: &Obj, name: &str) -> Option<String> {
    let headers = o.payload::<Headers>()?;
    let list = headers.list.borrow();
    let values: Vec<&str> = list.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Adds a header unless the name is there.
pub fn set_default(o: &Obj, name: &str, value: &str) {
    if get(o, name).is_none()
        && let Some(headers) = o.payload::<Headers>()
    {
        headers.list.borrow_mut().push((name.to_owned(), value.to_owned()));
    }
}

fn bad_pair(cx: Cx) -> Thrown {
    cx.throw_error(ErrorKind::Type, "Headers constructor: expected name/value pair to be length 2, found 1.")
}

/// The headers that an initialiser names: another `Headers`, pairs, or a record.
pub fn read_init(cx: Cx, init: &Value) -> R<Vec<(String, String)>> {
    if let Some(headers) = init.as_obj().and_then(|o| o.payload::<Headers>()) {
        return Ok(headers.list.borrow().clone());
    }
    if !init.is_nullish() && !init.is_object() {
        return Err(cx.throw_error(ErrorKind::Type, "Headers constructor: init provided is not one of sequence<sequence<ByteString>>, record<ByteString, ByteString>."));
    }
    let mut list = Vec::new();
    for (name, value) in pairs::init_pairs(cx, init, bad_pair)? {
        let value = text_of(cx, &value)?;
        list.push(checked(cx, "append", name, &value)?);
    }
    Ok(list)
}

/// A valid name with its value, stripped of white space around it.
fn checked(cx: Cx, method: &str, name: String, value: &str) -> R<(String, String)> {
    if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Err(cx.throw_error(ErrorKind::Type, &format!("Headers.{method}: \"{name}\" is an invalid header name.")));
    }
    let value = value.trim_matches(['\t', '\n', '\r', ' ']);
    if let Some((i, c)) = value.chars().enumerate().find(|(_, c)| *c as u32 > 255) {
        let message = format!("Cannot convert argument to a ByteString because the character at index {i} has a value of {} which is greater than 255.", c as u32);
        return Err(cx.throw_error(ErrorKind::Type, &message));
    }
    if value.contains(['\0', '\n', '\r']) {
        return Err(cx.throw_error(ErrorKind::Type, &format!("Headers.{method}: \"{value}\" is an invalid header value.")));
    }
    Ok((name, value.to_owned()))
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Headers> {
    a.this.as_obj().and_then(|o| o.payload::<Headers>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn changeable<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Headers> {
    let headers = this(cx, a)?;
    if headers.immutable.get() { Err(cx.throw_error(ErrorKind::Type, "immutable")) } else { Ok(headers) }
}

fn needs(cx: Cx, a: &Args<'_>, method: &str, n: usize) -> R<()> {
    if a.len() >= n {
        return Ok(());
    }
    let found = match a.len() {
        0 => "only 0 found".to_owned(),
        n => format!("only {n} found"),
    };
    let plural = if n == 1 { "" } else { "s" };
    Err(cx.throw_error(ErrorKind::Type, &format!("Headers.{method}: {n} argument{plural} required, but {found}.")))
}

fn name_of(cx: Cx, a: &Args<'_>, method: &str) -> R<String> {
    needs(cx, a, method, 1)?;
    let name = text_of(cx, a.get(0))?;
    Ok(checked(cx, method, name, "")?.0)
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("append", 2, |cx, a| {
                needs(cx, a, "append", 2)?;
                let pair = checked(cx, "append", text_of(cx, a.get(0))?, &text_of(cx, a.get(1))?)?;
                changeable(cx, a)?.list.borrow_mut().push(pair);
                Ok(Value::Undefined)
            }),
            ("delete", 1, |cx, a| {
                let name = name_of(cx, a, "delete")?;
                changeable(cx, a)?.list.borrow_mut().retain(|(n, _)| !n.eq_ignore_ascii_case(&name));
                Ok(Value::Undefined)
            }),
            ("get", 1, |cx, a| {
                let name = name_of(cx, a, "get")?;
                this(cx, a)?;
                Ok(a.this.as_obj().and_then(|o| get(o, &name)).map_or(Value::Null, Value::from))
            }),
            ("has", 1, |cx, a| {
                let name = name_of(cx, a, "has")?;
                Ok(Value::Bool(this(cx, a)?.list.borrow().iter().any(|(n, _)| n.eq_ignore_ascii_case(&name))))
            }),
            ("set", 2, |cx, a| {
                needs(cx, a, "set", 2)?;
                let (name, value) = checked(cx, "set", text_of(cx, a.get(0))?, &text_of(cx, a.get(1))?)?;
                let mut list = changeable(cx, a)?.list.borrow_mut();
                let at = list.iter().position(|(n, _)| n.eq_ignore_ascii_case(&name));
                list.retain(|(n, _)| !n.eq_ignore_ascii_case(&name));
                let at = at.unwrap_or(list.len()).min(list.len());
                list.insert(at, (name, value));
                Ok(Value::Undefined)
            }),
            ("getSetCookie", 0, |cx, a| {
                let headers = this(cx, a)?.list.borrow();
                let all = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")).map(|(_, v)| Value::str(v)).collect();
                Ok(Obj::array(cx, all).into())
            }),
            ("keys", 0, |cx, a| iterate(cx, a, Part::Keys)),
            ("values", 0, |cx, a| iterate(cx, a, Part::Values)),
            ("entries", 0, |cx, a| iterate(cx, a, Part::Entries)),
            ("forEach", 1, |cx, a| {
                this(cx, a)?;
                pairs::for_each(cx, a.this, a.get(0), a.get(1), pair_at)
            }),
        ],
        ..ClassDef::new("Headers", 0, |cx, a| {
            let proto = must_construct(cx, a)?;
            let list = read_init(cx, a.get(0))?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Headers { list: RefCell::new(list), immutable: Cell::new(false) }).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    ITERATOR.with(|slot| {
        slot.get_or_init(|| {
            tag(cx, &made.1, "Headers");
            let entries = ops::get_value(cx, &Value::Obj(made.1.clone()), &cx.key_of("entries")).unwrap_or_default();
            made.1.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), entries);
            custom_inspection(cx, &made.1, inspect);
            pairs::iterator_prototype(cx, "Headers Iterator")
        });
    });
    made
}

/// The list as iteration shows it: by name, values combined, cookies apart.
fn sorted(list: &[(String, String)]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for (name, value) in list {
        let name = name.to_ascii_lowercase();
        match out.iter_mut().find(|(n, _)| *n == name) {
            Some((_, known)) if name != "set-cookie" => {
                known.push_str(", ");
                known.push_str(value);
            }
            _ => out.push((name, value.clone())),
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn pair_at(_: Cx, o: &Obj, i: usize) -> Option<(Value, Value)> {
    let list = sorted(&o.payload::<Headers>()?.list.borrow());
    list.get(i).map(|(n, v)| (Value::str(n), Value::str(v)))
}

fn iterate(cx: Cx, a: &Args<'_>, part: Part) -> R {
    this(cx, a)?;
    let (Value::Obj(o), Some(proto)) = (a.this, ITERATOR.with(|slot| slot.get().cloned())) else { return Ok(Value::Undefined) };
    Ok(pairs::iterate(cx, &proto, o, part, pair_at))
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    let list = this(cx, a)?.list.borrow().clone();
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in &list {
        if !names.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            names.push(name);
            let combined = a.this.as_obj().and_then(|o| get(o, name)).unwrap_or_default();
            shown.put(cx, &cx.key_of(name), Value::from(combined));
        }
    }
    Ok(shown.into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn iteration_is_sorted_and_combined() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let list = [pair("X-B", "1"), pair("Set-Cookie", "a"), pair("x-b", "2"), pair("Accept", "*"), pair("set-cookie", "b")];
        let expected = [pair("accept", "*"), pair("set-cookie", "a"), pair("set-cookie", "b"), pair("x-b", "1, 2")];
        assert_eq!(super::sorted(&list), expected);
    }
}
