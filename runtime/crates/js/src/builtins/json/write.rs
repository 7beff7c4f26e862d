//! Writing JSON text (ECMA-262 §25.5.2), straight into one `String`.

use super::escape::{quote, quote_key};
use super::plain::plain_json;
use super::rows::unrolled;
use crate::number::push_num;
use crate::errors::constructor_name;
use crate::{
    call, enumerable_keys, get_key, get_value, is_array, iter_to_vec, js_to_number, js_to_string, length_of, num_key, throw_range, throw_type,
    to_integer,
};
use crate::open::Open;
use puremix_value::{Cx, Intrinsic, Key, Kind, MAX_LEN, Obj, R, Str, Thrown, Value, check_stack, well_known};

struct Writer<'a> {
    cx: Cx,
    out: &'a mut String,
    gap: String,
    replacer: Option<&'a Value>,
    allowed: Option<Vec<Key>>,
    /// The objects being written, outermost first, each with the key it was found under.
    stack: Vec<(Obj, Key)>,
    open: Open,
    /// Prototype epoch at which neither `Object.prototype` nor `Array.prototype` had a `toJSON`.
    no_to_json: Option<u32>,
}

/// `JSON.stringify(value, replacer, space)`.
pub(super) fn stringify(cx: Cx, value: &Value, replacer: &Value, space: &Value) -> R {
    let allowed = if !replacer.is_callable() && is_array(cx, replacer)? { Some(allowed_keys(cx, replacer)?) } else { None };
    let gap = gap(cx, space)?;
    if !replacer.is_callable() && allowed.is_none() && gap.is_empty() {
        return Ok(json_text(cx, value, 0)?.map_or(Value::Undefined, Value::from));
    }
    let mut out = String::new();
    let mut w = Writer {
        cx,
        out: &mut out,
        gap,
        replacer: replacer.is_callable().then_some(replacer),
        allowed,
        stack: vec![],
        open: Open::default(),
        no_to_json: None,
    };
    let written = w.root(value)?;
    Ok(if written { out.into() } else { Value::Undefined })
}

/// `JSON.stringify(value)`; `None` for what has no JSON form (`undefined`, functions, symbols). `room` is a guess at its length in bytes.
///
/// # Errors
/// What a `toJSON` or a getter throws; a TypeError for a circle or a BigInt.
pub fn json_text(cx: Cx, value: &Value, room: usize) -> R<Option<String>> {
    if let Some(text) = plain_json(cx, value, room) {
        return Ok(text);
    }
    let mut out = String::new();
    let mut writer = Writer { cx, out: &mut out, gap: String::new(), replacer: None, allowed: None, stack: vec![], open: Open::default(), no_to_json: None };
    Ok(writer.root(value)?.then_some(out))
}

/// As [`json_text`], as a value of the language.
///
/// # Errors
/// As [`json_text`].
pub fn json_to_string(cx: Cx, value: &Value) -> R<Option<Str>> {
    Ok(json_text(cx, value, 0)?.map(Str::from))
}

