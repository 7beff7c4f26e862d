//! Instances of components: which of the components on a page a call is for.
//!
//! The server keeps nothing of the pages it has rendered. The root of a component that has server functions carries an id, which is all that is needed to
//! call one of them for this instance: its place on the page, its key and its props, sealed so that only this app can make or read it, and bound to the
//! visitor, to the page's path and to the component. Props that are no plain data, or too much of it, are not in the id: then the page is rendered once
//! more, and the instance is found by its place.

use super::scope::Rendering;
use super::{Out, escape};
use crate::app::PageDef;
use crate::lang;
use crate::request::{Exchange, host};
use puremix_value::{Cx, Intrinsic, Kind, R, Thrown, Value};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Where a component stands: the tags from the page down to it, with their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place(u64);

impl Place {
    /// The place of a tag inside the component that stands at this one.
    fn of_tag(self, site: u64, key: &Value) -> Place {
        match key {
            Value::Str(text) => self.below(site, b"s", text.as_str().as_bytes()),
            Value::Num(n) => self.below(site, b"n", &n.to_bits().to_le_bytes()),
            Value::Bool(b) => self.below(site, b"b", &[u8::from(*b)]),
            _ => self.below(site, b"-", b""),
        }
    }

    /// The place of the nth of those that a tag without a key has rendered.
    fn nth(self, n: u32) -> Place {
        if n == 0 { self } else { self.below(u64::from(n), b"#", b"") }
    }

    fn below(self, number: u64, kind: &[u8; 1], text: &[u8]) -> Place {
        // Keys are what users write: no two of them may be made to stand for one place.
        let digest = Sha256::new().chain_update(self.0.to_le_bytes()).chain_update(number.to_le_bytes()).chain_update(kind).chain_update(text).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Place(u64::from_le_bytes(first))
    }
}

/// What a rendering knows of the instances in it.
#[derive(Default)]
pub(super) struct Instances {
    counts: RefCell<HashMap<Place, u32>>,
    wanted: Option<Place>,
    found: RefCell<Option<Instance>>,
    /// The instance whose function has run, and what it returned: `actionResult` of this one, and of no other.
    called: Option<(Place, Value)>,
}

impl Instances {
    /// For a rendering that looks for the instance at a place.
    pub fn wanting(place: Place) -> Rc<Instances> {
        Rc::new(Instances { wanted: Some(place), ..Instances::default() })
    }

    /// For a rendering after a function of the instance at a place.
    pub fn called(place: Place, returned: &Value) -> Rc<Instances> {
        Rc::new(Instances { called: Some((place, returned.clone())), ..Instances::default() })
    }

    /// The `actionResult` of the instance at a place; `None` where it is the page's.
    fn result_at(&self, place: Place) -> Option<Value> {
        let (called, returned) = self.called.as_ref()?;
        Some(if *called == place { returned.clone() } else { Value::Undefined })
    }

    /// The instance that was looked for, if it has been rendered.
    pub fn take_found(&self) -> Option<Instance> {
        self.found.take()
    }
}

/// One component on a page.
#[derive(Clone)]
pub(super) struct Instance {
    pub place: Place,
    pub key: Value,
    pub props: Value,
    pub children: Value,
}

/// The rendering inside a component's tag, and the instance it is if calls can be for it.
pub(super) fn enter(now: Rendering, def: &PageDef, props: &Value, children: &Value, key: &Value, site: u64) -> (Rendering, Option<Instance>) {
    if def.actions.is_empty() && def.components.is_empty() {
        return (now, None);
    }
    let mut place = now.place.of_tag(site, key);
    if def.actions.is_empty() {
        return (Rendering { place, ..now }, None);
    }
    if let Some(instances) = &now.instances {
        let mut counts = instances.counts.borrow_mut();
        let count = counts.entry(place).or_insert(0);
        *count += 1;
        place = place.nth(*count - 1);
    }
    let instance = Instance { place, key: key.clone(), props: props.clone(), children: children.clone() };
    if let Some(instances) = now.instances.as_ref().filter(|i| i.wanted == Some(place)) {
        instances.found.replace(Some(instance.clone()));
    }
    let action_result = now.instances.as_ref().and_then(|instances| instances.result_at(place)).unwrap_or_else(|| now.action_result.clone());
    (Rendering { place, action_result, ..now }, Some(instance))
}

/// How long ids hold: at least one window, at most two. All ids of a window are the same, and with them the pages.
const WINDOW: u64 = 12 * 60 * 60;

/// Longer props travel in no id.
const MOST: usize = 1024;

fn window() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    u32::try_from(now / WINDOW).unwrap_or(u32::MAX)
}

/// Writes the attributes of a component's root.
pub(super) fn write_attributes(cx: Cx, out: &mut Out, def: &PageDef, exchange: &Exchange, instance: &Instance) -> R<()> {
    let Some(id) = id(cx, def, exchange, instance)? else { return Ok(()) };
    out.raw(" data-component=\"");
    escape::attr_double(&mut out.text, def.name);
    out.raw("\" data-component-id=\"");
    out.raw(&id);
    out.raw("\"");
    if !instance.key.is_nullish() {
        let key = lang::to_string(cx, &instance.key)?;
        out.raw(" data-component-key=\"");
        escape::attr_double(&mut out.text, key.as_str());
        out.raw("\"");
    }
    Ok(())
}

