//! The values of every language puremixc compiles, and the heap they live in.
//!
//! **In:** atoms, literals and counts from a compiled program. **Out:** `Value`, `Str`, `Obj` and the isolate that owns them.
//! **Must never know:** any language's built-in objects or coercions, IO, HTTP.
//!
//! # Map
//! * [`Value`] 16 bytes, [`R`] 16 bytes, [`Thrown`] zero-sized (the exception waits in the [`Isolate`]); [`Cx`] is
//!   `&'static Isolate`, one per thread, leaked.
//! * [`Str`]: `len_utf16`, `code_unit_at`, `slice`, `concat`, `as_str`, `utf16`, `index_of`; [`StrBuilder`] to build; [`Lit`] for
//!   statics.
//! * [`Key`]`::{Atom, Index, Str, Sym}` is canonical: make one with `cx.key(&Str)`, `Key::from(u32)`, or a [`well_known`] atom.
//!   The name back: `cx.key_str(&Key)`.
//! * [`Obj`]: `kind()`, own properties (`get_own`, `put`, `define_accessor`, `delete_own`, `own_keys`), `proto`, `set_proto`.
//!   These are the mechanics; property *lookup* (prototype chain, getters, proxies, hosts) is the languages' part.
//! * Constructors: `Obj::plain(cx)`, `Obj::with(cx, proto, kind)`, `Obj::array(cx, vec)`, `Obj::function(cx, &FnDef, env)`,
//!   `Obj::cell`, `Obj::native(cx, proto, class, payload)`, `Obj::host(cx, proto, host)`.
//! * [`Isolate`]: atoms, intrinsics (`cx.intrinsic(Intrinsic::X)`), symbols (`cx.symbol(WellKnownSymbol::X)`), inline caches
//!   (`cx.ic(site)`), module variables (`cx.global(i)`), microtasks, exception, stack limit (`check_stack`), `cx.host_slot`.
//!
//! # Collector
//! Objects are counted; cycles are found by `cx.collect_if_needed()`, which the embedding calls at an empty microtask queue,
//! and by allocations of a job that does not end.
//! Payloads show what they hold in `trace` and let go of it in `clear`.

pub mod atom;
mod args;
mod heap;
mod ic;
mod index;
mod isolate;
mod kind;
mod map;
mod object;
mod ordered;
mod shape;
mod stack;
mod symbol;
mod text;
mod value;

pub use args::Args;
pub use atom::{Atom, Key, LateNames, parse_index, well_known};
pub use heap::{Allocator, CollectStats, Obj, Pair, ShortAscii, Slots, Step, Str, Tracer, WeakObj, to_index};
pub use ic::Ic;
pub use isolate::{Cx, ErrorKind, Intrinsic, Isolate, Job, WellKnownSymbol};
pub use stack::{SpreadArgs, check_stack};
pub use kind::{
    AccessorData, BoundData, Class, Code, FindSource, FnData, FnDef, FnKind, HostObject, HtmlData, Kind, Payload, ProxyData, TaskData,
    TaskFuture, ValueCell,
};
pub use map::{MapData, MapKey, same_value_zero};
pub use object::{Found, Layout, Own, Put};
pub use ordered::{Cursor, OrderedMap};
pub use shape::{Attr, Shape, ShapeLit};
pub use symbol::Sym;
pub use text::{Lit, MAX_LEN, StrBuilder};
pub use value::{BigInt, R, Thrown, Value};
