//! Editions: the whole program as it was at one moment, and which of them this thread's isolate runs.
//!
//! The server's table is made of functions that look up the current image of their module when they are called. So the table need not
//! change when code does, and modules that stay the same keep their variables when others are replaced.

use crate::closure;
use crate::image::{Entries, FunctionId, Image, ModuleIndex, Place};
use crate::loaded::Loaded;
use puremix_runtime::app::{AppDef, ModuleDef, PageDef};
use puremix_value::{Cx, ErrorKind, R, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, Weak};

/// One version of the program. `images` and `pages` are by [`ModuleIndex`]; modules that are gone leave gaps.
pub struct Edition {
    pub images: Vec<Option<Arc<Image>>>,
    pub pages: Vec<Option<&'static PageDef>>,
    /// Modules that run at the start, in order.
    pub order: Vec<(ModuleIndex, ModuleDef)>,
    /// How many slots the isolate must have.
    pub slots: u32,
    /// What `puremix.config.js` is among `order`.
    pub config: Option<ModuleIndex>,
    pub def: &'static AppDef,
}

/// The edition that an isolate begins with when nobody gave it another.
pub type First = Arc<OnceLock<Arc<Edition>>>;

/// An edition in this thread's isolate.
struct Current {
    edition: Arc<Edition>,
    /// By module, made when first asked for: the objects that hold its images.
    holders: Vec<Option<Value>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
    /// Images that have been loaded, by the numbers of their places.
    static SITES: RefCell<BTreeMap<u32, Weak<Image>>> = const { RefCell::new(BTreeMap::new()) };
}

fn with_current<T>(first: &First, use_it: impl FnOnce(&mut Current) -> T) -> T {
    CURRENT.with_borrow_mut(|current| {
        let current = current.get_or_insert_with(|| match first.get() {
            Some(edition) => Current { holders: vec![None; edition.images.len()], edition: edition.clone() },
            None => panic!("bug in puremixc: a table is used before its program is whole"),
        });
        use_it(current)
    })
}

impl Current {
    /// The object that holds the module's image.
    fn holder(&mut self, cx: Cx, module: ModuleIndex) -> Option<Value> {
        let image = self.edition.images.get(module.0 as usize)?.as_ref()?;
        let holder = self.holders[module.0 as usize].get_or_insert_with(|| load(cx, image));
        Some(holder.clone())
    }
}

fn load(cx: Cx, image: &Arc<Image>) -> Value {
    SITES.with_borrow_mut(|sites| {
        sites.retain(|_, image| image.strong_count() > 0);
        sites.insert(image.lease.first_site, Arc::downgrade(image));
    });
    Loaded::load(cx, image)
}

/// The current image of a module, for functions of the table.
pub(crate) fn holder(cx: Cx, first: &First, module: ModuleIndex) -> R<Value> {
    with_current(first, |current| current.holder(cx, module)).ok_or_else(|| gone(cx))
}

/// The current image of another module, for running code.
pub(crate) fn sibling(cx: Cx, module: ModuleIndex) -> R<Value> {
    CURRENT.with_borrow_mut(|current| current.as_mut().and_then(|current| current.holder(cx, module))).ok_or_else(|| gone(cx))
}

/// What the table names in a module, in its current image.
pub(crate) fn entry(cx: Cx, first: &First, module: ModuleIndex, which: impl FnOnce(&Entries) -> Option<FunctionId>) -> R<(Value, FunctionId)> {
    let holder = holder(cx, first, module)?;
    let function = which(&Loaded::of(&holder).image.entries);
    function.map(|function| (holder, function)).ok_or_else(|| gone(cx))
}

/// The server's table of a component.
pub(crate) fn page(module: ModuleIndex) -> Option<&'static PageDef> {
    CURRENT.with_borrow(|current| current.as_ref()?.edition.pages.get(module.0 as usize).copied().flatten())
}

/// A request that began before a reload asks for what is no more.
#[cold]
fn gone(cx: Cx) -> puremix_value::Thrown {
    cx.throw_error(ErrorKind::Error, "the code that began this was replaced while it waited; ask again")
}

