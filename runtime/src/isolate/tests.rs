//! The order in which an isolate runs what is queued, against Node's.

use super::event_loop::{self, Callback};
use super::{Running, create};
use crate::app::{AppDef, ModuleDef};
use crate::capabilities::Capabilities;
use crate::config::Tree;
use puremix_js::promise;
use puremix_value::{Cx, FnDef, Obj, R, Value};
use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn log(text: &str) {
    LOG.with_borrow_mut(|l| l.push(text.to_owned()));
}

/// `() => log(text)`, which then queues a tick and a microtask that log too.
fn logging(cx: Cx, text: &str) -> Callback {
    static LOGGING: FnDef = FnDef::native("", 0, |cx, a| {
        let Value::Str(text) = a.env(0) else { return Ok(Value::Undefined) };
        let text = text.as_str().to_string();
        log(&text);
        let later = text.clone();
        let promise = promise::fulfilled(cx, Value::Undefined);
        promise::on_settled(cx, &promise, move |_, _| log(&format!("{later} promise")));
        promise::enqueue_tick(move |_| log(&format!("{text} tick")));
        Ok(Value::Undefined)
    });
    let function = Obj::function(cx, &LOGGING, vec![Value::str(text)]);
    Callback { function: function.into(), this: Value::Undefined, args: [].into() }
}

static EMPTY: AppDef = EMPTY_APP;

/// Runs `test` in an isolate of its own with the event loop beside it, on a thread with a stack as deep as the real ones.
fn in_isolate<F: Future<Output = ()>>(app: &'static AppDef, test: impl FnOnce(Running) -> F + Send + 'static) -> Vec<String> {
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let running = create(app);
            tokio::task::spawn_local(event_loop::run(running.cx));
            test(running).await;
        });
        LOG.take()
    };
    std::thread::Builder::new().stack_size(super::STACK).spawn(body).unwrap().join().unwrap()
}

#[test]
fn timers_ticks_and_microtasks_run_in_nodes_order() {
    // setTimeout(b, 2); setTimeout(a, 1); setImmediate(i)
    let order = in_isolate(&EMPTY, |running| async move {
        let cx = running.cx;
        event_loop::enter(cx, || {
            event_loop::set_timer(logging(cx, "b"), 40.0, false);
            event_loop::set_timer(logging(cx, "a"), 20.0, false);
            event_loop::set_immediate(logging(cx, "i"));
            let never = event_loop::set_timer(logging(cx, "never"), 30.0, false);
            event_loop::clear_timer(never);
            let none = event_loop::set_immediate(logging(cx, "none"));
            event_loop::clear_immediate(none);
        });
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert!(!event_loop::is_alive());
    });
    assert_eq!(order, ["i", "i tick", "i promise", "a", "a tick", "a promise", "b", "b tick", "b promise"]);
}

#[test]
fn intervals_repeat_and_exceptions_do_not_stop_the_loop() {
    static THROWS: FnDef = FnDef::native("", 0, |cx, _| {
        log("throws");
        Err(cx.throw_error(puremix_value::ErrorKind::Type, "on purpose"))
    });
    let order = in_isolate(&EMPTY, |running| async move {
        let cx = running.cx;
        let function = Obj::function(cx, &THROWS, vec![]).into();
        let id = event_loop::set_timer(Callback { function, this: Value::Undefined, args: [].into() }, 2.0, true);
        // Long enough for a busy machine; the number of turns does not matter.
        tokio::time::sleep(Duration::from_millis(500)).await;
        event_loop::clear_timer(id);
        log("cleared");
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    assert!(order.len() > 2 && order.last().is_some_and(|last| *last == "cleared"), "{order:?}");
}

#[test]
fn operations_settle_their_promise() {
    let order = in_isolate(&EMPTY, |running| async move {
        let cx = running.cx;
        let wait = |fails: bool| {
            let operation = async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                fails
            };
            event_loop::spawn_op(cx, operation, |cx, fails| {
                if fails { Err(cx.throw(Value::str("broken"))) } else { Ok(Value::str("done")) }
            })
        };
        let settled = running.settle("m.js", wait(false)).await.map(|v| format!("{v:?}")).map_err(|e| e.describe(cx));
        assert_eq!(settled, Ok("\"done\"".to_owned()));
        let settled = running.settle("m.js", wait(true)).await.map(|v| format!("{v:?}")).map_err(|e| e.describe(cx));
        assert_eq!(settled, Err("m.js: broken".to_owned()));
        assert!(!event_loop::is_alive());
    });
    assert_eq!(order, [""; 0]);
}

static MODULES: &[ModuleDef] = &[
    ModuleDef { path: "puremix.config.js", is_esm: true, init: &config, started: None },
    ModuleDef { path: "app/routes/index.puremix", is_esm: true, init: &page, started: None },
    ModuleDef { path: "app/lib/stuck.js", is_esm: true, init: &stuck, started: None },
];
static APP: AppDef = AppDef { modules: MODULES, config: Some(0), ..EMPTY_APP };
const EMPTY_APP: AppDef = AppDef {
    name: "test",
    version: "1",
    puremixc: "0",
    atoms: &[],
    inline_caches: 0,
    globals: 1,
    sites: &[],
    modules: &[],
    routes: &[],
    config: None,
    middleware: None,
    not_found: None,
    server_error: None,
    assets: &[],
    pins: &[],
    workers: None,
    capabilities: Capabilities::NONE,
    python: &[],
};

fn config(cx: Cx) -> R {
    log("config");
    let object = Obj::plain(cx);
    object.put(cx, &cx.key_of("port"), Value::Num(4000.0));
    object.put(cx, &cx.key_of("list"), Obj::array(cx, vec![Value::str("a"), Value::Bool(true)]).into());
    cx.set_global(0, object.into());
    Ok(Value::Undefined)
}
fn page(cx: Cx) -> R {
    log("page");
    let waits = async { tokio::time::sleep(Duration::from_millis(5)).await };
    Ok(event_loop::spawn_op(cx, waits, |_, ()| {
        log("page awaited");
        Ok(Value::Undefined)
    }))
}
fn stuck(cx: Cx) -> R {
    Ok(promise::new_promise(cx).into())
}

#[test]
fn the_configuration_comes_first_and_modules_wait_for_each_other() {
    let order = in_isolate(&APP, |mut running| async move {
        let tree = running.config().await.unwrap();
        assert_eq!(tree.at("port"), Some(&Tree::Num(4000.0)));
        assert_eq!(tree.at("list"), Some(&Tree::List(vec![Tree::Str("a".into()), Tree::Bool(true)])));
        log("configured");
        let cx = running.cx;
        let error = running.start().await.map_err(|e| e.describe(cx)).unwrap_err();
        assert_eq!(error, "app/lib/stuck.js: top-level `await` waits for a promise that nothing will settle");
    });
    assert_eq!(order, ["config", "configured", "page", "page awaited"]);
}