/// The property list of an array replacer: strings and numbers, each once.
fn allowed_keys(cx: Cx, replacer: &Value) -> R<Vec<Key>> {
    let mut keys: Vec<Key> = vec![];
    for v in iter_to_vec(cx, replacer)? {
        let named = match &v {
            Value::Str(_) | Value::Num(_) => true,
            Value::Obj(o) => matches!(o.kind(), Kind::Boxed(Value::Str(_) | Value::Num(_))),
            _ => false,
        };
        if named {
            let key = cx.key(&js_to_string(cx, &v)?);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    Ok(keys)
}

fn gap(cx: Cx, space: &Value) -> R<String> {
    let space = match space.as_obj().map(Obj::kind) {
        Some(Kind::Boxed(Value::Num(_))) => Value::Num(js_to_number(cx, space)?),
        Some(Kind::Boxed(Value::Str(_))) => js_to_string(cx, space)?.into(),
        _ => space.clone(),
    };
    Ok(match &space {
        Value::Num(n) => " ".repeat(to_integer(*n).clamp(0.0, 10.0) as usize),
        Value::Str(s) => s.slice(0, 10).to_string(),
        _ => String::new(),
    })
}

impl Writer<'_> {
    fn root(&mut self, value: &Value) -> R<bool> {
        let key = self.cx.key_of("");
        if self.replacer.is_none() {
            return self.value(None, &key, value.clone());
        }
        let holder = Obj::plain(self.cx);
        holder.put(self.cx, &key, value.clone());
        self.value(Some(&holder), &key, value.clone())
    }

    /// Writes a property's value; false, and nothing written, if it has no JSON form.
    fn value(&mut self, holder: Option<&Obj>, key: &Key, value: Value) -> R<bool> {
        let value = self.prepared(holder, key, unrolled(self.cx, value)?)?;
        if self.out.len() > MAX_LEN {
            return Err(throw_range(self.cx, "Invalid string length"));
        }
        match &value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Num(n) => self.number(*n),
            Value::Str(s) => quote(self.out, s),
            Value::BigInt(_) => return Err(throw_type(self.cx, "Do not know how to serialize a BigInt")),
            Value::Undefined | Value::Sym(_) | Value::Uninit => return Ok(false),
            Value::Obj(o) => return self.object(o, &value, key),
        }
        Ok(true)
    }

    /// The value after `toJSON` and the replacer.
    fn prepared(&mut self, holder: Option<&Obj>, key: &Key, mut value: Value) -> R {
        let cx = self.cx;
        let may_convert = match &value {
            Value::Obj(o) => !self.lacks_to_json(o)?,
            Value::BigInt(_) => true,
            _ => false,
        };
        if may_convert {
            let f = get_value(cx, &value, &well_known::TO_JSON.into())?;
            if f.is_callable() {
                value = call(cx, &f, &value, &[cx.key_value(key)])?;
            }
        }
        if let (Some(f), Some(holder)) = (self.replacer, holder) {
            value = call(cx, f, &holder.clone().into(), &[cx.key_value(key), value])?;
        }
        Ok(value)
    }

    /// True for plain objects and arrays that surely have no `toJSON`, without a search along the prototypes.
    fn lacks_to_json(&mut self, o: &Obj) -> R<bool> {
        let cx = self.cx;
        let ordinary = match o.kind() {
            Kind::Array(_) => cx.is_ordinary_array(o),
            Kind::Plain => {
                o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::ObjectPrototype))
                    && o.shape().is_some_and(|s| s.find_atom(well_known::TO_JSON).is_none())
            }
            _ => false,
        };
        if !ordinary {
            return Ok(false);
        }
        let epoch = cx.proto_epoch();
        if self.no_to_json != Some(epoch) {
            let key = well_known::TO_JSON.into();
            let prototypes = [Intrinsic::ObjectPrototype, Intrinsic::ArrayPrototype];
            if prototypes.iter().any(|p| cx.intrinsic(*p).get_own(cx, &key).is_some()) {
                return Ok(false);
            }
            self.no_to_json = Some(epoch);
        }
        Ok(true)
    }

    fn number(&mut self, n: f64) {
        if n.is_finite() {
            push_num(self.out, n);
        } else {
            self.out.push_str("null");
        }
    }

    fn object(&mut self, o: &Obj, value: &Value, key: &Key) -> R<bool> {
        let cx = self.cx;
        match o.kind() {
            Kind::Boxed(Value::Num(_)) => {
                let n = js_to_number(cx, value)?;
                self.number(n);
                return Ok(true);
            }
            Kind::Boxed(Value::Str(_)) => {
                quote(self.out, &js_to_string(cx, value)?);
                return Ok(true);
            }
            Kind::Boxed(Value::Bool(b)) => {
                self.out.push_str(if *b { "true" } else { "false" });
                return Ok(true);
            }
            Kind::Boxed(Value::BigInt(_)) => return Err(throw_type(cx, "Do not know how to serialize a BigInt")),
            _ if o.is_callable() => return Ok(false),
            _ => {}
        }
        check_stack(cx)?;
        if !self.open.enter(o) {
            return Err(self.circular(o, key));
        }
        self.stack.push((o.clone(), key.clone()));
        if is_array(cx, value)? { self.array(o, value)? } else { self.record(o, value)? }
        self.stack.pop();
        self.open.leave(o);
        Ok(true)
    }

    fn newline(&mut self, depth: usize) {
        if !self.gap.is_empty() {
            self.out.push('\n');
            for _ in 0..depth {
                self.out.push_str(&self.gap);
            }
        }
    }

    fn array(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        let depth = self.stack.len();
        self.out.push('[');
        let len = length_of(cx, o)?;
        let mut i = 0.0;
        while i < len {
            if i > 0.0 {
                self.out.push(',');
            }
            self.newline(depth);
            let key = num_key(cx, i);
            let item = match o.dense().and_then(|s| s.get(i as usize)) {
                Some(v) if !matches!(v, Value::Uninit) => v,
                _ => get_key(cx, o, &key, value)?,
            };
            if !self.value(Some(o), &key, item)? {
                self.out.push_str("null");
            }
            i += 1.0;
        }
        if len > 0.0 {
            self.newline(depth - 1);
        }
        self.out.push(']');
        Ok(())
    }

    fn record(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        let depth = self.stack.len();
        self.out.push('{');
        let mut first = true;
        let shape = o.shape().filter(|s| s.is_ordinary() && self.allowed.is_none() && matches!(o.kind(), Kind::Plain));
        if let Some(shape) = shape {
            for (i, (key, _)) in shape.props().iter().enumerate().filter(|(_, (key, _))| !key.is_symbol()) {
                // User code that ran for an earlier property may have changed the object.
                let same = o.shape_id() == shape.id();
                let v = if same { o.slot(i as u32) } else { get_key(cx, o, key, value)? };
                self.member(o, key, v, depth, &mut first)?;
            }
        } else {
            let keys = match &self.allowed {
                Some(keys) => keys.clone(),
                None => enumerable_keys(cx, o)?,
            };
            for key in &keys {
                let v = get_key(cx, o, key, value)?;
                self.member(o, key, v, depth, &mut first)?;
            }
        }
        if !first {
            self.newline(depth - 1);
        }
        self.out.push('}');
        Ok(())
    }

    fn member(&mut self, o: &Obj, key: &Key, v: Value, depth: usize, first: &mut bool) -> R<()> {
        let start = self.out.len();
        if !*first {
            self.out.push(',');
        }
        self.newline(depth);
        quote_key(self.cx, self.out, key);
        self.out.push_str(if self.gap.is_empty() { ":" } else { ": " });
        if self.value(Some(o), key, v)? {
            *first = false;
        } else {
            self.out.truncate(start);
        }
        Ok(())
    }

    /// V8's message, which draws the circle that ends with `again`.
    #[cold]
    fn circular(&self, again: &Obj, last: &Key) -> Thrown {
        let cx = self.cx;
        let start = self.stack.iter().position(|(open, _)| open == again).unwrap_or_default();
        let named = |key: &Key| match key {
            Key::Index(i) => format!("index {i}"),
            _ => format!("property '{}'", cx.key_str(key)),
        };
        let made_by = |o: &Obj| format!("object with constructor '{}'", constructor_name(cx, o).unwrap_or_else(|| "Object".into()));
        let mut text = format!("Converting circular structure to JSON\n    --> starting at {}", made_by(&self.stack[start].0));
        let inner = &self.stack[start + 1..];
        for (i, (o, key)) in inner.iter().enumerate() {
            // The first two and the last are shown.
            if i < 2 || i + 1 == inner.len() {
                text.push_str(&format!("\n    |     {} -> {}", named(key), made_by(o)));
            } else if i == 2 {
                text.push_str("\n    |     ...");
            }
        }
        text.push_str(&format!("\n    --- {} closes the circle", named(last)));
        throw_type(cx, &text)
    }
}
