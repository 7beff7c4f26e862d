//! Objects, functions, classes, iteration and errors through the operations that generated code uses.

use puremix_js as js;
use puremix_runtime::__rt as rt;
use puremix_value::*;

fn start() -> Cx {
    let cx = Isolate::new(&["x", "y", "area", "grow"], 16, 2);
    cx.set_stack_budget(1 << 20);
    js::start(cx);
    cx
}

const X: Atom = rt::program_atom(0);
const Y: Atom = rt::program_atom(1);
const AREA: Atom = rt::program_atom(2);

fn text(cx: Cx, v: &Value) -> String {
    js::js_to_string(cx, v).unwrap().to_string()
}

/// The exception as text.
fn exception<T>(cx: Cx, r: R<T>) -> String {
    assert!(r.is_err(), "an exception was expected");
    let e = cx.take_exception();
    text(cx, &e)
}

fn num(n: f64) -> Value {
    Value::Num(n)
}

// class Shape { constructor(x) { this.x = x } area() { return this.x } static make() { return new this(7) } }
fn shape_ctor(cx: Cx, a: &Args<'_>) -> R {
    rt::set(cx, a.this, X, a.get(0).clone(), 1)?;
    Ok(Value::Undefined)
}
fn shape_area(cx: Cx, a: &Args<'_>) -> R {
    rt::get(cx, a.this, X, 2)
}
static SHAPE: FnDef = FnDef::new("Shape", 1, shape_ctor, FnKind::ClassBase);
static SHAPE_AREA: FnDef = FnDef::new("area", 0, shape_area, FnKind::Method);

// class Square extends Shape { constructor(x) { super(x); this.y = x } area() { return super.area() * this.y } }
fn square_ctor(cx: Cx, a: &Args<'_>) -> R {
    let this = rt::construct_super(cx, &Value::Obj(a.callee.clone()), a.new_target, &[a.get(0).clone()])?;
    rt::set(cx, &this, Y, a.get(0).clone(), 3)?;
    Ok(this)
}
fn square_area(cx: Cx, a: &Args<'_>) -> R {
    let base = rt::get_super(cx, a.this, a.env(0), &Value::str("area"))?;
    let base = rt::call(cx, &base, a.this, &[])?;
    rt::js_mul(cx, &base, &rt::get(cx, a.this, Y, 4)?)
}
static SQUARE: FnDef = FnDef::new("Square", 1, square_ctor, FnKind::ClassDerived);
static SQUARE_AREA: FnDef = FnDef::new("area", 0, square_area, FnKind::Method);

fn classes(cx: Cx) -> (Value, Value) {
    let (shape, proto) = rt::class(cx, &SHAPE, vec![], None).unwrap();
    rt::define_method(cx, &proto, &AREA.into(), rt::closure(cx, &SHAPE_AREA, vec![])).unwrap();
    let (square, proto) = rt::class(cx, &SQUARE, vec![], Some(&shape)).unwrap();
    rt::define_method(cx, &proto, &AREA.into(), rt::closure(cx, &SQUARE_AREA, vec![proto.clone()])).unwrap();
    (shape, square)
}

#[test]
fn classes_inherit() {
    let cx = start();
    let (shape, square) = classes(cx);
    for side in [3.0, 4.0, 5.0] {
        let s = puremix_js::construct(cx, &square, &[num(side)]).unwrap();
        assert_eq!(rt::call_method(cx, &s, AREA, &[], 5).unwrap().as_num(), Some(side * side));
        assert!(rt::js_instanceof(cx, &s, &shape).unwrap());
        let b = puremix_js::construct(cx, &shape, &[num(side)]).unwrap();
        assert!(!rt::js_instanceof(cx, &b, &square).unwrap());
        assert_eq!(rt::call_method(cx, &b, AREA, &[], 5).unwrap().as_num(), Some(side));
    }
    assert_eq!(exception(cx, rt::call(cx, &square, &Value::Undefined, &[])), "TypeError: Class constructor Square cannot be invoked without 'new'");
    assert_eq!(exception(cx, rt::class(cx, &SQUARE, vec![], Some(&num(1.0)))), "TypeError: Class extends value 1 is not a constructor or null");
}

