//! Sizes, release, weak references, cycles.

use puremix_value::*;
use std::cell::RefCell;
use std::rc::Rc;

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

fn key(cx: Cx, name: &str) -> Key {
    cx.key(&Str::from(name))
}

#[test]
fn values_are_two_words() {
    assert_eq!(size_of::<Value>(), 16);
    assert_eq!(size_of::<R>(), 16);
    assert_eq!(size_of::<Str>(), 8);
    assert_eq!(size_of::<Key>(), 16);
    assert_eq!(size_of::<Thrown>(), 0);
    assert_eq!(size_of::<Option<Value>>(), 16);
}

#[test]
fn a_long_list_is_released_without_recursion() {
    let cx = isolate();
    let before = cx.live_objects();
    let next = key(cx, "next");
    let mut head = Value::Null;
    for _ in 0..1_000_000 {
        let o = Obj::plain(cx);
        o.put(cx, &next, head);
        head = o.into();
    }
    assert_eq!(cx.live_objects(), before + 1_000_000);
    drop(head);
    assert_eq!(cx.live_objects(), before);
}

#[test]
fn cycles_are_collected_and_what_is_held_stays() {
    let cx = isolate();
    let (a, b) = (key(cx, "a"), key(cx, "b"));
    let kept = Obj::plain(cx);
    kept.put(cx, &b, kept.clone().into());
    let before = cx.live_objects();
    for i in 0..100 {
        let (x, y) = (Obj::plain(cx), Obj::array(cx, vec![]));
        x.put(cx, &a, y.clone().into());
        y.dense().unwrap().push(x.clone().into());
        let map = Obj::with(cx, None, Kind::Map(Box::default()));
        if let Kind::Map(m) = map.kind() {
            m.set(x.clone().into(), map.clone().into());
        }
        if i == 50 {
            kept.put(cx, &a, x.into());
        }
    }
    assert_eq!(cx.live_objects(), before + 300);
    cx.collect();
    assert_eq!(cx.live_objects(), before + 2);
    assert!(matches!(kept.get_own(cx, &a), Some(Own::Data { value: Value::Obj(_), .. })));
    assert!(matches!(kept.get_own(cx, &b), Some(Own::Data { value: Value::Obj(o), .. }) if o == kept));
    assert_eq!(kept.count(), 2);
}

#[test]
fn weak_references_and_weak_maps_do_not_keep() {
    let cx = isolate();
    let o = Obj::plain(cx);
    let w = WeakObj::new(&o);
    assert!(w.get() == Some(o.clone()));
    // The value refers to its key: an ephemeron cycle.
    o.weak_set(7, o.clone().into());
    drop(o);
    assert!(w.get().is_some());
    cx.collect();
    assert!(w.get().is_none());
}

#[test]
fn a_suspended_task_in_a_cycle_is_collected() {
    struct Held(RefCell<Vec<Value>>);
    impl Payload for Held {
        fn trace(&self, t: &mut Tracer<'_>) {
            t.values(&self.0.borrow());
        }
        fn clear(&self) {
            drop(self.0.take());
        }
    }
    let cx = isolate();
    let before = cx.live_objects();
    let frame = Rc::new(Held(RefCell::default()));
    let held = frame.clone();
    let future: TaskFuture = Box::pin(async move {
        std::future::pending::<()>().await;
        drop(held);
        Ok(Value::Undefined)
    });
    let task = Obj::with(cx, None, Kind::Task(Box::new(TaskData::new(future, frame.clone(), Value::Undefined))));
    frame.0.borrow_mut().push(task.into());
    drop(frame);
    assert_eq!(cx.live_objects(), before + 1);
    cx.collect();
    assert_eq!(cx.live_objects(), before);
}

#[test]
fn a_wrong_trace_only_empties() {
    struct Liar(RefCell<Vec<Value>>);
    impl Payload for Liar {
        fn trace(&self, t: &mut Tracer<'_>) {
            // Counts the reference twice when the collector subtracts, and hides it when the collector marks.
            let values = self.0.take();
            for v in &values {
                t.value(v);
                t.value(v);
            }
            std::mem::forget(values);
        }
    }
    let cx = isolate();
    let array = Obj::array(cx, vec![Value::Num(1.0)]);
    let liar = Obj::native(cx, None, Class::Other, Liar(RefCell::new(vec![array.clone().into()])));
    cx.collect();
    assert!(array.dense().unwrap().is_empty());
    assert_eq!(array.count(), 2);
    drop(liar);
}
