//! Properties: shapes, dictionaries, order, arrays, attributes.

use puremix_value::*;

fn isolate() -> Cx {
    let cx = Isolate::new(&["a", "b"], 4, 2);
    let object = Obj::with(cx, None, Kind::Plain);
    cx.set_intrinsic(Intrinsic::ObjectPrototype, object.clone());
    let function = Obj::with(cx, Some(object.clone()), Kind::Plain);
    cx.set_intrinsic(Intrinsic::FunctionPrototype, function);
    let array = Obj::with(cx, Some(object), Kind::Plain);
    cx.set_intrinsic(Intrinsic::ArrayPrototype, array);
    cx.started();
    cx
}

fn keys(cx: Cx, o: &Obj) -> String {
    let names: Vec<String> = o.own_keys(cx).iter().map(|(k, _)| cx.key_str(k).to_string()).collect();
    names.join(" ")
}

fn put(cx: Cx, o: &Obj, name: &str, v: f64) {
    o.put(cx, &cx.key(&Str::from(name)), Value::Num(v));
}

#[test]
fn keys_come_in_javascripts_order() {
    let cx = isolate();
    let o = Obj::plain(cx);
    o.put(cx, &Sym::new(Some("s".into())).into(), Value::Null);
    for name in ["b", "10", "unknown", "2", "a"] {
        put(cx, &o, name, 1.0);
    }
    assert_eq!(keys(cx, &o), "2 10 b unknown a s");
    assert!(o.delete_own(cx, &cx.key_of("b")));
    put(cx, &o, "b", 2.0);
    assert_eq!(keys(cx, &o), "2 10 unknown a b s");
}

#[test]
fn objects_built_alike_share_a_shape() {
    let cx = isolate();
    let (x, y) = (Obj::plain(cx), Obj::plain(cx));
    for o in [&x, &y] {
        put(cx, o, "a", 1.0);
        put(cx, o, "b", 2.0);
    }
    assert_eq!(x.shape_id(), y.shape_id());
    assert_ne!(x.shape_id(), 0);
    static AB: ShapeLit = ShapeLit { keys: &[Atom(well_known::COUNT), Atom(well_known::COUNT + 1)], id: 0 };
    assert_eq!(Obj::from_lit(cx, &AB, [Value::Null, Value::Null]).shape_id(), x.shape_id());
}

#[test]
fn many_properties_overflow_and_then_degenerate() {
    let cx = isolate();
    let o = Obj::plain(cx);
    for i in 0..200u32 {
        o.put(cx, &Key::Atom(Atom(i)), i.into());
    }
    assert_eq!(o.shape_id(), 0);
    for i in 0..200u32 {
        assert!(matches!(o.get_own(cx, &Key::Atom(Atom(i))), Some(Own::Data { value: Value::Num(n), .. }) if n == f64::from(i)));
    }
    let o = Obj::plain(cx);
    for i in 0..60u32 {
        o.put(cx, &Key::Atom(Atom(i)), i.into());
    }
    assert_ne!(o.shape_id(), 0);
    assert_eq!(o.slot(59).as_num(), Some(59.0));
}

#[test]
fn far_writes_make_an_array_sparse() {
    let cx = isolate();
    let a = Obj::array(cx, vec![Value::Num(1.0)]);
    a.put(cx, &Key::Index(4_000_000_000), Value::Null);
    assert!(a.dense().is_none());
    assert_eq!(a.array_len(), 4_000_000_001);
    assert_eq!(keys(cx, &a), "0 4000000000 length");
    assert!(a.set_array_len(1));
    assert_eq!(keys(cx, &a), "0 length");
}

#[test]
fn freezing_refuses_writes() {
    let cx = isolate();
    let o = Obj::plain(cx);
    put(cx, &o, "a", 1.0);
    o.restrict(cx, Attr::ENUMERABLE);
    assert!(matches!(o.assign_own(cx, &cx.key_of("a"), Value::Null), Put::ReadOnly));
    assert!(!o.delete_own(cx, &cx.key_of("a")));
    assert!(!o.is_extensible());
    let a = Obj::array(cx, vec![Value::Num(1.0)]);
    a.restrict(cx, Attr::ENUMERABLE);
    assert!(matches!(a.assign_own(cx, &Key::Index(0), Value::Null), Put::ReadOnly));
    assert!(!a.set_array_len(0));
}

#[test]
fn a_function_shows_its_lazy_properties() {
    fn code(_: Cx, _: &Args<'_>) -> R {
        Ok(Value::Undefined)
    }
    static F: FnDef = FnDef::new("f", 2, code, FnKind::Normal);
    let cx = isolate();
    let f = Obj::function(cx, &F, vec![]);
    assert_eq!(keys(cx, &f), "length name prototype");
    let f = Obj::function(cx, &F, vec![]);
    assert!(f.delete_own(cx, &well_known::NAME.into()));
    assert_eq!(keys(cx, &f), "length prototype");
}

#[test]
fn changing_a_builtin_clears_intact() {
    let cx = isolate();
    let proto = cx.intrinsic(Intrinsic::ArrayPrototype);
    proto.put(cx, &cx.key_of("a"), Value::Null);
    assert!(cx.is_intact(), "a polyfill of a new name changes nothing that exists");
    proto.put(cx, &cx.key_of("a"), Value::Undefined);
    assert!(!cx.is_intact());
}