#[test]
fn inline_caches_follow_changes() {
    let cx = start();
    let (shape, _) = classes(cx);
    let s = puremix_js::construct(cx, &shape, &[num(1.0)]).unwrap();
    let call = |s: &Value| rt::call_method(cx, s, AREA, &[], 6).unwrap();
    assert_eq!(call(&s).as_num(), Some(1.0));
    // A new method on the prototype, then an own property that hides it.
    fn two(_: Cx, _: &Args<'_>) -> R {
        Ok(Value::Num(2.0))
    }
    static TWO: FnDef = FnDef::new("two", 0, two, FnKind::Method);
    let proto = rt::get(cx, &shape, well_known::PROTOTYPE, 0).unwrap();
    rt::set(cx, &proto, AREA, rt::closure(cx, &TWO, vec![]), 7).unwrap();
    assert_eq!(call(&s).as_num(), Some(2.0));
    fn three(_: Cx, _: &Args<'_>) -> R {
        Ok(Value::Num(3.0))
    }
    static THREE: FnDef = FnDef::new("three", 0, three, FnKind::Method);
    rt::set(cx, &s, AREA, rt::closure(cx, &THREE, vec![]), 8).unwrap();
    assert_eq!(call(&s).as_num(), Some(3.0));
    rt::delete_name(cx, &s, AREA).unwrap();
    assert_eq!(call(&s).as_num(), Some(2.0));
    rt::delete_name(cx, &proto, AREA).unwrap();
    assert_eq!(exception(cx, rt::call_method(cx, &s, AREA, &[], 6)), "TypeError: (intermediate value).area is not a function");
}

#[test]
fn a_setter_defined_later_is_found_by_a_warm_assignment() {
    let cx = start();
    let (shape, _) = classes(cx);
    for _ in 0..3 {
        puremix_js::construct(cx, &shape, &[num(1.0)]).unwrap();
    }
    fn setter(_: Cx, a: &Args<'_>) -> R {
        rt::cell_set(a.env(0), a.get(0).clone());
        Ok(Value::Undefined)
    }
    static SETTER: FnDef = FnDef::new("x", 1, setter, FnKind::Method);
    let seen = rt::cell(cx, Value::Null);
    let proto = rt::get(cx, &shape, well_known::PROTOTYPE, 0).unwrap();
    rt::define_setter(cx, &proto, &X.into(), rt::closure(cx, &SETTER, vec![seen.clone()]), false).unwrap();
    let s = puremix_js::construct(cx, &shape, &[num(9.0)]).unwrap();
    assert_eq!(rt::cell_get(&seen).as_num(), Some(9.0));
    assert!(s.as_obj().unwrap().own_keys(cx).is_empty());
}

#[test]
fn builtins_can_be_extended() {
    let cx = start();
    fn ctor(cx: Cx, a: &Args<'_>) -> R {
        rt::construct_super(cx, &Value::Obj(a.callee.clone()), a.new_target, a.args)
    }
    static MY: FnDef = FnDef::new("My", 0, ctor, FnKind::ClassDerived);
    let global = Value::Obj(cx.intrinsic(Intrinsic::GlobalThis));
    let error = rt::index(cx, &global, &Value::str("Error")).unwrap();
    let (my_error, _) = rt::class(cx, &MY, vec![], Some(&error)).unwrap();
    let e = puremix_js::construct(cx, &my_error, &[Value::str("broken")]).unwrap();
    assert_eq!(text(cx, &e), "Error: broken");
    assert!(rt::js_instanceof(cx, &e, &my_error).unwrap() && rt::js_instanceof(cx, &e, &error).unwrap());
    let array = rt::index(cx, &global, &Value::str("Array")).unwrap();
    let (my_array, _) = rt::class(cx, &MY, vec![], Some(&array)).unwrap();
    let a = puremix_js::construct(cx, &my_array, &[num(1.0), num(2.0)]).unwrap();
    rt::call_method(cx, &a, well_known::PUSH, &[num(3.0)], 0).unwrap();
    let b = rt::call_method(cx, &a, well_known::SLICE, &[num(1.0)], 0).unwrap();
    assert!(rt::js_instanceof(cx, &b, &my_array).unwrap());
    assert_eq!(text(cx, &b), "2,3");
}

