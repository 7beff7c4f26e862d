//! `FormData` (XMLHttpRequest Standard, §5).

use crate::blob::{self, Blob};
use puremix_js::ops;
use puremix_node::capability::pairs::{self, Part};
use puremix_node::capability::{ClassDef, class as make_class, custom_inspection, must_construct, shared_symbol, tag, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Value, WellKnownSymbol};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// A field's value.
#[derive(Clone)]
pub enum Entry {
    Text(String),
    File(Rc<Blob>),
}

#[derive(Default)]
struct FormData(RefCell<Vec<(String, Entry)>>);

impl Payload for FormData {}

thread_local! {
    static ITERATOR: OnceCell<Obj> = const { OnceCell::new() };
}

/// The entries of a `FormData` object.
pub fn entries_of(v: &Value) -> Option<Vec<(String, Entry)>> {
    v.as_obj()?.payload::<FormData>().map(|f| f.0.borrow().clone())
}

/// A `FormData` of these entries.
pub fn object(cx: Cx, entries: Vec<(String, Entry)>) -> Value {
    let (_, proto) = class(cx);
    Obj::native(cx, Some(proto), Class::Other, FormData(RefCell::new(entries))).into()
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a RefCell<Vec<(String, Entry)>>> {
    a.this.as_obj().and_then(|o| o.payload::<FormData>()).map(|f| &f.0).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

/// Name and value of `append` and `set`.
fn entry(cx: Cx, a: &Args<'_>, method: &str) -> R<(String, Entry)> {
    if a.len() < 2 {
        let message = format!("FormData.{method}: 2 arguments required, but only {} found.", a.len());
        return Err(cx.throw_error(ErrorKind::Type, &message));
    }
    let name = text_of(cx, a.get(0))?;
    let Some(blob) = blob::of(a.get(1)) else {
        return Ok((name, Entry::Text(text_of(cx, a.get(1))?)));
    };
    let (default, modified) = blob.file.clone().unwrap_or_else(|| ("blob".to_owned(), blob::now()));
    let file_name = if a.get(2).is_undefined() { default } else { text_of(cx, a.get(2))? };
    let file = Blob { bytes: blob.bytes.clone(), kind: blob.kind.clone(), file: Some((file_name, modified)) };
    Ok((name, Entry::File(Rc::new(file))))
}

fn value(cx: Cx, entry: &Entry) -> Value {
    match entry {
        Entry::Text(text) => Value::str(text),
        Entry::File(file) => {
            let (name, modified) = file.file.clone().unwrap_or_default();
            blob::file_object(cx, file.bytes.clone(), &file.kind, &name, modified)
        }
    }
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("append", 2, |cx, a| {
                let entry = entry(cx, a, "append")?;
                this(cx, a)?.borrow_mut().push(entry);
                Ok(Value::Undefined)
            }),
            ("delete", 1, |cx, a| {
                let name = text_of(cx, a.get(0))?;
                this(cx, a)?.borrow_mut().retain(|(n, _)| *n != name);
                Ok(Value::Undefined)
            }),
            ("get", 1, |cx, a| {
                let name = text_of(cx, a.get(0))?;
                let found = this(cx, a)?.borrow().iter().find(|(n, _)| *n == name).map(|(_, e)| e.clone());
                Ok(found.map_or(Value::Null, |e| value(cx, &e)))
            }),
            ("getAll", 1, |cx, a| {
                let name = text_of(cx, a.get(0))?;
                let found: Vec<Entry> = this(cx, a)?.borrow().iter().filter(|(n, _)| *n == name).map(|(_, e)| e.clone()).collect();
                Ok(Obj::array(cx, found.iter().map(|e| value(cx, e)).collect()).into())
            }),
            ("has", 1, |cx, a| {
                let name = text_of(cx, a.get(0))?;
                Ok(Value::Bool(this(cx, a)?.borrow().iter().any(|(n, _)| *n == name)))
            }),
            ("set", 2, |cx, a| {
                let new = entry(cx, a, "set")?;
                let mut entries = this(cx, a)?.borrow_mut();
                let at = entries.iter().position(|(n, _)| *n == new.0);
                entries.retain(|(n, _)| *n != new.0);
                let at = at.unwrap_or(entries.len()).min(entries.len());
                entries.insert(at, new);
                Ok(Value::Undefined)
            }),
            ("entries", 0, |cx, a| iterate(cx, a, Part::Entries)),
            ("keys", 0, |cx, a| iterate(cx, a, Part::Keys)),
            ("values", 0, |cx, a| iterate(cx, a, Part::Values)),
            ("forEach", 1, |cx, a| {
                this(cx, a)?;
                pairs::for_each(cx, a.this, a.get(0), a.get(1), pair_at)
            }),
        ],
        ..ClassDef::new("FormData", 0, |cx, a| {
            let proto = must_construct(cx, a)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, FormData::default()).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    ITERATOR.with(|slot| {
        slot.get_or_init(|| {
            tag(cx, &made.1, "FormData");
            let entries = ops::get_value(cx, &Value::Obj(made.1.clone()), &cx.key_of("entries")).unwrap_or_default();
            made.1.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), entries);
            custom_inspection(cx, &made.1, inspect);
            pairs::iterator_prototype(cx, "FormData Iterator")
        });
    });
    made
}

fn pair_at(cx: Cx, o: &Obj, i: usize) -> Option<(Value, Value)> {
    let pair = o.payload::<FormData>()?.0.borrow().get(i).cloned();
    pair.map(|(name, entry)| (Value::str(&name), value(cx, &entry)))
}

fn iterate(cx: Cx, a: &Args<'_>, part: Part) -> R {
    this(cx, a)?;
    let (Value::Obj(o), Some(proto)) = (a.this, ITERATOR.with(|slot| slot.get().cloned())) else { return Ok(Value::Undefined) };
    Ok(pairs::iterate(cx, &proto, o, part, pair_at))
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    let entries = this(cx, a)?.borrow().clone();
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    for (name, _) in &entries {
        let all: Vec<Value> = entries.iter().filter(|(n, _)| n == name).map(|(_, e)| value(cx, e)).collect();
        let value = if all.len() == 1 { all.into_iter().next().unwrap_or_default() } else { Obj::array(cx, all).into() };
        shown.put(cx, &cx.key_of(name), value);
    }
    Ok(shown.into())
}
