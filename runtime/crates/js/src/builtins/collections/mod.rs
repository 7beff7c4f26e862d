//! Keyed collections (ECMA-262 §24) and weak references (§26).

mod algebra;
mod iterators;
mod map;
mod set;
mod weak;

pub(crate) use iterators::remaining;
pub(crate) use map::install_species;
use puremix_value::{Cx, Intrinsic, Kind, Obj};

/// A plain prototype object, registered under `slot`.
pub(super) fn prototype(cx: Cx, slot: Intrinsic) -> Obj {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(slot, proto.clone());
    proto
}

pub(super) fn install(cx: Cx) {
    iterators::install(cx);
    map::install(cx);
    set::install(cx);
    weak::install(cx);
}
