//! Own properties by key.

use super::{Own, Put};
use crate::heap::flag;
use crate::{Attr, Cx, FnKind, Intrinsic, Key, Kind, Obj, Str, Sym, Value, well_known};

impl Obj {
    /// The own property `key`. Hosts and proxies answer for their ordinary properties only.
    pub fn get_own(&self, cx: Cx, key: &Key) -> Option<Own> {
        if let Some(special) = self.exotic(key) {
            return Some(special);
        }
        self.materialise(cx, key);
        let (value, attr) = match self.shape() {
            Some(shape) => {
                let (slot, attr) = shape.find(key)?;
                (self.slot(slot), attr)
            }
            None => self.with_dict(|d| d.props.get(key).cloned())??,
        };
        Some(own_of(value, attr))
    }

    /// Properties that are not stored as such: array elements and `length`, characters of a boxed string.
    fn exotic(&self, key: &Key) -> Option<Own> {
        match (self.kind(), key) {
            (Kind::Array(s), Key::Index(i)) if !self.flag(flag::SPARSE) => match s.get(*i as usize) {
                None | Some(Value::Uninit) => None,
                Some(value) => Some(Own::Data { value, attr: Attr::ALL }),
            },
            (Kind::Array(_), Key::Atom(well_known::LENGTH)) => {
                let attr = if self.is_array_len_writable() { Attr::WRITABLE } else { Attr::NONE };
                Some(Own::Data { value: self.array_len().into(), attr })
            }
            (Kind::Boxed(Value::Str(s)), Key::Index(i)) => {
                s.char_at(*i as usize).map(|c| Own::Data { value: c.into(), attr: Attr::ENUMERABLE })
            }
            (Kind::Boxed(Value::Str(s)), Key::Atom(well_known::LENGTH)) => {
                Some(Own::Data { value: s.len_utf16().into(), attr: Attr::NONE })
            }
            _ => None,
        }
    }

    /// Makes the lazy properties of a function real if `key` is one of them.
    #[inline]
    fn materialise(&self, cx: Cx, key: &Key) {
        if self.flag(flag::LAZY_FN) && matches!(key, Key::Atom(well_known::LENGTH | well_known::NAME | well_known::PROTOTYPE)) {
            self.materialise_function(cx);
        }
    }

    #[cold]
    fn materialise_function(&self, cx: Cx) {
        self.set_flag(flag::LAZY_FN, false);
        let Kind::Function(f) = self.kind() else { return };
        self.add(cx, &well_known::LENGTH.into(), Value::from(f.def.length), Attr::CONFIGURABLE);
        self.add(cx, &well_known::NAME.into(), Value::str(f.def.name), Attr::CONFIGURABLE);
        if !f.def.kind.has_lazy_prototype() {
            return;
        }
        let parent = match f.def.kind {
            FnKind::Generator => Intrinsic::GeneratorPrototype,
            FnKind::AsyncGenerator => Intrinsic::AsyncGeneratorPrototype,
            _ => Intrinsic::ObjectPrototype,
        };
        let proto = Obj::with(cx, Some(cx.intrinsic(parent)), Kind::Plain);
        if f.def.kind == FnKind::Normal {
            proto.add(cx, &well_known::CONSTRUCTOR.into(), self.clone().into(), Attr::HIDDEN);
        }
        self.add(cx, &well_known::PROTOTYPE.into(), proto.into(), Attr::WRITABLE);
    }

    /// Adds a property that does not exist yet. Extensibility is the caller's concern.
    fn add(&self, cx: Cx, key: &Key, value: Value, attr: Attr) {
        self.changed(cx, matches!(key, Key::Index(_)));
        if let Some(shape) = self.shape() {
            if let Some(next) = shape.add_to(cx, key, attr, self.flag(flag::BUILTIN)) {
                self.set_slot(shape.len() as u32, value);
                return self.set_layout(Some(next), None);
            }
            self.to_dict();
        }
        if let (Kind::Array(_), Key::Index(i)) = (self.kind(), key) {
            self.with_dict_mut(|d| d.array_len = d.array_len.max(i + 1));
        }
        drop(self.with_dict_mut(|d| d.props.insert(key.clone(), (value, attr))));
    }

    /// Where an object with a shape has a private name.
    #[inline]
    pub fn private_slot(&self, name: &Sym) -> Option<(u32, Attr)> {
        self.shape()?.find_sym(name)
    }

    /// Adds a private name; false, and nothing done, if the object has it.
    pub fn add_private(&self, cx: Cx, name: &Sym, value: Value, attr: Attr) -> bool {
        let key = Key::from(name);
        let has_it = match self.shape() {
            Some(shape) => shape.find_sym(name).is_some(),
            None => self.with_dict(|d| d.props.contains(&key)).unwrap_or(false),
        };
        if !has_it {
            self.add(cx, &key, value, attr);
        }
        !has_it
    }

    /// Creates the property with default attributes, or overwrites a data property's value whatever its attributes: for
    /// literals, spread, and objects nobody has seen yet.
    pub fn put(&self, cx: Cx, key: &Key, value: Value) {
        self.define(cx, key, value, Attr::ALL);
    }