#[test]
fn iteration_sees_growth_and_closes() {
    let cx = start();
    let a = rt::array(cx, vec![num(1.0), num(2.0)]);
    let mut it = puremix_js::iter(cx, &a).unwrap();
    let mut seen = vec![];
    while let Some(v) = it.next(cx).unwrap() {
        if seen.len() < 2 {
            rt::call_method(cx, &a, well_known::PUSH, &[num(9.0)], 0).unwrap();
        }
        seen.push(v.as_num().unwrap());
    }
    assert_eq!(seen, [1.0, 2.0, 9.0, 9.0]);
    assert_eq!(exception(cx, puremix_js::iter(cx, &num(1.0)).map(|_| ())), "TypeError: number 1 is not iterable (cannot read property Symbol(Symbol.iterator))");
    assert_eq!(exception(cx, puremix_js::iter(cx, &Value::Undefined).map(|_| ())), "TypeError: undefined is not iterable (cannot read property Symbol(Symbol.iterator))");
    assert_eq!(exception(cx, puremix_js::iter(cx, &rt::new_object(cx)).map(|_| ())), "TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))");
    let record = rt::op_iter_open(cx, &Value::str("a€")).unwrap();
    assert_eq!(text(cx, &rt::op_iter_next(cx, &record).unwrap()), "a");
    assert_eq!(text(cx, &rt::op_iter_rest(cx, &record).unwrap()), "€");
}

#[test]
fn replaced_builtins_are_respected() {
    let cx = start();
    fn answer(_: Cx, _: &Args<'_>) -> R {
        Ok(Value::Num(42.0))
    }
    static ANSWER: FnDef = FnDef::new("map", 0, answer, FnKind::Method);
    let a = rt::array(cx, vec![num(1.0)]);
    let doubled = |a: &Value| rt::arr_map(cx, a, |x, _| rt::js_add(cx, x, x), || rt::closure(cx, &ANSWER, vec![])).unwrap();
    assert_eq!(text(cx, &doubled(&a)), "2");
    let proto = Value::Obj(cx.intrinsic(Intrinsic::ArrayPrototype));
    rt::set(cx, &proto, well_known::MAP, rt::closure(cx, &ANSWER, vec![]), 0).unwrap();
    assert_eq!(text(cx, &doubled(&a)), "42");
    assert_eq!(text(cx, &rt::call_method(cx, &a, well_known::MAP, &[], 0).unwrap()), "42");
}

#[test]
fn callbacks_may_change_the_array() {
    let cx = start();
    let a = rt::array(cx, (0..10).map(Value::from).collect());
    let mut visits = 0;
    rt::arr_for_each(
        cx,
        &a,
        |_, _| {
            visits += 1;
            rt::call_method(cx, &a, well_known::POP, &[], 0).map(|_| ())
        },
        || Value::Undefined,
    )
    .unwrap();
    assert_eq!(visits, 5);
    let sorted = rt::arr_sort(
        cx,
        &a,
        |x, z| {
            rt::set(cx, &a, well_known::LENGTH, num(0.0), 0)?;
            Ok(z.as_num().unwrap_or(0.0) - x.as_num().unwrap_or(0.0))
        },
        || Value::Undefined,
    )
    .unwrap();
    assert_eq!(text(cx, &sorted), "4,3,2,1,0");
}

