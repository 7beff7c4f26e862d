//! `URLSearchParams` (URL Standard, §6.2).

use super::pairs::{self, Part};
use super::url::UrlState;
use crate::support::{ClassDef, class as make_class, coded, custom_inspection, must_construct, text_of};
use puremix_js::inspect::quote_js;
use puremix_value::{Args, Class, Cx, ErrorKind, Obj, Payload, R, Str, Thrown, Value, WellKnownSymbol};
use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};

/// The list, and the URL whose query it is.
#[derive(Default)]
pub(super) struct ParamsState {
    pub pairs: RefCell<Vec<(String, String)>>,
    pub url: RefCell<Weak<UrlState>>,
}

impl ParamsState {
    pub fn parse(&self, query: &str) {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        self.pairs.replace(pairs);
    }

    pub fn serialize(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs.borrow().iter()).finish()
    }

    /// Writes the list back into the URL.
    fn changed(&self) {
        if let Some(url) = self.url.borrow().upgrade() {
            let query = self.serialize();
            url.url.borrow_mut().set_query(if query.is_empty() { None } else { Some(&query) });
        }
    }
}

struct Params(Rc<ParamsState>);

impl Payload for Params {}

/// The object for a list.
pub(super) fn object(cx: Cx, state: Rc<ParamsState>) -> Obj {
    let (_, proto) = class(cx);
    Obj::native(cx, Some(proto), Class::Other, Params(state))
}

/// The serialised list, if the value is a `URLSearchParams`.
pub fn serialized(v: &Value) -> Option<String> {
    v.as_obj()?.payload::<Params>().map(|p| p.0.serialize())
}

thread_local! {
    static ITERATOR: OnceCell<Obj> = const { OnceCell::new() };
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("append", 2, |cx, a| {
                let (state, name, value) = two(cx, a)?;
                state.pairs.borrow_mut().push((name, value));
                state.changed();
                Ok(Value::Undefined)
            }),
            ("delete", 1, |cx, a| {
                let (state, name, value) = one(cx, a)?;
                state.pairs.borrow_mut().retain(|(n, v)| *n != name || value.as_ref().is_some_and(|value| v != value));
                state.changed();
                Ok(Value::Undefined)
            }),
            ("get", 1, |cx, a| {
                let (state, name, _) = one(cx, a)?;
                let found = state.pairs.borrow().iter().find(|(n, _)| *n == name).map(|(_, v)| Value::str(v));
                Ok(found.unwrap_or(Value::Null))
            }),
            ("getAll", 1, |cx, a| {
                let (state, name, _) = one(cx, a)?;
                let all = state.pairs.borrow().iter().filter(|(n, _)| *n == name).map(|(_, v)| Value::str(v)).collect();
                Ok(Value::Obj(Obj::array(cx, all)))
            }),
            ("has", 1, |cx, a| {
                let (state, name, value) = one(cx, a)?;
                let pairs = state.pairs.borrow();
                Ok(Value::Bool(pairs.iter().any(|(n, v)| *n == name && value.as_ref().is_none_or(|value| v == value))))
            }),
            ("set", 2, |cx, a| {
                let (state, name, value) = two(cx, a)?;
                set(&mut state.pairs.borrow_mut(), name, value);
                state.changed();
                Ok(Value::Undefined)
            }),
            ("sort", 0, |cx, a| {
                let state = this(cx, a)?;
                state.pairs.borrow_mut().sort_by(|(x, _), (y, _)| x.encode_utf16().cmp(y.encode_utf16()));
                state.changed();
                Ok(Value::Undefined)
            }),
            ("entries", 0, |cx, a| iterate(cx, a, Part::Entries)),
            ("forEach", 1, |cx, a| {
                this(cx, a)?;
                pairs::for_each(cx, a.this, a.get(0), a.get(1), pair_at)
            }),
            ("keys", 0, |cx, a| iterate(cx, a, Part::Keys)),
            ("values", 0, |cx, a| iterate(cx, a, Part::Values)),
            ("toString", 0, |cx, a| Ok(Value::from(this(cx, a)?.serialize()))),
        ],
        getters: &[("size", |cx, a| Ok(Value::Num(this(cx, a)?.pairs.borrow().len() as f64)))],
        ..ClassDef::new("URLSearchParams", 0, construct)
    };
    let made = make_class(cx, &DEF, None);
    ITERATOR.with(|slot| {
        slot.get_or_init(|| {
            let proto = &made.1;
            crate::support::tag(cx, proto, "URLSearchParams");
            let entries = puremix_js::ops::get_value(cx, &Value::Obj(proto.clone()), &cx.key_of("entries")).unwrap_or_default();
            proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), entries);
            custom_inspection(cx, proto, inspect);
            pairs::iterator_prototype(cx, "URLSearchParams Iterator")
        });
    });
    made
}