    /// As [`Obj::put`] with the attributes of built-in methods.
    pub fn put_hidden(&self, cx: Cx, key: impl Into<Key>, value: impl Into<Value>) {
        self.define(cx, &key.into(), value.into(), Attr::HIDDEN);
    }

    /// Creates or replaces a property by a data property with exactly these attributes. Validation (ECMA-262
    /// §10.1.6.3) is the caller's concern.
    pub fn define(&self, cx: Cx, key: &Key, value: Value, attr: Attr) {
        match (self.kind(), key) {
            (Kind::Array(s), Key::Index(i)) if !self.flag(flag::SPARSE) => {
                self.changed(cx, true);
                let value = if attr == Attr::ALL {
                    match self.put_dense(s, *i, value) {
                        Ok(()) => return,
                        Err(value) => value,
                    }
                } else {
                    value
                };
                self.make_sparse();
                return self.define_stored(cx, key, value, attr);
            }
            (Kind::Array(_), Key::Atom(well_known::LENGTH)) => {
                if let Value::Num(n) = value {
                    self.set_array_len(n as u32);
                }
                self.set_flag(flag::LENGTH_READ_ONLY, !attr.has(Attr::WRITABLE));
                return;
            }
            _ => {}
        }
        self.materialise(cx, key);
        self.define_stored(cx, key, value, attr);
    }

    fn define_stored(&self, cx: Cx, key: &Key, value: Value, attr: Attr) {
        if let Some(shape) = self.shape() {
            match shape.find(key) {
                Some((slot, old)) if old == attr => {
                    self.changed(cx, true);
                    return self.set_slot(slot, value);
                }
                Some(_) => self.to_dict(),
                None => return self.add(cx, key, value, attr),
            }
        }
        let exists = self.with_dict(|d| d.props.contains(key)).unwrap_or(false);
        if !exists {
            return self.add(cx, key, value, attr);
        }
        self.changed(cx, true);
        drop(self.with_dict_mut(|d| d.props.insert(key.clone(), (value, attr))));
    }

    /// Creates or replaces a property by an accessor. `attr` needs no `ACCESSOR` and no `WRITABLE`.
    pub fn define_accessor(&self, cx: Cx, key: &Key, get: Value, set: Value, attr: Attr) {
        let attr = attr.without(Attr::WRITABLE).with(Attr::ACCESSOR);
        if let (Kind::Array(_), Key::Index(_)) = (self.kind(), key) {
            self.make_sparse();
        }
        self.materialise(cx, key);
        let pair = Obj::accessor_pair(cx, get, set);
        self.define_stored(cx, key, pair.into(), attr);
    }

    /// Assigns to an own property if there is one.
    pub fn assign_own(&self, cx: Cx, key: &Key, value: Value) -> Put {
        match (self.kind(), key) {
            (Kind::Array(s), Key::Index(i)) if !self.flag(flag::SPARSE) => {
                return match s.set_present(*i as usize, value) {
                    Ok(()) => {
                        self.changed(cx, true);
                        Put::Done
                    }
                    Err(_) => Put::Absent,
                };
            }
            (Kind::Boxed(Value::Str(_)), _) if self.exotic(key).is_some() => return Put::ReadOnly,
            _ => {}
        }
        self.materialise(cx, key);
        if let Some(shape) = self.shape() {
            let Some((slot, attr)) = shape.find(key) else { return Put::Absent };
            if let Some(refused) = refusal(attr, || self.slot(slot)) {
                return refused;
            }
            self.changed(cx, true);
            self.set_slot(slot, value);
            return Put::Done;
        }
        let found = self.with_dict(|d| d.props.get(key).map(|(v, a)| (if a.has(Attr::ACCESSOR) { v.clone() } else { Value::Undefined }, *a)));
        let Some(Some((pair, attr))) = found else { return Put::Absent };
        if let Some(refused) = refusal(attr, || pair) {
            return refused;
        }
        self.changed(cx, true);
        let old = self.with_dict_mut(|d| d.props.get_mut(key).map(|(v, _)| std::mem::replace(v, value)));
        drop(old);
        Put::Done
    }

    /// Deletes an own property. False if it is not configurable; true if it was absent.
    pub fn delete_own(&self, cx: Cx, key: &Key) -> bool {
        match (self.kind(), key) {
            (Kind::Array(_), Key::Atom(well_known::LENGTH)) => return false,
            (Kind::Array(s), Key::Index(i)) if !self.flag(flag::SPARSE) => {
                self.changed(cx, true);
                drop(s.take_at(*i as usize));
                return true;
            }
            (Kind::Boxed(Value::Str(_)), _) if self.exotic(key).is_some() => return false,
            _ => {}
        }
        self.materialise(cx, key);
        if let Some(shape) = self.shape() {
            match shape.find(key) {
                None => return true,
                Some((_, attr)) if !attr.has(Attr::CONFIGURABLE) => return false,
                Some(_) => self.to_dict(),
            }
        }
        let found = self.with_dict(|d| d.props.get(key).map(|(_, a)| *a)).flatten();
        match found {
            None => true,
            Some(attr) if !attr.has(Attr::CONFIGURABLE) => false,
            Some(_) => {
                self.changed(cx, true);
                drop(self.with_dict_mut(|d| d.props.remove(key)));
                true
            }
        }
    }