#[test]
fn messages_are_v8s() {
    let cx = start();
    let o = rt::new_object(cx);
    let call = |r: R| exception(cx, r);
    assert_eq!(call(rt::get(cx, &Value::Undefined, X, 0)), "TypeError: Cannot read properties of undefined (reading 'x')");
    assert_eq!(call(rt::index(cx, &Value::Null, &num(0.0))), "TypeError: Cannot read properties of null (reading '0')");
    assert_eq!(exception(cx, rt::set(cx, &Value::Null, X, num(1.0), 0)), "TypeError: Cannot set properties of null (setting 'x')");
    assert_eq!(call(rt::call(cx, &o, &Value::Undefined, &[])), "TypeError: #<Object> is not a function");
    assert_eq!(call(puremix_js::construct(cx, &num(5.0), &[])), "TypeError: 5 is not a constructor");
    assert_eq!(call(rt::cell_read(cx, &rt::cell(cx, Value::Uninit), "late")), "ReferenceError: Cannot access 'late' before initialization");
    assert_eq!(call(rt::builtin(cx, X, 0)), "ReferenceError: x is not defined");
    assert_eq!(call(rt::op_destructure(cx, &Value::Null, &Value::str("a"))), "TypeError: Cannot destructure property 'a' of 'object null' as it is null.");
    let frozen = rt::new_object(cx);
    rt::set(cx, &frozen, X, num(1.0), 0).unwrap();
    let object = cx.intrinsic(Intrinsic::ObjectConstructor);
    rt::call_method(cx, &object.into(), well_known::FREEZE, std::slice::from_ref(&frozen), 0).unwrap();
    assert_eq!(exception(cx, rt::set(cx, &frozen, X, num(2.0), 0)), "TypeError: Cannot assign to read only property 'x' of object '#<Object>'");
    assert_eq!(exception(cx, rt::set(cx, &frozen, Y, num(2.0), 0)), "TypeError: Cannot add property y, object is not extensible");
    assert_eq!(exception(cx, rt::delete_name(cx, &frozen, X)), "TypeError: Cannot delete property 'x' of #<Object>");
}

#[test]
fn errors_learn_the_places_they_pass() {
    let cx = start();
    js::set_site_text(cx, |_, site| Some(format!("app/a.js:{site}:1")));
    let r: R = Err(rt::throw_at(cx, 3, cx.take_exception()));
    assert!(r.is_err());
    let r = rt::at(cx, 4, rt::at(cx, 3, rt::get(cx, &Value::Undefined, X, 0)));
    assert!(r.is_err());
    let e = cx.take_exception();
    let stack = rt::get(cx, &e, well_known::STACK, 0).unwrap();
    assert_eq!(text(cx, &stack), "TypeError: Cannot read properties of undefined (reading 'x')\n    at app/a.js:3:1\n    at app/a.js:4:1");
}

#[test]
fn recursion_ends_in_a_range_error() {
    let cx = start();
    fn forever(cx: Cx, a: &Args<'_>) -> R {
        check_stack(cx)?;
        rt::call(cx, &Value::Obj(a.callee.clone()), a.this, a.args)
    }
    static FOREVER: FnDef = FnDef::new("forever", 0, forever, FnKind::Normal);
    let f = rt::closure(cx, &FOREVER, vec![]);
    assert_eq!(exception(cx, rt::call(cx, &f, &Value::Undefined, &[])), "RangeError: Maximum call stack size exceeded");
    // Arrays within arrays, joined.
    let mut nested = rt::array(cx, vec![]);
    for _ in 0..100_000 {
        nested = rt::array(cx, vec![nested]);
    }
    assert_eq!(exception(cx, rt::js_to_string(cx, &nested)), "RangeError: Maximum call stack size exceeded");
}

