//! What async functions and generator functions inherit from (ECMA-262 §27.3, §27.4, §27.7). Their constructors compile text and throw.

use crate::throw_type;
use puremix_value::{Args, Attr, Cx, FnDef, FnKind, Intrinsic, Kind, Obj, R, Value, WellKnownSymbol, well_known};

fn from_text(cx: Cx, _: &Args<'_>) -> R {
    Err(throw_type(cx, "functions from text are not available in an ahead-of-time compiled app"))
}

pub(super) fn install(cx: Cx) {
    static ASYNC: FnDef = FnDef::new("AsyncFunction", 1, from_text, FnKind::NativeCtor);
    static GENERATOR: FnDef = FnDef::new("GeneratorFunction", 1, from_text, FnKind::NativeCtor);
    static ASYNC_GENERATOR: FnDef = FnDef::new("AsyncGeneratorFunction", 1, from_text, FnKind::NativeCtor);
    let kinds = [
        (&ASYNC, Intrinsic::AsyncFunctionPrototype, None),
        (&GENERATOR, Intrinsic::GeneratorFunctionPrototype, Some(Intrinsic::GeneratorPrototype)),
        (&ASYNC_GENERATOR, Intrinsic::AsyncGeneratorFunctionPrototype, Some(Intrinsic::AsyncGeneratorPrototype)),
    ];
    for (def, slot, objects) in kinds {
        let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::FunctionPrototype)), Kind::Plain);
        let ctor = Obj::function(cx, def, vec![]);
        ctor.set_proto(cx, Some(cx.intrinsic(Intrinsic::FunctionConstructor)));
        ctor.define(cx, &well_known::PROTOTYPE.into(), proto.clone().into(), Attr::NONE);
        proto.define(cx, &well_known::CONSTRUCTOR.into(), ctor.into(), Attr::CONFIGURABLE);
        if let Some(objects) = objects.map(|slot| cx.intrinsic(slot)) {
            proto.define(cx, &well_known::PROTOTYPE.into(), objects.clone().into(), Attr::CONFIGURABLE);
            objects.define(cx, &well_known::CONSTRUCTOR.into(), proto.clone().into(), Attr::CONFIGURABLE);
        }
        proto.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str(def.name), Attr::CONFIGURABLE);
        cx.set_intrinsic(slot, proto);
    }
}