    /// All own keys with attributes, in JavaScript's order: indices ascending, names, symbols. Private names are left out.
    pub fn own_keys(&self, cx: Cx) -> Vec<(Key, Attr)> {
        if self.flag(flag::LAZY_FN) {
            self.materialise_function(cx);
        }
        let mut keys: Vec<(Key, Attr)> = vec![];
        match self.kind() {
            Kind::Array(s) if !self.flag(flag::SPARSE) => {
                let present = (0..s.len()).filter(|i| !matches!(s.get(*i), None | Some(Value::Uninit)));
                keys.extend(present.map(|i| (Key::Index(i as u32), Attr::ALL)));
            }
            Kind::Boxed(Value::Str(s)) => keys.extend((0..s.len_utf16()).map(|i| (Key::Index(i as u32), Attr::ENUMERABLE))),
            _ => {}
        }
        let stored: Vec<(Key, Attr)> = match self.shape() {
            Some(shape) => shape.props().to_vec(),
            None => self.with_dict(|d| d.props.iter().map(|(k, (_, a))| (k.clone(), *a)).collect()).unwrap_or_default(),
        };
        let first = keys.len();
        keys.extend(stored.iter().filter(|(k, _)| matches!(k, Key::Index(_))).cloned());
        keys[first..].sort_by_key(|(k, _)| match k {
            Key::Index(i) => *i,
            _ => 0,
        });
        if let Some(attr) = self.exotic(&well_known::LENGTH.into()).map(|p| p.attr()) {
            keys.push((well_known::LENGTH.into(), attr));
        }
        let mut symbols = vec![];
        for (k, a) in stored {
            match k {
                Key::Index(_) => {}
                Key::Sym(ref s) if s.is_private() => {}
                Key::Sym(_) => symbols.push((k, a)),
                Key::Atom(_) | Key::Str(_) => keys.push((k, a)),
            }
        }
        keys.append(&mut symbols);
        keys
    }

    /// The properties of an object without a shape, in JavaScript's order, where all are what assignment makes and none is an index, a
    /// symbol or private; `None` for every other object.
    pub fn named_entries(&self) -> Option<Vec<(Key, Value)>> {
        self.with_dict(|d| {
            let is_named = |(key, (_, attr)): (&Key, &(Value, Attr))| *attr == Attr::ALL && matches!(key, Key::Atom(_) | Key::Str(_));
            d.props.iter().all(is_named).then(|| d.props.iter().map(|(key, (value, _))| (key.clone(), value.clone())).collect())
        })?
    }

    /// True if some own key is an array index that is not a dense element.
    pub fn has_index_props(&self) -> bool {
        self.with_dict(|d| d.props.iter().any(|(k, _)| matches!(k, Key::Index(_)))).unwrap_or(false)
    }

    /// Reduces the attributes of all own properties to `mask` (accessors ignore `WRITABLE`) and forbids new ones:
    /// `Object.freeze` and `Object.seal`.
    pub fn restrict(&self, cx: Cx, mask: Attr) {
        if self.flag(flag::LAZY_FN) {
            self.materialise_function(cx);
        }
        if self.dense().is_some_and(|s| !s.is_empty()) {
            self.make_sparse();
        }
        if let Kind::Array(_) = self.kind()
            && !mask.has(Attr::WRITABLE)
        {
            self.freeze_array_len();
        }
        self.changed(cx, true);
        self.set_flag(flag::NOT_EXTENSIBLE, true);
        if let Some(shape) = self.shape() {
            if let Some(next) = shape.restrict(cx, mask) {
                return self.set_layout(Some(next), None);
            }
            self.to_dict();
        }
        self.with_dict_mut(|d| {
            for (_, (_, attr)) in d.props.iter_mut().filter(|(key, _)| !key.is_private()) {
                *attr = Attr(attr.0 & mask.with(Attr::ACCESSOR).0);
            }
        });
    }

    /// The source name of a function: what its `name` property starts as.
    pub fn function_name(&self) -> Option<Str> {
        match self.kind() {
            Kind::Function(f) => Some(Str::from(f.def.name)),
            _ => None,
        }
    }
}

fn own_of(value: Value, attr: Attr) -> Own {
    if attr.has(Attr::ACCESSOR)
        && let Value::Obj(pair) = &value
        && let Kind::Accessor(a) = pair.kind()
    {
        return Own::Accessor { get: a.get.get(), set: a.set.get(), attr };
    }
    Own::Data { value, attr }
}

/// Why a property cannot simply be overwritten.
fn refusal(attr: Attr, pair: impl FnOnce() -> Value) -> Option<Put> {
    if attr.has(Attr::ACCESSOR) {
        return match own_of(pair(), attr) {
            Own::Accessor { set, .. } => Some(Put::Setter(set)),
            Own::Data { .. } => Some(Put::ReadOnly),
        };
    }
    (!attr.has(Attr::WRITABLE)).then_some(Put::ReadOnly)
}
