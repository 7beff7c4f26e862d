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
    /// Shows its reference twice.
    struct Liar(Value);
    impl Payload for Liar {
        fn trace(&self, t: &mut Tracer<'_>) {
            t.value(&self.0);
            t.value(&self.0);
        }
    }
    let cx = isolate();
    let array = Obj::array(cx, vec![Value::Num(1.0)]);
    let liar = Obj::native(cx, None, Class::Other, Liar(array.clone().into()));
    liar.put(cx, &key(cx, "a"), liar.clone().into());
    drop(liar);
    cx.collect();
    assert!(array.dense().unwrap().is_empty());
    assert_eq!(array.count(), 1);
}

/// A ring of `n` objects, each with a payload of its own; the last refers to the first.
fn ring(cx: Cx, n: usize) -> Obj {
    let next = key(cx, "a");
    let first = Obj::plain(cx);
    let mut last = first.clone();
    for _ in 1..n {
        let o = Obj::plain(cx);
        last.put(cx, &next, o.clone().into());
        last = o;
    }
    last.put(cx, &next, first.clone().into());
    first
}

#[test]
fn slices_find_garbage_and_keep_what_changes_hands_meanwhile() {
    let cx = isolate();
    // Two halves of a live array trade their elements while the old objects are examined; rings die at all times.
    let live: Vec<Obj> = (0..60_000).map(|_| ring(cx, 2)).collect();
    let shelf = Obj::array(cx, live.iter().map(|o| o.clone().into()).collect());
    drop(live);
    let slots = shelf.dense().expect("an array");
    let mut examinations = 0;
    let mut at = 1;
    for turn in 0..2_000 {
        for _ in 0..50 {
            drop(ring(cx, 3));
            // A pseudo-random walk (Lehmer): moves an element so that no examined referrer need know it.
            at = at * 48_271 % 0x7fff_ffff;
            let (i, j) = (at % 60_000, at / 7 % 60_000);
            let (a, b) = (slots.get(i).unwrap_or_default(), slots.get(j).unwrap_or_default());
            let (Ok(()), Ok(())) = (slots.set(i, b), slots.set(j, a)) else { panic!("in range") };
        }
        let ended = cx.collect_if_needed().is_some_and(|s| s.examined > 100_000);
        examinations += usize::from(ended);
        assert_eq!(slots.len(), 60_000, "turn {turn}");
    }
    assert!(examinations > 0, "the old objects were never examined");
    let next = key(cx, "a");
    for i in 0..60_000 {
        let Some(Value::Obj(o)) = slots.get(i) else { panic!("element {i} is gone") };
        let Some(Own::Data { value: Value::Obj(other), .. }) = o.get_own(cx, &next) else { panic!("ring {i} was emptied") };
        assert!(matches!(other.get_own(cx, &next), Some(Own::Data { value: Value::Obj(back), .. }) if back == o));
    }
    drop(shelf);
    cx.collect();
    assert!(cx.live_objects() < 100, "{} objects are left", cx.live_objects());
}

#[test]
fn a_job_that_never_ends_hoards_no_garbage() {
    let cx = isolate();
    for _ in 0..1_000_000 {
        drop(ring(cx, 2));
    }
    assert!(cx.live_objects() < 400_000, "{} objects are left", cx.live_objects());
}

/// Run with `--release --ignored --nocapture`: how long a turn's end takes beside a million live objects.
#[test]
#[ignore = "a measurement"]
fn pauses_beside_a_million_live_objects() {
    let cx = isolate();
    let map = Obj::with(cx, None, Kind::Map(Box::default()));
    let Kind::Map(entries) = map.kind() else { panic!("a map") };
    let mut pauses = Vec::new();
    let mut turn = || {
        let start = std::time::Instant::now();
        cx.collect_if_needed();
        pauses.push(start.elapsed());
    };
    for i in 0..1_000_000 {
        entries.set(Value::Num(f64::from(i)), ring(cx, 1).into());
        if i % 1_000 == 0 {
            turn();
        }
    }
    for _ in 0..20_000 {
        for _ in 0..100 {
            drop(ring(cx, 2));
        }
        turn();
    }
    pauses.sort();
    let at = |share: f64| pauses[((pauses.len() - 1) as f64 * share) as usize];
    println!("{} turns: median {:?}, p99 {:?}, longest {:?}", pauses.len(), at(0.5), at(0.99), at(1.0));
    let start = std::time::Instant::now();
    let stats = cx.collect();
    println!("all at once: {:?} for {} objects", start.elapsed(), stats.examined);
    // A million objects of garbage in one ring: the one answer that must be given at one moment.
    drop(ring(cx, 1_000_000));
    let mut longest = std::time::Duration::ZERO;
    for _ in 0..3_000 {
        for _ in 0..100 {
            drop(ring(cx, 2));
        }
        let start = std::time::Instant::now();
        cx.collect_if_needed();
        longest = longest.max(start.elapsed());
    }
    println!("a ring of a million objects: longest {longest:?}, {} objects are left", cx.live_objects());
}