/// The field of a form that says for which instance its function is called, as calls of scripts do by the id of the root.
pub(super) const FIELD: &str = "_component";

/// Writes that field into a form of the component, right behind the field that names the function. Forms for other functions need none.
pub(super) fn write_field(cx: Cx, out: &mut Out, def: &PageDef, exchange: &Exchange, instance: &Instance) -> R<()> {
    let is_own = out.text.strip_suffix("\">").and_then(|text| text.rsplit_once("<input type=\"hidden\" name=\"_action\" value=\"")).is_some_and(|(_, address)| {
        address.strip_prefix(def.name).is_some_and(|rest| rest.starts_with('.')) && !address.contains('"')
    });
    if is_own && let Some(id) = id(cx, def, exchange, instance)? {
        out.raw("<input type=\"hidden\" name=\"");
        out.raw(FIELD);
        out.raw("\" value=\"");
        out.raw(&id);
        out.raw("\">");
    }
    Ok(())
}

fn id(cx: Cx, def: &PageDef, exchange: &Exchange, instance: &Instance) -> R<Option<String>> {
    if def.actions.is_empty() {
        return Ok(None);
    }
    let mut plain = window().to_le_bytes().to_vec();
    plain.extend_from_slice(&instance.place.0.to_le_bytes());
    if let Some(json) = carried(cx, instance)? {
        plain.extend_from_slice(json.as_bytes());
    }
    Ok(host(cx).services.seal(exchange, &bound_to(exchange, def), &plain))
}

/// Ids are for one page of the visitor's, as the address says it, and for one component.
fn bound_to<'a>(exchange: &'a Exchange, def: &'a PageDef) -> [&'a [u8]; 2] {
    [exchange.parts.raw_path().as_bytes(), def.file.as_bytes()]
}

/// `[key, props]` as JSON; `None` where that would not give back what it was made of.
fn carried(cx: Cx, instance: &Instance) -> R<Option<String>> {
    if !instance.children.is_nullish() {
        return Ok(None);
    }
    let mut left = MOST;
    if !is_plain(cx, &instance.key, 0, &mut left)? || !is_plain(cx, &instance.props, 0, &mut left)? {
        return Ok(None);
    }
    let mut json = String::from("[");
    json.push_str(&lang::json_text(cx, &instance.key)?);
    json.push(',');
    json.push_str(&lang::json_text(cx, &instance.props)?);
    json.push(']');
    Ok(Some(json).filter(|json| json.len() <= MOST))
}

/// Whether JSON keeps the value as it is. `left` is how many characters it may still have; that ends cycles, too.
fn is_plain(cx: Cx, value: &Value, depth: usize, left: &mut usize) -> R<bool> {
    const DEEPEST: usize = 32;
    let cost = match value {
        Value::Str(text) => text.as_str().len() + 2,
        _ => 2,
    };
    let Some(rest) = left.checked_sub(cost).filter(|_| depth < DEEPEST) else { return Ok(false) };
    *left = rest;
    let object = match value {
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Str(_) => return Ok(true),
        Value::Num(n) => return Ok(n.is_finite() && !(*n == 0.0 && n.is_sign_negative())),
        Value::Obj(object) => object,
        _ => return Ok(false),
    };
    let prototype = match object.kind() {
        Kind::Plain => Intrinsic::ObjectPrototype,
        Kind::Array(_) => Intrinsic::ArrayPrototype,
        _ => return Ok(false),
    };
    if object.proto() != cx.try_intrinsic(prototype) {
        return Ok(false);
    }
    for key in lang::keys(cx, object) {
        let item = lang::get_key(cx, value, &key)?;
        // In an array, `undefined` would come back as `null`.
        let is_lost = item.is_undefined() && object.is_array();
        let Some(rest) = left.checked_sub(cx.key_str(&key).as_str().len()) else { return Ok(false) };
        *left = rest;
        if is_lost || !is_plain(cx, &item, depth + 1, left)? {
            return Ok(false);
        }
    }
    // Holes are no keys.
    Ok(!object.is_array() || lang::keys(cx, object).len() == object.dense().map_or(usize::MAX, |items| items.len()))
}

/// What an id says.
pub(super) enum Told {
    /// The instance itself.
    Whole(Instance),
    /// Its place on the page.
    Place(Place),
    /// The page was rendered too long ago.
    Expired,
}

/// Reads an id of a component; `None` where it is none of this visitor's, page's or component's.
pub(super) fn read(cx: Cx, exchange: &Exchange, def: &PageDef, id: &str) -> Option<Told> {
    let plain = host(cx).services.open_sealed(exchange, &bound_to(exchange, def), id)?;
    let (made, rest) = plain.split_first_chunk::<4>()?;
    let (place, json) = rest.split_first_chunk::<8>()?;
    let (made, now) = (u32::from_le_bytes(*made), window());
    if now < made || now - made > 1 {
        return Some(Told::Expired);
    }
    let place = Place(u64::from_le_bytes(*place));
    if json.is_empty() {
        return Some(Told::Place(place));
    }
    let parts = || -> R<Instance> {
        let both = lang::parse_json(cx, std::str::from_utf8(json).unwrap_or_default())?;
        Ok(Instance { place, key: lang::get(cx, &both, "0")?, props: lang::get(cx, &both, "1")?, children: Value::Undefined })
    };
    match parts() {
        Ok(instance) => Some(Told::Whole(instance)),
        Err(Thrown) => {
            cx.take_exception();
            None
        }
    }
}
