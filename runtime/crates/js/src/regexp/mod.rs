//! `RegExp` (ECMA-262 §22.2).

mod engine;
mod exec;
mod iterator;
mod methods;

pub use engine::{Flags, Found, Program};
pub use exec::is_pristine;

use crate::builtins::collections::install_species;
use crate::errors::show;
use crate::{constructor, get_key, get_value, install_getter, js_strict_eq, js_to_string, js_truthy, proto_for, throw_syntax, throw_type};
use puremix_value::{Args, Attr, Class, Cx, Intrinsic, Kind, Obj, Payload, R, Str, StrBuilder, Value, WellKnownSymbol, well_known};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A regular expression's own part.
pub struct RegExpData {
    pub source: Str,
    pub program: Rc<Program>,
}

impl Payload for RegExpData {}

/// The regular expression inside a value, if it is one.
pub fn as_regexp(v: &Value) -> Option<(&Obj, &RegExpData)> {
    let o = v.as_obj()?;
    o.payload::<RegExpData>().map(|d| (o, d))
}

/// Compiled programs that are kept for patterns seen again.
const MAX_CACHED: usize = 512;

thread_local! {
    static PROGRAMS: RefCell<HashMap<(Str, String), Rc<Program>>> = RefCell::default();
}

/// The program of a pattern; compiled once per thread and pattern.
fn program(cx: Cx, source: &Str, flags: &str) -> R<Rc<Program>> {
    let key = (source.clone(), flags.to_owned());
    if let Some(known) = PROGRAMS.with_borrow(|p| p.get(&key).cloned()) {
        return Ok(known);
    }
    let Some(parsed) = Flags::parse(flags) else {
        return Err(throw_syntax(cx, &format!("Invalid flags supplied to RegExp constructor '{flags}'")));
    };
    let made = Program::new(source, parsed)
        .map_err(|why| throw_syntax(cx, &format!("Invalid regular expression: /{}/{flags}: {why}", source.as_str())))?;
    let made = Rc::new(made);
    PROGRAMS.with_borrow_mut(|p| {
        if p.len() >= MAX_CACHED {
            p.clear();
        }
        p.insert(key, made.clone());
    });
    Ok(made)
}

fn create(cx: Cx, proto: Obj, source: Str, flags: &str) -> R {
    let program = program(cx, &source, flags)?;
    let o = Obj::native(cx, Some(proto), Class::RegExp, RegExpData { source, program });
    o.define(cx, &well_known::LAST_INDEX.into(), Value::Num(0.0), Attr::WRITABLE);
    Ok(o.into())
}

/// A regular expression literal.
pub fn regex(cx: Cx, source: &str, flags: &str) -> R {
    create(cx, cx.intrinsic(Intrinsic::RegExpPrototype), Str::from(source), flags)
}

/// `IsRegExp` (§7.2.8).
fn is_regexp(cx: Cx, v: &Value) -> R<bool> {
    let Value::Obj(o) = v else { return Ok(false) };
    match get_key(cx, o, &cx.symbol(WellKnownSymbol::Match).into(), v)? {
        Value::Undefined => Ok(o.payload::<RegExpData>().is_some()),
        matcher => Ok(js_truthy(&matcher)),
    }
}

fn regexp(cx: Cx, a: &Args<'_>) -> R {
    let (pattern, flags) = (a.get(0), a.get(1));
    let given = is_regexp(cx, pattern)?;
    if !a.is_construct() && given && flags.is_undefined() {
        let made_by = get_value(cx, pattern, &well_known::CONSTRUCTOR.into())?;
        if js_strict_eq(&made_by, &a.callee.clone().into()) {
            return Ok(pattern.clone());
        }
    }
    let (source, own_flags) = match as_regexp(pattern) {
        Some((_, d)) => (d.source.clone().into(), Value::from(d.program.flags.text())),
        None if given => (get_value(cx, pattern, &well_known::SOURCE.into())?, get_value(cx, pattern, &well_known::FLAGS.into())?),
        None => (pattern.clone(), Value::Undefined),
    };
    let proto = proto_for(cx, a.new_target, Intrinsic::RegExpPrototype)?;
    let text = |v: &Value| if v.is_undefined() { Ok(Str::EMPTY) } else { js_to_string(cx, v) };
    let source = text(&source)?;
    let flags = text(if flags.is_undefined() { &own_flags } else { flags })?;
    create(cx, proto, source, flags.as_str())
}