#[test]
fn proxies_trap() {
    let cx = start();
    fn get(cx: Cx, a: &Args<'_>) -> R {
        Ok(rt::js_add(cx, &Value::str("got "), a.get(1))?)
    }
    static GET: FnDef = FnDef::new("get", 3, get, FnKind::Method);
    let (target, handler) = (Obj::plain(cx), Obj::plain(cx));
    handler.put(cx, &well_known::GET.into(), rt::closure(cx, &GET, vec![]));
    let p = Value::Obj(Obj::with(cx, None, Kind::Proxy(Box::new(ProxyData::new(target.clone(), handler)))));
    assert_eq!(text(cx, &rt::get(cx, &p, X, 1).unwrap()), "got x");
    rt::set(cx, &p, X, num(5.0), 2).unwrap();
    assert_eq!(rt::get(cx, &target.into(), X, 3).unwrap().as_num(), Some(5.0));
    assert!(rt::js_in(cx, &Value::str("x"), &p).unwrap());
}

#[test]
fn private_members() {
    let cx = start();
    let (name, o) = (rt::private_symbol("#secret"), rt::new_object(cx));
    assert_eq!(exception(cx, rt::get_private(cx, &o, &name)), "TypeError: Cannot read private member #secret from an object whose class did not declare it");
    rt::op_define_private(cx, &o, &name, &num(1.0)).unwrap();
    rt::set_private(cx, &o, &name, num(2.0)).unwrap();
    assert_eq!(rt::get_private(cx, &o, &name).unwrap().as_num(), Some(2.0));
    assert!(rt::has_private(cx, &o, &name).unwrap());
    assert!(js::own_keys(cx, o.as_obj().unwrap()).unwrap().is_empty());
    let copy = rt::spread_object(cx, &o, 0).unwrap();
    assert!(!rt::has_private(cx, &copy, &name).unwrap());
}

#[test]
fn spread_and_rest() {
    let cx = start();
    let o = rt::new_object(cx);
    for (k, v) in [("x", 1.0), ("y", 2.0), ("new name", 3.0)] {
        rt::set_index(cx, &o, &Value::str(k), num(v)).unwrap();
    }
    let rest = rt::op_object_rest(cx, &o, &[Value::str("y")]).unwrap();
    let keys: Vec<String> = rt::for_in_keys(cx, &rest).unwrap().iter().map(|k| text(cx, k)).collect();
    assert_eq!(keys, ["x", "new name"]);
    let copy = rt::spread_object(cx, &o, 1).unwrap();
    rt::define_name(cx, &copy, X, num(9.0), 1).unwrap();
    assert_eq!(rt::get(cx, &copy, X, 1).unwrap().as_num(), Some(9.0));
    assert_eq!(rt::get(cx, &o, X, 1).unwrap().as_num(), Some(1.0));
}

#[test]
fn inline_caches_never_go_around_a_hosts_hooks() {
    struct Echo;
    impl HostObject for Echo {
        fn class_name(&self) -> &'static str {
            "Echo"
        }
        fn get(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<Value>> {
            Ok((*key == Key::Atom(X)).then(|| Value::str("from the host")))
        }
        fn set(&self, _: Cx, _: &Obj, key: &Key, _: &Value) -> R<Option<bool>> {
            Ok((*key == Key::Atom(Y)).then_some(true))
        }
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }
    let cx = start();
    let proto = Obj::plain(cx);
    proto.put(cx, &X.into(), Value::str("from the prototype"));
    let plain = Value::Obj(Obj::with(cx, Some(proto.clone()), Kind::Plain));
    let host = Value::Obj(Obj::host(cx, Some(proto), Echo));
    for _ in 0..2 {
        assert_eq!(text(cx, &rt::get(cx, &plain, X, 1).unwrap()), "from the prototype");
        assert_eq!(text(cx, &rt::get(cx, &host, X, 1).unwrap()), "from the host");
    }
    let other = Value::Obj(Obj::with(cx, plain.as_obj().and_then(Obj::proto), Kind::Plain));
    rt::set(cx, &other, Y, num(1.0), 2).unwrap();
    rt::set(cx, &host, Y, num(1.0), 2).unwrap();
    assert!(host.as_obj().unwrap().own_keys(cx).is_empty());
}