/// A site of this thread's interpreted code: what `see` says of it.
fn at_site(site: u32, see: impl FnOnce(&Image, &Place) -> String) -> Option<String> {
    let image = SITES.with_borrow(|sites| sites.range(..=site).next_back().and_then(|(_, image)| image.upgrade()))?;
    let index = site.checked_sub(image.lease.first_site).filter(|i| *i > 0)?;
    image.places.get(index as usize).map(|place| see(&image, place))
}

/// `file:line:column` of a site.
pub fn place(site: u32) -> Option<String> {
    at_site(site, |image, place| format!("{}:{}:{}", image.files[place.file as usize].path, place.line, place.column))
}

/// What messages call the expression of a site.
pub fn expression(site: u32) -> String {
    at_site(site, |_, place| place.expression.to_string()).unwrap_or_default()
}

/// Whether a file is the program's own.
pub fn knows_file(file: &str) -> bool {
    CURRENT.with_borrow(|current| {
        current.as_ref().is_some_and(|current| current.edition.images.iter().flatten().any(|image| image.files.iter().any(|known| known.path == file)))
    })
}

/// An edition that was replaced.
pub struct Replaced(Option<Current>);

/// Makes `edition` current and answers the former one and the modules that have to run, in order. Modules whose image is the same keep
/// their variables. End with [`finish`] or, when a module fails, with [`restore`].
pub fn replace(cx: Cx, edition: &Arc<Edition>) -> (Replaced, Vec<ModuleDef>) {
    let former = CURRENT.take();
    cx.reserve_globals(edition.slots);
    let stays = |module: usize| {
        let of = |images: &[Option<Arc<Image>>]| images.get(module).cloned().flatten();
        let before = former.as_ref().and_then(|former| of(&former.edition.images));
        matches!((before, of(&edition.images)), (Some(a), Some(b)) if Arc::ptr_eq(&a, &b))
    };
    let mut holders = vec![None; edition.images.len()];
    for (module, image) in edition.images.iter().enumerate() {
        if stays(module) {
            holders[module] = former.as_ref().and_then(|former| former.holders[module].clone());
        } else if let Some(image) = image {
            fill(cx, image, &Value::Uninit);
        }
    }
    let fresh = edition.order.iter().filter(|(module, _)| !stays(module.0 as usize)).map(|(_, def)| *def).collect();
    CURRENT.set(Some(Current { edition: edition.clone(), holders }));
    (Replaced(former), fresh)
}

/// Forgets the former edition: the variables of images that are no longer current are cleared, so that what they held can go.
pub fn finish(cx: Cx, former: Replaced) {
    drop_images(cx, former.0);
}

/// Goes back to the former edition.
pub fn restore(cx: Cx, former: Replaced) {
    let failed = CURRENT.replace(former.0);
    drop_images(cx, failed);
}

/// Clears what belongs to `old` only.
fn drop_images(cx: Cx, old: Option<Current>) {
    let Some(old) = old else { return };
    for (module, image) in old.edition.images.iter().enumerate() {
        let Some(image) = image else { continue };
        let stays = CURRENT.with_borrow(|current| {
            let now = current.as_ref().and_then(|current| current.edition.images.get(module)?.as_ref());
            now.is_some_and(|now| Arc::ptr_eq(now, image))
        });
        // What still runs of it finds nothing there, as after a `delete`.
        if !stays {
            fill(cx, image, &Value::Undefined);
        }
    }
}

fn fill(cx: Cx, image: &Image, value: &Value) {
    let lease = &image.lease;
    for slot in lease.first_slot..lease.first_slot + lease.slots {
        cx.set_global(slot, value.clone());
    }
}

/// Whether a function was made by code that is no longer current, such as a timer's callback set by a module that was replaced.
pub fn is_stale(function: &Value) -> bool {
    let Some(loaded) = closure::image_of(function) else { return false };
    let module = loaded.image.module.0 as usize;
    CURRENT.with_borrow(|current| {
        let now = current.as_ref().and_then(|current| current.edition.images.get(module)?.as_ref());
        now.is_none_or(|now| !Arc::ptr_eq(now, &loaded.image))
    })
}