/// The flag getters answer `undefined` for the prototype itself.
fn flag(cx: Cx, a: &Args<'_>, name: &str, read: fn(&Flags) -> bool) -> R {
    match as_regexp(a.this) {
        Some((_, d)) => Ok(read(&d.program.flags).into()),
        None if a.this.as_obj().is_some_and(|o| cx.is_intrinsic(o, Intrinsic::RegExpPrototype)) => Ok(Value::Undefined),
        None => Err(throw_type(cx, &format!("RegExp.prototype.{name} getter called on non-RegExp object"))),
    }
}

macro_rules! flag_getters {
    ($($f:ident $name:literal $field:ident;)*) => {
        $(fn $f(cx: Cx, a: &Args<'_>) -> R {
            flag(cx, a, $name, |f| f.$field)
        })*
        fn install_flags(cx: Cx, proto: &Obj) {
            $(install_getter(cx, proto, $name, $f);)*
        }
        /// The flag properties with their letters, in the order of `flags`.
        const FLAGS: &[(&str, &str)] = &[$(($name, stringify!($f))),*];
    };
}

flag_getters! {
    d "hasIndices" has_indices;
    g "global" global;
    i "ignoreCase" ignore_case;
    m "multiline" multiline;
    s "dotAll" dot_all;
    u "unicode" unicode;
    v "unicodeSets" unicode_sets;
    y "sticky" sticky;
}

fn flags(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(o) = a.this else {
        return Err(throw_type(cx, &format!("RegExp.prototype.flags getter called on non-object {}", show(cx, a.this))));
    };
    if let Some(d) = is_pristine(cx, o) {
        return Ok(d.program.flags.text().into());
    }
    let mut out = String::new();
    for (name, letter) in FLAGS {
        if js_truthy(&get_key(cx, o, &cx.key_of(name), a.this)?) {
            out.push_str(letter);
        }
    }
    Ok(out.into())
}

fn source(cx: Cx, a: &Args<'_>) -> R {
    match as_regexp(a.this) {
        Some((_, d)) => Ok(escaped_source(&d.source).into()),
        None if a.this.as_obj().is_some_and(|o| cx.is_intrinsic(o, Intrinsic::RegExpPrototype)) => Ok(Value::str("(?:)")),
        None => Err(throw_type(cx, "RegExp.prototype.source getter called on non-RegExp object")),
    }
}

/// `EscapeRegExpPattern` (§22.2.6.13.1): the source as it may stand between slashes.
pub fn escaped_source(source: &Str) -> Str {
    if source.is_empty() {
        return Str::from("(?:)");
    }
    if !source.as_bytes().iter().any(|b| matches!(b, b'/' | b'\n' | b'\r' | 0xe2)) {
        return source.clone();
    }
    let mut out = StrBuilder::new();
    let (mut escaped, mut in_class) = (false, false);
    for unit in source.units() {
        let c = char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}');
        match c {
            '/' if !escaped && !in_class => out.push_str("\\/"),
            '\n' => out.push_str(if escaped { "n" } else { "\\n" }),
            '\r' => out.push_str(if escaped { "r" } else { "\\r" }),
            '\u{2028}' => out.push_str(if escaped { "u2028" } else { "\\u2028" }),
            '\u{2029}' => out.push_str(if escaped { "u2029" } else { "\\u2029" }),
            _ => out.push_unit(unit),
        }
        match c {
            _ if escaped => {}
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    out.finish()
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    if !a.this.is_object() {
        return Err(throw_type(cx, &format!("Method RegExp.prototype.toString called on incompatible receiver {}", show(cx, a.this))));
    }
    let source = js_to_string(cx, &get_value(cx, a.this, &well_known::SOURCE.into())?)?;
    let flags = js_to_string(cx, &get_value(cx, a.this, &well_known::FLAGS.into())?)?;
    Ok(format!("/{source}/{flags}").into())
}

pub(crate) fn install(cx: Cx) {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::RegExpPrototype, proto.clone());
    let ctor = constructor(cx, "RegExp", 2, regexp, &proto, Intrinsic::RegExpConstructor);
    install_species(cx, &ctor);
    install_flags(cx, &proto);
    install_getter(cx, &proto, "flags", flags);
    install_getter(cx, &proto, "source", source);
    crate::install(cx, &proto, &[("exec", 1, exec::exec), ("test", 1, exec::test), ("toString", 0, to_string)]);
    methods::install(cx, &proto);
    iterator::install(cx);
}