fn set(pairs: &mut Vec<(String, String)>, name: String, value: String) {
    let mut value = Some(value);
    pairs.retain_mut(|(n, v)| {
        if *n != name {
            return true;
        }
        match value.take() {
            Some(new) => {
                *v = new;
                true
            }
            None => false,
        }
    });
    if let Some(value) = value {
        pairs.push((name, value));
    }
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Rc<ParamsState>> {
    let found = a.this.as_obj().and_then(|o| o.payload::<Params>()).map(|p| &p.0);
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type URLSearchParams"))
}

fn missing(cx: Cx, what: &str) -> Thrown {
    coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", &format!("The {what} must be specified"))
}

/// The receiver, a name, and perhaps a value.
fn one<'a>(cx: Cx, a: &Args<'a>) -> R<(&'a Rc<ParamsState>, String, Option<String>)> {
    let state = this(cx, a)?;
    if a.is_empty() {
        return Err(missing(cx, "\"name\" argument"));
    }
    let name = text_of(cx, a.get(0))?;
    let value = if a.get(1).is_undefined() { None } else { Some(text_of(cx, a.get(1))?) };
    Ok((state, name, value))
}

/// The receiver, a name and a value.
fn two<'a>(cx: Cx, a: &Args<'a>) -> R<(&'a Rc<ParamsState>, String, String)> {
    let state = this(cx, a)?;
    if a.len() < 2 {
        return Err(missing(cx, "\"name\" and \"value\" arguments"));
    }
    Ok((state, text_of(cx, a.get(0))?, text_of(cx, a.get(1))?))
}

fn pair_at(_: Cx, o: &Obj, i: usize) -> Option<(Value, Value)> {
    let pairs = o.payload::<Params>()?.0.pairs.borrow();
    pairs.get(i).map(|(name, value)| (Value::str(name), Value::str(value)))
}

fn iterate(cx: Cx, a: &Args<'_>, part: Part) -> R {
    this(cx, a)?;
    let (Value::Obj(o), Some(proto)) = (a.this, ITERATOR.with(|slot| slot.get().cloned())) else { return Ok(Value::Undefined) };
    Ok(pairs::iterate(cx, &proto, o, part, pair_at))
}

fn construct(cx: Cx, a: &Args<'_>) -> R {
    let proto = must_construct(cx, a)?;
    let state = ParamsState::default();
    match a.get(0) {
        Value::Undefined | Value::Null => {}
        init @ Value::Obj(_) => {
            let pairs = pairs::init_pairs(cx, init, |cx| {
                coded(cx, ErrorKind::Type, "ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple")
            })?;
            for (name, value) in pairs {
                let value = text_of(cx, &value)?;
                // A record has each name once, a list may repeat them.
                state.pairs.borrow_mut().push((name, value));
            }
        }
        text => {
            let text = text_of(cx, text)?;
            state.parse(text.strip_prefix('?').unwrap_or(&text));
        }
    }
    Ok(Value::Obj(Obj::native(cx, Some(proto), Class::Other, Params(Rc::new(state)))))
}

/// `URLSearchParams { 'a' => '1' }`.
fn inspect(cx: Cx, a: &Args<'_>) -> R {
    const BREAK: usize = 80;
    let quote = |s: &str| quote_js(&Str::from(s));
    let shown: Vec<String> = this(cx, a)?.pairs.borrow().iter().map(|(n, v)| format!("{} => {}", quote(n), quote(v))).collect();
    let width = shown.iter().map(|s| s.chars().count() + 2).sum::<usize>().saturating_sub(2);
    Ok(Value::from(match shown.len() {
        0 => "URLSearchParams {}".to_owned(),
        _ if width > BREAK => format!("URLSearchParams {{\n  {} }}", shown.join(",\n  ")),
        _ => format!("URLSearchParams {{ {} }}", shown.join(", ")),
    }))
}
